"""Programs about choosing, moving and painting objects."""

from __future__ import annotations

from tasks.dsl.arithmetic import add, equals, subtract
from tasks.dsl.canvas import canvas, canvas_like
from tasks.dsl.colour import keep_colour, remove_colour
from tasks.dsl.combinators import bind, chain, choose, compose, fork, repeat_until_stable
from tasks.dsl.compare import overlay
from tasks.dsl.components import (
    components_of_colour,
    components_of_mask,
    foreground_object,
    multicolour_objects_8,
    objects_4,
    objects_8,
)
from tasks.dsl.crop import crop_to_content, paste, row_at
from tasks.dsl.denoise import keep_blocks
from tasks.dsl.fill import fill_boxes, fill_holes_with_own_colour, grow_colour, surround_foreground
from tasks.dsl.grouping import objects_by_colour
from tasks.dsl.isolate import keep_largest_objects, keep_objects_of_size
from tasks.dsl.lines import draw_frame
from tasks.dsl.masks import apply_mask, background_mask, difference, foreground_mask
from tasks.dsl.measure import column_of_colour, row_of_colour
from tasks.dsl.object_values import colour_of, is_symmetric_object, left_of, top_of
from tasks.dsl.over_each import filter_by, map_objects, map_to_parts, transform_object
from tasks.dsl.painting import (
    erase,
    erase_all,
    fill_box,
    keep_only,
    move,
    object_without_colour,
    paint,
    paint_all,
    place_at,
    to_grid,
)
from tasks.dsl.palette import colour_at, other_colour
from tasks.dsl.parts import overlay_all
from tasks.dsl.selection import first_object, largest_object, most_common_object
from tasks.dsl.shift import shift, shift_colour, slide_to
from tasks.dsl.sifting import count_objects, with_colour
from tasks.dsl.symmetry import identity, rotate_180
from tasks.dsl.tile import concatenate_vertical, tile_where
from tasks.grid import Grid


def solve_025d127b(I: Grid) -> Grid:
    """Push each outline one cell to the right, but keep its last row and column in place."""
    inner = chain(bind(shift, 1, 1, 0), bind(shift, -1, -1, 0))
    held = fork(difference, foreground_mask, compose(inner, foreground_mask))
    push = fork(overlay, bind(shift, 0, 1, 0), fork(apply_mask, identity, held))
    objects = multicolour_objects_8(I)
    pushed = map_objects(objects, bind(transform_object, push))
    O = paint_all(erase_all(I, objects), pushed)
    return O


def solve_05f2a901(I: Grid) -> Grid:
    """Move the red shape straight until it touches the cyan square."""
    O = slide_to(I, 2, 8)
    return O


def solve_1caeab9d(I: Grid) -> Grid:
    """Move the red and the yellow shape up or down to the rows of the blue one."""
    top = row_of_colour(I, 1)
    red = shift_colour(I, 2, subtract(top, row_of_colour(I, 2)), 0)
    O = shift_colour(red, 4, subtract(top, row_of_colour(I, 4)), 0)
    return O


def solve_239be575(I: Grid) -> Grid:
    """Cyan if some path connects the two red squares, and black otherwise."""
    groups = with_colour(multicolour_objects_8(I), 2)
    connected = equals(count_objects(groups), 1)
    O = canvas(1, 1, choose(connected, 8, 0))
    return O


def solve_321b1fc6(I: Grid) -> Grid:
    """Put the pattern in the place of each cyan shape and take the pattern itself away."""
    pattern = to_grid(foreground_object(remove_colour(I, 8)))
    copy = bind(transform_object, bind(paste, pattern, 0, 0))
    O = keep_only(I, map_objects(components_of_colour(I, 8, True), copy))
    return O


def solve_36fdfd69(I: Grid) -> Grid:
    """Colour yellow all that lies in the box of each group of red cells, one cell apart at most."""
    red = keep_colour(I, 2)
    joined = overlay(overlay(shift(red, 0, 1, 0), shift(red, 1, 0, 0)), red)
    groups = components_of_mask(red, foreground_mask(joined), True)
    boxes = map_objects(map_objects(groups, bind(object_without_colour, 0)), bind(fill_box, 4))
    O = paint_all(I, boxes)
    return O


