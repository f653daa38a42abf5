"""Smaller and larger windows: crop, trim and pad.

Colour 0 is the background where a primitive does not ask for one.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.size import require_size
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "bounding_box",
    "column_at",
    "crop",
    "crop_inside_colour",
    "crop_to_colour",
    "crop_to_content",
    "crop_to_mask",
    "crop_without_colour",
    "pad",
    "pad_to",
    "paste",
    "row_at",
    "trim",
]


def crop(grid: Grid, row: int, column: int, height: int, width: int) -> Grid:
    """The window with its top left cell at (row, column). [..., h, w] -> [..., height, width].

    Raises Impossible when the window is empty or leaves the grid.
    """
    fits = row + height <= grid.shape[-2] and column + width <= grid.shape[-1]
    if min(row, column) < 0 or min(height, width) < 1 or not fits:
        raise Impossible("crop", "the window is empty or leaves the grid")
    return grid[..., row : row + height, column : column + width]


def row_at(grid: Grid, row: int) -> Grid:
    """One row as a grid; negative counts from the bottom. [..., h, w] -> [..., 1, w].

    Raises Impossible when there is no such row.
    """
    height = grid.shape[-2]
    if not -height <= row < height:
        raise Impossible("row_at", f"no row {row} among {height}")
    return grid[..., [row], :]


def column_at(grid: Grid, column: int) -> Grid:
    """One column as a grid; negative counts from the right. [..., h, w] -> [..., h, 1].

    Raises Impossible when there is no such column.
    """
    width = grid.shape[-1]
    if not -width <= column < width:
        raise Impossible("column_at", f"no column {column} among {width}")
    return grid[..., [column]]


def trim(grid: Grid, thickness: int) -> Grid:
    """Cut `thickness` cells off every side. [..., h, w] -> [..., h - 2t, w - 2t].

    Raises Impossible when nothing is left or `thickness` is negative.
    """
    height, width = grid.shape[-2:]
    if thickness < 0 or min(height, width) <= 2 * thickness:
        raise Impossible("trim", f"cannot cut {thickness} off every side of {height} x {width}")
    return grid[..., thickness : height - thickness, thickness : width - thickness]


def pad(grid: Grid, thickness: int, colour: Colour) -> Grid:
    """A frame of `colour` around the grid. [..., h, w] -> [..., h + 2t, w + 2t].

    Raises Impossible when `thickness` is negative or too large.
    """
    if thickness < 0:
        raise Impossible("pad", f"a thickness of {thickness}")
    height, width = grid.shape[-2:]
    result_height, result_width = height + 2 * thickness, width + 2 * thickness
    require_size("pad", result_height, result_width)
    result = np.full((*grid.shape[:-2], result_height, result_width), colour, np.uint8)
    result[..., thickness : thickness + height, thickness : thickness + width] = grid
    return result


def pad_to(grid: Grid, height: int, width: int, colour: Colour) -> Grid:
    """The grid at the top left of a larger one of `colour`. [..., h, w] -> [..., height, width].

    Raises Impossible when the grid does not fit or the size is too large.
    """
    if grid.shape[-2] > height or grid.shape[-1] > width:
        raise Impossible("pad_to", f"{grid.shape[-2:]} does not fit into {height} x {width}")
    require_size("pad_to", height, width)
    result = np.full((*grid.shape[:-2], height, width), colour, np.uint8)
    result[..., : grid.shape[-2], : grid.shape[-1]] = grid
    return result


def paste(grid: Grid, patch: Grid, row: int, column: int) -> Grid:
    """`patch` written over the grid with its top left cell at (row, column); what leaves is cut.

    [h, w], [a, b] -> [h, w]. Raises Impossible when no cell of the patch lies inside.
    """
    top, left = max(row, 0), max(column, 0)
    bottom = min(row + patch.shape[0], grid.shape[0])
    right = min(column + patch.shape[1], grid.shape[1])
    if top >= bottom or left >= right:
        raise Impossible("paste", "the patch lies outside the grid")
    result = grid.copy()
    result[top:bottom, left:right] = patch[top - row : bottom - row, left - column : right - column]
    return result


def bounding_box(mask: Mask) -> tuple[int, int, int, int]:
    """Row, column, height and width of the smallest window with every True cell.

    Raises Impossible when there is none.
    """
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        raise Impossible("bounding_box", "the mask is empty")
    columns = np.flatnonzero(mask.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    return top, left, int(rows[-1]) - top + 1, int(columns[-1]) - left + 1


def crop_to_mask(grid: Grid, mask: Mask) -> Grid:
    """The smallest window with every True cell. [h, w], [h, w] -> [a, b].

    Raises Impossible when there is none.
    """
    row, column, height, width = bounding_box(mask)
    return crop(grid, row, column, height, width)


def crop_to_content(grid: Grid) -> Grid:
    """The smallest window with every cell that is not background. [h, w] -> [a, b].

    Raises Impossible when all is background.
    """
    return crop_to_mask(grid, grid != 0)


def crop_to_colour(grid: Grid, colour: Colour) -> Grid:
    """The smallest window with every cell of `colour`. [h, w] -> [a, b].

    Raises Impossible when the colour is absent.
    """
    return crop_to_mask(grid, grid == colour)


def crop_without_colour(grid: Grid, colour: Colour) -> Grid:
    """The smallest window with every cell of another colour than `colour`. [h, w] -> [a, b].

    Raises Impossible when there is no other colour.
    """
    return crop_to_mask(grid, grid != colour)


def crop_inside_colour(grid: Grid, colour: Colour) -> Grid:
    """What a frame of `colour` encloses: its window, trimmed by 1. [h, w] -> [a - 2, b - 2].

    Raises Impossible when the colour is absent or nothing lies inside.
    """
    return trim(crop_to_colour(grid, colour), 1)
