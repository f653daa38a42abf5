"""Colour inside, around and along what a grid shows.

Owns the fills from grid to grid that follow from shape alone. Cells of colour 0 are background,
all others foreground. Those marked so accept leading axes [..., h, w].
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.components import multicolour_objects_8, objects_8
from tasks.dsl.morphology import dilate, erode, holes, outline, surround
from tasks.dsl.painting import fill_box, outline_box, paint_all
from tasks.grid import Colour, Grid

__all__ = [
    "draw_boxes",
    "fill_boxes",
    "fill_enclosed",
    "fill_enclosed_by",
    "fill_holes_with_own_colour",
    "grow_colour",
    "hollow_objects",
    "outline_foreground",
    "recolour_interior",
    "shrink_colour",
    "surround_foreground",
]


def fill_enclosed(grid: Grid, colour: Colour) -> Grid:
    """The grid [..., h, w] with a colour in the background that the foreground encloses."""
    return np.where(holes(grid != 0), np.uint8(colour), grid)


def fill_enclosed_by(grid: Grid, wall: Colour, colour: Colour) -> Grid:
    """The grid [..., h, w] with a colour in the background that cells of colour `wall` enclose."""
    return np.where(holes(grid == wall) & (grid == 0), np.uint8(colour), grid)


def fill_holes_with_own_colour(grid: Grid) -> Grid:
    """The grid [h, w] with the background in each object's holes in that object's colour."""
    # Cost: SciPy's flood for each colour, 10 us apiece.
    filled = grid.copy()
    for colour in np.bincount(grid.ravel()).nonzero()[0]:
        if colour:
            inside = holes(grid == colour) & (filled == 0)
            filled[inside] = colour
    return filled


def outline_foreground(grid: Grid, colour: Colour) -> Grid:
    """The grid [..., h, w] with a colour where the foreground meets background or border."""
    return np.where(outline(grid != 0), np.uint8(colour), grid)


def recolour_interior(grid: Grid, colour: Colour) -> Grid:
    """The grid [..., h, w] with a colour where all 8 neighbours of a cell are foreground, too."""
    return np.where(erode(grid != 0, True), np.uint8(colour), grid)


def surround_foreground(grid: Grid, colour: Colour) -> Grid:
    """The grid [..., h, w] with a colour in the background beside the foreground, 8 neighbours."""
    return np.where(surround(grid != 0, True), np.uint8(colour), grid)


def hollow_objects(grid: Grid) -> Grid:
    """The grid [..., h, w] with 0 where a cell and all its 8 neighbours have one colour."""
    inside = np.zeros(grid.shape, dtype=np.bool_)
    height, width = grid.shape[-2:]
    if height > 2 and width > 2:
        same = np.ones((*grid.shape[:-2], height - 2, width - 2), dtype=np.bool_)
        centre = grid[..., 1:-1, 1:-1]
        for row in range(3):
            for column in range(3):
                same &= centre == grid[..., row : row + height - 2, column : column + width - 2]
        inside[..., 1:-1, 1:-1] = same
    return grid * ~inside


def grow_colour(grid: Grid, colour: Colour) -> Grid:
    """The grid [..., h, w] with a colour spread to the background beside it, by 4 neighbours."""
    return np.where(dilate(grid == colour, False) & (grid == 0), np.uint8(colour), grid)


def shrink_colour(grid: Grid, colour: Colour) -> Grid:
    """The grid [..., h, w] with 0 where a cell of a colour has a neighbour, of 8, without it."""
    return grid * ~outline(grid == colour)


def fill_boxes(grid: Grid, colour: Colour) -> Grid:
    """The grid [h, w] with a colour in the background of each object's box.

    An object is a component of foreground of any colours, by 8 neighbours.
    """
    # Cost: that of finding objects (see `components`), and a box painted for each.
    boxes = paint_all(
        np.zeros_like(grid), tuple(fill_box(item, colour) for item in multicolour_objects_8(grid))
    )
    return np.where(grid == 0, boxes, grid)


def draw_boxes(grid: Grid, colour: Colour) -> Grid:
    """The grid [h, w] with a frame in a colour, one cell thick, around each object's box.

    An object is a component of one colour, by 8 neighbours. Frames cover only background.
    """
    # Cost: that of finding objects (see `components`), and a frame made and painted for each: twice that.
    frames = tuple(outline_box(item, colour) for item in objects_8(grid))
    return np.where(grid == 0, paint_all(np.zeros_like(grid), frames), grid)
