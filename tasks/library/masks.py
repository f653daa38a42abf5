"""Programs about masks: holes, outlines, regions."""

from __future__ import annotations

from tasks.dsl.canvas import diagonal
from tasks.dsl.colour import keep_least_common, recolour_foreground, remove_colour, swap_foreground
from tasks.dsl.combinators import bind, compose, fork, repeat_until_stable
from tasks.dsl.compare import cells_in_either, cells_in_exactly_one, cells_in_neither, keep_equal, overlay
from tasks.dsl.components import objects_4
from tasks.dsl.condense import remove_background_lines, uniform_lines
from tasks.dsl.crop import crop, crop_to_content, pad, paste, row_at, trim
from tasks.dsl.direction import DOWN, RIGHT
from tasks.dsl.fill import fill_boxes, fill_enclosed, hollow_objects, recolour_interior, surround_foreground
from tasks.dsl.lines import fill_columns_of_colour, fill_rows_of_colour
from tasks.dsl.masks import (
    apply_mask,
    background_mask,
    difference,
    fill_mask,
    foreground_mask,
    intersection,
    mask_of_box,
    mask_of_colour,
    mask_to_grid,
    paint_under_mask,
)
from tasks.dsl.morphology import dilate, erode, holes, interior, surround
from tasks.dsl.painting import erase_all
from tasks.dsl.palette import most_common_foreground
from tasks.dsl.rays import connect_colour, extend_right
from tasks.dsl.shift import shift
from tasks.dsl.sifting import with_holes
from tasks.dsl.split import (
    bottom_half,
    left_half,
    part_at,
    parts_between_lines,
    right_half,
    split_at_colour,
    top_half,
)
from tasks.dsl.symmetry import identity, transpose
from tasks.dsl.tile import tile, tile_to
from tasks.grid import Grid


def solve_00d62c1b(I: Grid) -> Grid:
    """Fill what the green lines enclose."""
    O = fill_enclosed(I, 4)
    return O


def solve_0ca9ddb6(I: Grid) -> Grid:
    """Put orange beside each blue cell, and yellow at the corners of each red cell."""
    blue = mask_of_colour(I, 1)
    red = mask_of_colour(I, 2)
    corners = difference(dilate(red, True), dilate(red, False))
    O = fill_mask(fill_mask(I, surround(blue, False), 7), corners, 4)
    return O


def solve_10fcaaa3(I: Grid) -> Grid:
    """Tile the grid, then put cyan on the background at the corners of each cell."""
    tiled = tile(I, 2, 2)
    cells = recolour_foreground(tiled, 8)
    beside = overlay(shift(cells, 0, 1, 0), shift(cells, 0, -1, 0))
    corners = overlay(shift(beside, 1, 0, 0), shift(beside, -1, 0, 0))
    O = overlay(corners, tiled)
    return O


def solve_2bee17df(I: Grid) -> Grid:
    """Colour green the rows and columns that are free from side to side."""
    free = mask_to_grid(uniform_lines(trim(I, 1)), 3)
    O = overlay(pad(free, 1, 0), I)
    return O


def solve_31aa019c(I: Grid) -> Grid:
    """Keep the cell whose colour occurs once and draw a ring around it."""
    O = surround_foreground(keep_least_common(I), 2)
    return O


def solve_32597951(I: Grid) -> Grid:
    """Colour green the blue cells in the box of the cyan ones."""
    box = mask_of_box(mask_of_colour(I, 8))
    O = fill_mask(I, intersection(box, mask_of_colour(I, 1)), 3)
    return O


def solve_3aa6fb7a(I: Grid) -> Grid:
    """Fill the open corner in the box of each object."""
    O = fill_boxes(I, 1)
    return O


def solve_3bdb4ada(I: Grid) -> Grid:
    """Punch every other cell out of the middle row of each bar."""
    inside = interior(foreground_mask(I))
    middle = apply_mask(I, inside)
    first = difference(inside, foreground_mask(shift(middle, 0, 1, 0)))
    step = compose(bind(shift, 0, 2, 0), bind(apply_mask, inside))
    dots = repeat_until_stable(fork(overlay, identity, step), apply_mask(I, first))
    O = fill_mask(I, foreground_mask(dots), 0)
    return O


def solve_4258a5f9(I: Grid) -> Grid:
    """Draw a ring around each cell."""
    O = surround_foreground(I, 1)
    return O


def solve_4347f46a(I: Grid) -> Grid:
    """Hollow the rectangles."""
    O = hollow_objects(I)
    return O


def solve_49d1d64f(I: Grid) -> Grid:
    """Repeat the cells at the border once outwards, but not at the corners."""
    large = pad(I, 1, 0)
    tall = overlay(shift(large, -1, 0, 0), shift(large, 1, 0, 0))
    wide = overlay(shift(large, 0, -1, 0), shift(large, 0, 1, 0))
    O = paste(overlay(tall, wide), I, 1, 1)
    return O


def solve_50cb2852(I: Grid) -> Grid:
    """Recolour the inside of each rectangle."""
    O = recolour_interior(I, 8)
    return O


def solve_539a4f51(I: Grid) -> Grid:
    """Continue the nested corners by their colours in turns."""
    columns = tile_to(crop_to_content(row_at(I, 0)), 10, 10)
    upper = foreground_mask(extend_right(diagonal(10, 1)))
    O = paint_under_mask(transpose(columns), upper, columns)
    return O


