"""Connected components: what hangs together, in which order, with which colours."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl import components
from tasks.dsl.components import (
    all_components,
    background_components,
    component_at,
    components_of_colour,
    components_of_mask,
    connected_components,
    count_components,
    enclosed_components,
    flood_fill,
    foreground_object,
    is_connected,
    label_regions,
    multicolour_objects_4,
    multicolour_objects_8,
    objects_4,
    objects_8,
)
from tasks.dsl.painting import keep_only
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 4),
)

PICTURE = as_grid(
    [
        [1, 1, 0, 0],
        [0, 2, 0, 3],
        [0, 0, 0, 3],
    ]
)
RING = as_grid(
    [
        [5, 5, 5, 0],
        [5, 0, 5, 0],
        [5, 5, 5, 0],
    ]
)


def test_one_colour_components_end_where_the_colour_changes() -> None:
    found = objects_4(PICTURE)
    assert [item.patch.tolist() for item in found] == [[[1, 1]], [[2]], [[3], [3]]]
    assert [(item.row, item.column) for item in found] == [(0, 0), (1, 1), (1, 3)]


def test_components_of_many_colours_join_touching_colours() -> None:
    assert [item.size for item in multicolour_objects_4(PICTURE)] == [3, 2]
    assert [item.size for item in multicolour_objects_4(as_grid([[1, 0], [0, 2]]))] == [1, 1]
    assert multicolour_objects_4(PICTURE)[0].patch.tolist() == [[1, 1], [0, 2]]


def test_eight_neighbours_join_corners_and_four_do_not() -> None:
    stairs = as_grid([[1, 0, 0], [0, 1, 0], [0, 0, 2]])
    assert [item.size for item in objects_4(stairs)] == [1, 1, 1]
    assert [item.size for item in objects_8(stairs)] == [2, 1]
    assert [item.size for item in multicolour_objects_8(stairs)] == [3]


def test_objects_come_in_reading_order_of_their_first_cells() -> None:
    grid = as_grid([[0, 0, 1, 2], [4, 0, 1, 0], [0, 3, 1, 4]])
    assert [item.patch.max() for item in objects_4(grid)] == [1, 2, 4, 3, 4]


def test_the_first_cell_decides_the_order_and_not_the_corner_of_the_box() -> None:
    hook = as_grid([[2, 0, 1], [2, 0, 1], [0, 1, 1]])
    turned = as_grid([[0, 0, 1, 2], [1, 1, 1, 2]])
    assert [item.patch.max() for item in objects_4(hook)] == [2, 1]
    assert [item.patch.max() for item in objects_4(turned)] == [1, 2]


def test_any_colour_may_be_the_background() -> None:
    found = connected_components(as_grid([[8, 0, 8, 8, 1]]), 8, False, True)
    assert [(item.column, item.patch.tolist()) for item in found] == [(1, [[0]]), (4, [[1]])]


def test_all_components_include_the_background() -> None:
    assert [item.size for item in all_components(RING)] == [8, 3, 1]
    assert [item.size for item in all_components(as_grid([[1, 0], [0, 1]]))] == [1, 1, 1, 1]


def test_components_of_one_colour_ignore_the_others() -> None:
    assert [item.row for item in components_of_colour(PICTURE, 3, False)] == [1]
    assert components_of_colour(PICTURE, 9, True) == ()


def test_components_of_a_mask_carry_the_colours_of_the_grid() -> None:
    found = components_of_mask(PICTURE, PICTURE > 1, False)
    assert [item.patch.tolist() for item in found] == [[[2]], [[3], [3]]]
    with pytest.raises(Impossible, match="shapes"):
        components_of_mask(PICTURE, PICTURE[:2] > 1, False)


def test_background_components_are_regions_of_colour_0() -> None:
    assert [item.size for item in background_components(RING)] == [3, 1]
    assert [item.size for item in background_components(as_grid([[0, 1], [1, 0]]))] == [1, 1]


def test_enclosed_components_do_not_reach_the_border() -> None:
    assert [(item.row, item.column) for item in enclosed_components(RING)] == [(1, 1)]
    assert enclosed_components(PICTURE) == ()
    assert len(enclosed_components(RING[:, :3])) == 1
    for opened in (RING[:2], RING[1:], RING[:, :2], RING[:, 1:]):
        assert enclosed_components(opened) == ()


def test_the_foreground_is_one_object_connected_or_not() -> None:
    item = foreground_object(as_grid([[0, 0, 0], [0, 4, 0], [0, 0, 5]]))
    assert item.patch.tolist() == [[4, 0], [0, 5]]
    assert (item.row, item.column) == (1, 1)
    with pytest.raises(Impossible):
        foreground_object(as_grid([[0]]))


def test_the_component_at_a_cell_holds_that_cell() -> None:
    assert component_at(PICTURE, 2, 3).mask.tolist() == [[True], [True]]
    with pytest.raises(Impossible, match="outside"):
        component_at(PICTURE, 0, 4)


def test_flood_fill_stops_where_the_colour_changes() -> None:
    assert flood_fill(RING, 1, 1, 7).tolist() == [[5, 5, 5, 0], [5, 7, 5, 0], [5, 5, 5, 0]]
    assert flood_fill(as_grid([[0, 1], [1, 0]]), 0, 0, 7).tolist() == [[7, 1], [1, 0]]
    with pytest.raises(Impossible, match="outside"):
        flood_fill(RING, -1, 0, 7)


def test_regions_of_a_mask_are_counted() -> None:
    mask = as_grid([[1, 0], [0, 1]]) != 0
    assert (count_components(mask, False), count_components(mask, True)) == (2, 1)
    assert is_connected(mask, True)
    assert not is_connected(mask, False)
    assert not is_connected(~(mask | ~mask), True)


def test_planes_of_a_batch_are_labelled_apart() -> None:
    batch = np.ones((2, 3, 3), dtype=np.bool_)
    assert label_regions(batch, True)[:, 0, 0].tolist() == [1, 2]


@law
@given(grids)
def test_all_components_cover_every_cell_once(grid: Grid) -> None:
    found = all_components(grid)
    assert sum(item.size for item in found) == grid.size
    assert np.array_equal(keep_only(grid, found), grid)


@law
@given(grids, st.booleans(), st.booleans())
def test_components_paint_the_grid_they_came_from(grid: Grid, diagonal: bool, one_colour: bool) -> None:
    found = connected_components(grid, 0, diagonal, one_colour)
    assert np.array_equal(keep_only(grid, found), grid)
    assert all(is_connected(item.mask, diagonal) for item in found)


def test_the_dsl_is_imported_without_scipy() -> None:
    check = "import sys, tasks.dsl; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
    assert components.PRELOAD == ("scipy.ndimage",)
