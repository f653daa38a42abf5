"""Numbers and truth values out of grids."""

from __future__ import annotations

import numpy as np

from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = [
    "area",
    "column_of_colour",
    "count_foreground",
    "height",
    "is_tall",
    "is_uniform",
    "is_wide",
    "longest_side",
    "row_of_colour",
    "same_shape",
    "shortest_side",
    "width",
]


def height(grid: Grid) -> int:
    """The number of rows."""
    return int(grid.shape[-2])


def width(grid: Grid) -> int:
    """The number of columns."""
    return int(grid.shape[-1])


def area(grid: Grid) -> int:
    """The number of cells."""
    return height(grid) * width(grid)


def longest_side(grid: Grid) -> int:
    """The larger of height and width."""
    return max(height(grid), width(grid))


def shortest_side(grid: Grid) -> int:
    """The smaller of height and width."""
    return min(height(grid), width(grid))


def count_foreground(grid: Grid) -> int:
    """The number of cells that are not background."""
    return int(np.count_nonzero(grid))


def row_of_colour(grid: Grid, colour: Colour) -> int:
    """The first row with a cell of `colour`.

    Raises Impossible when the colour is absent.
    """
    return _first(grid, colour, 1, "row_of_colour")


def column_of_colour(grid: Grid, colour: Colour) -> int:
    """The first column with a cell of `colour`.

    Raises Impossible when the colour is absent.
    """
    return _first(grid, colour, 0, "column_of_colour")


def is_wide(grid: Grid) -> bool:
    """Whether the grid is wider than high."""
    return width(grid) > height(grid)


def is_tall(grid: Grid) -> bool:
    """Whether the grid is higher than wide."""
    return height(grid) > width(grid)


def is_uniform(grid: Grid) -> bool:
    """Whether all cells have one colour."""
    return bool((grid == grid[0, 0]).all())


def same_shape(first: Grid, second: Grid) -> bool:
    """Whether both grids have the same height and width."""
    return first.shape == second.shape


def _first(grid: Grid, colour: Colour, axis: int, primitive: str) -> int:
    present = (grid == colour).any(axis=axis)
    if not present.any():
        raise Impossible(primitive, f"colour {colour} is absent")
    return int(present.argmax())
