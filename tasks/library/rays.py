"""Programs about rays that cells and objects shoot."""

from __future__ import annotations

from tasks.dsl.arithmetic import divide, equals, is_even, subtract
from tasks.dsl.canvas import canvas_like, stripes
from tasks.dsl.colour import (
    keep_colour,
    most_common_to_background,
    recolour_foreground,
    remove_colour,
    replace,
)
from tasks.dsl.combinators import bind, choose, compose, fork, turn_and_return
from tasks.dsl.compare import cells_in_both, cells_only_in_first, overlay
from tasks.dsl.components import objects_8
from tasks.dsl.crop import column_at, crop, crop_to_content, pad_to, paste
from tasks.dsl.denoise import keep_blocks
from tasks.dsl.direction import DOWN, DOWN_LEFT, DOWN_RIGHT, LEFT, RIGHT, UP, UP_LEFT, UP_RIGHT
from tasks.dsl.fill import fill_boxes
from tasks.dsl.lines import draw_line, draw_row, fill_columns_of_colour, fill_rows_of_colour
from tasks.dsl.masks import (
    apply_mask,
    difference,
    fill_mask,
    foreground_mask,
    intersection,
    mask_of_colour,
    paint_under_mask,
)
from tasks.dsl.measure import column_of_colour, height, is_tall, row_of_colour, width
from tasks.dsl.morphology import dilate, surround
from tasks.dsl.object_values import left_of, top_of
from tasks.dsl.palette import (
    colour_at,
    count_colours,
    least_common_foreground,
    most_common_colour,
    most_common_foreground,
    only_foreground,
    other_colour,
)
from tasks.dsl.rays import (
    connect_diagonal,
    connect_horizontal,
    connect_vertical,
    extend,
    extend_down,
    extend_left,
    extend_right,
    extend_up,
    shoot,
    shoot_diagonals,
    shoot_through,
)
from tasks.dsl.scale import upscale
from tasks.dsl.selection import bottommost_object, topmost_object
from tasks.dsl.shift import shift
from tasks.dsl.sifting import with_colour
from tasks.dsl.split import left_half, right_half
from tasks.dsl.tile import concatenate_horizontal
from tasks.grid import Grid


def solve_1f0c79e5(I: Grid) -> Grid:
    """Shoot the square diagonally from each corner that is red, in its other colour."""
    square = crop_to_content(I)
    colour = other_colour(I, 2)
    start = recolour_foreground(I, colour)
    up_left = choose(equals(colour_at(square, 0, 0), 2), shoot(start, colour, UP_LEFT), start)
    up_right = choose(equals(colour_at(square, 0, -1), 2), shoot(start, colour, UP_RIGHT), start)
    down_left = choose(equals(colour_at(square, -1, 0), 2), shoot(start, colour, DOWN_LEFT), start)
    last = colour_at(square, -1, -1)
    down_right = choose(equals(last, 2), shoot(start, colour, DOWN_RIGHT), start)
    O = overlay(overlay(up_left, up_right), overlay(down_left, down_right))
    return O


def solve_1f642eb9(I: Grid) -> Grid:
    """Copy each cell straight onto the edge of the cyan block that it faces."""
    block = bind(mask_of_colour, 8)
    edge = fork(difference, block, compose(bind(shift, 1, 0, 0), block))
    project = fork(apply_mask, compose(bind(remove_colour, 8), extend_down), edge)
    columns = overlay(project(I), turn_and_return(project, 2, I))
    rows = overlay(turn_and_return(project, 1, I), turn_and_return(project, 3, I))
    O = overlay(I, overlay(columns, rows))
    return O


def solve_1f876c06(I: Grid) -> Grid:
    """Connect cells of one colour on a diagonal."""
    O = connect_diagonal(I)
    return O


def solve_2281f1f4(I: Grid) -> Grid:
    """Mark red where the columns and the rows of the grey cells cross."""
    crossings = cells_in_both(extend_down(I), extend_left(I), 2)
    O = overlay(crossings, I)
    return O


