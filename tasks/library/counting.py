"""Programs about counting and comparing sizes."""

from __future__ import annotations

from tasks.dsl.arithmetic import equals, minimum, multiply, subtract
from tasks.dsl.canvas import bar, canvas, canvas_like, diagonal, histogram
from tasks.dsl.colour import map_colours
from tasks.dsl.combinators import bind, choose, compose, fork
from tasks.dsl.components import components_of_colour, count_components, objects_8
from tasks.dsl.condense import merge_equal_lines, remove_background_lines, remove_uniform_lines
from tasks.dsl.crop import crop, crop_to_colour, pad_to, paste, row_at
from tasks.dsl.examples import output_of_sample_with_same
from tasks.dsl.gravity import gravity_up
from tasks.dsl.lines import draw_row
from tasks.dsl.masks import foreground_mask
from tasks.dsl.measure import count_foreground, height, width
from tasks.dsl.mosaic import mirror_down
from tasks.dsl.object_values import colour_of, size_of
from tasks.dsl.over_each import map_to_parts
from tasks.dsl.painting import to_grid
from tasks.dsl.palette import count_colours, only_foreground
from tasks.dsl.samples import Samples
from tasks.dsl.selection import first_object
from tasks.dsl.sifting import all_largest, count_objects, of_size, sort_by_column
from tasks.dsl.split import split_columns
from tasks.dsl.symmetry import flip_horizontal, flip_vertical, is_symmetric_horizontal
from tasks.dsl.tile import concatenate_columns, concatenate_rows, repeat_vertical, tile_to
from tasks.grid import Grid


def solve_1190e5a7(I: Grid) -> Grid:
    """One cell for each field between the lines."""
    O = remove_uniform_lines(merge_equal_lines(I))
    return O


def solve_1fad071e(I: Grid) -> Grid:
    """Count the blue squares in a bar of five cells."""
    squares = of_size(components_of_colour(I, 1, False), 4)
    O = bar(count_objects(squares), 5, 1)
    return O


def solve_27a28665(I: Grid) -> Grid:
    """Name the shape by the colour that stands for its number of pieces."""
    pieces = count_components(foreground_mask(I), False)
    O = map_colours(canvas(1, 1, pieces), ((1, 6), (2, 3), (3, 1), (5, 2)))
    return O


def solve_44f52bb0(I: Grid) -> Grid:
    """Answer whether the grid is symmetric."""
    O = choose(is_symmetric_horizontal(I), canvas(1, 1, 1), canvas(1, 1, 7))
    return O


def solve_6e02f1e3(I: Grid) -> Grid:
    """Draw a line whose direction tells the number of colours."""
    colours = count_colours(I)
    falling = diagonal(3, 5)
    level = draw_row(canvas(3, 3, 0), 0, 5)
    slanted = choose(equals(colours, 2), falling, flip_horizontal(falling))
    O = choose(equals(colours, 1), level, slanted)
    return O


def solve_794b24be(I: Grid) -> Grid:
    """Count the cells in the first row, and the fourth one in the centre."""
    cells = count_foreground(I)
    row = pad_to(bar(minimum(cells, 3), 3, 2), 3, 3, 0)
    O = choose(equals(cells, 4), paste(row, canvas(1, 1, 2), 1, 1), row)
    return O


def solve_9af7a82c(I: Grid) -> Grid:
    """A column for each colour, as high as it has cells, the most common first."""
    O = histogram(I)
    return O


def solve_a3325580(I: Grid) -> Grid:
    """The colours of the largest objects, from left to right, as high as these have cells."""
    largest = sort_by_column(all_largest(objects_8(I)))
    cell = fork(canvas_like, compose(to_grid, bind(crop, 0, 0, 1, 1)), colour_of)
    row = concatenate_columns(map_to_parts(largest, cell))
    O = repeat_vertical(row, size_of(first_object(largest)))
    return O


def solve_a3df8b1e(I: Grid) -> Grid:
    """A ball that rises from the corner and bounces off both sides."""
    ramp = mirror_down(diagonal(width(I), 1))
    turn = multiply(subtract(width(I), 1), 2)
    wave = crop(merge_equal_lines(ramp), 0, 0, turn, width(I))
    O = flip_vertical(tile_to(wave, height(I), width(I)))
    return O


def solve_b0c4d837(I: Grid) -> Grid:
    """One cell of 8 for each free row above the filling, in a square, row by row in turns."""
    depth = subtract(height(crop_to_colour(I, 5)), 1)
    free = subtract(depth, height(crop_to_colour(I, 8)))
    square = concatenate_rows(split_columns(bar(free, 9, 8), 3))
    O = paste(square, flip_horizontal(row_at(square, 1)), 1, 0)
    return O


def solve_cdecee7f(I: Grid) -> Grid:
    """The colours from left to right, in a square, row by row in turns."""
    colours = remove_background_lines(row_at(gravity_up(I), 0))
    square = concatenate_rows(split_columns(pad_to(colours, 1, 9, 0), 3))
    O = paste(square, flip_horizontal(row_at(square, 1)), 1, 0)
    return O


def solve_d0f5fe59(I: Grid) -> Grid:
    """A diagonal as long as there are objects."""
    O = diagonal(count_objects(objects_8(I)), 8)
    return O


def solve_d4469b4b(S: Samples, I: Grid) -> Grid:
    """The colour of the grid says which sign is meant; the samples show the signs."""
    O = output_of_sample_with_same(S, I, only_foreground)
    return O


def solve_d631b094(I: Grid) -> Grid:
    """A row of as many cells as the grid has."""
    O = canvas(1, count_foreground(I), only_foreground(I))
    return O
