"""Straight lines: drawn between cells, over whole rows and columns, around the border.

Shapes never change. Rays are in `rays`.
"""

from __future__ import annotations

import numpy as np

from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = [
    "draw_column",
    "draw_frame",
    "draw_line",
    "draw_row",
    "fill_columns_of_colour",
    "fill_rows_of_colour",
    "spread_columns",
    "spread_rows",
]


def draw_line(grid: Grid, row: int, column: int, to_row: int, to_column: int, colour: Colour) -> Grid:
    """A line from cell to cell, both included: horizontal, vertical or diagonal.

    [..., h, w] -> [..., h, w]. Raises Impossible when an end lies outside or the slope is another.
    """
    height, width = grid.shape[-2:]
    if min(row, to_row) < 0 or max(row, to_row) >= height:
        raise Impossible("draw_line", f"rows {row} to {to_row} of {height}")
    if min(column, to_column) < 0 or max(column, to_column) >= width:
        raise Impossible("draw_line", f"columns {column} to {to_column} of {width}")
    down, right = to_row - row, to_column - column
    if down and right and abs(down) != abs(right):
        raise Impossible("draw_line", f"{down} rows down, {right} columns right: not straight")
    steps = np.arange(max(abs(down), abs(right)) + 1)
    result = grid.copy()
    result[..., row + steps * np.sign(down), column + steps * np.sign(right)] = colour
    return result


def draw_row(grid: Grid, row: int, colour: Colour) -> Grid:
    """A whole row in `colour`; negative counts from the bottom. [..., h, w] -> [..., h, w].

    Raises Impossible when there is no such row.
    """
    height = grid.shape[-2]
    if not -height <= row < height:
        raise Impossible("draw_row", f"no row {row} among {height}")
    result = grid.copy()
    result[..., row, :] = colour
    return result


def draw_column(grid: Grid, column: int, colour: Colour) -> Grid:
    """A whole column in `colour`; negative counts from the right. [..., h, w] -> [..., h, w].

    Raises Impossible when there is no such column.
    """
    width = grid.shape[-1]
    if not -width <= column < width:
        raise Impossible("draw_column", f"no column {column} among {width}")
    result = grid.copy()
    result[..., column] = colour
    return result


def draw_frame(grid: Grid, colour: Colour) -> Grid:
    """The outermost cells in `colour`. [..., h, w] -> [..., h, w]."""
    result = np.full_like(grid, colour)
    result[..., 1:-1, 1:-1] = grid[..., 1:-1, 1:-1]
    return result


def fill_rows_of_colour(grid: Grid, colour: Colour) -> Grid:
    """Background becomes `colour` in every row that holds a cell of it. [..., h, w] -> same."""
    return _filled(grid, colour, -1)


def fill_columns_of_colour(grid: Grid, colour: Colour) -> Grid:
    """Background becomes `colour` in every column that holds a cell of it. [..., h, w] -> same."""
    return _filled(grid, colour, -2)


def _filled(grid: Grid, colour: Colour, axis: int) -> Grid:
    result = grid.copy()
    result[(grid == colour).any(axis=axis, keepdims=True) & (grid == 0)] = colour
    return result


def spread_rows(grid: Grid) -> Grid:
    """Background takes the colour of its row where that has just one. [..., h, w] -> same."""
    return _spread(grid, -1)


def spread_columns(grid: Grid) -> Grid:
    """Background takes the colour of its column where that has just one. [..., h, w] -> same."""
    return _spread(grid, -2)


def _spread(grid: Grid, axis: int) -> Grid:
    largest = grid.max(axis=axis, keepdims=True)
    one_colour = ((grid == 0) | (grid == largest)).all(axis=axis, keepdims=True)
    return np.where((grid == 0) & one_colour, largest, grid)
