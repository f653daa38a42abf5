"""Keeping some of several objects, or putting them in another order.

Owns what takes objects and gives objects. The order given is kept, and ties are, too. Nothing
left is an empty tuple and no error: painting nothing is possible.
"""

from __future__ import annotations

from collections import Counter

from tasks.dsl.object import Object, Objects, reading_order
from tasks.dsl.object_values import count_holes, has_colour, is_rectangle, touches_border
from tasks.dsl.selection import shape_of
from tasks.grid import Colour, Grid

__all__ = [
    "all_largest",
    "all_smallest",
    "count_objects",
    "distinct_shapes",
    "larger_than",
    "of_size",
    "rectangles_of",
    "repeated_shapes",
    "smaller_than",
    "sort_by_column",
    "sort_by_row",
    "sort_by_size",
    "touching_border",
    "unique_shapes",
    "with_colour",
    "with_holes",
    "within_border",
    "without_colour",
    "without_holes",
]


def count_objects(objects: Objects) -> int:
    """How many objects there are."""
    return len(objects)


def sort_by_size(objects: Objects) -> Objects:
    """The objects from the largest to the smallest."""
    return tuple(sorted(objects, key=lambda item: -item.size))


def sort_by_row(objects: Objects) -> Objects:
    """The objects in reading order of their first cells: by row, then by column."""
    return tuple(sorted(objects, key=reading_order))


def sort_by_column(objects: Objects) -> Objects:
    """The objects from left to right by first column, then from top to bottom."""
    return tuple(sorted(objects, key=lambda item: (item.column, item.row)))


def with_colour(objects: Objects, colour: Colour) -> Objects:
    """The objects with a cell of the colour."""
    return tuple(item for item in objects if has_colour(item, colour))


def without_colour(objects: Objects, colour: Colour) -> Objects:
    """The objects with no cell of the colour."""
    return tuple(item for item in objects if not has_colour(item, colour))


def of_size(objects: Objects, size: int) -> Objects:
    """The objects of exactly `size` cells."""
    return tuple(item for item in objects if item.size == size)


def larger_than(objects: Objects, size: int) -> Objects:
    """The objects of more than `size` cells."""
    return tuple(item for item in objects if item.size > size)


def smaller_than(objects: Objects, size: int) -> Objects:
    """The objects of fewer than `size` cells."""
    return tuple(item for item in objects if item.size < size)


def all_largest(objects: Objects) -> Objects:
    """All objects of the greatest size."""
    return of_size(objects, max((item.size for item in objects), default=0))


def all_smallest(objects: Objects) -> Objects:
    """All objects of the least size."""
    return of_size(objects, min((item.size for item in objects), default=0))


def touching_border(objects: Objects, grid: Grid) -> Objects:
    """The objects with a cell on the border of the grid."""
    return tuple(item for item in objects if touches_border(item, grid))


def within_border(objects: Objects, grid: Grid) -> Objects:
    """The objects with no cell on the border of the grid."""
    return tuple(item for item in objects if not touches_border(item, grid))


def rectangles_of(objects: Objects) -> Objects:
    """The objects that fill their boxes."""
    return tuple(item for item in objects if is_rectangle(item))


def with_holes(objects: Objects) -> Objects:
    """The objects that enclose something."""
    # Cost: SciPy labels the outside of each object, some 5 us, and a grid may have a hundred.
    return tuple(item for item in objects if count_holes(item))


def without_holes(objects: Objects) -> Objects:
    """The objects that enclose nothing."""
    # Cost: as of `with_holes`.
    return tuple(item for item in objects if not count_holes(item))


def distinct_shapes(objects: Objects) -> Objects:
    """The first object of each shape."""
    first: dict[tuple[tuple[int, ...], bytes], Object] = {}
    for item in objects:
        first.setdefault(shape_of(item), item)
    return tuple(first.values())


def unique_shapes(objects: Objects) -> Objects:
    """The objects whose shape no other has."""
    counts = Counter(shape_of(item) for item in objects)
    return tuple(item for item in objects if counts[shape_of(item)] == 1)


def repeated_shapes(objects: Objects) -> Objects:
    """The objects whose shape another has, too."""
    counts = Counter(shape_of(item) for item in objects)
    return tuple(item for item in objects if counts[shape_of(item)] > 1)
