"""What an object is: some cells of a grid with the place where they lie.

Owns the type and the few ways to make one. The primitives over objects lie in the modules named
after what they do (`components`, `selection`, `painting`, ...). An object does not remember its
grid, and nothing promises that its cells lie inside one: a moved object may hang over the edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tasks.dsl.crop import bounding_box
from tasks.errors import Impossible
from tasks.grid import Grid, Mask


@dataclass(frozen=True, eq=False, slots=True)
class Object:
    """Cells of a grid: `patch` [h, w] with 0 outside `mask` [h, w], top left at `row`, `column`.

    The box is tight: each side of it holds a cell. A cell of colour 0 may belong to an object, so
    it is the mask that says what belongs.
    """

    patch: Grid
    mask: Mask
    row: int
    column: int

    @property
    def size(self) -> int:
        """The number of its cells."""
        return int(np.count_nonzero(self.mask))

    @property
    def height(self) -> int:
        """The rows of its box."""
        return len(self.mask)

    @property
    def width(self) -> int:
        """The columns of its box."""
        return int(self.mask.shape[1])

    @property
    def bottom(self) -> int:
        """The last row of its box."""
        return self.row + self.height - 1

    @property
    def right(self) -> int:
        """The last column of its box."""
        return self.column + self.width - 1


Objects: TypeAlias = tuple[Object, ...]
"""Several objects, mostly in reading order of their first cells."""


def tight_object(grid: Grid, mask: Mask, row: int = 0, column: int = 0) -> Object:
    """The cells of `grid` under `mask` as an object, where `row`, `column` is the grid's corner.

    Raises Impossible when the mask is empty.
    """
    top, left, height, width = bounding_box(mask)
    box = np.s_[top : top + height, left : left + width]
    return Object(grid[box] * mask[box], mask[box], row + top, column + left)


def reading_order(item: Object) -> tuple[int, int]:
    """Row and column of the object's first cell: the top row first, then the left cell."""
    return item.row, item.column + int(item.mask[0].argmax())


def some(primitive: str, objects: Objects) -> Objects:
    """The objects themselves; raises Impossible in the name of `primitive` if there are none."""
    if not objects:
        raise Impossible(primitive, "there is no object")
    return objects
