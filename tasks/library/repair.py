"""Programs about mending patterns."""

from __future__ import annotations

from tasks.dsl.arithmetic import remainder, subtract
from tasks.dsl.colour import recolour_foreground, remove_colour, replace
from tasks.dsl.compare import keep_equal, overlay
from tasks.dsl.components import foreground_object, objects_4
from tasks.dsl.crop import crop, crop_to_content, pad_to, paste, row_at
from tasks.dsl.denoise import keep_blocks, remove_isolated
from tasks.dsl.direction import DOWN_LEFT, UP_RIGHT
from tasks.dsl.measure import height, width
from tasks.dsl.object_values import colour_of, left_of, top_of
from tasks.dsl.palette import colour_at, most_common_foreground
from tasks.dsl.periods import continue_tiling, extend_tiling, find_tile
from tasks.dsl.rays import extend
from tasks.dsl.repair import complete_symmetry, complete_symmetry_by_column
from tasks.dsl.selection import largest_object
from tasks.dsl.shift import roll, shift
from tasks.dsl.sifting import rectangles_of
from tasks.dsl.tile import concatenate_horizontal, repeat_vertical, tile_to
from tasks.grid import Grid


def solve_017c7c7b(I: Grid) -> Grid:
    """Continue the pattern by half its height, in red."""
    longer = extend_tiling(I, 9, 3)
    O = replace(longer, 1, 2)
    return O


def solve_05269061(I: Grid) -> Grid:
    """Continue the diagonal stripes over the whole grid."""
    side = height(I)
    stripes_seen = extend(extend(I, DOWN_LEFT), UP_RIGHT)
    last = shift(row_at(stripes_seen, -1), 0, -1, 0)
    colours = continue_tiling(concatenate_horizontal(row_at(stripes_seen, 0), last), 0)
    field = extend(pad_to(colours, side, width(colours), 0), DOWN_LEFT)
    O = crop(field, 0, 0, side, side)
    return O


def solve_0dfd9992(I: Grid) -> Grid:
    """Continue the tiling under the black patches."""
    O = continue_tiling(I, 0)
    return O


def solve_29ec7d0e(I: Grid) -> Grid:
    """Continue the tiling under the black patches."""
    O = continue_tiling(I, 0)
    return O


def solve_3345333e(I: Grid) -> Grid:
    """Take the rectangle away and complete the mirror image that it hid."""
    hidden = colour_of(largest_object(rectangles_of(objects_4(I))))
    whole = remove_colour(complete_symmetry_by_column(crop_to_content(I), hidden), hidden)
    item = foreground_object(I)
    O = paste(I, whole, top_of(item), left_of(item))
    return O


def solve_3631a71a(I: Grid) -> Grid:
    """Complete the symmetric picture under the maroon patches."""
    O = complete_symmetry(I, 9)
    return O


def solve_42a50994(I: Grid) -> Grid:
    """Remove the single cells."""
    O = remove_isolated(I)
    return O


def solve_484b58aa(I: Grid) -> Grid:
    """Continue the tiling where it is hidden."""
    O = continue_tiling(I, 0)
    return O


def solve_7e0986d6(I: Grid) -> Grid:
    """Keep the rectangles, whole and without the noise within and between them."""
    one_colour = recolour_foreground(I, most_common_foreground(I))
    O = keep_blocks(one_colour)
    return O


def solve_7f4411dc(I: Grid) -> Grid:
    """Remove the noise: all cells outside blocks of one colour."""
    O = keep_blocks(I)
    return O


def solve_8eb1be9a(I: Grid) -> Grid:
    """The band of pattern repeats up and down over the whole grid."""
    top = top_of(foreground_object(I))
    band = crop(I, top, 0, height(crop_to_content(I)), width(I))
    start = remainder(subtract(0, top), height(band))
    O = crop(repeat_vertical(band, height(I)), start, 0, height(I), width(I))
    return O


def solve_c3f564a4(I: Grid) -> Grid:
    """Continue the pattern under the black cells."""
    O = continue_tiling(I, 0)
    return O


def solve_caa06a1f(I: Grid) -> Grid:
    """Continue the pattern over the border's colour, one column further."""
    tile_of_pattern = find_tile(I, colour_at(I, -1, -1))
    O = tile_to(roll(tile_of_pattern, 0, -1), height(I), width(I))
    return O


def solve_cbded52d(I: Grid) -> Grid:
    """Between two parts with one cell in the same place the part in the middle gets it, too."""
    cells = remove_colour(I, 1)
    across = keep_equal(shift(cells, 0, 3, 0), shift(cells, 0, -3, 0))
    down = keep_equal(shift(cells, 3, 0, 0), shift(cells, -3, 0, 0))
    O = overlay(overlay(I, across), down)
    return O


def solve_d8c310e9(I: Grid) -> Grid:
    """Continue the pattern to the right border."""
    pattern = crop_to_content(I)
    whole = extend_tiling(pattern, height(pattern), width(I))
    O = paste(I, whole, subtract(height(I), height(pattern)), 0)
    return O
