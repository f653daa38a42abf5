"""What differs look at: the wanted grid, and measures of a grid.

A grid is an array or a tuple of rows, whichever the DSL has whose programs are looked at. Colour 0 is
background here, as it is in most puzzles. SciPy is imported by the function that calls it, because most
processes never need it; `PRELOAD` names what a long-lived one may import early.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = ["boxes", "colours", "count", "objects", "sides", "symmetries", "wanted"]

PRELOAD = ("scipy.ndimage",)

Pairs: TypeAlias = tuple[tuple[Any, Any], ...]
Box: TypeAlias = tuple[int, int, int, int]
Thing: TypeAlias = tuple[Colour, Box]
"""What is told of an object: its colour, and the box (top, left, bottom, right) that holds it."""

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
        if np.array_equal(given, I):
            return output
    raise Impossible("wanted", "no train sample has this input")


def sides(grid: Any) -> tuple[int, int]:
    """Height and width."""
    height, width = np.shape(grid)
    return height, width


def colours(grid: Any) -> frozenset[Colour]:
    """The colours that a grid has, 0 too."""
    return frozenset(_array(grid).tobytes())


def objects(grid: Any) -> tuple[Thing, ...]:
    """The regions of one colour other than 0, by 8 neighbours, by colour and then as they lie."""
    from scipy import ndimage

    array = _array(grid)
    present = sorted(colours(grid) - {0})
    if not present:
        return ()
    planes = array == np.array(present, np.uint8)[:, None, None]
    labels, _ = ndimage.label(planes, _NEIGHBOURS)
    return tuple(
        (present[plane.start], (rows.start, columns.start, rows.stop - 1, columns.stop - 1))
        for plane, rows, columns in ndimage.find_objects(labels)
    )


def boxes(things: tuple[Thing, ...]) -> frozenset[Box]:
    """The boxes of objects, whatever their colours."""
    return frozenset(box for _, box in things)


def count(things: tuple[Thing, ...]) -> int:
    """How many objects there are."""
    return len(things)


def symmetries(grid: Any) -> frozenset[str]:
    """The reflections and turns that leave a grid as it is."""
    array = _array(grid)
    return frozenset(name for name, turn in _TURNS.items() if np.array_equal(turn(array), array))


def _array(grid: Any) -> Grid:
    return np.asarray(grid, np.uint8)
