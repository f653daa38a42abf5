"""Stores and where they can lie: a directory, the memory of this process, a real S3 server. And what
functions under test need: a log of what ran, modules that are written and imported."""

from __future__ import annotations

import importlib.util
import itertools
import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from s3_server import BUCKET, Server, serving
from written_module import LONG_AGO, Load

from store import Store

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


@pytest.fixture
def store(location: str) -> Store:
    return Store(location)


@pytest.fixture
def log_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the functions of noted_calls.py say that they ran."""
    monkeypatch.setenv("RAN", str(tmp_path / "ran"))


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write a module and import it; its file is older than this process unless `fresh`."""
    monkeypatch.syspath_prepend(tmp_path)

    def write_and_import(text: str, name: str = "subject", fresh: bool = False) -> ModuleType:
        file = tmp_path / f"{name}.py"
        file.write_text(textwrap.dedent(text))
        if not fresh:
            os.utime(file, (LONG_AGO, LONG_AGO))
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return write_and_import
