"""How near what was found comes to what is wanted: a score of 0 to 1000, and what differs in words.

1000 says that nothing differs, and then the words are empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["same_cells", "same_count", "same_items", "same_rows", "same_sides"]

Judgement: TypeAlias = tuple[int, str]

_ALL = 1000
_NAMED = 3
"""Items that are named one by one."""


def same_sides(found: tuple[int, int], wanted: tuple[int, int]) -> Judgement:
    """Two pairs of height and width: the part of the larger sides that the smaller ones make up."""
    if found == wanted:
        return _ALL, ""
    small = min(found[0], wanted[0]) * min(found[1], wanted[1])
    large = max(found[0], wanted[0]) * max(found[1], wanted[1])
    return _part(small, large), f"{found[0]} x {found[1]}, not {wanted[0]} x {wanted[1]}"


def same_count(found: int, wanted: int) -> Judgement:
    """Two numbers: the part of the larger one that the smaller one makes up."""
    if found == wanted:
        return _ALL, ""
    return _part(min(found, wanted), max(found, wanted)), f"{found}, not {wanted}"


def same_items(found: frozenset[Any], wanted: frozenset[Any]) -> Judgement:
    """Two sets: the part of all their items that both have."""
    if found == wanted:
        return _ALL, ""
    lacking, besides = wanted - found, found - wanted
    told = [f"lacks {_named(lacking)}"] if lacking else []
    told += [f"has {_named(besides)} besides"] if besides else []
    return _part(len(found & wanted), len(found | wanted)), "; ".join(told)


def same_rows(found: NDArray[Any], wanted: NDArray[Any]) -> Judgement:
    """Two arrays as the sets of their rows."""
    return same_items(frozenset(map(tuple, found.tolist())), frozenset(map(tuple, wanted.tolist())))


def same_cells(found: Any, wanted: Any) -> Judgement:
    """Two grids, corner on corner: the part of the cells under either that agree."""
    one, other = np.asarray(found), np.asarray(wanted)
    height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    right = int(np.count_nonzero(one[:height, :width] == other[:height, :width]))
    cells = one.size + other.size - height * width
    if right == cells:
        return _ALL, ""
    return _part(right, cells), f"{cells - right} of {cells} cells differ"


def _part(some: int, whole: int) -> int:
    """Of 1000, rounded down."""
    return _ALL * some // whole


def _named(items: Iterable[Any]) -> str:
    names = [str(item) for item in sorted(items)]
    rest = len(names) - _NAMED
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:_NAMED])} and {rest} more"
