"""Moves and mirror images measured by an object."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.components import all_components, objects_4
from tasks.dsl.direction import DOWN, DOWN_RIGHT, LEFT, RIGHT, UP, Direction, opposite
from tasks.dsl.painting import place_at
from tasks.dsl.relative import move_by_own_size, symmetrise_around
from tasks.dsl.selection import first_object
from tasks.dsl.sifting import with_colour
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)

BAR = first_object(objects_4(as_grid([[0, 0, 0, 0], [0, 5, 5, 5]])))

CORNER = as_grid(
    [
        [1, 2, 0, 0, 0],
        [0, 3, 3, 0, 0],
        [0, 3, 3, 0, 4],
        [0, 0, 0, 0, 0],
    ]
)


@pytest.mark.parametrize(
    ("direction", "place"),
    [(UP, (0, 1)), (DOWN, (2, 1)), (LEFT, (1, -2)), (RIGHT, (1, 4)), (DOWN_RIGHT, (2, 4))],
)
def test_an_object_moves_by_its_height_or_width(direction: Direction, place: tuple[int, int]) -> None:
    moved = move_by_own_size(BAR, direction)
    assert (moved.row, moved.column) == place
    assert moved.patch is BAR.patch


@pytest.mark.parametrize("direction", [UP, DOWN, LEFT, RIGHT, DOWN_RIGHT])
def test_a_move_back_undoes_a_move(direction: Direction) -> None:
    back = move_by_own_size(move_by_own_size(BAR, direction), opposite(direction))
    assert (back.row, back.column) == (BAR.row, BAR.column)


def test_a_grid_is_mirrored_around_an_object_that_lies_off_its_centre() -> None:
    square = first_object(with_colour(objects_4(CORNER), 3))
    assert symmetrise_around(CORNER, square).tolist() == [
        [1, 2, 2, 1, 0],
        [0, 3, 3, 0, 4],
        [0, 3, 3, 0, 4],
        [1, 2, 2, 1, 0],
    ]


def test_an_object_off_the_grid_mirrors_nothing() -> None:
    assert (symmetrise_around(CORNER, place_at(BAR, 9, 9)) == CORNER).all()
    assert (symmetrise_around(CORNER, place_at(BAR, -9, -9)) == CORNER).all()


@law
@given(grids)
def test_foreground_stays_when_mirrored(grid: Grid) -> None:
    item = first_object(all_components(grid))
    kept = grid != 0
    assert (symmetrise_around(grid, item)[kept] == grid[kept]).all()


@law
@given(grids)
def test_an_object_in_the_centre_leaves_a_symmetric_foreground(grid: Grid) -> None:
    cover = first_object(all_components(np.ones_like(grid)))
    mask = symmetrise_around(grid, cover) != 0
    assert (mask == mask[:, ::-1]).all()
    assert (mask == mask[::-1]).all()
