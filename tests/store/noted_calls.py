"""Functions that note in a file when they run, and what their calls leave in a store."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from store import Store


def note(name: str, *seen: object) -> None:
    """Say in a file that a function ran: no state of this module, so that no key depends on it."""
    with Path(os.environ["RAN"]).open("a", encoding="utf-8") as file:
        file.write(" ".join([name, *map(str, seen)]) + "\n")


def ran() -> list[str]:
    """What ran since the last time this was asked."""
    file = Path(os.environ["RAN"])
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


@dataclass(frozen=True)
class Draft:
    value: int
    __memo_final__: bool = field(default=False)


def double(x: Any, opts: Any = None, k: int = 0) -> Any:
    note("double", x)
    return (2 * x, opts, k)


def stack(x: int) -> dict[str, Any]:
    note("stack", x)
    return {"grids": [np.full((40, 40), x, np.uint8), np.full((40, 40), -0.0)], "small": np.arange(x)}


def doubles(items: list[int], factor: int = 2) -> list[int]:
    note("doubles", *items)
    return [factor * item for item in items]


def grids(items: list[int]) -> list[np.ndarray[Any, Any]]:
    note("grids", *items)
    return [np.full((40, 40), item, np.uint8) for item in items]


def plus(x: int) -> int:
    return x + 1


def again(store: Store) -> Store:
    """The same store as another process would open it."""
    return Store(store.location)


def names(store: Store, start: str) -> list[str]:
    """The objects of the top layer whose names begin so."""
    return sorted(name for name, _, _ in store.backends[0].walk() if name.startswith(start))
