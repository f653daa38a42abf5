"""What the train samples teach, and when they teach nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.denoise import remove_isolated
from tasks.dsl.isolate import crop_largest_object, crop_odd_shape
from tasks.dsl.samples import (
    added_colour,
    common_output,
    first_fitting,
    learned_colours,
    learned_local_rule,
    output_height,
    output_width,
    removed_colour,
    same_shapes,
    train_inputs,
    train_outputs,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(0, 9),
)

SWAP = (
    (as_grid([[1, 2, 0]]), as_grid([[2, 1, 0]])),
    (as_grid([[2], [3]]), as_grid([[1], [3]])),
)
CROP = (
    (as_grid([[0, 5, 5]]), as_grid([[5, 5]])),
    (as_grid([[5, 5], [0, 0]]), as_grid([[5, 5]])),
)


def test_samples_come_apart() -> None:
    assert [grid.shape for grid in train_inputs(SWAP)] == [(1, 3), (2, 1)]
    assert train_outputs(SWAP)[1] is SWAP[1][1]
    assert same_shapes(SWAP)
    assert not same_shapes(CROP)


def test_what_all_outputs_share() -> None:
    assert (output_height(CROP), output_width(CROP)) == (1, 2)
    assert common_output(CROP).tolist() == [[5, 5]]
    for differs in (output_height, output_width, common_output):
        with pytest.raises(Impossible, match=differs.__name__):
            differs(SWAP)


def test_colours_that_come_and_go_in_every_sample() -> None:
    samples = (
        (as_grid([[1, 2]]), as_grid([[1, 8]])),
        (as_grid([[2, 3]]), as_grid([[8, 4]])),
    )
    assert added_colour(samples) == 8
    assert removed_colour(samples) == 2
    for missing in (added_colour, removed_colour):
        with pytest.raises(Impossible, match="0 "):
            missing(SWAP)


def test_colours_are_replaced_as_in_the_samples() -> None:
    assert learned_colours(SWAP, as_grid([[1, 2], [3, 9]])).tolist() == [[2, 1], [3, 9]]
    with pytest.raises(Impossible, match="shape"):
        learned_colours(CROP, SWAP[0][0])
    with pytest.raises(Impossible, match="several"):
        learned_colours((*SWAP, (as_grid([[1]]), as_grid([[5]]))), SWAP[0][0])


def test_a_colour_answered_twice_in_one_sample_is_a_contradiction() -> None:
    with pytest.raises(Impossible, match="several"):
        learned_colours(((as_grid([[1, 1]]), as_grid([[3, 4]])),), SWAP[0][0])


def test_windows_are_answered_as_in_the_samples() -> None:
    lit = ((as_grid([[0, 1, 0, 0]]), as_grid([[2, 1, 2, 0]])),)
    assert learned_local_rule(lit, as_grid([[0, 1, 0, 0]])).tolist() == [[2, 1, 2, 0]]
    assert learned_local_rule(lit, as_grid([[0, 1, 0, 0, 7]])).tolist() == [[2, 1, 2, 0, 7]]
    with pytest.raises(Impossible, match="shape"):
        learned_local_rule(CROP, SWAP[0][0])
    with pytest.raises(Impossible, match="differently"):
        learned_local_rule((*lit, (as_grid([[0, 1, 0, 0]]), as_grid([[3, 1, 2, 0]]))), lit[0][0])


def test_the_first_function_that_fits_is_chosen() -> None:
    fitting = first_fitting(CROP, crop_odd_shape, remove_isolated, crop_largest_object)
    assert fitting(as_grid([[0, 7]])).tolist() == [[7]]
    with pytest.raises(Impossible, match="none of 1"):
        first_fitting(SWAP, crop_odd_shape)


def test_errors_other_than_the_impossible_are_not_hidden() -> None:
    def broken(grid: Grid) -> Grid:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        first_fitting(SWAP, broken)


@law
@given(grids, st.permutations(range(10)))
def test_a_permutation_of_colours_is_learned(grid: Grid, order: list[int]) -> None:
    answer = np.array(order, dtype=np.uint8)[grid]
    assert np.array_equal(learned_colours(((grid, answer),), grid), answer)


@law
@given(grids)
def test_a_local_rule_is_learned(grid: Grid) -> None:
    answer = remove_isolated(grid)
    assert np.array_equal(learned_local_rule(((grid, answer),), grid), answer)
