"""Several grids: one is picked, or all are merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.parts import (
    count_parts,
    distinct_parts,
    foreground_vote,
    keep_unanimous,
    majority_vote,
    most_common_part,
    nonempty_parts,
    odd_part_out,
    overlay_all,
    part_with_fewest_cells,
    part_with_fewest_colours,
    part_with_most_cells,
    part_with_most_colours,
    sort_parts_by_cells,
    the_asymmetric_part,
    the_symmetric_part,
)
from tasks.errors import Impossible
from tasks.grid import Grid, as_grid

law = settings(max_examples=30, deadline=None)
equal_shapes = array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6).flatmap(
    lambda shape: st.lists(arrays(np.uint8, shape, elements=st.integers(0, 3)), min_size=1, max_size=5).map(
        tuple
    )
)

EMPTY_PART = as_grid([[0, 0, 0]])
ONE = as_grid([[1, 0, 0]])
TWO = as_grid([[2, 0, 3]])
FULL = as_grid([[1, 1, 1]])
PARTS = (ONE, TWO, FULL, ONE)


@pytest.mark.parametrize(
    ("pick", "expected"),
    [
        (part_with_most_cells, FULL),
        (part_with_fewest_cells, ONE),
        (part_with_most_colours, TWO),
        (part_with_fewest_colours, FULL),
        (most_common_part, ONE),
    ],
)
def test_one_part_is_picked(pick: Callable[[tuple[Grid, ...]], Grid], expected: Grid) -> None:
    assert pick(PARTS) is expected
    with pytest.raises(Impossible):
        pick(())


def test_the_first_of_equal_parts_is_picked() -> None:
    assert most_common_part((TWO, ONE)) is TWO
    assert part_with_most_cells((ONE, ONE.copy())) is ONE


def test_parts_are_counted_sifted_and_sorted() -> None:
    assert count_parts(PARTS) == 4
    assert distinct_parts(PARTS) == (ONE, TWO, FULL)
    assert nonempty_parts((EMPTY_PART, ONE)) == (ONE,)
    assert sort_parts_by_cells(PARTS) == (FULL, TWO, ONE, ONE)
    with pytest.raises(Impossible):
        nonempty_parts((EMPTY_PART,))


def test_the_odd_part_is_the_only_one_that_no_other_equals() -> None:
    assert odd_part_out((ONE, TWO, ONE.copy())) is TWO
    with pytest.raises(Impossible, match="2 parts"):
        odd_part_out(PARTS)


def test_equal_cells_in_another_shape_are_another_part() -> None:
    assert odd_part_out((ONE, ONE.T, ONE)).shape == (3, 1)


def test_symmetry_tells_parts_apart() -> None:
    crooked = as_grid([[1, 2], [3, 4]])
    assert the_symmetric_part((crooked, FULL, crooked)) is FULL
    for mirrored in (as_grid([[1, 1], [2, 2]]), as_grid([[1, 2], [1, 2]])):
        assert the_symmetric_part((crooked, mirrored)) is mirrored
    assert the_asymmetric_part((FULL, crooked, ONE)) is crooked
    with pytest.raises(Impossible, match="0 parts are symmetric"):
        the_symmetric_part((crooked,))
    with pytest.raises(Impossible, match="0 parts are asymmetric"):
        the_asymmetric_part((FULL,))


@pytest.mark.parametrize(
    ("merge", "expected"),
    [
        (overlay_all, [[1, 1, 1]]),
        (keep_unanimous, [[0, 0, 0]]),
        (majority_vote, [[1, 0, 0]]),
        (foreground_vote, [[1, 1, 1]]),
    ],
)
def test_parts_are_merged(merge: Callable[[tuple[Grid, ...]], Grid], expected: Any) -> None:
    assert merge(PARTS).tolist() == expected
    for unequal in ((), (ONE, ONE.T)):
        with pytest.raises(Impossible, match=merge.__name__):
            merge(unequal)


def test_the_last_part_lies_on_top() -> None:
    assert overlay_all((ONE, TWO)).tolist() == [[2, 0, 3]]
    assert overlay_all((TWO, ONE)).tolist() == [[1, 0, 3]]


def test_ties_go_to_the_lowest_colour() -> None:
    assert majority_vote((TWO, ONE)).tolist() == [[1, 0, 0]]
    assert foreground_vote((TWO, ONE)).tolist() == [[1, 0, 3]]
    assert foreground_vote((EMPTY_PART, EMPTY_PART)).tolist() == [[0, 0, 0]]


@law
@given(equal_shapes)
def test_merging_equal_parts_gives_that_part(parts: tuple[Grid, ...]) -> None:
    twice = (parts[0], parts[0].copy())
    for merge in (overlay_all, keep_unanimous, majority_vote, foreground_vote):
        assert np.array_equal(merge(twice), parts[0])
    somewhere = np.any(np.stack(parts), axis=0)
    assert np.array_equal(overlay_all(parts) != 0, somewhere)
    assert np.array_equal(foreground_vote(parts) != 0, somewhere)


@law
@given(equal_shapes, st.randoms(use_true_random=False))
def test_votes_do_not_depend_on_the_order_of_parts(parts: tuple[Grid, ...], random: Any) -> None:
    shuffled = tuple(random.sample(parts, len(parts)))
    for merge in (keep_unanimous, majority_vote, foreground_vote):
        assert np.array_equal(merge(parts), merge(shuffled))
