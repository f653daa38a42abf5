"""The types of a grid and the one check that turns outside data into one.

Owns the bounds of the format: cells 0..9, sides 1..30. It does not promise that every `Grid` in
flight obeys them: a primitive may build a larger one on the way, and `as_grid` is asked at the end.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Grid: TypeAlias = NDArray[np.uint8]
"""Cells 0..9, two axes: rows downwards, columns to the right."""

Mask: TypeAlias = NDArray[np.bool_]
"""True where a cell belongs to something; the shape of its grid."""

Colour: TypeAlias = int
"""The value of a cell, 0..9."""

MAX_SIDE = 30
COLOURS = 10
EMPTY = 255
"""Fill value outside a grid in a stack of padded grids: no cell can have it."""


def as_grid(value: object) -> Grid:
    """`value` as a grid; a uint8 array comes back as it is, without a copy.

    Raises ValueError, naming what is wrong, unless `value` is a 2-D integer array or nested list
    with 1..30 cells a side and values 0..9. Booleans are not integers here.
    """
    array = _as_array(value)
    if array.ndim != 2:
        raise ValueError(f"a grid has 2 axes, this has {array.ndim}")
    height, width = array.shape
    if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE):
        raise ValueError(f"a grid has 1 to {MAX_SIDE} cells a side, this is {height} x {width}")
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"cells are integers, these are {array.dtype}")
    wrong = (array < 0) | (array >= COLOURS)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        cell = array[row, column]
        raise ValueError(f"cells are 0 to {COLOURS - 1}, row {row} column {column} holds {cell}")
    return array.astype(np.uint8, copy=False)


def _as_array(value: object) -> NDArray[Any]:
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, list | tuple):
        raise ValueError(f"a grid is an array or a list of rows, this is {type(value).__name__}")
    try:
        array: NDArray[Any] = np.asarray(value)
    except ValueError as error:
        raise ValueError("the rows of a grid have one length, these differ") from error
    return array
