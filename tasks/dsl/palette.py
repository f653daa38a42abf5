"""Questions about the colours of a grid.

Of colours that occur equally often the smaller one goes first. Foreground is every colour but 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tasks.errors import Impossible
from tasks.grid import COLOURS, Colour, Grid

__all__ = [
    "colour_at",
    "colours_by_count",
    "count_colour",
    "count_colours",
    "least_common_colour",
    "least_common_foreground",
    "most_common_colour",
    "most_common_foreground",
    "nth_most_common_colour",
    "only_foreground",
    "other_colour",
    "palette",
]


def palette(grid: Grid) -> tuple[Colour, ...]:
    """The colours of the grid, in ascending order."""
    return tuple(np.flatnonzero(_counts(grid)).tolist())


def colours_by_count(grid: Grid) -> tuple[Colour, ...]:
    """The colours of the grid, the most common first."""
    return _ranked(_counts(grid))


def count_colours(grid: Grid) -> int:
    """How many colours the grid has."""
    return int(np.count_nonzero(_counts(grid)))


def count_colour(grid: Grid, colour: Colour) -> int:
    """How many cells have `colour`."""
    return int(np.count_nonzero(grid == colour))


def most_common_colour(grid: Grid) -> Colour:
    """The colour of most cells."""
    return int(_counts(grid).argmax())


def least_common_colour(grid: Grid) -> Colour:
    """The colour of fewest cells, among those that occur."""
    counts = _counts(grid)
    return int(np.where(counts, counts, grid.size + 1).argmin())


def nth_most_common_colour(grid: Grid, rank: int) -> Colour:
    """The colour at `rank` by number of cells: 0 is the most common, -1 the least common.

    Raises Impossible when there are too few colours.
    """
    ranked = colours_by_count(grid)
    if not -len(ranked) <= rank < len(ranked):
        raise Impossible("nth_most_common_colour", f"no rank {rank} among {len(ranked)} colours")
    return ranked[rank]


def most_common_foreground(grid: Grid) -> Colour:
    """The most common colour other than 0.

    Raises Impossible when all is background.
    """
    return _foreground(grid, "most_common_foreground")[0]


def least_common_foreground(grid: Grid) -> Colour:
    """The least common colour other than 0, the smaller one of equals.

    Raises Impossible when all is background.
    """
    present = _foreground(grid, "least_common_foreground")
    counts = _counts(grid)
    return min(present, key=lambda colour: (int(counts[colour]), colour))


def only_foreground(grid: Grid) -> Colour:
    """The one colour other than 0.

    Raises Impossible when there is none or more than one.
    """
    present = _foreground(grid, "only_foreground")
    if len(present) > 1:
        raise Impossible("only_foreground", f"there are {len(present)} foreground colours")
    return present[0]


def other_colour(grid: Grid, colour: Colour) -> Colour:
    """The one colour other than 0 and `colour`.

    Raises Impossible when there is none or more than one.
    """
    others = [present for present in palette(grid) if present not in (0, colour)]
    if len(others) != 1:
        raise Impossible("other_colour", f"there are {len(others)} other colours")
    return others[0]


def colour_at(grid: Grid, row: int, column: int) -> Colour:
    """The colour of one cell; negative counts from the end.

    Raises Impossible when the cell lies outside.
    """
    height, width = grid.shape
    if not (-height <= row < height and -width <= column < width):
        raise Impossible("colour_at", f"({row}, {column}) lies outside {height} x {width}")
    return int(grid[row, column])


def _counts(grid: Grid) -> NDArray[np.intp]:
    return np.bincount(grid.ravel(), minlength=COLOURS)


def _ranked(counts: NDArray[np.intp]) -> tuple[Colour, ...]:
    order = np.argsort(-counts, kind="stable")
    return tuple(order[: np.count_nonzero(counts)].tolist())


def _foreground(grid: Grid, primitive: str) -> tuple[Colour, ...]:
    """The foreground colours, the most common first."""
    counts = _counts(grid)
    counts[0] = 0
    ranked = _ranked(counts)
    if not ranked:
        raise Impossible(primitive, "there is no foreground")
    return ranked
