"""Noise out of a grid: stray cells, small objects, colours that do not belong.

Owns the filters that look at a cell's neighbours and nothing else. Cells of colour 0 are
background. A window is the 3 x 3 cells around a cell, less what lies outside the grid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tasks.dsl.components import objects_8
from tasks.dsl.painting import erase_all
from tasks.dsl.sifting import larger_than
from tasks.grid import EMPTY, Colour, Grid, Mask

__all__ = [
    "count_neighbours",
    "fill_pinholes",
    "keep_blocks",
    "majority_filter",
    "remove_isolated",
    "remove_large_objects",
    "remove_small_objects",
    "replace_by_neighbours",
]

_BESIDE = ((0, 1), (1, 0), (1, 2), (2, 1))
_AROUND = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2))


def _neighbours(grid: Grid, offsets: tuple[tuple[int, int], ...]) -> NDArray[np.uint8]:
    """The neighbours of each cell stacked [n, ..., h, w], EMPTY where they lie outside."""
    height, width = grid.shape[-2:]
    framed = np.full((*grid.shape[:-2], height + 2, width + 2), EMPTY, dtype=np.uint8)
    framed[..., 1:-1, 1:-1] = grid
    return np.stack([framed[..., r : r + height, c : c + width] for r, c in offsets])


def count_neighbours(mask: Mask) -> NDArray[np.uint8]:
    """How many of the 8 neighbours of each cell [..., h, w] belong to the mask."""
    around: Mask = _neighbours(mask.astype(np.uint8), _AROUND) == 1
    counts: NDArray[np.uint8] = around.sum(axis=0, dtype=np.uint8)
    return counts


def remove_isolated(grid: Grid) -> Grid:
    """The grid [..., h, w] with 0 where no neighbour, of 8, has the cell's colour."""
    same: Mask = _neighbours(grid, _AROUND) == grid
    return grid * same.any(axis=0)


def fill_pinholes(grid: Grid) -> Grid:
    """The grid [..., h, w] with background cells whose 4 neighbours agree in their colour."""
    beside = _neighbours(grid, _BESIDE)
    enclosed = (beside == beside[0]).all(axis=0) & (beside[0] != EMPTY) & (grid == 0)
    return np.where(enclosed, beside[0], grid)


def keep_blocks(grid: Grid) -> Grid:
    """The grid [..., h, w] with 0 where a cell is in no 2 x 2 block of one colour."""
    same_right = grid[..., :, :-1] == grid[..., :, 1:]
    corner = same_right[..., :-1, :] & same_right[..., 1:, :]
    corner &= grid[..., :-1, :-1] == grid[..., 1:, :-1]
    kept = np.zeros(grid.shape, dtype=np.bool_)
    kept[..., :-1, :-1] |= corner
    kept[..., :-1, 1:] |= corner
    kept[..., 1:, :-1] |= corner
    kept[..., 1:, 1:] |= corner
    return grid * kept


def _most_common_around(grid: Grid, window: NDArray[np.uint8]) -> Grid:
    """The most common colour of each window [n, ..., h, w], EMPTY not counted, ties lowest."""
    present = np.bincount(grid.ravel()).nonzero()[0].astype(np.uint8)
    counts = np.stack([(window == colour).sum(axis=0, dtype=np.uint8) for colour in present])
    winners: Grid = present[counts.argmax(axis=0)]
    return winners


def majority_filter(grid: Grid) -> Grid:
    """The grid [..., h, w] with the most common colour of each window; ties go to the lowest."""
    window = np.concatenate([_neighbours(grid, _AROUND), grid[None]])
    return _most_common_around(grid, window)


def replace_by_neighbours(grid: Grid, colour: Colour) -> Grid:
    """The grid [..., h, w] with cells of a colour in the most common other colour around them.

    Ties go to the lowest colour. A cell with no other colour around it stays.
    """
    # Cost: some 25 times touching the grid, since eight neighbours of each cell are counted by colour.
    around = _neighbours(grid, _AROUND)
    others = np.where(around == colour, np.uint8(EMPTY), around)
    known = (others != EMPTY).any(axis=0)
    return np.where((grid == colour) & known, _most_common_around(grid, others), grid)


def remove_small_objects(grid: Grid, size: int) -> Grid:
    """The grid [h, w] with 0 for objects of one colour, by 8 neighbours, up to `size` cells."""
    # Cost: that of finding objects (see `components`), and each is erased for itself.
    return erase_all(grid, tuple(item for item in objects_8(grid) if item.size <= size))


def remove_large_objects(grid: Grid, size: int) -> Grid:
    """The grid [h, w] with 0 for objects of one colour, by 8 neighbours, over `size` cells."""
    # Cost: as of `remove_small_objects`.
    return erase_all(grid, larger_than(objects_8(grid), size))
