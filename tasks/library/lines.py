"""Programs about lines and rays."""

from __future__ import annotations

from tasks.dsl.arithmetic import add, divide, is_even, multiply, subtract
from tasks.dsl.canvas import stripes
from tasks.dsl.colour import keep_colour, keep_least_common, recolour_foreground, remove_colour, replace
from tasks.dsl.combinators import bind, choose, fork, repeat_until_stable
from tasks.dsl.compare import cells_in_both, cells_only_in_first, overlay
from tasks.dsl.components import foreground_object
from tasks.dsl.condense import uniform_lines
from tasks.dsl.crop import crop_to_colour, crop_to_content, pad_to, paste, row_at, trim
from tasks.dsl.direction import DOWN, RIGHT
from tasks.dsl.lines import (
    draw_frame,
    draw_line,
    fill_columns_of_colour,
    fill_rows_of_colour,
    spread_columns,
    spread_rows,
)
from tasks.dsl.masks import (
    apply_mask,
    foreground_mask,
    intersection,
    mask_of_colour,
    mask_to_grid,
    paint_under_mask,
)
from tasks.dsl.measure import column_of_colour, height, is_wide, row_of_colour, width
from tasks.dsl.morphology import holes, interior
from tasks.dsl.mosaic import symmetrise_horizontal
from tasks.dsl.object_values import left_of
from tasks.dsl.palette import colour_at, most_common_foreground, only_foreground, other_colour
from tasks.dsl.rays import connect_colour, connect_horizontal, connect_vertical
from tasks.dsl.shift import shift
from tasks.dsl.split import bottom_half, top_half
from tasks.dsl.symmetry import flip_vertical, identity, transpose
from tasks.dsl.tile import concatenate_vertical, tile_to
from tasks.grid import Grid


def solve_06df4c85(I: Grid) -> Grid:
    """Connect blocks of one colour along rows and columns, passing under the lines."""
    lines = most_common_foreground(I)
    blocks = remove_colour(I, lines)
    joined = overlay(connect_horizontal(blocks), connect_vertical(blocks))
    O = paint_under_mask(joined, mask_of_colour(I, lines), I)
    return O


def solve_0a938d79(I: Grid) -> Grid:
    """Draw lines across from the two cells and repeat them to the end at the same distance."""
    wide = is_wide(I)
    lines = spread_columns(choose(wide, I, transpose(I)))
    pair = crop_to_content(lines)
    period = multiply(subtract(width(pair), 1), 2)
    motif = pad_to(pair, height(lines), period, 0)
    left = left_of(foreground_object(lines))
    stripes_on = tile_to(motif, height(lines), subtract(width(lines), left))
    drawn = paste(lines, stripes_on, 0, left)
    O = choose(wide, drawn, transpose(drawn))
    return O


def solve_178fcbfb(I: Grid) -> Grid:
    """Draw columns through the red cells and rows through the others, the rows on top."""
    rows = fill_rows_of_colour(fill_rows_of_colour(I, 1), 3)
    O = fill_columns_of_colour(rows, 2)
    return O


def solve_1bfc4729(I: Grid) -> Grid:
    """Draw a row through the cell of each half and a border around the half, open to the other."""
    rows = spread_rows(I)
    top = draw_frame(rows, only_foreground(top_half(I)))
    bottom = draw_frame(rows, only_foreground(bottom_half(I)))
    O = concatenate_vertical(top_half(top), bottom_half(bottom))
    return O


def solve_22168020(I: Grid) -> Grid:
    """Connect cells of one colour in each row."""
    O = connect_horizontal(I)
    return O


def solve_22eb0ac0(I: Grid) -> Grid:
    """Connect the two ends of a row where they have one colour."""
    O = connect_horizontal(I)
    return O


def solve_23581191(I: Grid) -> Grid:
    """Draw a row and a column through each cell, red where they cross."""
    orange = keep_colour(I, 7)
    cyan = keep_colour(I, 8)
    orange_cross = overlay(fill_rows_of_colour(orange, 7), fill_columns_of_colour(orange, 7))
    cyan_cross = overlay(fill_rows_of_colour(cyan, 8), fill_columns_of_colour(cyan, 8))
    crossings = cells_in_both(orange_cross, cyan_cross, 2)
    O = overlay(overlay(orange_cross, cyan_cross), crossings)
    return O


def solve_253bf280(I: Grid) -> Grid:
    """Connect in green the cyan cells that face each other."""
    rows = connect_colour(I, 8, RIGHT, 3)
    columns = connect_colour(I, 8, DOWN, 3)
    O = overlay(rows, columns)
    return O


def solve_40853293(I: Grid) -> Grid:
    """Connect cells of one colour in rows and columns, the columns on top."""
    O = overlay(connect_horizontal(I), connect_vertical(I))
    return O


def solve_41e4d17e(I: Grid) -> Grid:
    """Draw a row and a column through the centre of each box, passing under the boxes."""
    centres = mask_to_grid(interior(holes(mask_of_colour(I, 1))), 6)
    lines = overlay(fill_rows_of_colour(centres, 6), fill_columns_of_colour(centres, 6))
    free = intersection(mask_of_colour(I, 8), foreground_mask(lines))
    O = paint_under_mask(I, free, lines)
    return O


def solve_6cdd2623(I: Grid) -> Grid:
    """Connect the cells of the rarest colour that face each other from border to border."""
    ends = keep_least_common(I)
    lines = overlay(connect_horizontal(ends), connect_vertical(ends))
    O = apply_mask(lines, uniform_lines(lines))
    return O


