"""A small store with a bit of everything, and looks at its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import stages

from flows import Flow, Run
from store import Store


def tiled(items: list[int]) -> list[np.ndarray[Any, Any]]:
    return [np.full((9, 30, 30), item, np.uint8) for item in items]


def use(store: Store) -> Run:
    """Compute entries, rows and stacks of arrays, or find them."""
    flow = Flow(store)
    rows = flow.map(stages.scaled, flow.node(stages.numbers, 9), factor=2)
    return flow.run([flow.node(stages.total, rows), flow.map(tiled, [1, 2, 3])], workers=0)


def files(store: Path) -> dict[str, bytes]:
    paths = (path for path in store.rglob("*") if path.is_file())
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in paths}


def entry_of(store: Path, stage: str) -> Path:
    return next(path for path in (store / "entries" / stage).rglob("*") if path.is_file())


def flip(file: Path) -> None:
    """Change one byte in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
