"""Objects by what they share: a colour, a shape, a place in the order.

Owns what joins the cells of a grid, or picks among objects, by likeness and not by neighbourhood.
Objects made here may have several parts that do not touch.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.object import Object, Objects, reading_order, tight_object
from tasks.dsl.selection import shape_of
from tasks.errors import Impossible
from tasks.grid import Grid

__all__ = ["every_nth_object", "objects_by_colour", "with_shape_of"]


def objects_by_colour(grid: Grid) -> Objects:
    """All cells of each colour other than 0 as one object, in reading order of first cells.

    The grid is [h, w]; one of 0 alone has no objects, which is no error.
    """
    # Cost: some 20 times touching the grid, since it is searched once for each colour.
    colours = (colour for colour in np.unique(grid) if colour)
    return tuple(sorted((tight_object(grid, grid == c) for c in colours), key=reading_order))


def with_shape_of(objects: Objects, item: Object) -> Objects:
    """The objects whose shape is that of `item`, whatever their colours."""
    return tuple(other for other in objects if shape_of(other) == shape_of(item))


def every_nth_object(objects: Objects, step: int) -> Objects:
    """The first object in the order given, and every `step`-th after it.

    Raises Impossible unless `step` is 1 or more.
    """
    if step < 1:
        raise Impossible("every_nth_object", f"a step of {step} leads nowhere")
    return objects[::step]
