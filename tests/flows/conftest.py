"""Small puzzles, and a place that cannot be written to, for tests of commands."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import write_puzzles

from store import Store


@pytest.fixture(scope="module")
def puzzles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_puzzles(tmp_path_factory.mktemp("dataset") / "puzzles", 2)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A directory that others may look into and nobody without rights may write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_puzzles(folder / "puzzles", 1)
        Store(folder / "store")
        for path in (folder / "store", folder / "puzzles", folder):
            path.chmod(0o555)
        yield folder
        for path in (folder, folder / "store", folder / "puzzles"):
            path.chmod(0o755)
