"""Places where stores can lie: a directory, the memory of this process, a real S3 server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from s3_server import BUCKET, Server, serving

_count = itertools.count()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this worker of pytest-xdist."""
    with serving(tmp_path_factory.mktemp("s3") / "log") as server:
        yield server


@pytest.fixture
def s3(s3_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with an environment that leads this process and its children to it."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return s3_server


@pytest.fixture(params=["directory", "memory", "s3"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store can lie, nothing there yet."""
    if request.param == "directory":
        return str(tmp_path / "store")
    if request.param == "memory":
        return f"memory://{next(_count)}"
    request.getfixturevalue("s3")
    return f"s3://{BUCKET}/store-{next(_count)}"


@pytest.fixture
def s3_location(s3: Server) -> str:
    """Where a store can lie on the server, nothing there yet."""
    return f"s3://{BUCKET}/store-{next(_count)}"
