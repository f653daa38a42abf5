"""A grid into parts: halves, quarters, equal parts, and parts between separating lines.

Parts come as a tuple in reading order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = [
    "bottom_half",
    "bottom_left_quarter",
    "bottom_right_quarter",
    "left_half",
    "part_at",
    "parts_between_lines",
    "right_half",
    "separator_colour",
    "split_at_colour",
    "split_columns",
    "split_grid",
    "split_rows",
    "top_half",
    "top_left_quarter",
    "top_right_quarter",
]


def left_half(grid: Grid) -> Grid:
    """The left half; an odd middle column is left out. [..., h, w] -> [..., h, w // 2].

    Raises Impossible when the grid is one cell wide.
    """
    return grid[..., : _half(grid.shape[-1], "left_half")]


def right_half(grid: Grid) -> Grid:
    """The right half; an odd middle column is left out. [..., h, w] -> [..., h, w // 2].

    Raises Impossible when the grid is one cell wide.
    """
    return grid[..., -_half(grid.shape[-1], "right_half") :]


def top_half(grid: Grid) -> Grid:
    """The upper half; an odd middle row is left out. [..., h, w] -> [..., h // 2, w].

    Raises Impossible when the grid is one cell high.
    """
    return grid[..., : _half(grid.shape[-2], "top_half"), :]


def bottom_half(grid: Grid) -> Grid:
    """The lower half; an odd middle row is left out. [..., h, w] -> [..., h // 2, w].

    Raises Impossible when the grid is one cell high.
    """
    return grid[..., -_half(grid.shape[-2], "bottom_half") :, :]


def _half(side: int, primitive: str) -> int:
    if side < 2:
        raise Impossible(primitive, "one cell cannot be halved")
    return side // 2


def top_left_quarter(grid: Grid) -> Grid:
    """The left half of the upper half. [..., h, w] -> [..., h // 2, w // 2].

    Raises Impossible when a side is one cell.
    """
    return left_half(top_half(grid))


def top_right_quarter(grid: Grid) -> Grid:
    """The right half of the upper half. [..., h, w] -> [..., h // 2, w // 2].

    Raises Impossible when a side is one cell.
    """
    return right_half(top_half(grid))


def bottom_left_quarter(grid: Grid) -> Grid:
    """The left half of the lower half. [..., h, w] -> [..., h // 2, w // 2].

    Raises Impossible when a side is one cell.
    """
    return left_half(bottom_half(grid))


def bottom_right_quarter(grid: Grid) -> Grid:
    """The right half of the lower half. [..., h, w] -> [..., h // 2, w // 2].

    Raises Impossible when a side is one cell.
    """
    return right_half(bottom_half(grid))


def split_columns(grid: Grid, count: int) -> tuple[Grid, ...]:
    """`count` equal parts side by side. [..., h, w] -> count times [..., h, w // count].

    Raises Impossible unless the width is divisible by `count`.
    """
    width = grid.shape[-1]
    if count < 1 or width % count:
        raise Impossible("split_columns", f"a width of {width} in {count} parts")
    size = width // count
    return tuple(grid[..., start : start + size] for start in range(0, width, size))


def split_rows(grid: Grid, count: int) -> tuple[Grid, ...]:
    """`count` equal parts from top to bottom. [..., h, w] -> count times [..., h // count, w].

    Raises Impossible unless the height is divisible by `count`.
    """
    height = grid.shape[-2]
    if count < 1 or height % count:
        raise Impossible("split_rows", f"a height of {height} in {count} parts")
    size = height // count
    return tuple(grid[..., start : start + size, :] for start in range(0, height, size))


def split_grid(grid: Grid, rows: int, columns: int) -> tuple[Grid, ...]:
    """`rows` times `columns` equal parts. [..., h, w] -> each [..., h // rows, w // columns].

    Raises Impossible unless both sides are divisible.
    """
    return tuple(part for band in split_rows(grid, rows) for part in split_columns(band, columns))


def split_at_colour(grid: Grid, colour: Colour) -> tuple[Grid, ...]:
    """The parts between the rows and columns that are all of `colour`; the lines are dropped.

    Raises Impossible when no part is left.
    """
    separates = grid == colour
    rows = _spans(separates.all(axis=1))
    columns = _spans(separates.all(axis=0))
    if not rows or not columns:
        raise Impossible("split_at_colour", f"nothing but colour {colour}")
    return tuple(grid[top:bottom, left:right] for top, bottom in rows for left, right in columns)


def separator_colour(grid: Grid) -> Colour:
    """The colour other than 0 of the first whole row, or else of the first whole column.

    Raises Impossible when no line has one colour.
    """
    for line in (_first_line(grid), _first_line(grid.T)):
        if line is not None:
            return line
    raise Impossible("separator_colour", "no row or column has one colour")


def parts_between_lines(grid: Grid) -> tuple[Grid, ...]:
    """The parts between the lines of the separator colour.

    Raises Impossible when there is no such line or no part.
    """
    return split_at_colour(grid, separator_colour(grid))


def part_at(parts: tuple[Grid, ...], index: int) -> Grid:
    """One of the parts; negative counts from the end.

    Raises Impossible when there is no such part.
    """
    if not -len(parts) <= index < len(parts):
        raise Impossible("part_at", f"no part {index} among {len(parts)}")
    return parts[index]


def _first_line(grid: Grid) -> Colour | None:
    whole = (grid[:, 0] != 0) & (grid == grid[:, :1]).all(axis=1)
    return int(grid[whole.argmax(), 0]) if whole.any() else None


def _spans(separates: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    """The (start, stop) of every run of False."""
    edges = np.flatnonzero(np.diff(separates, prepend=True, append=True)).tolist()
    return tuple(zip(edges[::2], edges[1::2], strict=True))
