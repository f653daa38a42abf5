"""Grids next to each other: concatenate, repeat, arrange and tile."""

from __future__ import annotations

import numpy as np

from tasks.dsl.size import require_size
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "arrange",
    "concatenate_columns",
    "concatenate_horizontal",
    "concatenate_rows",
    "concatenate_vertical",
    "fractal",
    "join_with_lines",
    "repeat_horizontal",
    "repeat_vertical",
    "space_out",
    "tile",
    "tile_to",
    "tile_where",
]


def concatenate_horizontal(left: Grid, right: Grid) -> Grid:
    """`left` and `right` side by side. [..., h, a], [..., h, b] -> [..., h, a + b].

    Raises Impossible when the heights differ.
    """
    return _concatenate((left, right), -1, "concatenate_horizontal")


def concatenate_vertical(top: Grid, bottom: Grid) -> Grid:
    """`top` above `bottom`. [..., a, w], [..., b, w] -> [..., a + b, w].

    Raises Impossible when the widths differ.
    """
    return _concatenate((top, bottom), -2, "concatenate_vertical")


def concatenate_columns(parts: tuple[Grid, ...]) -> Grid:
    """All parts side by side.

    Raises Impossible when there is none or their heights differ.
    """
    return _concatenate(parts, -1, "concatenate_columns")


def concatenate_rows(parts: tuple[Grid, ...]) -> Grid:
    """All parts from top to bottom.

    Raises Impossible when there is none or their widths differ.
    """
    return _concatenate(parts, -2, "concatenate_rows")


def _concatenate(parts: tuple[Grid, ...], axis: int, primitive: str) -> Grid:
    across = {part.shape[-3 - axis] for part in parts}
    if len(across) != 1:
        raise Impossible(primitive, "no parts, or their sides differ")
    return np.concatenate(parts, axis=axis)


def repeat_horizontal(grid: Grid, count: int) -> Grid:
    """`count` copies side by side. [..., h, w] -> [..., h, count * w].

    Raises Impossible when `count` is not positive or too large.
    """
    return _tile(grid, 1, count, "repeat_horizontal")


def repeat_vertical(grid: Grid, count: int) -> Grid:
    """`count` copies from top to bottom. [..., h, w] -> [..., count * h, w].

    Raises Impossible when `count` is not positive or too large.
    """
    return _tile(grid, count, 1, "repeat_vertical")


def tile(grid: Grid, rows: int, columns: int) -> Grid:
    """`rows` times `columns` copies. [..., h, w] -> [..., rows * h, columns * w].

    Raises Impossible when a count is not positive or too large.
    """
    return _tile(grid, rows, columns, "tile")


def _tile(grid: Grid, rows: int, columns: int, primitive: str) -> Grid:
    require_size(primitive, rows * grid.shape[-2], columns * grid.shape[-1])
    return np.tile(grid, (rows, columns))


def tile_to(grid: Grid, height: int, width: int) -> Grid:
    """Copies from the top left until the size is full, cut at the end.

    [..., h, w] -> [..., height, width]. Raises Impossible when a side is not positive or too
    large.
    """
    require_size("tile_to", height, width)
    rows, columns = -(-height // grid.shape[-2]), -(-width // grid.shape[-1])
    return np.tile(grid, (rows, columns))[..., :height, :width]


def tile_where(grid: Grid, mask: Mask) -> Grid:
    """A copy of the grid for each True cell of the mask, background for each False cell.

    [h, w], [a, b] -> [a * h, b * w]. Raises Impossible when that is too large.
    """
    return _tile_where(grid, mask, "tile_where")


def fractal(grid: Grid) -> Grid:
    """The grid tiled where it is not background itself. [h, w] -> [h * h, w * w].

    Raises Impossible when that is too large.
    """
    return _tile_where(grid, grid != 0, "fractal")


def _tile_where(grid: Grid, mask: Mask, primitive: str) -> Grid:
    height, width = mask.shape[0] * grid.shape[0], mask.shape[1] * grid.shape[1]
    require_size(primitive, height, width)
    blocks = mask[:, None, :, None] * grid[None, :, None, :]
    return blocks.reshape(height, width)


def arrange(parts: tuple[Grid, ...], columns: int) -> Grid:
    """Equal-shaped parts in rows of `columns`, in reading order.

    n times [h, w] -> [n // columns * h, columns * w]. Raises Impossible
    unless the parts have one shape and fill whole rows.
    """
    return _arrange(parts, columns, "arrange")


def _arrange(parts: tuple[Grid, ...], columns: int, primitive: str) -> Grid:
    if columns < 1 or not parts or len(parts) % columns:
        raise Impossible(primitive, f"{len(parts)} parts in rows of {columns}")
    if len({part.shape for part in parts}) > 1:
        raise Impossible(primitive, "the parts differ in shape")
    height, width = parts[0].shape
    blocks = np.stack(parts).reshape(-1, columns, height, width)
    return blocks.swapaxes(1, 2).reshape(-1, columns * width)


def join_with_lines(parts: tuple[Grid, ...], columns: int, colour: Colour) -> Grid:
    """As `arrange`, with lines of `colour`, one cell thick, between the parts.

    Raises Impossible unless the parts have one shape and fill whole rows.
    """
    framed = tuple(_framed(part, colour) for part in parts)
    return _arrange(framed, columns, "join_with_lines")[:-1, :-1]


def _framed(part: Grid, colour: Colour) -> Grid:
    """The part with a line to the right and below; `np.pad` costs three times as much."""
    height, width = part.shape
    framed = np.full((height + 1, width + 1), colour, part.dtype)
    framed[:-1, :-1] = part
    return framed


def space_out(grid: Grid, gap: int, colour: Colour) -> Grid:
    """`gap` cells of `colour` between neighbouring cells.

    [..., h, w] -> [..., h + (h - 1) * gap, w + (w - 1) * gap]. Raises Impossible when
    `gap` is negative or too large.
    """
    if gap < 0:
        raise Impossible("space_out", f"a gap of {gap}")
    height, width = grid.shape[-2:]
    height, width = height + (height - 1) * gap, width + (width - 1) * gap
    require_size("space_out", height, width)
    result = np.full((*grid.shape[:-2], height, width), colour, np.uint8)
    result[..., :: gap + 1, :: gap + 1] = grid
    return result
