"""A small store for the commands that look after stores."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_store import use

from store import Store


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with entries, rows and stacks of arrays; tests copy it."""
    root = tmp_path_factory.mktemp("full") / "store"
    use(Store(root))
    return root


@pytest.fixture
def store(full: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(full, tmp_path / "store"))
