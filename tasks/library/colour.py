"""Programs about recolouring."""

from __future__ import annotations

from tasks.dsl.arithmetic import add, divide, is_even, logical_not
from tasks.dsl.canvas import canvas_like, checkerboard, stripes
from tasks.dsl.colour import (
    map_colours,
    recolour_foreground,
    remove_colour,
    replace,
    replace_others,
    swap_colours,
)
from tasks.dsl.combinators import bind, choose, compose, fork
from tasks.dsl.compare import cells_in_both, overlay
from tasks.dsl.components import connected_components
from tasks.dsl.condense import uniform_lines
from tasks.dsl.crop import column_at, crop, row_at
from tasks.dsl.denoise import count_neighbours
from tasks.dsl.examples import recolour_by_example
from tasks.dsl.fill import fill_enclosed, surround_foreground
from tasks.dsl.lines import spread_columns, spread_rows
from tasks.dsl.masks import (
    apply_mask,
    background_mask,
    fill_mask,
    foreground_mask,
    intersection,
    mask_of_colour,
    mask_to_grid,
    paint_under_mask,
)
from tasks.dsl.measure import area, column_of_colour, height, row_of_colour, width
from tasks.dsl.over_each import apply_to_each, part_with_greatest, part_with_least
from tasks.dsl.painting import mask_of_object
from tasks.dsl.palette import least_common_foreground, most_common_colour, other_colour
from tasks.dsl.samples import Samples, learned_colours
from tasks.dsl.scale import upscale
from tasks.dsl.selection import most_coloured_object
from tasks.dsl.shift import roll
from tasks.dsl.split import left_half, parts_between_lines, separator_colour, split_at_colour, split_grid
from tasks.dsl.symmetry import flip_horizontal, identity
from tasks.dsl.tile import arrange, join_with_lines, repeat_horizontal, tile_to
from tasks.grid import Grid


def solve_0d3d703e(S: Samples, I: Grid) -> Grid:
    """Replace each colour as the samples do."""
    O = learned_colours(S, I)
    return O


def solve_1e32b0e9(I: Grid) -> Grid:
    """Complete the shape of the first part in all parts, in the colour of the lines."""
    template = tile_to(crop(I, 0, 0, 6, 6), height(I), width(I))
    missing = intersection(foreground_mask(template), background_mask(I))
    O = fill_mask(I, missing, separator_colour(I))
    return O


def solve_2204b7a8(I: Grid) -> Grid:
    """Give the green cells of each quarter the colour of the border line next to them."""
    towards_line = fork(recolour_foreground, identity, bind(other_colour, 3))
    O = arrange(apply_to_each(split_grid(I, 2, 2), towards_line), 2)
    return O


def solve_25d8a9c8(I: Grid) -> Grid:
    """Grey where a line has one colour, black elsewhere."""
    O = mask_to_grid(uniform_lines(I), 5)
    return O


def solve_543a7ed5(I: Grid) -> Grid:
    """Fill the rings and surround all objects."""
    objects = replace(I, 8, 0)
    filled = fill_enclosed(objects, 4)
    O = replace(surround_foreground(filled, 3), 0, 8)
    return O


def solve_54d9e175(I: Grid) -> Grid:
    """Fill each room with the partner of its cell's colour."""
    rooms = parts_between_lines(I)
    filled = apply_to_each(rooms, compose(spread_rows, spread_columns))
    O = map_colours(join_with_lines(filled, 3, 5), ((1, 6), (2, 7), (3, 8), (4, 9)))
    return O


def solve_5582e5ca(I: Grid) -> Grid:
    """Fill the grid with its most common colour."""
    O = canvas_like(I, most_common_colour(I))
    return O


def solve_7b6016b9(I: Grid) -> Grid:
    """Fill the enclosed rooms, and colour the outside."""
    O = replace(fill_enclosed(I, 2), 0, 3)
    return O


def solve_7c008303(I: Grid) -> Grid:
    """Colour each quarter of the pattern by the cell of the small key at its place."""
    parts = split_at_colour(I, 8)
    key = part_with_least(parts, area)
    pattern = part_with_greatest(parts, area)
    O = apply_mask(upscale(key, 3), foreground_mask(pattern))
    return O


def solve_85c4e7cd(I: Grid) -> Grid:
    """The rings keep their places and take each other's colours in reverse order."""
    colours = left_half(row_at(I, divide(height(I), 2)))
    O = recolour_by_example(I, colours, flip_horizontal(colours))
    return O


def solve_9565186b(I: Grid) -> Grid:
    """Every colour but the most common becomes 5."""
    O = replace_others(I, most_common_colour(I), 5)
    return O


def solve_a5f85a15(I: Grid) -> Grid:
    """Every second column of the lines becomes 4."""
    columns = stripes(height(I), width(I), (0, 4))
    O = overlay(I, cells_in_both(I, columns, 4))
    return O


def solve_a85d4709(I: Grid) -> Grid:
    """Each row takes a colour by the column of its cell of colour 5: 2, 4, 3."""
    columns = stripes(3, 3, (2, 4, 3))
    O = spread_rows(apply_mask(columns, mask_of_colour(I, 5)))
    return O


def solve_b1948b0a(I: Grid) -> Grid:
    """Colour 6 becomes 2."""
    O = replace(I, 6, 2)
    return O


def solve_b6afb2da(I: Grid) -> Grid:
    """In each rectangle corners become 1, edges 4 and the inside 2."""
    mask = mask_of_colour(I, 5)
    O = apply_mask(map_colours(count_neighbours(mask), ((3, 1), (5, 4), (8, 2))), mask)
    return O


def solve_b782dc8a(I: Grid) -> Grid:
    """The two colours flow through the maze in turns, away from where they start."""
    ways = connected_components(I, 8, False, False)
    flooded = mask_of_object(I, most_coloured_object(ways))
    first = least_common_foreground(I)
    second = other_colour(remove_colour(I, 8), first)
    even = is_even(add(row_of_colour(I, first), column_of_colour(I, first)))
    odd = logical_not(even)
    turns = checkerboard(height(I), width(I), choose(even, first, second), choose(odd, first, second))
    O = paint_under_mask(I, flooded, turns)
    return O


def solve_ba26e723(I: Grid) -> Grid:
    """Every third column of the pattern becomes 6, from the first one on."""
    columns = stripes(height(I), width(I), (6, 0, 0))
    O = overlay(I, cells_in_both(I, columns, 6))
    return O


def solve_bda2d7a6(I: Grid) -> Grid:
    """Each ring takes the colour of the ring around it, the outermost that of the third."""
    colours = crop(I, divide(height(I), 2), 0, 1, 3)
    O = recolour_by_example(I, colours, roll(colours, 0, 1))
    return O


def solve_c8f0f002(I: Grid) -> Grid:
    """Colour 7 becomes 5."""
    O = replace(I, 7, 5)
    return O


def solve_c9f8e694(I: Grid) -> Grid:
    """Colour 5 takes the colour at the left end of its row."""
    ends = repeat_horizontal(column_at(I, 0), width(I))
    O = apply_mask(ends, foreground_mask(I))
    return O


def solve_d406998b(I: Grid) -> Grid:
    """Every second column, counted from the right, becomes 3."""
    columns = flip_horizontal(stripes(height(I), width(I), (3, 0)))
    O = overlay(I, cells_in_both(I, columns, 3))
    return O


def solve_d511f180(I: Grid) -> Grid:
    """Colours 5 and 8 change places."""
    O = swap_colours(I, 5, 8)
    return O
