"""Cells that fall until something holds them. Shapes never change."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.dsl.direction import DOWN, LEFT, RIGHT, UP, Direction
from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = [
    "gravity",
    "gravity_down",
    "gravity_left",
    "gravity_of_colour",
    "gravity_right",
    "gravity_up",
    "sort_columns",
    "sort_rows",
]


def gravity(grid: Grid, direction: Direction) -> Grid:
    """Every cell falls in `direction` to the border or onto others; their order stays.

    [..., h, w] -> [..., h, w]. Raises Impossible when `direction` is a diagonal.
    """
    axis = _axis(direction, "gravity")
    falls = grid != 0 if sum(direction) > 0 else grid == 0
    return _reordered(grid, falls, axis)


def gravity_down(grid: Grid) -> Grid:
    """Every cell falls to the bottom. [..., h, w] -> [..., h, w]."""
    return gravity(grid, DOWN)


def gravity_up(grid: Grid) -> Grid:
    """Every cell rises to the top. [..., h, w] -> [..., h, w]."""
    return gravity(grid, UP)


def gravity_left(grid: Grid) -> Grid:
    """Every cell moves to the left border. [..., h, w] -> [..., h, w]."""
    return gravity(grid, LEFT)


def gravity_right(grid: Grid) -> Grid:
    """Every cell moves to the right border. [..., h, w] -> [..., h, w]."""
    return gravity(grid, RIGHT)


def gravity_of_colour(grid: Grid, colour: Colour, direction: Direction) -> Grid:
    """Cells of `colour` fall until the border or another colour holds them; the rest stays.

    [..., h, w] -> [..., h, w]. Raises Impossible when `direction` is a diagonal.
    """
    axis = _axis(direction, "gravity_of_colour")
    holds = (grid != 0) & (grid != colour)
    falls = grid == colour if sum(direction) > 0 else grid == 0
    # Each obstacle opens a section, in which it comes first and the sorted rest follows.
    sections = holds.cumsum(axis=axis) * 3
    return _reordered(grid, np.where(holds, sections, sections + 1 + falls), axis)


def sort_rows(grid: Grid) -> Grid:
    """The rows from fewest to most foreground cells; equals keep their order. Same shape."""
    return grid[np.argsort(np.count_nonzero(grid, axis=1), kind="stable")]


def sort_columns(grid: Grid) -> Grid:
    """The columns from fewest to most foreground cells; equals keep their order. Same shape."""
    return grid[:, np.argsort(np.count_nonzero(grid, axis=0), kind="stable")]


def _axis(direction: Direction, primitive: str) -> int:
    if direction not in (UP, DOWN, LEFT, RIGHT):
        raise Impossible(primitive, f"{direction} is not up, down, left or right")
    return -2 if direction[0] else -1


def _reordered(grid: Grid, order: NDArray[Any], axis: int) -> Grid:
    cells: Grid = np.take_along_axis(grid, np.argsort(order, axis=axis, kind="stable"), axis=axis)
    return cells
