"""Programs about recolouring and painting objects."""

from __future__ import annotations

from tasks.dsl.arithmetic import is_even
from tasks.dsl.colour import keep_colour, recolour_foreground, replace
from tasks.dsl.combinators import bind, both, chain, compose, fork
from tasks.dsl.compare import overlay
from tasks.dsl.components import (
    background_components,
    components_of_colour,
    enclosed_components,
    foreground_object,
    multicolour_objects_8,
    objects_4,
    objects_8,
)
from tasks.dsl.crop import crop, pad, paste
from tasks.dsl.fill import recolour_interior
from tasks.dsl.grouping import every_nth_object, with_shape_of
from tasks.dsl.isolate import (
    keep_largest_objects,
    keep_smallest_objects,
    recolour_by_size,
    recolour_objects_of_size,
)
from tasks.dsl.lines import fill_columns_of_colour, fill_rows_of_colour
from tasks.dsl.masks import foreground_mask, intersection
from tasks.dsl.morphology import holes
from tasks.dsl.object_values import colour_of, height_of, is_rectangle, is_square_object
from tasks.dsl.over_each import filter_by, map_objects, transform_object
from tasks.dsl.painting import (
    mask_of_object,
    move,
    object_under_mask,
    paint,
    paint_all,
    recolour,
    recolour_all,
    to_grid,
)
from tasks.dsl.palette import colour_at, least_common_foreground, most_common_foreground
from tasks.dsl.rays import shoot_diagonals
from tasks.dsl.selection import first_object, nth_largest_object, nth_object, odd_one_out_by_shape
from tasks.dsl.sifting import (
    all_largest,
    all_smallest,
    larger_than,
    of_size,
    sort_by_column,
    with_colour,
    with_holes,
)
from tasks.dsl.split import bottom_half
from tasks.dsl.symmetry import flip_vertical
from tasks.grid import Grid


def solve_08ed6ac7(I: Grid) -> Grid:
    """Colour the bars by height: blue the tallest, then red, green and yellow."""
    bars = objects_4(I)
    first = paint(I, recolour(nth_largest_object(bars, 0), 1))
    second = paint(first, recolour(nth_largest_object(bars, 1), 2))
    third = paint(second, recolour(nth_largest_object(bars, 2), 3))
    O = paint(third, recolour(nth_largest_object(bars, 3), 4))
    return O


def solve_0962bcdd(I: Grid) -> Grid:
    """Let each small cross grow by one cell, with the colour of its centre on the diagonals."""
    centre = least_common_foreground(I)
    arms = most_common_foreground(I)
    lines = fork(overlay, bind(fill_rows_of_colour, centre), bind(fill_columns_of_colour, centre))
    upright = compose(lines, bind(recolour_foreground, arms))
    slanted = bind(shoot_diagonals, centre)
    grow = chain(bind(keep_colour, centre), bind(pad, 1, 0), fork(overlay, upright, slanted))
    grown = map_objects(multicolour_objects_8(I), bind(transform_object, grow))
    O = paint_all(I, map_objects(grown, bind(move, -1, -1)))
    return O


def solve_272f95fa(I: Grid) -> Grid:
    """Colour the five middle regions between the lines, each by its place."""
    regions = background_components(I)
    top = paint(I, recolour(nth_object(regions, 1), 2))
    left = paint(top, recolour(nth_object(regions, 3), 4))
    centre = paint(left, recolour(nth_object(regions, 4), 6))
    right = paint(centre, recolour(nth_object(regions, 5), 3))
    O = paint(right, recolour(nth_object(regions, 7), 1))
    return O


def solve_44d8ac46(I: Grid) -> Grid:
    """Fill the holes that are squares."""
    squares = filter_by(enclosed_components(I), both(is_rectangle, is_square_object))
    O = paint_all(I, recolour_all(squares, 2))
    return O


def solve_5117e062(I: Grid) -> Grid:
    """Crop the object with the cyan cell, in the object's own colour."""
    marked = first_object(with_colour(multicolour_objects_8(I), 8))
    O = to_grid(recolour(marked, colour_of(marked)))
    return O


def solve_63613498(I: Grid) -> Grid:
    """Find the shape of the corner elsewhere, and colour it as the frame of the corner."""
    corner = crop(I, 0, 0, 4, 4)
    shape = foreground_object(crop(I, 0, 0, 3, 3))
    found = with_shape_of(objects_8(I), shape)
    O = paste(paint_all(I, recolour_all(found, 5)), corner, 0, 0)
    return O


def solve_6455b5f5(I: Grid) -> Grid:
    """Colour the largest and the smallest rooms between the walls."""
    rooms = background_components(I)
    with_largest = paint_all(I, recolour_all(all_largest(rooms), 1))
    O = paint_all(with_largest, recolour_all(all_smallest(rooms), 8))
    return O


