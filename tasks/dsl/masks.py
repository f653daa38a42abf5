"""Masks: sets of cells, made from grids, combined, and put back into grids.

Owns set logic over cells. Everything here accepts leading axes [..., h, w] and works on each
plane alone, except where a docstring says one grid. Two masks, or a mask and a grid, need one
shape: Impossible is raised when they differ.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.crop import bounding_box
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "apply_mask",
    "background_mask",
    "border_mask",
    "complement",
    "count_cells",
    "difference",
    "fill_mask",
    "foreground_mask",
    "intersection",
    "is_empty",
    "mask_of_box",
    "mask_of_colour",
    "mask_to_grid",
    "paint_under_mask",
    "symmetric_difference",
    "union",
]


def require_one_shape(primitive: str, first: Grid | Mask, second: Grid | Mask) -> None:
    """Raise Impossible in the name of `primitive` unless both have one shape."""
    if first.shape != second.shape:
        raise Impossible(primitive, f"the shapes {first.shape} and {second.shape} differ")


def mask_of_colour(grid: Grid, colour: Colour) -> Mask:
    """The cells [..., h, w] of one colour."""
    mask: Mask = grid == colour
    return mask


def foreground_mask(grid: Grid) -> Mask:
    """The cells [..., h, w] that are not 0."""
    mask: Mask = grid != 0
    return mask


def background_mask(grid: Grid) -> Mask:
    """The cells [..., h, w] that are 0."""
    mask: Mask = grid == 0
    return mask


def border_mask(grid: Grid) -> Mask:
    """The cells [..., h, w] in the first or last row or column of the grid."""
    border = np.ones(grid.shape, dtype=np.bool_)
    border[..., 1:-1, 1:-1] = False
    return border


def union(first: Mask, second: Mask) -> Mask:
    """The cells [..., h, w] in either mask."""
    require_one_shape("union", first, second)
    return first | second


def intersection(first: Mask, second: Mask) -> Mask:
    """The cells [..., h, w] in both masks."""
    require_one_shape("intersection", first, second)
    return first & second


def difference(first: Mask, second: Mask) -> Mask:
    """The cells [..., h, w] in the first mask and not in the second."""
    require_one_shape("difference", first, second)
    return first & ~second


def symmetric_difference(first: Mask, second: Mask) -> Mask:
    """The cells [..., h, w] in exactly one of the masks."""
    require_one_shape("symmetric_difference", first, second)
    return first ^ second


def complement(mask: Mask) -> Mask:
    """The cells [..., h, w] that are not in the mask."""
    return ~mask


def apply_mask(grid: Grid, mask: Mask) -> Grid:
    """The grid [..., h, w] where the mask is, and 0 elsewhere."""
    require_one_shape("apply_mask", grid, mask)
    return grid * mask


def fill_mask(grid: Grid, mask: Mask, colour: Colour) -> Grid:
    """The grid [..., h, w] with one colour where the mask is."""
    require_one_shape("fill_mask", grid, mask)
    return np.where(mask, np.uint8(colour), grid)


def paint_under_mask(grid: Grid, mask: Mask, other: Grid) -> Grid:
    """The other grid [..., h, w] where the mask is, and the first grid elsewhere."""
    require_one_shape("paint_under_mask", grid, mask)
    require_one_shape("paint_under_mask", grid, other)
    return np.where(mask, other, grid)


def mask_to_grid(mask: Mask, colour: Colour) -> Grid:
    """A grid [..., h, w] with one colour where the mask is, and 0 elsewhere."""
    return np.uint8(colour) * mask


def mask_of_box(mask: Mask) -> Mask:
    """All cells of the smallest box around the cells of one mask [h, w].

    Raises Impossible when the mask is empty.
    """
    top, left, height, width = bounding_box(mask)
    box = np.zeros_like(mask)
    box[top : top + height, left : left + width] = True
    return box


def count_cells(mask: Mask) -> int:
    """The number of cells in a mask of any shape."""
    return int(np.count_nonzero(mask))


def is_empty(mask: Mask) -> bool:
    """Whether a mask of any shape has no cell."""
    return not mask.any()
