"""Programs about cutting out the part that matters."""

from __future__ import annotations

from tasks.dsl.arithmetic import add, divide, subtract
from tasks.dsl.canvas import canvas, canvas_like
from tasks.dsl.colour import invert, recolour_foreground, remove_colour
from tasks.dsl.combinators import bind, choose
from tasks.dsl.compare import overlay
from tasks.dsl.components import multicolour_objects_4, objects_4, objects_8
from tasks.dsl.condense import merge_equal_lines, remove_background_lines
from tasks.dsl.crop import (
    column_at,
    crop,
    crop_to_colour,
    crop_to_content,
    crop_without_colour,
    paste,
    row_at,
    trim,
)
from tasks.dsl.isolate import crop_largest_object, crop_most_coloured_object
from tasks.dsl.masks import apply_mask, foreground_mask, mask_of_colour
from tasks.dsl.measure import column_of_colour, height, is_uniform, row_of_colour, width
from tasks.dsl.morphology import interior
from tasks.dsl.object_values import colour_of, height_of
from tasks.dsl.over_each import argmax_by, map_to_parts, part_with_greatest
from tasks.dsl.painting import crop_to_object, object_under_mask, to_grid
from tasks.dsl.palette import (
    colour_at,
    count_colour,
    least_common_colour,
    least_common_foreground,
    only_foreground,
    other_colour,
)
from tasks.dsl.parts import odd_part_out
from tasks.dsl.periods import smallest_tile
from tasks.dsl.scale import downscale, downscale_any, undo_upscale, upscale
from tasks.dsl.selection import first_object, odd_one_out_by_shape
from tasks.dsl.sifting import with_holes
from tasks.dsl.split import part_at, split_at_colour, split_columns, top_left_quarter
from tasks.dsl.tile import fractal, repeat_horizontal
from tasks.grid import Grid


def solve_0b148d64(I: Grid) -> Grid:
    """Cut out the quarter that has its own colour."""
    O = crop_to_colour(I, least_common_foreground(I))
    return O


def solve_1c786137(I: Grid) -> Grid:
    """Cut out what the tallest object, a frame, encloses."""
    frame = argmax_by(objects_4(I), height_of)
    O = trim(crop_to_object(I, frame), 1)
    return O


def solve_1cf80156(I: Grid) -> Grid:
    """Cut out what is not background."""
    O = crop_to_content(I)
    return O


def solve_1f85a75f(I: Grid) -> Grid:
    """Cut out the largest object among the specks."""
    O = crop_largest_object(I)
    return O


def solve_2013d3e2(I: Grid) -> Grid:
    """Cut out one quarter of the symmetric pattern."""
    O = top_left_quarter(crop_to_content(I))
    return O


def solve_23b5c85d(I: Grid) -> Grid:
    """Cut out the colour of fewest cells."""
    O = crop_to_colour(I, least_common_foreground(I))
    return O


def solve_28bf18c6(I: Grid) -> Grid:
    """Cut out the shape and repeat it side by side."""
    O = repeat_horizontal(crop_to_content(I), 2)
    return O


def solve_2dee498d(I: Grid) -> Grid:
    """Cut out the first third."""
    O = part_at(split_columns(I, 3), 0)
    return O


def solve_3de23699(I: Grid) -> Grid:
    """Cut out what four corner cells enclose, in the colour of the corners."""
    window = crop_to_content(I)
    corner = colour_at(window, 0, 0)
    O = recolour_foreground(trim(window, 1), corner)
    return O


def solve_3f7978a0(I: Grid) -> Grid:
    """Cut out the window between two grey columns, with the row above and the row below."""
    pillars = crop_to_colour(I, 5)
    top = subtract(row_of_colour(I, 5), 1)
    left = column_of_colour(I, 5)
    O = crop(I, top, left, add(height(pillars), 2), width(pillars))
    return O


def solve_46f33fce(I: Grid) -> Grid:
    """Shrink the grid to half and scale it fourfold."""
    O = upscale(downscale_any(I, 2), 4)
    return O


def solve_4be741c5(I: Grid) -> Grid:
    """List the colours of the stripes in their order and direction."""
    first_row = row_at(I, 0)
    down = merge_equal_lines(column_at(I, 0))
    across = merge_equal_lines(first_row)
    O = choose(is_uniform(first_row), down, across)
    return O


def solve_5614dbcf(I: Grid) -> Grid:
    """Shrink each block to its colour, without the grey noise."""
    O = downscale_any(remove_colour(I, 5), 3)
    return O


def solve_5ad4f10b(I: Grid) -> Grid:
    """Shrink the large shape to its smallest form, in the colour of the noise."""
    shape = crop_largest_object(I)
    noise = other_colour(I, only_foreground(shape))
    O = recolour_foreground(undo_upscale(shape), noise)
    return O


