"""A grid beside its own flips and turns, and a grid laid over them."""

from __future__ import annotations

import numpy as np

from tasks.dsl.size import require_size
from tasks.dsl.symmetry import (
    flip_antidiagonal,
    flip_horizontal,
    flip_vertical,
    rotate_90,
    rotate_180,
    rotate_270,
    transpose,
)
from tasks.errors import Impossible
from tasks.grid import Grid

__all__ = [
    "mirror_both",
    "mirror_down",
    "mirror_left",
    "mirror_right",
    "mirror_up",
    "rotation_mosaic",
    "symmetrise_antidiagonal",
    "symmetrise_diagonal",
    "symmetrise_horizontal",
    "symmetrise_rotation",
    "symmetrise_vertical",
    "tile_alternating",
    "tile_mirrored",
]


def mirror_right(grid: Grid) -> Grid:
    """The grid with its mirror image to the right. [..., h, w] -> [..., h, 2w]."""
    return np.concatenate((grid, flip_horizontal(grid)), axis=-1)


def mirror_left(grid: Grid) -> Grid:
    """The grid with its mirror image to the left. [..., h, w] -> [..., h, 2w]."""
    return np.concatenate((flip_horizontal(grid), grid), axis=-1)


def mirror_down(grid: Grid) -> Grid:
    """The grid with its mirror image below. [..., h, w] -> [..., 2h, w]."""
    return np.concatenate((grid, flip_vertical(grid)), axis=-2)


def mirror_up(grid: Grid) -> Grid:
    """The grid with its mirror image above. [..., h, w] -> [..., 2h, w]."""
    return np.concatenate((flip_vertical(grid), grid), axis=-2)


def mirror_both(grid: Grid) -> Grid:
    """The grid at the top left, mirrored to the right and down. [..., h, w] -> [..., 2h, 2w]."""
    return mirror_down(mirror_right(grid))


def rotation_mosaic(grid: Grid) -> Grid:
    """A square grid and its turns around the centre. [..., h, h] -> [..., 2h, 2h].

    The grid lies at the top left and is turned by 90 degrees from each quarter to the next,
    clockwise. Raises Impossible unless it is square.
    """
    _check_square(grid, "rotation_mosaic")
    top = np.concatenate((grid, rotate_90(grid)), axis=-1)
    bottom = np.concatenate((rotate_270(grid), rotate_180(grid)), axis=-1)
    return np.concatenate((top, bottom), axis=-2)


def tile_mirrored(grid: Grid, rows: int, columns: int) -> Grid:
    """Copies of which each mirrors its neighbours. [..., h, w] -> [..., rows * h, columns * w].

    Raises Impossible when a count is not positive
    or too large.
    """
    require_size("tile_mirrored", rows * grid.shape[-2], columns * grid.shape[-1])
    band = np.concatenate([(grid, flip_horizontal(grid))[i % 2] for i in range(columns)], axis=-1)
    return np.concatenate([(band, flip_vertical(band))[i % 2] for i in range(rows)], axis=-2)


def tile_alternating(grid: Grid, rows: int, columns: int) -> Grid:
    """Rows of copies, every other row flipped horizontally.

    [..., h, w] -> [..., rows * h, columns * w]. Raises Impossible when a count is not positive
    or too large.
    """
    require_size("tile_alternating", rows * grid.shape[-2], columns * grid.shape[-1])
    band = np.tile(grid, columns)
    return np.concatenate([(band, flip_horizontal(band))[i % 2] for i in range(rows)], axis=-2)


def symmetrise_horizontal(grid: Grid) -> Grid:
    """Background takes the colour mirrored from the other side. [..., h, w] -> [..., h, w]."""
    return _laid_over(grid, flip_horizontal(grid))


def symmetrise_vertical(grid: Grid) -> Grid:
    """Background takes the colour mirrored from above or below. [..., h, w] -> [..., h, w]."""
    return _laid_over(grid, flip_vertical(grid))


def symmetrise_diagonal(grid: Grid) -> Grid:
    """Background takes the colour mirrored over the diagonal. [..., h, h] -> [..., h, h].

    Raises Impossible unless the grid is square.
    """
    _check_square(grid, "symmetrise_diagonal")
    return _laid_over(grid, transpose(grid))


def symmetrise_antidiagonal(grid: Grid) -> Grid:
    """Background takes the colour mirrored over the other diagonal. [..., h, h] -> [..., h, h].

    Raises Impossible unless the grid is square.
    """
    _check_square(grid, "symmetrise_antidiagonal")
    return _laid_over(grid, flip_antidiagonal(grid))


def symmetrise_rotation(grid: Grid) -> Grid:
    """Background takes the colour of the quarter turns. [..., h, h] -> [..., h, h].

    Of several the turn by 90 degrees goes first, then 180, then 270. Raises Impossible unless the
    grid is square.
    """
    _check_square(grid, "symmetrise_rotation")
    return _laid_over(grid, rotate_90(grid), rotate_180(grid), rotate_270(grid))


def _laid_over(grid: Grid, *below: Grid) -> Grid:
    result = grid
    for other in below:
        result = np.where(result == 0, other, result)
    return result


def _check_square(grid: Grid, primitive: str) -> None:
    if grid.shape[-2] != grid.shape[-1]:
        raise Impossible(primitive, f"{grid.shape[-2]} x {grid.shape[-1]} is not square")
