"""Repair by symmetry: what a colour hides is what the mirror image shows.

Owns the search for mirror axes and the completion that follows from them. A cell of the colour
`hidden` is unknown, every other cell is known, 0 too. An axis counts when no two known cells
contradict it; of several the one nearest to the middle is taken, then the upper or left one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tasks.dsl.crop import crop_to_mask
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "complete_symmetry",
    "complete_symmetry_by_column",
    "complete_symmetry_by_row",
    "has_mirror_columns",
    "has_mirror_rows",
    "reveal_by_symmetry",
]

_LEAST_OVERLAP = 2 / 3
"""An axis nearer to the border than this would mirror too little to be believed."""


def _axes(height: int) -> Iterator[slice]:
    """The rows that each possible axis maps onto themselves, from the middle axis outwards."""
    for offset in range(height - int(np.ceil(height * _LEAST_OVERLAP)) + 1):
        yield slice(0, height - offset)
        if offset:
            yield slice(offset, height)


def _agrees(grid: Grid, known: Mask, image: Grid, seen: Mask) -> bool:
    return not ((grid != image) & known & seen).any()


def _mirror_rows(grid: Grid, hidden: Colour) -> slice | None:
    """The rows that the best axis between rows maps onto themselves, if there is an axis."""
    known = grid != hidden
    # Cost: 5 us for each axis that is tried, up to 21 of a height of 30.
    for rows in _axes(grid.shape[0]):
        part, seen = grid[rows], known[rows]
        if _agrees(part, seen, part[::-1], seen[::-1]):
            return rows
    return None


def _filled(grid: Grid, hidden: Colour, image: Grid) -> Grid:
    return np.where(grid == hidden, image, grid)


def _filled_by_rows(grid: Grid, hidden: Colour, rows: slice) -> Grid:
    filled = grid.copy()
    filled[rows] = _filled(grid[rows], hidden, grid[rows][::-1])
    return filled


def _filled_by_diagonal(grid: Grid, hidden: Colour) -> Grid:
    """The grid filled across its main diagonal if that is an axis."""
    known = grid != hidden
    if grid.shape[0] != grid.shape[1] or not _agrees(grid, known, grid.T, known.T):
        return grid
    return _filled(grid, hidden, grid.T)


def has_mirror_rows(grid: Grid) -> bool:
    """Whether some axis between rows mirrors at least two thirds of the rows [h, w]."""
    return _mirror_rows(grid, -1) is not None


def has_mirror_columns(grid: Grid) -> bool:
    """Whether some axis between columns mirrors at least two thirds of the columns [h, w]."""
    return has_mirror_rows(grid.T)


def complete_symmetry_by_row(grid: Grid, hidden: Colour) -> Grid:
    """The grid [h, w] with hidden cells from their mirror image above or below.

    Raises Impossible when no axis between rows fits. A cell hidden with its image stays hidden.
    """
    rows = _mirror_rows(grid, hidden)
    if rows is None:
        raise Impossible("complete_symmetry_by_row", "no axis between rows fits the known cells")
    return _filled_by_rows(grid, hidden, rows)


def complete_symmetry_by_column(grid: Grid, hidden: Colour) -> Grid:
    """The grid [h, w] with hidden cells from their mirror image left or right.

    Raises Impossible when no axis between columns fits. A cell hidden with its image stays hidden.
    """
    columns = _mirror_rows(grid.T, hidden)
    if columns is None:
        raise Impossible("complete_symmetry_by_column", "no axis between columns fits the known cells")
    return _filled_by_rows(grid.T, hidden, columns).T


def complete_symmetry(grid: Grid, hidden: Colour) -> Grid:
    """The grid [h, w] with hidden cells from all their mirror images, by rows, columns, diagonal.

    Raises Impossible when no axis fits. A cell hidden with all its images stays hidden.
    """
    rows, columns = _mirror_rows(grid, hidden), _mirror_rows(grid.T, hidden)
    if rows is None and columns is None:
        raise Impossible("complete_symmetry", "no mirror axis fits the known cells")
    # Cost: after the search for axes, three passes over the grid until nothing new is seen.
    filled, unknown = grid, -1
    while unknown != (unknown := int(np.count_nonzero(filled == hidden))) and unknown:
        filled = _filled_by_diagonal(filled, hidden)
        if rows is not None:
            filled = _filled_by_rows(filled, hidden, rows)
        if columns is not None:
            filled = _filled_by_rows(filled.T, hidden, columns).T
    return filled


def reveal_by_symmetry(grid: Grid, hidden: Colour) -> Grid:
    """What complete symmetry shows in the box of the hidden cells.

    Raises Impossible when nothing is hidden or no axis fits.
    """
    return crop_to_mask(complete_symmetry(grid, hidden), grid == hidden)
