"""Values of one object: its size, place, colours, and what shape it is.

Owns measures and tests that take a single object. Ties of colour go to the lowest colour. None
of them looks at the grid that the object came from, except `touches_border`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tasks.dsl.components import label_regions
from tasks.dsl.object import Object
from tasks.grid import Colour, Grid

__all__ = [
    "bottom_of",
    "colour_of",
    "colours_of",
    "count_colours_of",
    "count_holes",
    "has_colour",
    "height_of",
    "is_line",
    "is_one_colour",
    "is_rectangle",
    "is_square_object",
    "is_symmetric_object",
    "left_of",
    "right_of",
    "size_of",
    "top_of",
    "touches_border",
    "width_of",
]


def size_of(item: Object) -> int:
    """The number of cells."""
    return item.size


def height_of(item: Object) -> int:
    """The rows of the object's box."""
    return item.height


def width_of(item: Object) -> int:
    """The columns of the object's box."""
    return item.width


def top_of(item: Object) -> int:
    """The first row of the object."""
    return item.row


def left_of(item: Object) -> int:
    """The first column of the object."""
    return item.column


def bottom_of(item: Object) -> int:
    """The last row of the object."""
    return item.bottom


def right_of(item: Object) -> int:
    """The last column of the object."""
    return item.right


def _colour_counts(item: Object) -> NDArray[np.intp]:
    return np.bincount(item.patch[item.mask])


def colour_of(item: Object) -> Colour:
    """The most common colour of the object's cells; of equal ones the lowest."""
    return int(_colour_counts(item).argmax())


def colours_of(item: Object) -> tuple[Colour, ...]:
    """The colours of the object's cells, in increasing order."""
    return tuple(_colour_counts(item).nonzero()[0].tolist())


def count_colours_of(item: Object) -> int:
    """The number of colours among the object's cells."""
    return int(np.count_nonzero(_colour_counts(item)))


def is_one_colour(item: Object) -> bool:
    """Whether all cells of the object have one colour."""
    return count_colours_of(item) == 1


def has_colour(item: Object, colour: Colour) -> bool:
    """Whether some cell of the object has the colour."""
    return bool((item.patch[item.mask] == colour).any())


def is_square_object(item: Object) -> bool:
    """Whether the object's box is as high as it is wide."""
    return item.height == item.width


def is_rectangle(item: Object) -> bool:
    """Whether the object fills its box."""
    return bool(item.mask.all())


def is_line(item: Object) -> bool:
    """Whether the object is a straight row or column of cells; a single cell is one."""
    return min(item.height, item.width) == 1 and is_rectangle(item)


def is_symmetric_object(item: Object) -> bool:
    """Whether the object, colours included, equals its mirror image left-right or up-down."""
    return any(
        np.array_equal(item.patch, item.patch[mirror]) and np.array_equal(item.mask, item.mask[mirror])
        for mirror in (np.s_[:, ::-1], np.s_[::-1])
    )


def touches_border(item: Object, grid: Grid) -> bool:
    """Whether a cell of the object lies in the first or last row or column of the grid."""
    height, width = grid.shape
    return item.row <= 0 or item.column <= 0 or item.bottom >= height - 1 or item.right >= width - 1


def count_holes(item: Object) -> int:
    """The number of regions, by 4 neighbours, that the object's cells enclose."""
    height, width = item.mask.shape
    outside = np.ones((height + 2, width + 2), np.bool_)  # `np.pad` costs as much as the labelling
    outside[1:-1, 1:-1] = ~item.mask
    return int(label_regions(outside, diagonal=False).max()) - 1
