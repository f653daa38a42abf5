"""Rays: cells that run on in a direction, and connections between cells that face each other.

Shapes never change, and only background is painted. All accept leading axes `[..., h, w]`.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.direction import DOWN, DOWN_LEFT, DOWN_RIGHT, LEFT, RIGHT, UP, Direction, opposite
from tasks.dsl.shift import shift
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "connect",
    "connect_colour",
    "connect_diagonal",
    "connect_horizontal",
    "connect_vertical",
    "extend",
    "extend_down",
    "extend_left",
    "extend_right",
    "extend_up",
    "shoot",
    "shoot_diagonals",
    "shoot_through",
]


def extend(grid: Grid, direction: Direction) -> Grid:
    """Every foreground cell runs on in `direction` until the next one or the border.

    [..., h, w] -> [..., h, w]. Raises Impossible when `direction` is (0, 0).
    """
    if direction == (0, 0):
        raise Impossible("extend", "no direction")
    # Cost: `connect` is 25 times touching the grid, the diagonal ones 50: each direction is 4 or 5 rounds
    # of 4 us, and there are two or four directions.
    result, reach = grid, 1
    # Each round doubles how far back a cell looks, so that 5 rounds do for 30 cells.
    while reach < max(grid.shape[-2:]):
        behind = shift(result, reach * direction[0], reach * direction[1], 0)
        result = np.where(result == 0, behind, result)
        reach *= 2
    return result


def extend_up(grid: Grid) -> Grid:
    """Every foreground cell runs on upwards until the next one. [..., h, w] -> [..., h, w]."""
    return extend(grid, UP)


def extend_down(grid: Grid) -> Grid:
    """Every foreground cell runs on downwards until the next one. [..., h, w] -> [..., h, w]."""
    return extend(grid, DOWN)


def extend_left(grid: Grid) -> Grid:
    """Every foreground cell runs on leftwards until the next one. [..., h, w] -> [..., h, w]."""
    return extend(grid, LEFT)


def extend_right(grid: Grid) -> Grid:
    """Every foreground cell runs on rightwards until the next one. [..., h, w] -> [..., h, w]."""
    return extend(grid, RIGHT)


def shoot(grid: Grid, colour: Colour, direction: Direction) -> Grid:
    """Every cell of `colour` runs on in `direction` until another colour or the border.

    [..., h, w] -> [..., h, w]. Raises Impossible when `direction` is (0, 0).
    """
    return _painted(grid, extend(grid, direction) == colour, colour)


def shoot_through(grid: Grid, colour: Colour, direction: Direction) -> Grid:
    """Every cell of `colour` runs on in `direction` to the border, passing under other colours.

    [..., h, w] -> [..., h, w]. Raises Impossible when `direction` is (0, 0).
    """
    alone = (grid == colour).view(np.uint8)
    return _painted(grid, extend(alone, direction) != 0, colour)


def shoot_diagonals(grid: Grid, colour: Colour) -> Grid:
    """Every cell of `colour` runs on in the four diagonals, passing under other colours.

    [..., h, w] -> [..., h, w].
    """
    alone = (grid == colour).view(np.uint8)
    reached = np.zeros_like(alone)
    for direction in (DOWN_RIGHT, DOWN_LEFT):
        reached |= extend(alone, direction) | extend(alone, opposite(direction))
    return _painted(grid, reached != 0, colour)


def connect(grid: Grid, direction: Direction) -> Grid:
    """Background between two cells of one colour, facing along `direction`, takes that colour.

    [..., h, w] -> [..., h, w]. Raises Impossible when `direction` is (0, 0).
    """
    ahead = extend(grid, direction)
    return np.where(ahead == extend(grid, opposite(direction)), ahead, grid)


def connect_horizontal(grid: Grid) -> Grid:
    """Background between two cells of one colour in a row takes it. [..., h, w] -> [..., h, w]."""
    return connect(grid, RIGHT)


def connect_vertical(grid: Grid) -> Grid:
    """Background between two cells of one colour in a column takes it. [..., h, w] -> same."""
    return connect(grid, DOWN)


def connect_diagonal(grid: Grid) -> Grid:
    """Background between two cells of one colour on a diagonal takes it. [..., h, w] -> same.

    Where two connections cross, the one that runs down to the right wins.
    """
    first, second = connect(grid, DOWN_RIGHT), connect(grid, DOWN_LEFT)
    return np.where(first == 0, second, first)


def connect_colour(grid: Grid, colour: Colour, direction: Direction, line: Colour) -> Grid:
    """Background between two cells of `colour`, facing along `direction`, becomes `line`.

    [..., h, w] -> [..., h, w]. Raises Impossible when `direction` is (0, 0).
    """
    between = (extend(grid, direction) == colour) & (extend(grid, opposite(direction)) == colour)
    return _painted(grid, between, line)


def _painted(grid: Grid, where: Mask, colour: Colour) -> Grid:
    result = grid.copy()
    result[where & (grid == 0)] = colour
    return result
