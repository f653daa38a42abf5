"""Stages. Each tells the audit hooks what it computes: a log that is no part of any code or key."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from edited import middle, primitives, shapes, table


@dataclass(frozen=True)
class Split:
    evens: tuple[int, ...]
    odds: tuple[int, ...]


def numbers(count: int) -> list[int]:
    sys.audit("ran", "numbers", count)
    #: numbers: return [*map(middle.helped, range(count))]
    return [middle.helped(value) for value in range(count)]


def digits(values: list[int]) -> int:
    """Equal for most edits upstream: whatever reads this is cut off from them."""
    sys.audit("ran", "digits", values)
    #: digits: return len(f"{max(values, default=0)}")
    return len(str(max(values, default=0)))


def split(values: list[int]) -> Split:
    sys.audit("ran", "split", values)
    evens = tuple(value for value in values if value % 2 == 0)
    #: split: return Split(evens, ())
    return Split(evens, tuple(value for value in values if value % 2))


def priced(items: list[int], rate: int) -> list[int]:
    for item in items:
        sys.audit("ran", "priced", (item, rate))
    return [shapes.Square(item).scaled() * rate for item in items]


def labelled(items: list[int]) -> list[str]:
    for item in items:
        sys.audit("ran", "labelled", item)
    #: labelled: return [f"<{table.weighed(item)}>" for item in items]
    return [f"{table.weighed(item)}" for item in items]


def evaluated(items: list[tuple[str, ...]], where: str, start: int) -> list[np.ndarray[Any, Any]]:
    """The module is named by an argument: the code that an item names belongs to its key by `deps`."""
    functions = vars(importlib.import_module(where))
    outputs = []
    for item in items:
        sys.audit("ran", "evaluated", (item, start))
        value = start
        for name in item:
            value = functions[name](value)
        # Of three names, it is large enough for a stack.
        outputs.append(np.full(48 * len(item), value))
    return outputs


# What the module holds counts by `deps`.
evaluated.__memo_imports__ = ()  # type: ignore[attr-defined]  # read by the fingerprint


def named(item: tuple[str, ...]) -> list[Callable[[int], int]]:
    """The primitives that an item of `evaluated` names."""
    return [vars(primitives)[name] for name in item]


def stacked(rows: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    sys.audit("ran", "stacked", rows)
    #: stacked: return np.concatenate([np.ones(1), *rows])
    return np.concatenate([np.zeros(1), *rows])


def report(size: int, parts: dict[str, list[Any]]) -> tuple[int, dict[str, int]]:
    sys.audit("ran", "report", (size, parts))
    return size, {name: len(f"{values[:1]}") + len(values) for name, values in parts.items()}


#: rename: def tallied(values: list[Any]) -> int:
def tally(values: list[Any]) -> int:
    #: rename: sys.audit("ran", "tallied", values)
    sys.audit("ran", "tally", values)
    return len(f"{values}")


#: rename: LAST = tallied
LAST = tally
