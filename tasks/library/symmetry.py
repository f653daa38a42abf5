"""Programs about rotations, reflections and mosaics of them."""

from __future__ import annotations

from tasks.dsl.arithmetic import add, equals, subtract
from tasks.dsl.canvas import canvas, canvas_like
from tasks.dsl.colour import keep_colour, recolour_foreground
from tasks.dsl.combinators import choose
from tasks.dsl.compare import overlay
from tasks.dsl.components import foreground_object, objects_8
from tasks.dsl.condense import merge_equal_lines
from tasks.dsl.crop import crop, crop_to_colour, crop_to_content, pad_to, paste, row_at
from tasks.dsl.measure import column_of_colour, height, is_uniform, row_of_colour, width
from tasks.dsl.mosaic import symmetrise_rotation, symmetrise_vertical
from tasks.dsl.object_values import is_symmetric_object, left_of, top_of
from tasks.dsl.over_each import filter_by, transform_object
from tasks.dsl.painting import paint
from tasks.dsl.palette import colour_at
from tasks.dsl.relative import symmetrise_around
from tasks.dsl.repair import complete_symmetry, reveal_by_symmetry
from tasks.dsl.scale import downscale, upscale
from tasks.dsl.selection import first_object
from tasks.dsl.shift import shift
from tasks.dsl.sifting import with_colour
from tasks.dsl.symmetry import flip_horizontal, flip_vertical, rotate_90, rotate_180, transpose
from tasks.grid import Grid


def solve_11852cab(I: Grid) -> Grid:
    """Complete the pattern so that a quarter turn leaves it as it is."""
    pattern = foreground_object(I)
    O = paint(I, transform_object(pattern, symmetrise_rotation))
    return O


def solve_1b60fb0c(I: Grid) -> Grid:
    """Add in red the arm on the left that the quarter turns of the other arms ask for."""
    shape = crop_to_content(I)
    side = height(shape)
    missing = subtract(side, width(shape))
    square = shift(pad_to(shape, side, side, 0), 0, missing, 0)
    whole = recolour_foreground(symmetrise_rotation(square), 2)
    item = foreground_object(I)
    left = subtract(left_of(item), missing)
    below = paste(canvas_like(I, 0), whole, top_of(item), left)
    O = overlay(below, I)
    return O


def solve_3c9b0459(I: Grid) -> Grid:
    """Turn the grid by half a turn."""
    O = rotate_180(I)
    return O


def solve_4522001f(I: Grid) -> Grid:
    """Scale the marked diagonal of the two by two block fourfold, from the block's corner on."""
    block = crop_to_content(I)
    corner = keep_colour(block, 2)
    diagonal_cells = recolour_foreground(overlay(corner, rotate_180(corner)), 3)
    squares = upscale(diagonal_cells, 4)
    O = paste(canvas(9, 9, 0), squares, row_of_colour(I, 3), column_of_colour(I, 3))
    return O


def solve_4938f0c2(I: Grid) -> Grid:
    """Mirror the object around the green square, to the sides and down."""
    centre = first_object(with_colour(objects_8(I), 3))
    O = symmetrise_around(I, centre)
    return O


def solve_496994bd(I: Grid) -> Grid:
    """Mirror the upper stripes to the bottom."""
    O = symmetrise_vertical(I)
    return O


def solve_4c5c2cf0(I: Grid) -> Grid:
    """Mirror the other object around the symmetric one, to all sides."""
    centre = first_object(filter_by(objects_8(I), is_symmetric_object))
    O = symmetrise_around(I, centre)
    return O


def solve_6150a2bd(I: Grid) -> Grid:
    """Turn the grid upside down by a half turn."""
    O = rotate_180(I)
    return O


def solve_67a3c6ac(I: Grid) -> Grid:
    """Mirror the grid left to right."""
    O = flip_horizontal(I)
    return O


def solve_6855a6e4(I: Grid) -> Grid:
    """Mirror what lies outside each bracket into it, over the bracket's bar."""
    upright = is_uniform(row_at(crop_to_colour(I, 2), 0))
    grid = choose(upright, I, transpose(I))
    turned = flip_vertical(grid)
    blank = canvas_like(grid, 0)
    first = row_of_colour(grid, 2)
    last = row_of_colour(turned, 2)
    above = flip_vertical(crop(grid, 0, 0, first, width(grid)))
    below = flip_vertical(crop(turned, 0, 0, last, width(grid)))
    from_above = paste(blank, above, add(first, 1), 0)
    from_below = flip_vertical(paste(blank, below, add(last, 1), 0))
    result = overlay(keep_colour(grid, 2), overlay(from_above, from_below))
    O = choose(upright, result, transpose(result))
    return O


def solve_68b16354(I: Grid) -> Grid:
    """Mirror the grid top to bottom."""
    O = flip_vertical(I)
    return O


def solve_7468f01a(I: Grid) -> Grid:
    """Crop the one object and mirror it left to right."""
    O = flip_horizontal(crop_to_content(I))
    return O


def solve_74dd1130(I: Grid) -> Grid:
    """Mirror the grid over its main diagonal."""
    O = transpose(I)
    return O


def solve_760b3cac(I: Grid) -> Grid:
    """Mirror the pattern to the side to which the sign below points."""
    pattern = crop(I, 0, 3, 3, 3)
    sign = crop_to_colour(I, 4)
    points_left = equals(colour_at(sign, 0, 0), 4)
    O = paste(I, flip_horizontal(pattern), 0, choose(points_left, 0, 6))
    return O


def solve_8e5a5113(I: Grid) -> Grid:
    """The three parts are the first one as it is, turned a quarter, and turned a half."""
    first = crop(I, 0, 0, 3, 3)
    second = paste(I, rotate_90(first), 0, 4)
    O = paste(second, rotate_180(first), 0, 8)
    return O


def solve_9dfd6313(I: Grid) -> Grid:
    """Flip over the diagonal."""
    O = transpose(I)
    return O


def solve_9ecd008a(I: Grid) -> Grid:
    """Show what the symmetry of the grid has under the black cells."""
    O = reveal_by_symmetry(I, 0)
    return O


def solve_9f236235(I: Grid) -> Grid:
    """One cell for each part between the lines, flipped left to right."""
    merged = merge_equal_lines(I)
    padded = pad_to(merged, add(height(merged), 1), add(width(merged), 1), 0)
    O = flip_horizontal(downscale(padded, 2))
    return O


def solve_b8825c91(I: Grid) -> Grid:
    """Repair the cells of colour 4 by the symmetry of the grid."""
    O = complete_symmetry(I, 4)
    return O
