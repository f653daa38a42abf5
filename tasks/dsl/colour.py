"""Cells of one colour into another: replace, swap, keep, remove.

Primitives with explicit colours accept leading axes `[..., h, w]`; those that look for the colours
themselves take one grid. Shapes never change.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.palette import (
    least_common_foreground,
    most_common_colour,
    most_common_foreground,
    palette,
)
from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = [
    "invert",
    "keep_colour",
    "keep_least_common",
    "keep_most_common",
    "map_colours",
    "most_common_to_background",
    "recolour_foreground",
    "remove_colour",
    "remove_least_common",
    "remove_most_common",
    "replace",
    "replace_others",
    "swap_colours",
    "swap_foreground",
]


def replace(grid: Grid, old: Colour, new: Colour) -> Grid:
    """Every cell of colour `old` becomes `new`. [..., h, w] -> [..., h, w]."""
    result = grid.copy()
    result[grid == old] = new
    return result


def replace_others(grid: Grid, kept: Colour, new: Colour) -> Grid:
    """Every cell of another colour than `kept` becomes `new`. [..., h, w] -> [..., h, w]."""
    result = grid.copy()
    result[grid != kept] = new
    return result


def swap_colours(grid: Grid, first: Colour, second: Colour) -> Grid:
    """Cells of `first` become `second` and the other way round. [..., h, w] -> [..., h, w]."""
    result = grid.copy()
    result[grid == first] = second
    result[grid == second] = first
    return result


def map_colours(grid: Grid, pairs: tuple[tuple[Colour, Colour], ...]) -> Grid:
    """Each (old, new) applied at once; other colours stay. [..., h, w] -> [..., h, w]."""
    table = np.arange(256, dtype=np.uint8)
    for old, new in pairs:
        table[old] = new
    return table[grid]


def recolour_foreground(grid: Grid, colour: Colour) -> Grid:
    """Every cell that is not background becomes `colour`. [..., h, w] -> [..., h, w]."""
    return replace_others(grid, 0, colour)


def keep_colour(grid: Grid, colour: Colour) -> Grid:
    """Every cell of another colour becomes background. [..., h, w] -> [..., h, w]."""
    return replace_others(grid, colour, 0)


def remove_colour(grid: Grid, colour: Colour) -> Grid:
    """Every cell of `colour` becomes background. [..., h, w] -> [..., h, w]."""
    return replace(grid, colour, 0)


def keep_most_common(grid: Grid) -> Grid:
    """Only the most common foreground colour stays. [h, w] -> [h, w].

    Raises Impossible when all is background.
    """
    return keep_colour(grid, most_common_foreground(grid))


def keep_least_common(grid: Grid) -> Grid:
    """Only the least common foreground colour stays. [h, w] -> [h, w].

    Raises Impossible when all is background.
    """
    return keep_colour(grid, least_common_foreground(grid))


def remove_most_common(grid: Grid) -> Grid:
    """The most common foreground colour becomes background. [h, w] -> [h, w].

    Raises Impossible when all is background.
    """
    return remove_colour(grid, most_common_foreground(grid))


def remove_least_common(grid: Grid) -> Grid:
    """The least common foreground colour becomes background. [h, w] -> [h, w].

    Raises Impossible when all is background.
    """
    return remove_colour(grid, least_common_foreground(grid))


def most_common_to_background(grid: Grid) -> Grid:
    """The most common colour of all swaps with 0: for grids on another background. Same shape."""
    return swap_colours(grid, 0, most_common_colour(grid))


def invert(grid: Grid) -> Grid:
    """The two colours of the grid change places. [h, w] -> [h, w].

    Raises Impossible unless there are exactly two.
    """
    return _swap_pair(grid, palette(grid), "invert")


def swap_foreground(grid: Grid) -> Grid:
    """The two foreground colours change places. [h, w] -> [h, w].

    Raises Impossible unless there are exactly two.
    """
    return _swap_pair(grid, tuple(filter(None, palette(grid))), "swap_foreground")


def _swap_pair(grid: Grid, colours: tuple[Colour, ...], primitive: str) -> Grid:
    if len(colours) != 2:
        raise Impossible(primitive, f"{len(colours)} colours where 2 are needed")
    return swap_colours(grid, *colours)
