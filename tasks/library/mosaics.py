"""Programs about patterns laid out from copies of the grid."""

from __future__ import annotations

from tasks.dsl.arithmetic import greater_than, less_than, logical_or, subtract
from tasks.dsl.canvas import canvas, canvas_like
from tasks.dsl.colour import recolour_foreground, remove_colour
from tasks.dsl.combinators import bind, chain, choose, fork, turn_and_return
from tasks.dsl.compare import overlay
from tasks.dsl.components import foreground_object
from tasks.dsl.condense import remove_background_lines
from tasks.dsl.crop import crop_to_content, paste, trim
from tasks.dsl.lines import draw_frame
from tasks.dsl.masks import mask_of_colour
from tasks.dsl.measure import height, width
from tasks.dsl.mosaic import (
    mirror_both,
    mirror_down,
    mirror_left,
    mirror_right,
    mirror_up,
    rotation_mosaic,
    tile_mirrored,
)
from tasks.dsl.object_values import bottom_of, left_of, right_of, top_of
from tasks.dsl.over_each import transform_object
from tasks.dsl.painting import object_under_mask, paint
from tasks.dsl.palette import colour_at
from tasks.dsl.parts import part_with_most_cells
from tasks.dsl.split import (
    bottom_half,
    left_half,
    parts_between_lines,
    right_half,
    separator_colour,
    top_half,
)
from tasks.dsl.symmetry import flip_vertical, rotate_180
from tasks.dsl.tile import concatenate_horizontal, concatenate_vertical
from tasks.grid import Grid


def solve_2bcee788(I: Grid) -> Grid:
    """Mirror the shape at the side that red marks, on green."""
    mark = object_under_mask(I, mask_of_colour(I, 2))
    shape = foreground_object(remove_colour(I, 2))
    below = greater_than(top_of(mark), bottom_of(shape))
    upright = choose(below, 3, 1)
    left = less_than(right_of(mark), left_of(shape))
    beside = logical_or(left, greater_than(left_of(mark), right_of(shape)))
    turns = choose(beside, choose(left, 2, 0), upright)
    image = chain(bind(remove_colour, 2), foreground_object, bind(transform_object, mirror_right))
    double = fork(paint, bind(remove_colour, 2), image)
    O = overlay(canvas_like(I, 3), turn_and_return(double, turns, I))
    return O


def solve_3af2c5a8(I: Grid) -> Grid:
    """Mirror the grid to the right and down."""
    O = mirror_both(I)
    return O


def solve_46442a0e(I: Grid) -> Grid:
    """Set the grid and its three turns around a centre."""
    O = rotation_mosaic(I)
    return O


def solve_47c1f68c(I: Grid) -> Grid:
    """Mirror the drawn quarter into all four quarters, in the colour of the dividing lines."""
    line = separator_colour(I)
    quarter = part_with_most_cells(parts_between_lines(I))
    O = mirror_both(recolour_foreground(quarter, line))
    return O


def solve_4c4377d9(I: Grid) -> Grid:
    """Put the mirror image of the grid on top of it."""
    O = mirror_up(I)
    return O


def solve_62c24649(I: Grid) -> Grid:
    """Mirror the grid to the right and down."""
    O = mirror_both(I)
    return O


def solve_67e8384a(I: Grid) -> Grid:
    """Mirror the grid to the right and down."""
    O = mirror_both(I)
    return O


def solve_6d0aefbc(I: Grid) -> Grid:
    """Put the mirror image of the grid to its right."""
    O = mirror_right(I)
    return O


def solve_6fa7a44f(I: Grid) -> Grid:
    """Put the mirror image of the grid below it."""
    O = mirror_down(I)
    return O


def solve_7fe24cdd(I: Grid) -> Grid:
    """Set the grid and its three turns around a centre."""
    O = rotation_mosaic(I)
    return O


def solve_8be77c9e(I: Grid) -> Grid:
    """Mirror the grid below itself."""
    O = mirror_down(I)
    return O


def solve_8d5021e8(I: Grid) -> Grid:
    """Mirror the grid to the left, then stack it in three turns, flipped, upright, flipped."""
    row = mirror_left(I)
    O = flip_vertical(tile_mirrored(row, 3, 1))
    return O


def solve_952a094c(I: Grid) -> Grid:
    """The four corner cells inside the box leave it diagonally to the opposite sides."""
    box = crop_to_content(I)
    inside = trim(box, 1)
    corners = rotate_180(remove_background_lines(inside))
    middle = canvas(height(box), 2, 0)
    sides = concatenate_vertical(concatenate_vertical(top_half(corners), middle), bottom_half(corners))
    gap = canvas(height(sides), width(box), 0)
    around = concatenate_horizontal(concatenate_horizontal(left_half(sides), gap), right_half(sides))
    frame = draw_frame(canvas_like(box, 0), colour_at(box, 0, 0))
    row = top_of(foreground_object(I))
    column = left_of(foreground_object(I))
    moved = paste(canvas_like(I, 0), around, subtract(row, 1), subtract(column, 1))
    O = paste(moved, frame, row, column)
    return O


def solve_c9e6f938(I: Grid) -> Grid:
    """Mirror the grid to the right."""
    O = mirror_right(I)
    return O
