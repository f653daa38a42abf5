"""Objects grouped by what they share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.components import objects_4, objects_8
from tasks.dsl.grouping import every_nth_object, objects_by_colour, with_shape_of
from tasks.dsl.painting import paint_all
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)

GRID = as_grid(
    [
        [0, 3, 0, 0, 1],
        [0, 3, 0, 2, 2],
        [0, 0, 0, 0, 0],
        [1, 0, 4, 4, 0],
    ]
)


def test_a_colour_is_one_object_though_its_cells_lie_apart() -> None:
    three, one, two, four = objects_by_colour(GRID)
    assert (one.row, one.column, one.height, one.width, one.size) == (0, 0, 4, 5, 2)
    assert [int(item.patch.max()) for item in (three, one, two, four)] == [3, 1, 2, 4]


def test_a_blank_grid_has_no_objects_by_colour() -> None:
    assert objects_by_colour(as_grid([[0, 0]])) == ()


@law
@given(grids)
def test_the_objects_by_colour_make_up_the_grid(grid: Grid) -> None:
    assert (paint_all(np.zeros_like(grid), objects_by_colour(grid)) == grid).all()


def test_objects_of_a_shape_may_differ_in_colour_and_place() -> None:
    objects = objects_4(GRID)
    pair = objects[2]
    assert [(item.row, item.column) for item in with_shape_of(objects, pair)] == [(1, 3), (3, 2)]


@law
@given(grids)
def test_every_object_has_its_own_shape(grid: Grid) -> None:
    objects = objects_8(grid)
    assert all(item in with_shape_of(objects, item) for item in objects)


def test_every_nth_object_starts_with_the_first() -> None:
    objects = objects_4(GRID)
    assert every_nth_object(objects, 2) == objects[::2]
    assert every_nth_object(objects, 1) == objects
    assert every_nth_object((), 3) == ()


def test_a_step_below_one_is_impossible() -> None:
    with pytest.raises(Impossible, match="every_nth_object"):
        every_nth_object(objects_4(GRID), 0)