def solve_25d487eb(I: Grid) -> Grid:
    """Shoot from the odd cell in the base of the triangle through its tip to the border."""
    triangle = crop_to_content(I)
    odd = least_common_foreground(I)
    sideways = choose(equals(column_of_colour(triangle, odd), 0), RIGHT, LEFT)
    upright = choose(equals(row_of_colour(triangle, odd), 0), DOWN, UP)
    O = shoot_through(I, odd, choose(is_tall(triangle), sideways, upright))
    return O


def solve_29c11459(I: Grid) -> Grid:
    """Run the two ends of a row towards each other, with a grey cell in the middle."""
    left = extend_right(left_half(I))
    right = extend_left(right_half(I))
    middle = recolour_foreground(column_at(left, -1), 5)
    O = concatenate_horizontal(concatenate_horizontal(left, middle), right)
    return O


def solve_2c608aff(I: Grid) -> Grid:
    """Run a line to the rectangle from each cell that faces it."""
    cells = most_common_to_background(I)
    block = most_common_foreground(cells)
    ray = least_common_foreground(cells)
    alone = keep_colour(cells, block)
    rows = mask_of_colour(fill_rows_of_colour(alone, block), block)
    columns = mask_of_colour(fill_columns_of_colour(alone, block), block)
    joined = recolour_foreground(cells, ray)
    across = apply_mask(connect_horizontal(joined), rows)
    along = apply_mask(connect_vertical(joined), columns)
    lines = overlay(overlay(across, along), cells)
    O = overlay(canvas_like(I, most_common_colour(I)), lines)
    return O


def solve_3bd67248(I: Grid) -> Grid:
    """Draw a red diagonal up from the bottom left corner and a yellow row at the bottom."""
    bottom = subtract(height(I), 1)
    diagonal_line = draw_line(I, bottom, 0, 0, subtract(width(I), 1), 2)
    O = overlay(draw_row(diagonal_line, -1, 4), I)
    return O


def solve_469497ad(I: Grid) -> Grid:
    """Scale the grid by its number of colours, and draw the diagonals of the square outwards."""
    factor = subtract(count_colours(I), 1)
    field = upscale(crop(I, 0, 0, 4, 4), factor)
    square = foreground_mask(field)
    beside = surround(square, False)
    outside = difference(surround(square, True), beside)
    corners = fill_mask(field, intersection(square, dilate(outside, True)), 2)
    walled = fill_mask(corners, beside, 5)
    rising = overlay(shoot(walled, 2, UP_LEFT), shoot(walled, 2, UP_RIGHT))
    falling = overlay(shoot(walled, 2, DOWN_LEFT), shoot(walled, 2, DOWN_RIGHT))
    rays = overlay(keep_colour(rising, 2), keep_colour(falling, 2))
    O = paste(upscale(I, factor), overlay(rays, field), 0, 0)
    return O


def solve_5c0a986e(I: Grid) -> Grid:
    """Draw a diagonal from the upper left of one square and from the lower right of the other."""
    blue = keep_colour(I, 1)
    red = keep_colour(I, 2)
    upper_left = cells_only_in_first(blue, overlay(shift(blue, 1, 0, 0), shift(blue, 0, 1, 0)), 1)
    lower_right = cells_only_in_first(red, overlay(shift(red, -1, 0, 0), shift(red, 0, -1, 0)), 2)
    rays = overlay(shoot(upper_left, 1, UP_LEFT), shoot(lower_right, 2, DOWN_RIGHT))
    O = overlay(rays, I)
    return O


def solve_623ea044(I: Grid) -> Grid:
    """Draw both diagonals through the cell."""
    O = shoot_diagonals(I, only_foreground(I))
    return O


def solve_673ef223(I: Grid) -> Grid:
    """Draw a ray from the upper line to each cell, and whole rows at the same rows of the other."""
    walls = with_colour(objects_8(I), 2)
    upper = topmost_object(walls)
    lower = bottommost_object(walls)
    cells = mask_of_colour(I, 8)
    rays = choose(equals(left_of(upper), 0), shoot(I, 8, LEFT), shoot(I, 8, RIGHT))
    rows = fill_rows_of_colour(keep_colour(I, 8), 8)
    across = shift(rows, subtract(top_of(lower), top_of(upper)), 0, 0)
    O = overlay(across, fill_mask(rays, cells, 4))
    return O


