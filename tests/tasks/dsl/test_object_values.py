"""Values of one object, each on a small literal object."""

from __future__ import annotations

import pytest

from tasks.dsl.components import foreground_object
from tasks.dsl.object import Object, tight_object
from tasks.dsl.object_values import (
    bottom_of,
    colour_of,
    colours_of,
    count_colours_of,
    count_holes,
    has_colour,
    height_of,
    is_line,
    is_one_colour,
    is_rectangle,
    is_square_object,
    is_symmetric_object,
    left_of,
    right_of,
    size_of,
    top_of,
    touches_border,
    width_of,
)
from tasks.grid import as_grid

GRID = as_grid([[0, 0, 0, 0, 0], [0, 7, 2, 7, 0], [0, 0, 0, 2, 0], [0, 0, 0, 0, 0]])
ITEM = foreground_object(GRID)


def an_object(rows: list[list[int]]) -> Object:
    return foreground_object(as_grid(rows))


def test_place_and_size() -> None:
    assert size_of(ITEM) == 4
    assert (height_of(ITEM), width_of(ITEM)) == (2, 3)
    assert (top_of(ITEM), left_of(ITEM), bottom_of(ITEM), right_of(ITEM)) == (1, 1, 2, 3)


def test_the_colour_is_the_most_common_and_of_equal_ones_the_lowest() -> None:
    assert colour_of(ITEM) == 2
    assert colour_of(an_object([[7, 7, 2]])) == 7


def test_colours_count_cells_and_not_the_empty_part_of_the_box() -> None:
    assert colours_of(ITEM) == (2, 7)
    assert count_colours_of(ITEM) == 2
    assert has_colour(ITEM, 7)
    assert not has_colour(ITEM, 0)
    assert not is_one_colour(ITEM)
    assert is_one_colour(an_object([[3, 0], [3, 3]]))


def test_a_cell_of_colour_0_counts_when_the_object_owns_it() -> None:
    black = as_grid([[0, 1]])
    item = tight_object(black, black < 2)
    assert colours_of(item) == (0, 1)
    assert colour_of(item) == 0
    assert has_colour(item, 0)


@pytest.mark.parametrize(
    ("rows", "square", "rectangle", "line"),
    [
        ([[1]], True, True, True),
        ([[1, 1, 1]], False, True, True),
        ([[1], [2]], False, True, True),
        ([[1, 0, 1]], False, False, False),
        ([[1, 1], [1, 1]], True, True, False),
        ([[1, 0], [1, 1]], True, False, False),
    ],
)
def test_kinds_of_shape(rows: list[list[int]], square: bool, rectangle: bool, line: bool) -> None:
    item = an_object(rows)
    assert is_square_object(item) is square
    assert is_rectangle(item) is rectangle
    assert is_line(item) is line


def test_symmetry_counts_colours_too() -> None:
    assert is_symmetric_object(an_object([[1, 2, 1]]))
    assert is_symmetric_object(an_object([[1, 0], [2, 2], [1, 0]]))
    assert not is_symmetric_object(an_object([[1, 0], [2, 2]]))
    assert not is_symmetric_object(an_object([[1, 2], [3, 1]]))


def test_touching_the_border_depends_on_the_grid() -> None:
    assert not touches_border(ITEM, GRID)
    assert touches_border(ITEM, GRID[:3])
    assert touches_border(ITEM, GRID[:, :4])
    assert touches_border(foreground_object(GRID[1:]), GRID[1:])
    assert touches_border(foreground_object(GRID[:, 1:]), GRID[:, 1:])


def test_holes_are_enclosed_by_four_neighbours() -> None:
    assert count_holes(an_object([[1, 1, 1, 1, 1], [1, 0, 1, 0, 1], [1, 1, 1, 1, 1]])) == 2
    assert count_holes(an_object([[0, 1, 0], [1, 0, 1], [0, 1, 0]])) == 1
    assert count_holes(an_object([[1, 1, 1], [1, 0, 0], [1, 1, 1]])) == 0