def solve_5bd6f4ac(I: Grid) -> Grid:
    """Crop the three by three corner at the top right."""
    O = crop(I, 0, 6, 3, 3)
    return O


def solve_6b9890af(I: Grid) -> Grid:
    """Scale the small pattern until it fills the frame."""
    frame = crop_to_colour(I, 2)
    pattern = crop_to_content(remove_colour(I, 2))
    O = paste(frame, upscale(pattern, divide(width(frame), 3)), 1, 1)
    return O


def solve_6ecd11f4(I: Grid) -> Grid:
    """Keep the cells of the small coloured square that the large shape covers in miniature."""
    shape = undo_upscale(crop_largest_object(I))
    O = apply_mask(crop_most_coloured_object(I), foreground_mask(shape))
    return O


def solve_746b3537(I: Grid) -> Grid:
    """Merge equal neighbouring rows and columns."""
    O = merge_equal_lines(I)
    return O


def solve_77fdfe62(I: Grid) -> Grid:
    """Colour each quarter of the pattern inside the frame by its corner of the grid."""
    corners = remove_background_lines(remove_colour(remove_colour(I, 1), 8))
    inside = trim(I, 2)
    quarters = upscale(corners, divide(width(inside), 2))
    O = apply_mask(quarters, mask_of_colour(inside, 8))
    return O


def solve_7b7f7511(I: Grid) -> Grid:
    """Crop the tile that makes the grid when repeated."""
    O = smallest_tile(I)
    return O


def solve_80af3007(I: Grid) -> Grid:
    """Shrink the shape to three by three and make the fractal of it."""
    O = fractal(downscale(crop_to_content(I), 3))
    return O


def solve_88a62173(I: Grid) -> Grid:
    """The quarter that differs from the other three."""
    O = odd_part_out(split_at_colour(I, 0))
    return O


def solve_8efcae92(I: Grid) -> Grid:
    """The rectangle with the most cells of colour 2."""
    rectangles = map_to_parts(multicolour_objects_4(I), to_grid)
    O = part_with_greatest(rectangles, bind(count_colour, 2))
    return O


def solve_90c28cc7(I: Grid) -> Grid:
    """One cell for each coloured block."""
    O = merge_equal_lines(crop_to_content(I))
    return O


def solve_a740d043(I: Grid) -> Grid:
    """Crop what is not colour 1, and clear colour 1."""
    window = crop_without_colour(I, 1)
    O = remove_colour(window, 1)
    return O


def solve_a87f7484(I: Grid) -> Grid:
    """The only part whose shape no other has."""
    odd = odd_one_out_by_shape(objects_8(I))
    O = to_grid(odd)
    return O


def solve_ae4f1146(I: Grid) -> Grid:
    """The 3 x 3 object with the most cells of colour 1."""
    objects = map_to_parts(multicolour_objects_4(I), to_grid)
    O = part_with_greatest(objects, bind(count_colour, 1))
    return O


def solve_b94a9452(I: Grid) -> Grid:
    """Crop the object and let its two colours change places."""
    O = invert(crop_to_content(I))
    return O


def solve_b9b7f026(I: Grid) -> Grid:
    """The colour of the rectangle that has a hole."""
    broken = first_object(with_holes(objects_4(I)))
    O = canvas(1, 1, colour_of(broken))
    return O


def solve_bc1d5164(I: Grid) -> Grid:
    """Lay the four corner windows of 3 x 3 over each other."""
    halves = overlay(crop(I, 0, 0, 5, 3), crop(I, 0, 4, 5, 3))
    O = overlay(crop(halves, 0, 0, 3, 3), crop(halves, 2, 0, 3, 3))
    return O


def solve_be94b721(I: Grid) -> Grid:
    """Crop the largest object."""
    O = crop_largest_object(I)
    return O


def solve_c909285e(I: Grid) -> Grid:
    """Crop the frame in the rarest colour."""
    O = crop_to_colour(I, least_common_colour(I))
    return O


def solve_d10ecb37(I: Grid) -> Grid:
    """The 2 x 2 window at the top left."""
    O = crop(I, 0, 0, 2, 2)
    return O


def solve_d23f8c26(I: Grid) -> Grid:
    """Keep the middle column."""
    middle = divide(width(I), 2)
    O = paste(canvas_like(I, 0), column_at(I, middle), 0, middle)
    return O


def solve_d9fac9be(I: Grid) -> Grid:
    """The colour of the cell that is coloured all around."""
    centre = object_under_mask(I, interior(foreground_mask(I)))
    O = canvas(1, 1, colour_of(centre))
    return O