def solve_6e19193c(I: Grid) -> Grid:
    """Shoot a diagonal out of the open corner of each angle."""
    colour = only_foreground(I)
    corners = keep_colour(fill_boxes(I, 5), 5)
    beside = surround(foreground_mask(I), False)
    walled = overlay(fill_mask(I, beside, 6), corners)
    rising = overlay(shoot(walled, 5, UP_LEFT), shoot(walled, 5, UP_RIGHT))
    falling = overlay(shoot(walled, 5, DOWN_LEFT), shoot(walled, 5, DOWN_RIGHT))
    rays = overlay(keep_colour(rising, 5), keep_colour(falling, 5))
    O = overlay(recolour_foreground(cells_only_in_first(rays, corners, 5), colour), I)
    return O


def solve_7ddcd7ec(I: Grid) -> Grid:
    """Continue each tail of the square along its diagonal."""
    square = keep_blocks(I)
    closed = difference(surround(foreground_mask(square), True), foreground_mask(I))
    colour = only_foreground(I)
    walled = fill_mask(square, closed, 9)
    rising = overlay(shoot(walled, colour, UP_LEFT), shoot(walled, colour, UP_RIGHT))
    falling = overlay(shoot(walled, colour, DOWN_LEFT), shoot(walled, colour, DOWN_RIGHT))
    O = overlay(keep_colour(rising, colour), keep_colour(falling, colour))
    return O


def solve_99fa7670(I: Grid) -> Grid:
    """Each cell runs on to the right border, then down."""
    right = extend_right(I)
    last = extend_down(column_at(right, -1))
    O = paste(right, last, 0, subtract(width(I), 1))
    return O


def solve_a65b410d(I: Grid) -> Grid:
    """Each row above the bar is one cell longer, in 3, each row below one shorter, in 1."""
    above = extend(extend(replace(I, 2, 3), UP), UP_RIGHT)
    below = extend(replace(I, 2, 1), DOWN_LEFT)
    O = overlay(overlay(above, below), I)
    return O


def solve_bbc9ae5d(I: Grid) -> Grid:
    """The bar grows by one cell a row, for half as many rows as the grid is wide."""
    start = pad_to(I, divide(width(I), 2), width(I), 0)
    O = extend(extend(start, DOWN), DOWN_RIGHT)
    return O


def solve_d037b0a7(I: Grid) -> Grid:
    """Each cell runs on downwards."""
    O = extend_down(I)
    return O


def solve_d13f3404(I: Grid) -> Grid:
    """Each cell runs on diagonally in a grid twice as large."""
    O = extend(pad_to(I, 6, 6, 0), DOWN_RIGHT)
    return O


def solve_d43fd935(I: Grid) -> Grid:
    """Cells that face the block of colour 3 join it with lines in their own colour."""
    right = paint_under_mask(I, mask_of_colour(extend_right(I), 3), extend_left(I))
    left = paint_under_mask(I, mask_of_colour(extend_left(I), 3), extend_right(I))
    down = paint_under_mask(I, mask_of_colour(extend_down(I), 3), extend_up(I))
    up = paint_under_mask(I, mask_of_colour(extend_up(I), 3), extend_down(I))
    O = overlay(overlay(right, left), overlay(down, up))
    return O


def solve_d4f3cd78(I: Grid) -> Grid:
    """Fill the box with 8, which flows out through the gap."""
    filled = fill_boxes(I, 8)
    sideways = shoot(shoot(filled, 8, LEFT), 8, RIGHT)
    O = overlay(sideways, shoot(shoot(filled, 8, UP), 8, DOWN))
    return O


def solve_db3e9e38(I: Grid) -> Grid:
    """The line opens upwards to both sides, in columns of 7 and 8 in turns."""
    opened = overlay(extend(I, UP_LEFT), extend(I, UP_RIGHT))
    even = is_even(column_of_colour(I, 7))
    columns = choose(even, stripes(height(I), width(I), (7, 8)), stripes(height(I), width(I), (8, 7)))
    O = apply_mask(columns, foreground_mask(opened))
    return O
