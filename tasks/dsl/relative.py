"""Moves and mirror images that an object itself measures.

Owns what takes its length or its axes from an object's box instead of from numbers.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.direction import Direction
from tasks.dsl.object import Object
from tasks.dsl.painting import move
from tasks.dsl.shift import shift
from tasks.dsl.symmetry import flip_horizontal, flip_vertical
from tasks.grid import Grid

__all__ = ["move_by_own_size", "symmetrise_around"]


def move_by_own_size(item: Object, direction: Direction) -> Object:
    """The object moved so that its box lies beside where it was, in `direction`."""
    rows, columns = direction
    return move(item, rows * item.height, columns * item.width)


def symmetrise_around(grid: Grid, item: Object) -> Grid:
    """Background takes the colours mirrored over the centre of the object's box.

    First those from left or right, then those from above or below. [h, w] -> [h, w].
    """
    height, width = grid.shape
    right = item.column + item.right - (width - 1)
    down = item.row + item.bottom - (height - 1)
    wide = np.where(grid == 0, shift(flip_horizontal(grid), 0, right, 0), grid)
    return np.where(wide == 0, shift(flip_vertical(wide), down, 0, 0), wide)