def solve_39a8645d(I: Grid) -> Grid:
    """Cut out the object that occurs most often."""
    O = to_grid(most_common_object(objects_8(I)))
    return O


def solve_444801d8(I: Grid) -> Grid:
    """Flood each open box, and the row above it, with the colour of the cell inside."""
    boxes = foreground_mask(fill_boxes(keep_colour(I, 1), 1))
    flat = fork(canvas_like, identity, bind(other_colour, 1))
    flood = fork(overlay, flat, identity)
    lid = compose(bind(row_at, 0), flat)
    roof = fork(concatenate_vertical, lid, identity)
    build = bind(transform_object, chain(flood, roof))
    filled = map_objects(components_of_mask(I, boxes, False), build)
    O = paint_all(I, map_objects(filled, bind(move, -1, 0)))
    return O


def solve_445eab21(I: Grid) -> Grid:
    """A small square in the colour of the frame that covers most."""
    filled = fill_holes_with_own_colour(I)
    colour = colour_of(largest_object(objects_4(filled)))
    O = canvas(2, 2, colour)
    return O


def solve_48d8fb45(I: Grid) -> Grid:
    """Crop the object that hangs from the grey cell."""
    marked = first_object(with_colour(multicolour_objects_8(I), 5))
    O = to_grid(object_without_colour(marked, 5))
    return O


def solve_56ff96f3(I: Grid) -> Grid:
    """Fill the box between the two cells of each colour."""
    pairs = objects_by_colour(I)
    O = paint_all(I, map_objects(pairs, fork(fill_box, identity, colour_of)))
    return O


def solve_72ca375d(I: Grid) -> Grid:
    """Crop the only symmetric object."""
    symmetric = filter_by(objects_8(I), is_symmetric_object)
    O = to_grid(first_object(symmetric))
    return O


def solve_88a10436(I: Grid) -> Grid:
    """Copy the pattern to the cell of colour 5, its centre on it."""
    pattern = foreground_object(remove_colour(I, 5))
    row = subtract(row_of_colour(I, 5), 1)
    column = subtract(column_of_colour(I, 5), 1)
    O = paint(remove_colour(I, 5), place_at(pattern, row, column))
    return O


def solve_91714a58(I: Grid) -> Grid:
    """Keep the largest block and clear the noise."""
    O = keep_largest_objects(keep_blocks(I))
    return O


def solve_9edfc990(I: Grid) -> Grid:
    """Colour 1 floods the black cells that it reaches."""
    O = repeat_until_stable(bind(grow_colour, 1), I)
    return O


def solve_a1570a43(I: Grid) -> Grid:
    """Move the object of colour 2 into the middle of the four corner cells."""
    item = first_object(with_colour(objects_4(I), 2))
    row = add(row_of_colour(I, 3), 1)
    column = add(column_of_colour(I, 3), 1)
    O = paint(erase(I, item), place_at(item, row, column))
    return O


def solve_a61ba2ce(I: Grid) -> Grid:
    """The four corner pieces become the corners of one 4 x 4 frame."""
    place = compose(rotate_180, background_mask)
    corner = compose(to_grid, fork(tile_where, identity, place))
    O = overlay_all(map_to_parts(objects_8(I), corner))
    return O


def solve_b27ca6d3(I: Grid) -> Grid:
    """Surround the objects of two cells with colour 3."""
    pairs = keep_objects_of_size(I, 2)
    O = overlay(surround_foreground(pairs, 3), I)
    return O


def solve_b548a754(I: Grid) -> Grid:
    """Stretch the framed box up to the cell of colour 8."""
    box = crop_to_content(remove_colour(I, 8))
    window = foreground_object(I)
    inside = canvas_like(to_grid(window), colour_at(box, 1, 1))
    stretched = draw_frame(inside, colour_at(box, 0, 0))
    O = paste(I, stretched, top_of(window), left_of(window))
    return O
