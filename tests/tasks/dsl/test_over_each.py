"""A function over each of several grids or objects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.combinators import bind
from tasks.dsl.compare import overlay
from tasks.dsl.components import objects_4
from tasks.dsl.object_values import is_line, size_of
from tasks.dsl.over_each import (
    apply_to_each,
    argmax_by,
    argmin_by,
    count_by,
    filter_by,
    filter_parts_by,
    fold_parts,
    map_objects,
    map_to_parts,
    part_with_greatest,
    part_with_least,
    sort_by,
    transform_object,
)
from tasks.dsl.painting import recolour, to_grid
from tasks.dsl.parts import overlay_all
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
equal_shapes = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6).flatmap(
    lambda shape: st.lists(arrays(np.uint8, shape, elements=st.integers(0, 3)), min_size=1, max_size=5).map(
        tuple
    )
)

PARTS = (as_grid([[1, 0]]), as_grid([[0, 2]]), as_grid([[3, 3]]))
OBJECTS = objects_4(as_grid([[1, 1, 0, 2], [1, 0, 0, 0], [0, 3, 3, 0]]))


def cells(grid: Grid) -> int:
    return int(np.count_nonzero(grid))


def is_full(grid: Grid) -> bool:
    return bool(grid.all())


def blank(grid: Grid) -> Grid:
    return np.zeros_like(grid)


def test_a_function_goes_over_each_part() -> None:
    assert [part.tolist() for part in apply_to_each(PARTS, np.transpose)] == [
        [[1], [0]],
        [[0], [2]],
        [[3], [3]],
    ]
    assert [part.tolist() for part in filter_parts_by(PARTS, is_full)] == [[[3, 3]]]


def test_parts_fold_from_the_first_on() -> None:
    assert fold_parts(PARTS, overlay).tolist() == [[3, 3]]
    assert fold_parts(PARTS[:2], np.subtract).tolist() == [[1, 254]]
    with pytest.raises(Impossible, match="fold_parts"):
        fold_parts((), overlay)


def test_a_measure_picks_a_part_and_the_first_of_equal_ones() -> None:
    assert part_with_greatest(PARTS, cells) is PARTS[2]
    assert part_with_least(PARTS, cells) is PARTS[0]
    with pytest.raises(Impossible, match="part_with_greatest"):
        part_with_greatest((), cells)
    with pytest.raises(Impossible, match="part_with_least"):
        part_with_least((), cells)


def test_a_function_goes_over_each_object() -> None:
    assert [item.patch.max() for item in map_objects(OBJECTS, bind(recolour, 7))] == [7, 7, 7]
    assert [part.shape for part in map_to_parts(OBJECTS, to_grid)] == [(2, 2), (1, 1), (1, 2)]


def test_a_condition_sifts_and_counts_objects() -> None:
    assert filter_by(OBJECTS, is_line) == OBJECTS[1:]
    assert count_by(OBJECTS, is_line) == 2


def test_a_measure_orders_and_picks_objects() -> None:
    assert sort_by(OBJECTS, size_of) == (OBJECTS[1], OBJECTS[2], OBJECTS[0])
    assert argmax_by(OBJECTS, size_of) is OBJECTS[0]
    assert argmin_by(OBJECTS, size_of) is OBJECTS[1]
    with pytest.raises(Impossible, match="argmax_by"):
        argmax_by((), size_of)
    with pytest.raises(Impossible, match="argmin_by"):
        argmin_by((), size_of)


def test_a_transformed_object_keeps_its_corner_and_a_tight_box() -> None:
    item = transform_object(OBJECTS[2], np.transpose)
    assert (item.row, item.column, item.patch.tolist()) == (2, 1, [[3], [3]])
    with pytest.raises(Impossible):
        transform_object(OBJECTS[2], blank)


@law
@given(equal_shapes)
def test_folding_overlays_is_overlaying_all(parts: tuple[Grid, ...]) -> None:
    assert np.array_equal(fold_parts(parts, overlay), overlay_all(parts))
