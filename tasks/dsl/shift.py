"""Moving cells without changing their order: shift, roll and slide. Shapes never change."""

from __future__ import annotations

import numpy as np

from tasks.dsl.crop import bounding_box
from tasks.dsl.direction import Direction
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "roll",
    "shift",
    "shift_colour",
    "slide",
    "slide_to",
]


def shift(grid: Grid, rows: int, columns: int, fill: Colour) -> Grid:
    """All cells moved down and right; what leaves is lost, what is freed becomes `fill`.

    [..., h, w] -> [..., h, w].
    """
    result = np.full_like(grid, fill)
    height, width = grid.shape[-2:]
    if abs(rows) < height and abs(columns) < width:
        top, bottom = max(rows, 0), height + min(rows, 0)
        left, right = max(columns, 0), width + min(columns, 0)
        source = grid[..., top - rows : bottom - rows, left - columns : right - columns]
        result[..., top:bottom, left:right] = source
    return result


def roll(grid: Grid, rows: int, columns: int) -> Grid:
    """All cells moved down and right; what leaves comes back in at the other side.

    [..., h, w] -> [..., h, w].
    """
    return np.roll(grid, (rows, columns), axis=(-2, -1))


def shift_colour(grid: Grid, colour: Colour, rows: int, columns: int) -> Grid:
    """Cells of `colour` moved down and right over the rest; background where they were.

    [..., h, w] -> [..., h, w].
    """
    return _moved(grid, colour, shift(_cells(grid, colour), rows, columns, 0))


def slide(grid: Grid, colour: Colour, direction: Direction) -> Grid:
    """Cells of `colour` moved as one body until a cell meets another colour or the border.

    [h, w] -> [h, w]. Raises Impossible when the colour is absent or `direction` is (0, 0).
    """
    if direction == (0, 0):
        raise Impossible("slide", "no direction")
    body = grid == colour
    if not body.any():
        raise Impossible("slide", f"colour {colour} is absent")
    free = body | (grid == 0)
    while (ahead := _step(body, direction)) is not None and not (ahead & ~free).any():
        body = ahead
    return _moved(grid, colour, body.view(np.uint8))


def slide_to(grid: Grid, colour: Colour, target: Colour) -> Grid:
    """Cells of `colour` moved straight towards those of `target` until their boxes touch.

    [h, w] -> [h, w]. Raises Impossible when a colour is absent or the boxes do not face each other.
    """
    top, left, height, width = bounding_box(grid == colour)
    other_top, other_left, other_height, other_width = bounding_box(grid == target)
    rows = _gap(top, height, other_top, other_height)
    columns = _gap(left, width, other_left, other_width)
    if rows is not None and columns is not None:
        raise Impossible("slide_to", "the two colours do not face each other")
    return shift_colour(grid, colour, rows or 0, columns or 0)


def _gap(start: int, size: int, other_start: int, other_size: int) -> int | None:
    """The way until two spans touch, negative backwards; None when they overlap."""
    if start + size <= other_start:
        return other_start - start - size
    if other_start + other_size <= start:
        return other_start + other_size - start
    return None


def _cells(grid: Grid, colour: Colour) -> Grid:
    cells: Grid = (grid == colour).view(np.uint8)
    return cells


def _moved(grid: Grid, colour: Colour, cells: Grid) -> Grid:
    result = grid.copy()
    result[grid == colour] = 0
    result[cells != 0] = colour
    return result


def _step(body: Mask, direction: Direction) -> Mask | None:
    """The body one step further; None when a part of it would leave."""
    ahead = shift(body.view(np.uint8), *direction, 0).view(np.bool_)
    return ahead if np.count_nonzero(ahead) == np.count_nonzero(body) else None
