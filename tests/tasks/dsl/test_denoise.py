"""Noise goes, the rest stays."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.components import objects_8
from tasks.dsl.denoise import (
    count_neighbours,
    fill_pinholes,
    keep_blocks,
    majority_filter,
    remove_isolated,
    remove_large_objects,
    remove_small_objects,
    replace_by_neighbours,
)
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(0, 3),
)
batches = arrays(
    np.uint8,
    array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=6),
    elements=st.integers(0, 3),
)

NOISY = as_grid([[4, 0, 0, 0, 0], [0, 0, 1, 1, 0], [0, 7, 1, 1, 0], [2, 0, 0, 0, 2]])


def test_neighbours_are_counted_without_the_cell_itself() -> None:
    assert count_neighbours(as_grid([[1, 1, 0], [0, 1, 0]]) != 0).tolist() == [[2, 2, 2], [3, 2, 2]]


def test_a_cell_without_a_neighbour_of_its_colour_goes() -> None:
    assert remove_isolated(NOISY).tolist() == [
        [0] * 5,
        [0, 0, 1, 1, 0],
        [0, 0, 1, 1, 0],
        [0] * 5,
    ]
    assert remove_isolated(as_grid([[1, 0], [0, 1]])).tolist() == [[1, 0], [0, 1]]


def test_a_pinhole_takes_the_colour_on_all_four_sides() -> None:
    assert fill_pinholes(as_grid([[0, 3, 0], [3, 0, 3], [0, 3, 0]]))[1, 1] == 3
    assert fill_pinholes(as_grid([[0, 3, 0], [3, 0, 4], [0, 3, 0]]))[1, 1] == 0
    assert fill_pinholes(as_grid([[0]])).tolist() == [[0]]


def test_only_blocks_of_two_by_two_stay() -> None:
    lines = as_grid([[1, 1, 0, 2], [1, 1, 1, 2], [0, 0, 3, 3]])
    assert keep_blocks(lines).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0] * 4]
    blocks = as_grid([[1, 1, 2, 2], [1, 1, 2, 2], [0, 3, 3, 0], [0, 3, 3, 0]])
    assert np.array_equal(keep_blocks(blocks), blocks)
    assert not keep_blocks(as_grid([[1, 1], [2, 2]])).any()
    assert keep_blocks(as_grid([[5]])).tolist() == [[0]]


def test_the_majority_wins_and_ties_go_to_the_lowest() -> None:
    assert majority_filter(as_grid([[1, 1, 1], [1, 9, 1], [1, 1, 1]])).tolist() == [[1] * 3] * 3
    assert majority_filter(as_grid([[2, 1]])).tolist() == [[1, 1]]


def test_a_noise_colour_takes_what_is_around_it() -> None:
    assert replace_by_neighbours(as_grid([[1, 5, 1], [2, 2, 5]]), 5).tolist() == [
        [1, 1, 1],
        [2, 2, 1],
    ]
    assert replace_by_neighbours(as_grid([[5, 5], [5, 5]]), 5).tolist() == [[5, 5], [5, 5]]


def test_objects_go_by_their_size() -> None:
    assert np.unique(remove_small_objects(NOISY, 1)).tolist() == [0, 1]
    assert np.unique(remove_large_objects(NOISY, 1)).tolist() == [0, 2, 4, 7]


@law
@given(grids)
def test_filters_leave_no_more_of_what_they_remove(grid: Grid) -> None:
    for remove in (remove_isolated, keep_blocks):
        once = remove(grid)
        assert np.array_equal(remove(once), once)
    assert all(item.size > 2 for item in objects_8(remove_small_objects(grid, 2)))
    small, large = remove_small_objects(grid, 2), remove_large_objects(grid, 2)
    assert np.array_equal(small + large, grid)
    assert set(np.unique(majority_filter(grid))) <= set(np.unique(grid))


@law
@given(batches)
def test_a_batch_gives_what_its_grids_give(batch: Grid) -> None:
    for clean in (remove_isolated, fill_pinholes, keep_blocks, majority_filter):
        assert np.array_equal(clean(batch), np.stack([clean(grid) for grid in batch]))
    replaced = np.stack([replace_by_neighbours(grid, 1) for grid in batch])
    assert np.array_equal(replace_by_neighbours(batch, 1), replaced)
    counted = np.stack([count_neighbours(grid == 1) for grid in batch])
    assert np.array_equal(count_neighbours(batch == 1), counted)
