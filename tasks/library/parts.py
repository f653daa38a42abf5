"""Programs about comparing and joining parts of a grid."""

from __future__ import annotations

from tasks.dsl.arithmetic import divide, equals, greater_than, multiply, subtract
from tasks.dsl.canvas import bar, canvas_like
from tasks.dsl.colour import remove_colour
from tasks.dsl.combinators import bind, branch, compose, fork, negate
from tasks.dsl.components import count_components, foreground_object
from tasks.dsl.condense import merge_equal_lines, remove_background_lines, uniform_lines
from tasks.dsl.crop import crop, crop_to_colour, crop_to_content, paste, row_at
from tasks.dsl.lines import spread_columns, spread_rows
from tasks.dsl.masks import apply_mask, complement, foreground_mask, mask_of_colour, mask_to_grid
from tasks.dsl.measure import area, count_foreground, height, shortest_side, width
from tasks.dsl.object_values import left_of, top_of
from tasks.dsl.over_each import apply_to_each, filter_parts_by, part_with_greatest
from tasks.dsl.palette import (
    colour_at,
    count_colour,
    count_colours,
    most_common_colour,
    most_common_foreground,
    other_colour,
)
from tasks.dsl.parts import (
    part_with_fewest_cells,
    part_with_fewest_colours,
    part_with_most_cells,
    part_with_most_colours,
)
from tasks.dsl.periods import extend_tiling
from tasks.dsl.scale import downscale, downscale_any, downscale_to, upscale, upscale_to
from tasks.dsl.split import (
    part_at,
    parts_between_lines,
    split_at_colour,
    split_columns,
    split_grid,
    split_rows,
)
from tasks.dsl.symmetry import identity, is_symmetric_diagonal, rotate_180, transpose
from tasks.dsl.tile import (
    arrange,
    concatenate_rows,
    fractal,
    join_with_lines,
    repeat_horizontal,
    space_out,
    tile,
    tile_to,
    tile_where,
)
from tasks.grid import Grid


def solve_007bbfb7(I: Grid) -> Grid:
    """Put a copy of the grid wherever the grid has a cell."""
    O = fractal(I)
    return O


def solve_09629e4f(I: Grid) -> Grid:
    """Enlarge the part with the fewest cells so that each of its cells fills one part."""
    key = part_with_fewest_cells(parts_between_lines(I))
    O = join_with_lines(split_grid(upscale(key, 3), 3, 3), 3, 5)
    return O


def solve_29623171(I: Grid) -> Grid:
    """Fill the parts with the most cells and empty the others."""
    parts = parts_between_lines(I)
    most = count_foreground(part_with_most_cells(parts))
    fullest = compose(count_foreground, bind(equals, most))
    fill = branch(fullest, bind(canvas_like, other_colour(I, 5)), bind(canvas_like, 0))
    O = join_with_lines(apply_to_each(parts, fill), 3, 5)
    return O


def solve_2dc579da(I: Grid) -> Grid:
    """Take the quarter with a cell of its own colour."""
    line = colour_at(I, divide(height(I), 2), 0)
    O = part_with_most_colours(split_at_colour(I, line))
    return O


def solve_363442ee(I: Grid) -> Grid:
    """Put a copy of the pattern at each blue cell."""
    pattern = crop(I, 0, 0, 3, 3)
    marks = downscale_any(crop(I, 0, 4, 9, 9), 3)
    O = paste(I, tile_where(pattern, mask_of_colour(marks, 1)), 0, 4)
    return O


def solve_662c240a(I: Grid) -> Grid:
    """Take the square that is not symmetric over its diagonal."""
    squares = split_rows(I, 3)
    O = part_at(filter_parts_by(squares, negate(is_symmetric_diagonal)), 0)
    return O


def solve_6773b310(I: Grid) -> Grid:
    """Mark the rooms with more than one cell."""
    rooms = split_at_colour(I, 8)
    several = compose(count_foreground, bind(greater_than, 1))
    marks = apply_to_each(rooms, branch(several, bind(canvas_like, 1), bind(canvas_like, 0)))
    O = downscale(arrange(marks, 3), 3)
    return O


def solve_6d0160f0(I: Grid) -> Grid:
    """Keep the room with the yellow cell, at the place that the cell has in its room."""
    rooms = split_at_colour(I, 5)
    room = part_with_greatest(rooms, bind(count_colour, 4))
    moved = tile_where(room, mask_of_colour(room, 4))
    O = join_with_lines(split_grid(moved, 3, 3), 3, 5)
    return O


