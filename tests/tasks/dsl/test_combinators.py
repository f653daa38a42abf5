"""Functions made of functions, seen by what they do to grids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.combinators import (
    apply_n,
    bind,
    both,
    branch,
    chain,
    choose,
    compose,
    either,
    first_possible,
    fork,
    negate,
    repeat_until_stable,
    turn_and_return,
)
from tasks.dsl.compare import overlay
from tasks.dsl.fill import grow_colour
from tasks.dsl.isolate import crop_largest_object
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
grids = arrays(
    np.uint8,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(0, 3),
)

GRID = as_grid([[1, 0], [0, 2]])
BLANK = as_grid([[0, 0]])
ROW = as_grid([[1, 2, 3]])


def turned(grid: Grid) -> Grid:
    return np.rot90(grid, -1)


def shifted(grid: Grid) -> Grid:
    return np.roll(grid, 1, axis=1)


def is_blank(grid: Grid) -> bool:
    return not grid.any()


def is_wide(grid: Grid) -> bool:
    return grid.shape < grid.shape[::-1]


def flicker(grid: Grid) -> Grid:
    return np.bitwise_xor(grid, np.uint8(1))


def test_bind_fixes_the_arguments_that_follow_the_first() -> None:
    assert bind(grow_colour, 2)(GRID).tolist() == [[1, 2], [2, 2]]
    assert bind(turned)(GRID).tolist() == turned(GRID).tolist()


def test_compose_applies_the_first_function_first() -> None:
    assert compose(turned, shifted)(ROW).tolist() == [[1], [2], [3]]
    assert compose(shifted, turned)(ROW).tolist() == [[3], [1], [2]]


def test_fork_joins_two_results_in_order() -> None:
    joined = fork(overlay, np.asarray, turned)
    assert joined(GRID).tolist() == overlay(GRID, turned(GRID)).tolist() == [[1, 1], [2, 2]]


def test_apply_n_counts_from_none_to_a_hundred() -> None:
    assert apply_n(turned, 0, GRID) is GRID
    assert apply_n(turned, 3, GRID).tolist() == np.rot90(GRID).tolist()
    for n in (-1, 101):
        with pytest.raises(Impossible, match="rounds"):
            apply_n(turned, n, GRID)


def test_repeating_ends_where_nothing_changes() -> None:
    row = as_grid([[3, 0, 0, 0, 0, 0]])
    assert repeat_until_stable(bind(grow_colour, 3), row).tolist() == [[3] * 6]
    with pytest.raises(Impossible, match="still changes"):
        repeat_until_stable(flicker, row)


def test_a_change_of_shape_is_a_change() -> None:
    assert repeat_until_stable(crop_largest_object, as_grid([[0, 0, 4]])).tolist() == [[4]]


def test_conditions_choose() -> None:
    assert choose(True, GRID, BLANK) is GRID
    assert choose(False, GRID, BLANK) is BLANK
    pick = branch(is_blank, turned, shifted)
    assert pick(BLANK).shape == (2, 1)
    assert pick(GRID).tolist() == [[0, 1], [2, 0]]


def test_conditions_combine() -> None:
    wide_blank, other = both(is_blank, is_wide), either(is_blank, is_wide)
    assert [wide_blank(BLANK), wide_blank(BLANK.T), wide_blank(GRID)] == [True, False, False]
    assert [other(BLANK), other(BLANK.T), other(GRID)] == [True, True, False]
    assert [negate(is_blank)(BLANK), negate(is_blank)(GRID)] == [False, True]


def test_the_second_function_stands_in_only_for_the_impossible() -> None:
    attempt = first_possible(crop_largest_object, turned)
    assert attempt(GRID).tolist() == [[1]]
    assert attempt(BLANK).tolist() == [[0], [0]]
    with pytest.raises(TypeError):
        first_possible(len, turned)(None)  # type: ignore[arg-type]  # a wrong type on purpose


def test_work_can_be_done_on_a_turned_grid() -> None:
    assert turn_and_return(shifted, 0, GRID).tolist() == shifted(GRID).tolist()
    column = as_grid([[1], [2], [3]])
    assert turn_and_return(shifted, 1, column).tolist() == [[2], [3], [1]]


@law
@given(grids, st.integers(-5, 5))
def test_functions_compose_as_they_should(grid: Grid, quarters: int) -> None:
    assert np.array_equal(chain(turned, shifted, turned)(grid), turned(shifted(turned(grid))))
    assert np.array_equal(chain()(grid), grid)
    assert np.array_equal(apply_n(turned, 4, grid), grid)
    assert np.array_equal(turn_and_return(np.asarray, quarters, grid), grid)