def solve_60b61512(I: Grid) -> Grid:
    """Fill what each object leaves free of its box."""
    O = fill_boxes(I, 7)
    return O


def solve_6430c8c4(I: Grid) -> Grid:
    """Mark the cells that are empty in both halves."""
    O = cells_in_neither(top_half(I), bottom_half(I), 3)
    return O


def solve_67a423a3(I: Grid) -> Grid:
    """Draw a ring around the crossing of the two lines."""
    crossing = erode(foreground_mask(I), False)
    O = fill_mask(I, surround(crossing, True), 4)
    return O


def solve_6c434453(I: Grid) -> Grid:
    """Replace each small ring by a cross."""
    rings = with_holes(objects_4(I))
    centres = holes(foreground_mask(I))
    O = fill_mask(erase_all(I, rings), dilate(centres, False), 2)
    return O


def solve_6d75e8bb(I: Grid) -> Grid:
    """Fill the shape up to its box."""
    O = fill_boxes(I, 2)
    return O


def solve_7837ac64(I: Grid) -> Grid:
    """Colour each mesh of the net whose four knots agree."""
    knots = remove_background_lines(remove_colour(I, most_common_foreground(I)))
    edges = keep_equal(knots, shift(knots, -1, 0, 0))
    meshes = keep_equal(edges, shift(edges, 0, -1, 0))
    O = crop(meshes, 0, 0, 3, 3)
    return O


def solve_913fb3ed(I: Grid) -> Grid:
    """Surround cells of 3, 8 and 2 with 6, 4 and 1."""
    sixes = fill_mask(I, surround(mask_of_colour(I, 3), True), 6)
    fours = fill_mask(sixes, surround(mask_of_colour(I, 8), True), 4)
    O = fill_mask(fours, surround(mask_of_colour(I, 2), True), 1)
    return O


def solve_94f9d214(I: Grid) -> Grid:
    """Colour 2 where neither half has a cell."""
    O = cells_in_neither(top_half(I), bottom_half(I), 2)
    return O


def solve_99b1bc43(I: Grid) -> Grid:
    """Colour 3 where exactly one of the two parts has a cell."""
    parts = parts_between_lines(I)
    O = cells_in_exactly_one(part_at(parts, 0), part_at(parts, 1), 3)
    return O


def solve_a5313dff(I: Grid) -> Grid:
    """Fill with 1 what the lines enclose."""
    O = fill_enclosed(I, 1)
    return O


def solve_af902bf9(I: Grid) -> Grid:
    """Fill with 2 the inside of each rectangle that four cells mark."""
    sides = connect_colour(connect_colour(I, 4, RIGHT, 9), 4, DOWN, 9)
    O = remove_colour(fill_enclosed(sides, 2), 9)
    return O


def solve_b60334d2(I: Grid) -> Grid:
    """Each cell becomes an empty square with 5 in its corners and 1 in its sides."""
    cells = mask_of_colour(I, 5)
    corners = mask_to_grid(surround(cells, True), 5)
    O = fill_mask(corners, surround(cells, False), 1)
    return O


def solve_ba97ae07(I: Grid) -> Grid:
    """Where the two bars cross, the one below comes to lie on top."""
    gaps = mask_to_grid(background_mask(I), 1)
    crossing = cells_in_neither(fill_rows_of_colour(gaps, 1), fill_columns_of_colour(gaps, 1), 1)
    O = paint_under_mask(I, foreground_mask(crossing), swap_foreground(I))
    return O


def solve_bb43febb(I: Grid) -> Grid:
    """The inside of each rectangle becomes 2."""
    O = recolour_interior(I, 2)
    return O


def solve_c1d99e64(I: Grid) -> Grid:
    """Rows and columns without a cell become 2."""
    O = fill_mask(I, uniform_lines(I), 2)
    return O


def solve_ce22a75a(I: Grid) -> Grid:
    """Each cell becomes a block of 3 x 3 in colour 1."""
    O = mask_to_grid(dilate(mask_of_colour(I, 5), True), 1)
    return O


def solve_ce4f8723(I: Grid) -> Grid:
    """Colour 3 where one of the two parts has a cell, or both."""
    parts = split_at_colour(I, 4)
    O = cells_in_either(part_at(parts, 0), part_at(parts, 1), 3)
    return O


def solve_d5d6de2d(I: Grid) -> Grid:
    """Keep what the frames enclose, in colour 3."""
    O = remove_colour(fill_enclosed(I, 3), 2)
    return O


def solve_d6ad076f(I: Grid) -> Grid:
    """Join the two rectangles with a bridge, one cell narrower at both sides than they face."""
    rectangles = recolour_foreground(I, 1)
    joined = connect_colour(connect_colour(rectangles, 1, RIGHT, 8), 1, DOWN, 8)
    bridge = erode(foreground_mask(joined), False)
    O = fill_mask(I, intersection(bridge, background_mask(I)), 8)
    return O


def solve_d90796e8(I: Grid) -> Grid:
    """Where 3 and 2 touch, 3 becomes 8 and 2 goes."""
    threes = mask_of_colour(I, 3)
    twos = mask_of_colour(I, 2)
    merged = fill_mask(I, intersection(threes, dilate(twos, False)), 8)
    O = fill_mask(merged, intersection(twos, dilate(threes, False)), 0)
    return O


def solve_dae9d2b5(I: Grid) -> Grid:
    """Colour 6 where one half has a cell, or both."""
    O = cells_in_either(left_half(I), right_half(I), 6)
    return O
