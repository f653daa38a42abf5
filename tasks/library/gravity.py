"""Programs about falling and sliding."""

from __future__ import annotations

from tasks.dsl.arithmetic import add, subtract
from tasks.dsl.canvas import canvas_like
from tasks.dsl.colour import keep_colour, recolour_foreground, remove_colour
from tasks.dsl.combinators import bind, choose
from tasks.dsl.compare import overlay
from tasks.dsl.components import objects_4
from tasks.dsl.condense import remove_background_lines
from tasks.dsl.crop import crop, crop_to_colour, paste, row_at, trim
from tasks.dsl.direction import UP
from tasks.dsl.gravity import (
    gravity_down,
    gravity_left,
    gravity_of_colour,
    gravity_right,
    gravity_up,
    sort_rows,
)
from tasks.dsl.lines import fill_columns_of_colour
from tasks.dsl.masks import difference, fill_mask, mask_of_colour
from tasks.dsl.measure import column_of_colour, height, is_tall, is_wide, row_of_colour, width
from tasks.dsl.morphology import surround
from tasks.dsl.over_each import map_objects
from tasks.dsl.painting import erase_all, fill_box, paint_all
from tasks.dsl.palette import colour_at
from tasks.dsl.relative import move_by_own_size
from tasks.dsl.shift import shift, shift_colour, slide_to
from tasks.dsl.split import bottom_half, top_half
from tasks.dsl.symmetry import transpose
from tasks.dsl.tile import concatenate_vertical
from tasks.grid import Grid


def solve_1e0a9b12(I: Grid) -> Grid:
    """Let all cells fall."""
    O = gravity_down(I)
    return O


def solve_25ff71a9(I: Grid) -> Grid:
    """Move everything down by one row."""
    O = shift(I, 1, 0, 0)
    return O


def solve_3618c87e(I: Grid) -> Grid:
    """Drop the blue cells through their stems to the ground."""
    O = shift_colour(I, 1, 2, 0)
    return O


def solve_3906de3d(I: Grid) -> Grid:
    """Let the red cells rise into the gaps."""
    O = gravity_of_colour(I, 2, UP)
    return O


def solve_4093f84a(I: Grid) -> Grid:
    """Let all cells fall on the grey bar from both sides and turn grey."""
    lying = is_wide(crop_to_colour(I, 5))
    field = choose(lying, I, transpose(I))
    fallen = concatenate_vertical(gravity_down(top_half(field)), gravity_up(bottom_half(field)))
    O = recolour_foreground(choose(lying, fallen, transpose(fallen)), 5)
    return O


def solve_5168d44c(I: Grid) -> Grid:
    """Move the frame by two cells along the dotted line."""
    across = is_wide(crop_to_colour(I, 3))
    frame = keep_colour(I, 2)
    moved = choose(across, shift(frame, 0, 2, 0), shift(frame, 2, 0, 0))
    O = overlay(remove_colour(I, 2), moved)
    return O


def solve_54d82841(I: Grid) -> Grid:
    """Drop a cell from the opening of each bracket to the bottom."""
    boxes = map_objects(objects_4(I), bind(fill_box, 4))
    openings = keep_colour(paint_all(I, boxes), 4)
    O = overlay(I, gravity_down(openings))
    return O


def solve_5521c0d9(I: Grid) -> Grid:
    """Raise each block by its own height."""
    blocks = objects_4(I)
    O = paint_all(erase_all(I, blocks), map_objects(blocks, bind(move_by_own_size, UP)))
    return O


def solve_56dc2b01(I: Grid) -> Grid:
    """Slide the shape to the wall, and put a bar behind it."""
    upright = is_tall(crop_to_colour(I, 2))
    grid = choose(upright, I, transpose(I))
    slid = slide_to(grid, 3, 2)
    columns = mask_of_colour(fill_columns_of_colour(slid, 3), 3)
    behind = difference(surround(columns, True), mask_of_colour(slid, 2))
    result = fill_mask(slid, behind, 8)
    O = choose(upright, result, transpose(result))
    return O


def solve_a79310a0(I: Grid) -> Grid:
    """Move all cells one row down and turn them into 2."""
    O = recolour_foreground(shift(I, 1, 0, 0), 2)
    return O


def solve_beb8660c(I: Grid) -> Grid:
    """Sort the bars by length, the longest at the bottom, all at the right border."""
    O = gravity_right(sort_rows(I))
    return O


def solve_d687bc17(I: Grid) -> Grid:
    """Cells move to the side of the frame in their colour, the others go."""
    inside = trim(I, 1)
    left = gravity_left(keep_colour(inside, colour_at(I, 1, 0)))
    right = gravity_right(keep_colour(inside, colour_at(I, 1, -1)))
    top = gravity_up(keep_colour(inside, colour_at(I, 0, 1)))
    bottom = gravity_down(keep_colour(inside, colour_at(I, -1, 1)))
    O = paste(I, overlay(overlay(left, right), overlay(top, bottom)), 1, 1)
    return O


def solve_d89b689b(I: Grid) -> Grid:
    """The four scattered cells gather in the block of colour 8, each in its own corner."""
    row = row_of_colour(I, 8)
    cells = remove_colour(I, 8)
    upper = crop(cells, 0, 0, add(row, 1), width(I))
    lower = crop(cells, add(row, 1), 0, subtract(height(I), add(row, 1)), width(I))
    first = remove_background_lines(row_at(gravity_up(upper), 0))
    second = remove_background_lines(row_at(gravity_up(lower), 0))
    O = paste(canvas_like(I, 0), concatenate_vertical(first, second), row, column_of_colour(I, 8))
    return O
