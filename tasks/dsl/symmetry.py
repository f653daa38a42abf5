"""Rotations, flips and the questions about symmetry.

All transforms accept leading axes `[..., h, w]` and return views. They make no copy.
"""

from __future__ import annotations

import numpy as np

from tasks.grid import Grid

__all__ = [
    "all_orientations",
    "flip_antidiagonal",
    "flip_horizontal",
    "flip_vertical",
    "identity",
    "is_symmetric_diagonal",
    "is_symmetric_horizontal",
    "is_symmetric_rotation",
    "is_symmetric_vertical",
    "rotate_90",
    "rotate_180",
    "rotate_270",
    "transpose",
]


def identity(grid: Grid) -> Grid:
    """The grid itself. [..., h, w] -> [..., h, w]."""
    return grid


def rotate_90(grid: Grid) -> Grid:
    """A quarter turn clockwise. [..., h, w] -> [..., w, h]."""
    return grid.swapaxes(-2, -1)[..., ::-1]


def rotate_180(grid: Grid) -> Grid:
    """A half turn. [..., h, w] -> [..., h, w]."""
    return grid[..., ::-1, ::-1]


def rotate_270(grid: Grid) -> Grid:
    """A quarter turn counter-clockwise. [..., h, w] -> [..., w, h]."""
    return grid.swapaxes(-2, -1)[..., ::-1, :]


def flip_horizontal(grid: Grid) -> Grid:
    """Swap left and right. [..., h, w] -> [..., h, w]."""
    return grid[..., ::-1]


def flip_vertical(grid: Grid) -> Grid:
    """Swap top and bottom. [..., h, w] -> [..., h, w]."""
    return grid[..., ::-1, :]


def transpose(grid: Grid) -> Grid:
    """Flip over the diagonal from top left to bottom right. [..., h, w] -> [..., w, h]."""
    return grid.swapaxes(-2, -1)


def flip_antidiagonal(grid: Grid) -> Grid:
    """Flip over the diagonal from top right to bottom left. [..., h, w] -> [..., w, h]."""
    return grid.swapaxes(-2, -1)[..., ::-1, ::-1]


def all_orientations(grid: Grid) -> tuple[Grid, ...]:
    """The eight orientations: four turns clockwise, then the same of the transposed grid."""
    turned = transpose(grid)
    return (
        grid,
        rotate_90(grid),
        rotate_180(grid),
        rotate_270(grid),
        turned,
        rotate_90(turned),
        rotate_180(turned),
        rotate_270(turned),
    )


def is_symmetric_horizontal(grid: Grid) -> bool:
    """Whether the left half mirrors the right half."""
    return np.array_equal(grid, flip_horizontal(grid))


def is_symmetric_vertical(grid: Grid) -> bool:
    """Whether the top half mirrors the bottom half."""
    return np.array_equal(grid, flip_vertical(grid))


def is_symmetric_diagonal(grid: Grid) -> bool:
    """Whether the grid equals its transpose; False unless it is square."""
    return np.array_equal(grid, transpose(grid))


def is_symmetric_rotation(grid: Grid) -> bool:
    """Whether a half turn leaves the grid as it is."""
    return np.array_equal(grid, rotate_180(grid))
