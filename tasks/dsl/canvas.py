"""New grids: canvases, bars, stripes, checkerboards and charts."""

from __future__ import annotations

import numpy as np

from tasks.dsl.palette import colours_by_count, count_colour
from tasks.dsl.size import require_size
from tasks.errors import Impossible
from tasks.grid import Colour, Grid

__all__ = [
    "bar",
    "canvas",
    "canvas_like",
    "checkerboard",
    "column_of",
    "diagonal",
    "histogram",
    "row_of",
    "stripes",
]


def canvas(height: int, width: int, colour: Colour) -> Grid:
    """A grid of one colour. -> [height, width].

    Raises Impossible when a side is not positive or too large.
    """
    require_size("canvas", height, width)
    return np.full((height, width), colour, np.uint8)


def canvas_like(grid: Grid, colour: Colour) -> Grid:
    """A grid of one colour and the shape of another. [..., h, w] -> [..., h, w]."""
    return np.full_like(grid, colour)


def bar(length: int, width: int, colour: Colour) -> Grid:
    """One row of which the first `length` cells have `colour`, the rest 0. -> [1, width].

    A longer bar is cut. Raises Impossible when `width` is not positive or too large, or
    `length` is negative.
    """
    require_size("bar", 1, width)
    if length < 0:
        raise Impossible("bar", f"a length of {length}")
    row: Grid = np.where(np.arange(width) < length, colour, 0).astype(np.uint8)
    return row[None, :]


def diagonal(size: int, colour: Colour) -> Grid:
    """A square of 0 with `colour` from top left to bottom right. -> [size, size].

    Raises Impossible when `size` is not positive or too large.
    """
    require_size("diagonal", size, size)
    return np.eye(size, dtype=np.uint8) * np.uint8(colour)


def checkerboard(height: int, width: int, first: Colour, second: Colour) -> Grid:
    """Cells of two colours in turns, `first` at the top left. -> [height, width].

    Raises Impossible when a side is not positive or too large.
    """
    require_size("checkerboard", height, width)
    parity = np.add.outer(np.arange(height), np.arange(width)) % 2
    cells: Grid = np.array((first, second), np.uint8)[parity]
    return cells


def row_of(colours: tuple[Colour, ...]) -> Grid:
    """The colours as one row. -> [1, n].

    Raises Impossible when there is none.
    """
    require_size("row_of", 1, len(colours))
    return np.array((colours,), np.uint8)


def column_of(colours: tuple[Colour, ...]) -> Grid:
    """The colours as one column. -> [n, 1].

    Raises Impossible when there is none.
    """
    require_size("column_of", len(colours), 1)
    return np.array((colours,), np.uint8).T


def stripes(height: int, width: int, colours: tuple[Colour, ...]) -> Grid:
    """Columns of the colours in turns, from the left. -> [height, width].

    Raises Impossible when a side is not positive or too large or there is no colour.
    """
    require_size("stripes", height, width)
    require_size("stripes", 1, len(colours))
    row = np.array(colours, np.uint8)[np.arange(width) % len(colours)]
    return row[None, :].repeat(height, axis=0)


def histogram(grid: Grid) -> Grid:
    """A column for each foreground colour, as high as it has cells, the most common first.

    [h, w] -> [largest count, foreground colours]; columns hang from the top, the rest is 0. Raises
    Impossible when all is background.
    """
    colours = tuple(filter(None, colours_by_count(grid)))
    if not colours:
        raise Impossible("histogram", "there is no foreground")
    counts = np.array([count_colour(grid, colour) for colour in colours])
    filled = np.arange(counts[0])[:, None] < counts[None, :]
    return np.where(filled, np.array(colours, np.uint8), np.uint8(0))
