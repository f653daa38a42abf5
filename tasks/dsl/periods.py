"""Tilings: the smallest tile that a grid repeats, and what follows from it.

Owns periods and the repair by them. A cell of the colour `hidden` is unknown, every other cell is
known. A tile fits when no two known cells contradict it and it has no unknown cell; of several
the one with the fewest cells is taken, then the one with fewer rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tasks.dsl.crop import crop_to_mask
from tasks.errors import Impossible
from tasks.grid import EMPTY, MAX_SIDE, Colour, Grid

__all__ = [
    "continue_tiling",
    "extend_tiling",
    "find_tile",
    "is_tiling",
    "period_of_columns",
    "period_of_rows",
    "reveal_by_tiling",
    "smallest_tile",
]


def _with_unknown(grid: Grid, hidden: Colour) -> Grid:
    return np.where(grid == hidden, np.uint8(EMPTY), grid)


def _fold_rows(grid: Grid, period: int) -> tuple[Grid, bool]:
    """The rows laid over each other at a period [period, w], and whether known cells agree."""
    height, width = grid.shape
    layers = np.full((-(-height // period) * period, width), EMPTY, dtype=np.uint8)
    layers[:height] = grid
    folded = layers.reshape(-1, period, width)
    least = folded.min(axis=0)
    return least, not ((folded != least) & (folded != EMPTY)).any()


def _row_periods(grid: Grid) -> Iterator[int]:
    """All periods of the rows that known cells do not contradict, the full height included."""
    # Cost: 5 us for each period that is tried, as the grid is folded anew; where nothing repeats, up to
    # 60 of them, 200 times touching the grid.
    return (period for period in range(1, grid.shape[0] + 1) if _fold_rows(grid, period)[1])


def _find_tile(primitive: str, grid: Grid, hidden: Colour) -> Grid:
    known = _with_unknown(grid, hidden)
    periods = product(_row_periods(known), _row_periods(known.T))
    for rows, columns in sorted(periods, key=lambda sides: (sides[0] * sides[1], sides[0])):
        folded, _ = _fold_rows(known, rows)
        tile, agrees = _fold_rows(folded.T, columns)
        if agrees and not (tile == EMPTY).any():
            return tile.T
    raise Impossible(primitive, "no tile fits the known cells")


def _repeat(tile: Grid, height: int, width: int) -> Grid:
    rows: NDArray[np.intp] = np.arange(height) % tile.shape[0]
    columns: NDArray[np.intp] = np.arange(width) % tile.shape[1]
    return tile[rows[:, None], columns]


def period_of_rows(grid: Grid) -> int:
    """The smallest number of rows after which a grid [h, w] repeats, at most its height."""
    return next(_row_periods(grid))


def period_of_columns(grid: Grid) -> int:
    """The smallest number of columns after which a grid [h, w] repeats, at most its width."""
    return next(_row_periods(grid.T))


def is_tiling(grid: Grid) -> bool:
    """Whether a tile smaller than the grid [h, w] makes all of it."""
    return smallest_tile(grid).size < grid.size


def smallest_tile(grid: Grid) -> Grid:
    """The smallest tile at the top left corner that makes the whole grid, at most all of it."""
    return grid[: period_of_rows(grid), : period_of_columns(grid)]


def find_tile(grid: Grid, hidden: Colour) -> Grid:
    """The tile that the known cells of a grid [h, w] show.

    Raises Impossible when none fits.
    """
    return _find_tile("find_tile", grid, hidden)


def continue_tiling(grid: Grid, hidden: Colour) -> Grid:
    """The grid [h, w] with the tiling of its known cells in the hidden ones.

    Raises Impossible when no tile fits.
    """
    return _repeat(_find_tile("continue_tiling", grid, hidden), *grid.shape)


def extend_tiling(grid: Grid, height: int, width: int) -> Grid:
    """The grid's smallest tile repeated to another size [height, width].

    Raises Impossible unless both sides are 1 to 30.
    """
    if not (1 <= height <= MAX_SIDE and 1 <= width <= MAX_SIDE):
        raise Impossible("extend_tiling", f"{height} x {width} is not a grid's size")
    return _repeat(smallest_tile(grid), height, width)


def reveal_by_tiling(grid: Grid, hidden: Colour) -> Grid:
    """What the continued tiling shows in the box of the hidden cells.

    Raises Impossible when nothing is hidden or no tile fits.
    """
    tile = _find_tile("reveal_by_tiling", grid, hidden)
    return crop_to_mask(_repeat(tile, *grid.shape), grid == hidden)
