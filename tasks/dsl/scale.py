"""Cells into blocks and blocks into cells."""

from __future__ import annotations

from math import gcd

import numpy as np

from tasks.dsl.size import require_size
from tasks.errors import Impossible
from tasks.grid import Grid

__all__ = [
    "block_size",
    "downscale",
    "downscale_any",
    "downscale_majority",
    "downscale_to",
    "undo_upscale",
    "upscale",
    "upscale_horizontal",
    "upscale_to",
    "upscale_vertical",
]


def upscale(grid: Grid, factor: int) -> Grid:
    """Every cell becomes a block. [..., h, w] -> [..., factor * h, factor * w].

    Raises Impossible when `factor` is not positive or too large.
    """
    return _upscale(grid, factor, factor, "upscale")


def upscale_horizontal(grid: Grid, factor: int) -> Grid:
    """Every cell becomes `factor` cells wide. [..., h, w] -> [..., h, factor * w].

    Raises Impossible when `factor` is not positive or too large.
    """
    return _upscale(grid, 1, factor, "upscale_horizontal")


def upscale_vertical(grid: Grid, factor: int) -> Grid:
    """Every cell becomes `factor` cells high. [..., h, w] -> [..., factor * h, w].

    Raises Impossible when `factor` is not positive or too large.
    """
    return _upscale(grid, factor, 1, "upscale_vertical")


def upscale_to(grid: Grid, height: int, width: int) -> Grid:
    """Every cell becomes a block so that the whole has this size.

    [..., h, w] -> [..., height, width]. Raises Impossible unless both are multiples of h, w.
    """
    rows, rows_left = divmod(height, grid.shape[-2])
    columns, columns_left = divmod(width, grid.shape[-1])
    if rows_left or columns_left:
        raise Impossible("upscale_to", f"{height} x {width} is no multiple of {grid.shape[-2:]}")
    return _upscale(grid, rows, columns, "upscale_to")


def _upscale(grid: Grid, rows: int, columns: int, primitive: str) -> Grid:
    require_size(primitive, rows * grid.shape[-2], columns * grid.shape[-1])
    return grid.repeat(rows, axis=-2).repeat(columns, axis=-1)


def downscale(grid: Grid, factor: int) -> Grid:
    """The top left cell of every block. [..., h, w] -> [..., h // factor, w // factor].

    Raises Impossible unless both sides are divisible by `factor`.
    """
    _check_blocks(grid, factor, factor, "downscale")
    return grid[..., ::factor, ::factor]


def downscale_to(grid: Grid, height: int, width: int) -> Grid:
    """The top left cell of every block so that the whole has this size.

    [..., h, w] -> [..., height, width]. Raises Impossible unless the grid's sides are multiples.
    """
    if height < 1 or width < 1 or grid.shape[-2] % height or grid.shape[-1] % width:
        raise Impossible("downscale_to", f"{grid.shape[-2:]} into {height} x {width}")
    return grid[..., :: grid.shape[-2] // height, :: grid.shape[-1] // width]


def downscale_majority(grid: Grid, factor: int) -> Grid:
    """The most common colour of every block, the smaller one of equals.

    [..., h, w] -> [..., h // factor, w // factor]. Raises Impossible unless divisible.
    """
    blocks = _blocks(grid, factor, "downscale_majority")
    # Cost: some 30 times touching the grid: each of ten colours is counted in every block.
    counts = np.stack([(blocks == colour).sum(axis=-1) for colour in range(10)])
    most: Grid = counts.argmax(axis=0).astype(np.uint8)
    return most


def downscale_any(grid: Grid, factor: int) -> Grid:
    """The first cell of every block that is not background, else background.

    [..., h, w] -> [..., h // factor, w // factor]. Raises Impossible unless divisible.
    """
    blocks = _blocks(grid, factor, "downscale_any")
    first = (blocks != 0).argmax(axis=-1, keepdims=True)
    cells: Grid = np.take_along_axis(blocks, first, axis=-1)[..., 0]
    return cells


def block_size(grid: Grid) -> int:
    """The largest factor by which the grid is the upscale of another. [h, w] -> 1 or more."""
    sizes = [grid.shape[0], grid.shape[1]]
    sizes += (np.flatnonzero((grid[1:] != grid[:-1]).any(axis=1)) + 1).tolist()
    sizes += (np.flatnonzero((grid[:, 1:] != grid[:, :-1]).any(axis=0)) + 1).tolist()
    return gcd(*sizes)


def undo_upscale(grid: Grid) -> Grid:
    """The smallest grid of which this is an upscale. [h, w] -> [h // k, w // k]."""
    size = block_size(grid)
    return grid[::size, ::size]


def _check_blocks(grid: Grid, rows: int, columns: int, primitive: str) -> None:
    if rows < 1 or columns < 1 or grid.shape[-2] % rows or grid.shape[-1] % columns:
        raise Impossible(primitive, f"{grid.shape[-2:]} into blocks of {rows} x {columns}")


def _blocks(grid: Grid, factor: int, primitive: str) -> Grid:
    """[..., h, w] -> [..., h // factor, w // factor, factor * factor]."""
    _check_blocks(grid, factor, factor, primitive)
    height, width = grid.shape[-2] // factor, grid.shape[-1] // factor
    blocks = grid.reshape(*grid.shape[:-2], height, factor, width, factor)
    return blocks.swapaxes(-3, -2).reshape(*grid.shape[:-2], height, width, factor * factor)