def solve_67385a82(I: Grid) -> Grid:
    """Recolour the objects of more than two cells."""
    large = larger_than(objects_4(I), 2)
    O = paint_all(I, recolour_all(large, 8))
    return O


def solve_694f12f3(I: Grid) -> Grid:
    """Colour the inside of the larger rectangle one way, of the smaller one another."""
    inside = keep_colour(recolour_interior(I, 9), 9)
    O = overlay(I, recolour_by_size(inside, 2, 1))
    return O


def solve_6e82a1ae(I: Grid) -> Grid:
    """Colour the objects by their number of cells."""
    without_fours = recolour_objects_of_size(I, 4, 1)
    without_threes = recolour_objects_of_size(without_fours, 3, 2)
    O = recolour_objects_of_size(without_threes, 2, 3)
    return O


def solve_7447852a(I: Grid) -> Grid:
    """Fill every third field between the lines, from left to right."""
    fields = every_nth_object(sort_by_column(background_components(I)), 3)
    O = paint_all(I, recolour_all(fields, 4))
    return O


def solve_776ffc46(I: Grid) -> Grid:
    """Give all objects of the framed object's shape its colour."""
    objects = objects_4(I)
    frame = first_object(with_holes(with_colour(objects, 5)))
    inside = holes(mask_of_object(I, frame))
    framed = object_under_mask(I, intersection(inside, foreground_mask(I)))
    O = paint_all(I, recolour_all(with_shape_of(objects, framed), colour_of(framed)))
    return O


def solve_810b9b61(I: Grid) -> Grid:
    """Recolour the closed rings."""
    rings = with_holes(objects_4(I))
    O = paint_all(I, recolour_all(rings, 3))
    return O


def solve_83302e8f(I: Grid) -> Grid:
    """Colour the cells of the grid that are intact squares one way, the broken ones another."""
    squares = filter_by(background_components(I), both(is_rectangle, is_square_object))
    O = paint_all(replace(I, 0, 4), recolour_all(squares, 3))
    return O


def solve_868de0fa(I: Grid) -> Grid:
    """Fill boxes of even height with 2 and boxes of odd height with 7."""
    insides = enclosed_components(I)
    filled = paint_all(I, recolour_all(insides, 7))
    even = filter_by(insides, compose(height_of, is_even))
    O = paint_all(filled, recolour_all(even, 2))
    return O


def solve_a61f2674(I: Grid) -> Grid:
    """The longest bar becomes 1, the shortest 2, the others go."""
    longest = recolour_foreground(keep_largest_objects(I), 1)
    shortest = recolour_foreground(keep_smallest_objects(I), 2)
    O = overlay(longest, shortest)
    return O


def solve_aabf363d(I: Grid) -> Grid:
    """The object takes the colour of the corner cell, which goes."""
    item = keep_largest_objects(I)
    O = recolour_foreground(item, colour_at(I, -1, 0))
    return O


def solve_aedd82e4(I: Grid) -> Grid:
    """Cells without a neighbour become 1."""
    O = recolour_objects_of_size(I, 1, 1)
    return O


def solve_b230c067(I: Grid) -> Grid:
    """The object whose shape no other has becomes 2, the others 1."""
    odd = odd_one_out_by_shape(objects_8(I))
    O = paint(recolour_foreground(I, 1), recolour(odd, 2))
    return O


def solve_b2862040(I: Grid) -> Grid:
    """Objects of colour 1 that enclose something become 8."""
    closed = with_holes(components_of_colour(I, 1, False))
    O = paint_all(I, recolour_all(closed, 8))
    return O


def solve_c0f76784(I: Grid) -> Grid:
    """Fill holes of 1, 4 and 9 cells with 6, 7 and 8."""
    holes_of_1 = of_size(enclosed_components(I), 1)
    holes_of_4 = of_size(enclosed_components(I), 4)
    holes_of_9 = of_size(enclosed_components(I), 9)
    small = paint_all(I, recolour_all(holes_of_1, 6))
    middle = paint_all(small, recolour_all(holes_of_4, 7))
    O = paint_all(middle, recolour_all(holes_of_9, 8))
    return O


def solve_ce9e57f2(I: Grid) -> Grid:
    """The lower half of each bar becomes 8."""
    hanging = flip_vertical(I)
    halves = map_objects(objects_4(hanging), bind(transform_object, bottom_half))
    O = flip_vertical(paint_all(hanging, recolour_all(halves, 8)))
    return O


def solve_d2abd087(I: Grid) -> Grid:
    """Objects of 6 cells become 2, the others 1."""
    O = recolour_objects_of_size(replace(I, 5, 1), 6, 2)
    return O
