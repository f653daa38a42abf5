"""Objects onto grids and off them: crop, paint, erase, move, recolour.

Owns the ways between objects and grids. Painting clips: cells that lie outside the grid are lost
without an error. Of objects that overlap, the later one covers the earlier one.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.object import Object, Objects, tight_object
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "crop_to_object",
    "erase",
    "erase_all",
    "fill_box",
    "keep_only",
    "mask_of_object",
    "mask_of_objects",
    "move",
    "object_under_mask",
    "object_without_colour",
    "outline_box",
    "paint",
    "paint_all",
    "place_at",
    "recolour",
    "recolour_all",
    "to_grid",
]


def to_grid(item: Object) -> Grid:
    """The object alone [h, w], with 0 in the cells of its box that it does not own."""
    return item.patch


def crop_to_object(grid: Grid, item: Object) -> Grid:
    """What the grid holds within the object's box [h, w].

    Raises Impossible when the box lies outside the grid.
    """
    rows, columns, _ = _clip(item, grid.shape)
    window = grid[rows, columns]
    if not window.size:
        raise Impossible("crop_to_object", "the object lies outside the grid")
    return window


def _clip(item: Object, shape: tuple[int, ...]) -> tuple[slice, slice, tuple[slice, slice]]:
    """The rows and columns of the grid under the box, and the part of the patch over them."""
    top, left = max(item.row, 0), max(item.column, 0)
    bottom = max(min(item.row + item.height, shape[0]), top)
    right = max(min(item.column + item.width, shape[1]), left)
    part = np.s_[top - item.row : bottom - item.row, left - item.column : right - item.column]
    return slice(top, bottom), slice(left, right), part


def _paint_into(canvas: Grid, item: Object) -> None:
    rows, columns, part = _clip(item, canvas.shape)
    np.copyto(canvas[rows, columns], item.patch[part], where=item.mask[part])


def paint(grid: Grid, item: Object) -> Grid:
    """The grid [h, w] with the object's cells painted where the object lies."""
    canvas = grid.copy()
    _paint_into(canvas, item)
    return canvas


def paint_all(grid: Grid, objects: Objects) -> Grid:
    """The grid [h, w] with each object painted where it lies, the last on top."""
    canvas = grid.copy()
    for item in objects:
        _paint_into(canvas, item)
    return canvas


def keep_only(grid: Grid, objects: Objects) -> Grid:
    """The objects alone, on 0, in the shape of the grid [h, w]."""
    return paint_all(np.zeros_like(grid), objects)


def mask_of_object(grid: Grid, item: Object) -> Mask:
    """The cells of the grid [h, w] that belong to the object."""
    return mask_of_objects(grid, (item,))


def mask_of_objects(grid: Grid, objects: Objects) -> Mask:
    """The cells of the grid [h, w] that belong to some object."""
    mask = np.zeros(grid.shape, dtype=np.bool_)
    for item in objects:
        rows, columns, part = _clip(item, grid.shape)
        mask[rows, columns] |= item.mask[part]
    return mask


def erase(grid: Grid, item: Object) -> Grid:
    """The grid [h, w] with 0 in the object's cells."""
    return grid * ~mask_of_object(grid, item)


def erase_all(grid: Grid, objects: Objects) -> Grid:
    """The grid [h, w] with 0 in the cells of all the objects."""
    return grid * ~mask_of_objects(grid, objects)


def object_under_mask(grid: Grid, mask: Mask) -> Object:
    """The cells of the grid [h, w] under a mask [h, w] as one object.

    Raises Impossible when the mask is empty or its shape is another.
    """
    if grid.shape != mask.shape:
        raise Impossible("object_under_mask", "the shapes of grid and mask differ")
    return tight_object(grid, mask)


def object_without_colour(item: Object, colour: Colour) -> Object:
    """The object without its cells of one colour. Raises Impossible when none is left."""
    mask = item.mask & (item.patch != colour)
    return tight_object(item.patch, mask, item.row, item.column)


def move(item: Object, rows: int, columns: int) -> Object:
    """The object `rows` further down and `columns` further right."""
    return Object(item.patch, item.mask, item.row + rows, item.column + columns)


def place_at(item: Object, row: int, column: int) -> Object:
    """The object with the top left corner of its box at a cell."""
    return Object(item.patch, item.mask, row, column)


def recolour(item: Object, colour: Colour) -> Object:
    """The object with all its cells in one colour."""
    return Object(np.uint8(colour) * item.mask, item.mask, item.row, item.column)


def recolour_all(objects: Objects, colour: Colour) -> Objects:
    """The objects with all their cells in one colour."""
    return tuple(recolour(item, colour) for item in objects)


def fill_box(item: Object, colour: Colour) -> Object:
    """The object's whole box, with the cells that it does not own in a colour."""
    patch = np.where(item.mask, item.patch, np.uint8(colour))
    return Object(patch, np.ones_like(item.mask), item.row, item.column)


def outline_box(item: Object, colour: Colour) -> Object:
    """A frame one cell thick in a colour, just outside the object's box."""
    mask = np.ones((item.height + 2, item.width + 2), dtype=np.bool_)
    mask[1:-1, 1:-1] = False
    return Object(np.uint8(colour) * mask, mask, item.row - 1, item.column - 1)
