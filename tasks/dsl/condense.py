"""Rows and columns that say nothing, or nothing new, left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tasks.errors import Impossible
from tasks.grid import Grid, Mask

__all__ = [
    "distinct_columns",
    "distinct_rows",
    "merge_equal_lines",
    "remove_background_lines",
    "remove_uniform_lines",
    "uniform_lines",
]


def uniform_lines(grid: Grid) -> Mask:
    """The cells of all rows and columns that have one colour. [h, w] -> [h, w]."""
    rows = (grid == grid[:, :1]).all(axis=1)
    columns = (grid == grid[:1]).all(axis=0)
    cells: Mask = rows[:, None] | columns[None, :]
    return cells


def remove_uniform_lines(grid: Grid) -> Grid:
    """Without the rows and columns that have one colour. [h, w] -> [a, b].

    Raises Impossible when nothing is left.
    """
    rows = (grid != grid[:, :1]).any(axis=1)
    columns = (grid != grid[:1]).any(axis=0)
    return _kept(grid, rows, columns, "remove_uniform_lines")


def remove_background_lines(grid: Grid) -> Grid:
    """Without the rows and columns that are all background. [h, w] -> [a, b].

    Raises Impossible when nothing is left.
    """
    content = grid != 0
    rows, columns = content.any(axis=1), content.any(axis=0)
    return _kept(grid, rows, columns, "remove_background_lines")


def merge_equal_lines(grid: Grid) -> Grid:
    """Of equal neighbouring rows and columns only the first. [h, w] -> [a, b]."""
    rows = np.ones(grid.shape[0], np.bool_)
    columns = np.ones(grid.shape[1], np.bool_)
    rows[1:] = (grid[1:] != grid[:-1]).any(axis=1)
    columns[1:] = (grid[:, 1:] != grid[:, :-1]).any(axis=0)
    return _window(grid, rows, columns)


def _first_of_equal(grid: Grid) -> list[int]:
    """The places of the rows that no row before is equal to."""
    first: dict[bytes, int] = {}
    for place, row in enumerate(grid):
        first.setdefault(row.tobytes(), place)
    return list(first.values())


def distinct_rows(grid: Grid) -> Grid:
    """Of equal rows, wherever they are, only the first. [h, w] -> [a, w]."""
    return grid[_first_of_equal(grid)]


def distinct_columns(grid: Grid) -> Grid:
    """Of equal columns, wherever they are, only the first. [h, w] -> [h, b]."""
    return grid[:, _first_of_equal(grid.T)]


def _kept(grid: Grid, rows: NDArray[np.bool_], columns: NDArray[np.bool_], primitive: str) -> Grid:
    if not rows.any() or not columns.any():
        raise Impossible(primitive, "nothing is left")
    return _window(grid, rows, columns)


def _window(grid: Grid, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> Grid:
    return grid[rows][:, columns]