def solve_780d0b14(I: Grid) -> Grid:
    """Shrink each patch between the empty lines to one cell of its colour."""
    patches = split_at_colour(I, 0)
    inside = mask_to_grid(complement(uniform_lines(I)), 1)
    across = count_components(foreground_mask(row_at(inside, 0)), False)
    colours = apply_to_each(patches, fork(canvas_like, identity, most_common_foreground))
    O = arrange(apply_to_each(colours, bind(downscale_to, 1, 1)), across)
    return O


def solve_8e1813be(I: Grid) -> Grid:
    """The coloured lines, side by side, in a square as large as the hidden one."""
    square = crop_to_colour(I, 5)
    lines = remove_colour(I, 5)
    whole = merge_equal_lines(remove_background_lines(spread_columns(spread_rows(lines))))
    O = upscale_to(whole, height(square), width(square))
    return O


def solve_8f2ea7aa(I: Grid) -> Grid:
    """The pattern repeats where it has cells itself."""
    O = fractal(crop_to_content(I))
    return O


def solve_91413438(I: Grid) -> Grid:
    """As many copies in a row as the pattern has cells, on a side as long as it has gaps."""
    cells = count_foreground(I)
    gaps = subtract(area(I), cells)
    places = concatenate_rows(split_columns(bar(cells, multiply(gaps, gaps), 1), gaps))
    O = tile_where(I, foreground_mask(places))
    return O


def solve_9172f3a0(I: Grid) -> Grid:
    """Each cell becomes a block of 3 x 3."""
    O = upscale(I, 3)
    return O


def solve_93b581b8(I: Grid) -> Grid:
    """Each cell of the block comes back twice as large at the opposite corner."""
    block = crop_to_content(I)
    corners = upscale(space_out(rotate_180(block), 1, 0), 2)
    row = top_of(foreground_object(I))
    column = left_of(foreground_object(I))
    around = paste(I, corners, subtract(row, 2), subtract(column, 2))
    O = paste(around, block, row, column)
    return O


def solve_963e52fc(I: Grid) -> Grid:
    """Continue the pattern to twice the width."""
    O = extend_tiling(I, height(I), multiply(width(I), 2))
    return O


def solve_995c5fa3(I: Grid) -> Grid:
    """Each part gives a row by where its gap lies: nowhere 2, inside 8, at the sides 3, below 4."""
    row = bind(crop, 0, 0, 1, 3)
    inside = compose(bind(colour_at, 1, 1), bind(equals, 0))
    sides = compose(bind(colour_at, 1, 0), bind(equals, 0))
    below = compose(bind(colour_at, 3, 1), bind(equals, 0))
    full = compose(row, bind(canvas_like, 2))
    last = branch(below, compose(row, bind(canvas_like, 4)), full)
    middle = branch(sides, compose(row, bind(canvas_like, 3)), last)
    paint_row = branch(inside, compose(row, bind(canvas_like, 8)), middle)
    O = concatenate_rows(apply_to_each(split_at_colour(I, 0), paint_row))
    return O


def solve_a416b8f3(I: Grid) -> Grid:
    """The grid twice, side by side."""
    O = repeat_horizontal(I, 2)
    return O


def solve_ac0a08a4(I: Grid) -> Grid:
    """Each cell becomes as large as the grid has coloured cells."""
    O = upscale(I, count_foreground(I))
    return O


def solve_b190f7f5(I: Grid) -> Grid:
    """The pattern of one square repeats, in their colours, at the cells of the other square."""
    side = shortest_side(I)
    squares = split_grid(I, divide(height(I), side), divide(width(I), side))
    pattern = tile(part_with_fewest_colours(squares), side, side)
    cells = upscale(part_with_most_colours(squares), side)
    O = apply_mask(cells, foreground_mask(pattern))
    return O


def solve_b91ae062(I: Grid) -> Grid:
    """Each cell becomes as large as the grid has colours other than black."""
    O = upscale(I, subtract(count_colours(I), 1))
    return O


def solve_bd4472b8(I: Grid) -> Grid:
    """Below the line each colour of the first row gets its own row, in turns."""
    colours = transpose(row_at(I, 0))
    rows = repeat_horizontal(tile_to(colours, subtract(height(I), 2), 1), width(I))
    O = paste(I, rows, 2, 0)
    return O


def solve_c3e719e8(I: Grid) -> Grid:
    """The grid repeats where it has its most common colour."""
    O = tile_where(I, mask_of_colour(I, most_common_colour(I)))
    return O


def solve_c59eb873(I: Grid) -> Grid:
    """Each cell becomes a block of 2 x 2."""
    O = upscale(I, 2)
    return O


def solve_cce03e0d(I: Grid) -> Grid:
    """The grid repeats where it has colour 2."""
    O = tile_where(I, mask_of_colour(I, 2))
    return O