def solve_6f8cd79b(I: Grid) -> Grid:
    """Draw a frame along the border."""
    O = draw_frame(I, 8)
    return O


def solve_834ec97d(I: Grid) -> Grid:
    """Lower the cell by one row and hang every other column above it, its own among them."""
    colour = only_foreground(I)
    row = row_of_colour(I, colour)
    turns = choose(is_even(column_of_colour(I, colour)), (4, 0), (0, 4))
    columns = stripes(add(row, 1), width(I), turns)
    O = paste(shift(I, 1, 0, 0), columns, 0, 0)
    return O


def solve_8403a5d5(I: Grid) -> Grid:
    """Draw every other column from the cell on, ending in grey at top and bottom in turns."""
    colour = only_foreground(I)
    columns = recolour_foreground(stripes(10, 10, (1, 0)), colour)
    top = pad_to(stripes(1, 10, (0, 5, 0, 0)), 10, 10, 0)
    bottom = flip_vertical(pad_to(stripes(1, 10, (0, 0, 0, 5)), 10, 10, 0))
    pattern = overlay(columns, overlay(top, bottom))
    O = shift(pattern, 0, column_of_colour(I, colour), 0)
    return O


def solve_928ad970(I: Grid) -> Grid:
    """Draw a frame just inside the box that the cells of colour 5 mark."""
    inside = trim(crop_to_colour(I, 5), 1)
    frame = draw_frame(inside, other_colour(I, 5))
    O = paste(I, frame, add(row_of_colour(I, 5), 1), add(column_of_colour(I, 5), 1))
    return O


def solve_95990924(I: Grid) -> Grid:
    """Each block gets 1, 2, 3 and 4 diagonally beyond its corners, in reading order."""
    topmost = cells_only_in_first(I, shift(I, 1, 0, 0), 1)
    corners = cells_only_in_first(topmost, shift(I, 0, 1, 0), 1)
    above = overlay(shift(corners, -1, -1, 0), shift(replace(corners, 1, 2), -1, 2, 0))
    left = shift(replace(corners, 1, 3), 2, -1, 0)
    below = overlay(left, shift(replace(corners, 1, 4), 2, 2, 0))
    O = overlay(overlay(above, below), I)
    return O


def solve_97999447(I: Grid) -> Grid:
    """Each cell runs on to the right, in turns with 5."""
    turns = repeat_until_stable(fork(overlay, bind(shift, 0, 2, 0), identity), I)
    between = recolour_foreground(shift(turns, 0, 1, 0), 5)
    O = overlay(between, turns)
    return O


def solve_a2fd1cf0(I: Grid) -> Grid:
    """Join 2 and 3 with a line of 8: along the row of 2, then along the column of 3."""
    row = row_of_colour(I, 2)
    column = column_of_colour(I, 3)
    across = draw_line(I, row, column_of_colour(I, 2), row, column, 8)
    O = overlay(draw_line(across, row, column, row_of_colour(I, 3), column, 8), I)
    return O


def solve_a699fb00(I: Grid) -> Grid:
    """Fill with 2 between cells of colour 1 in a row."""
    O = connect_colour(I, 1, RIGHT, 2)
    return O


def solve_a9f96cdd(I: Grid) -> Grid:
    """The cell leaves, and its four diagonal neighbours become 3, 6, 8 and 7."""
    upper_left = shift(replace(I, 2, 3), -1, -1, 0)
    upper_right = shift(replace(I, 2, 6), -1, 1, 0)
    lower_left = shift(replace(I, 2, 8), 1, -1, 0)
    lower_right = shift(replace(I, 2, 7), 1, 1, 0)
    O = overlay(overlay(upper_left, upper_right), overlay(lower_left, lower_right))
    return O


def solve_b8cdaf2b(I: Grid) -> Grid:
    """Diagonals in the colour in the middle of the last row leave both ends of the bar above it."""
    segment = foreground_object(row_at(I, -2))
    colour = colour_at(I, -1, divide(width(I), 2))
    row = subtract(height(I), 3)
    column = subtract(left_of(segment), 1)
    O = symmetrise_horizontal(draw_line(I, row, column, subtract(row, column), 0, colour))
    return O


def solve_bdad9b1f(I: Grid) -> Grid:
    """Both bars become whole lines, with 4 where they cross."""
    row = spread_rows(keep_colour(I, 2))
    column = spread_columns(keep_colour(I, 8))
    O = overlay(overlay(row, column), cells_in_both(row, column, 4))
    return O


def solve_d364b489(I: Grid) -> Grid:
    """Around each cell 2 goes above, 7 to the left, 6 to the right and 8 below."""
    above = shift(replace(I, 1, 2), -1, 0, 0)
    left = shift(replace(I, 1, 7), 0, -1, 0)
    right = shift(replace(I, 1, 6), 0, 1, 0)
    below = shift(replace(I, 1, 8), 1, 0, 0)
    O = overlay(overlay(overlay(above, below), overlay(left, right)), I)
    return O


def solve_d4a91cb9(I: Grid) -> Grid:
    """Join 8 and 2 with a line of 4: along the column of 8, then along the row of 2."""
    row = row_of_colour(I, 2)
    column = column_of_colour(I, 8)
    across = draw_line(I, row, column_of_colour(I, 2), row, column, 4)
    O = overlay(draw_line(across, row, column, row_of_colour(I, 8), column, 4), I)
    return O


def solve_dbc1a6ce(I: Grid) -> Grid:
    """Join cells of colour 1 that face each other with lines of 8."""
    across = connect_colour(I, 1, RIGHT, 8)
    O = overlay(across, connect_colour(I, 1, DOWN, 8))
    return O
