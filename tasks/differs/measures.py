"""What differs look at: the wanted grid, and measures of a grid.

A grid is an array, or for a user's differs over a DSL that has them so, a tuple of rows. Colour 0 is
background here, as it is in most puzzles. SciPy is imported by the function that calls it, because most
processes never need it; `PRELOAD` names what a long-lived one may import early.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = ["boxes", "colours", "count", "objects", "sides", "symmetries", "wanted"]

PRELOAD = ("scipy.ndimage",)

Pairs: TypeAlias = tuple[tuple[Any, Any], ...]
Things: TypeAlias = NDArray[np.int64]
"""A row for each object: its colour, and the box that holds it, as top, left, bottom and right."""

_NEIGHBOURS = np.zeros((3, 3, 3), np.bool_)
_NEIGHBOURS[1] = True  # all 8 around a cell, in its own plane

_TURNS: dict[str, Callable[[Grid], Grid]] = {
    "left to right": lambda grid: grid[:, ::-1],
    "upside down": lambda grid: grid[::-1],
    "half a turn": lambda grid: grid[::-1, ::-1],
    "its diagonal": lambda grid: grid.T,
    "its other diagonal": lambda grid: grid[::-1, ::-1].T,
    "a quarter turn": lambda grid: grid[::-1].T,
}


def wanted(S: Pairs, I: Any) -> Any:
    """The output of the train sample with this input, the first such one.

    Raises Impossible where there is none.
    """
    for given, output in S:
        if given == I if type(given) is tuple else np.array_equal(given, I):
            return output
    raise Impossible("wanted", "no train sample has this input")


def sides(grid: Any) -> tuple[int, int]:
    """Height and width."""
    height, width = _array(grid).shape
    return height, width


def colours(grid: Any) -> frozenset[Colour]:
    """The colours that a grid has, 0 too."""
    return frozenset(_array(grid).tobytes())


def objects(grid: Any) -> Things:
    """The regions of one colour other than 0, by 8 neighbours, by colour and then as they lie."""
    from scipy import ndimage

    cells = _array(grid)
    present = sorted(colours(grid) - {0})
    if not present:
        return np.empty((0, 5), np.int64)
    planes = cells == np.array(present, np.uint8)[:, None, None]
    labels, number = ndimage.label(planes, _NEIGHBOURS)
    found = ndimage.find_objects(labels, number)
    return np.array([(present[p.start], y.start, x.start, y.stop - 1, x.stop - 1) for p, y, x in found])


def boxes(things: Things) -> Things:
    """The boxes of objects, whatever their colours."""
    return things[:, 1:]


def count(things: Things) -> int:
    """How many objects there are."""
    return len(things)


def symmetries(grid: Any) -> frozenset[str]:
    """The reflections and turns that leave a grid as it is."""
    cells = _array(grid)
    return frozenset(name for name, turn in _TURNS.items() if np.array_equal(turn(cells), cells))


def _array(grid: Any) -> Grid:
    return np.asarray(grid, np.uint8)
