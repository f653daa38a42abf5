"""From a grid straight to one or some of its objects.

Owns the common short cuts from grid to grid. Unless a docstring says otherwise an object is a
component of one colour other than 0, by 8 neighbours, and of equal ones the first counts.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.components import multicolour_objects_8, objects_4, objects_8
from tasks.dsl.object import Objects
from tasks.dsl.painting import erase_all, keep_only, mask_of_objects, to_grid
from tasks.dsl.selection import (
    largest_object,
    most_coloured_object,
    most_common_object,
    odd_one_out_by_colour,
    odd_one_out_by_shape,
    smallest_object,
)
from tasks.dsl.sifting import all_largest, all_smallest, touching_border, within_border
from tasks.grid import Colour, Grid

__all__ = [
    "crop_largest_multicolour_object",
    "crop_largest_object",
    "crop_most_coloured_object",
    "crop_most_common_object",
    "crop_odd_colour",
    "crop_odd_shape",
    "crop_smallest_multicolour_object",
    "crop_smallest_object",
    "keep_largest_objects",
    "keep_objects_of_size",
    "keep_objects_touching_border",
    "keep_objects_within_border",
    "keep_smallest_objects",
    "recolour_by_size",
    "recolour_objects_of_size",
    "remove_largest_objects",
    "remove_smallest_objects",
]


# Cost: 20 to 300 times touching the grid, as all of them find its objects (see `components`), and those
# that keep, remove or recolour paint each one too.


def crop_largest_object(grid: Grid) -> Grid:
    """The largest object alone. Raises Impossible on a grid of 0."""
    return to_grid(largest_object(objects_8(grid)))


def crop_smallest_object(grid: Grid) -> Grid:
    """The smallest object alone. Raises Impossible on a grid of 0."""
    return to_grid(smallest_object(objects_8(grid)))


def crop_largest_multicolour_object(grid: Grid) -> Grid:
    """The largest object of any colours alone. Raises Impossible on a grid of 0."""
    return to_grid(largest_object(multicolour_objects_8(grid)))


def crop_smallest_multicolour_object(grid: Grid) -> Grid:
    """The smallest object of any colours alone. Raises Impossible on a grid of 0."""
    return to_grid(smallest_object(multicolour_objects_8(grid)))


def crop_most_coloured_object(grid: Grid) -> Grid:
    """The object of any colours that has the most. Raises Impossible on a grid of 0."""
    return to_grid(most_coloured_object(multicolour_objects_8(grid)))


def crop_most_common_object(grid: Grid) -> Grid:
    """The object of any colours that occurs most often. Raises Impossible on a grid of 0."""
    return to_grid(most_common_object(multicolour_objects_8(grid)))


def crop_odd_shape(grid: Grid) -> Grid:
    """The object of any colours whose shape no other has.

    Raises Impossible unless there is exactly one.
    """
    return to_grid(odd_one_out_by_shape(multicolour_objects_8(grid)))


def crop_odd_colour(grid: Grid) -> Grid:
    """The object of any colours whose set of colours no other has.

    Raises Impossible unless there is exactly one.
    """
    return to_grid(odd_one_out_by_colour(multicolour_objects_8(grid)))


def keep_largest_objects(grid: Grid) -> Grid:
    """The grid [h, w] with only the objects of the greatest size."""
    return keep_only(grid, all_largest(objects_8(grid)))


def keep_smallest_objects(grid: Grid) -> Grid:
    """The grid [h, w] with only the objects of the least size."""
    return keep_only(grid, all_smallest(objects_8(grid)))


def keep_objects_of_size(grid: Grid, size: int) -> Grid:
    """The grid [h, w] with only the objects of `size` cells, here by 4 neighbours."""
    return keep_only(grid, tuple(item for item in objects_4(grid) if item.size == size))


def keep_objects_touching_border(grid: Grid) -> Grid:
    """The grid [h, w] with only the objects that reach its border."""
    return keep_only(grid, touching_border(objects_8(grid), grid))


def keep_objects_within_border(grid: Grid) -> Grid:
    """The grid [h, w] with only the objects that do not reach its border."""
    return keep_only(grid, within_border(objects_8(grid), grid))


def remove_largest_objects(grid: Grid) -> Grid:
    """The grid [h, w] with 0 for the objects of the greatest size."""
    return erase_all(grid, all_largest(objects_8(grid)))


def remove_smallest_objects(grid: Grid) -> Grid:
    """The grid [h, w] with 0 for the objects of the least size."""
    return erase_all(grid, all_smallest(objects_8(grid)))


def recolour_objects_of_size(grid: Grid, size: int, colour: Colour) -> Grid:
    """The grid [h, w] with the objects of `size` cells, here by 4 neighbours, in a colour."""
    return _coloured(grid, tuple(item for item in objects_4(grid) if item.size == size), colour)


def recolour_by_size(grid: Grid, largest: Colour, others: Colour) -> Grid:
    """The grid [h, w] with the objects, here by 4 neighbours, in two colours.

    `largest` goes to the objects of the greatest size, `others` to all other objects.
    """
    objects = objects_4(grid)
    return _coloured(_coloured(grid, objects, others), all_largest(objects), largest)


def _coloured(grid: Grid, objects: Objects, colour: Colour) -> Grid:
    return np.where(mask_of_objects(grid, objects), np.uint8(colour), grid)
