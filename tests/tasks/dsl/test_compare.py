"""Two grids, cell by cell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tasks.dsl.compare import (
    cells_in_both,
    cells_in_either,
    cells_in_exactly_one,
    cells_in_neither,
    cells_only_in_first,
    differing_cells,
    equal_cells,
    is_same_grid,
    keep_equal,
    overlay,
)
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, as_grid

law = settings(max_examples=30, deadline=None)
pairs = array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=6).flatmap(
    lambda shape: st.tuples(
        arrays(np.uint8, shape, elements=st.integers(0, 3)),
        arrays(np.uint8, shape, elements=st.integers(0, 3)),
    )
)

FIRST = as_grid([[0, 0, 1, 1, 2]])
SECOND = as_grid([[0, 3, 0, 1, 3]])
LOGIC = [
    (cells_in_both, [0, 0, 0, 8, 8]),
    (cells_in_either, [0, 8, 8, 8, 8]),
    (cells_in_exactly_one, [0, 8, 8, 0, 0]),
    (cells_in_neither, [8, 0, 0, 0, 0]),
    (cells_only_in_first, [0, 0, 8, 0, 0]),
    (equal_cells, [8, 0, 0, 8, 0]),
    (differing_cells, [0, 8, 8, 0, 8]),
]


@pytest.mark.parametrize(("compare", "expected"), LOGIC)
def test_two_grids_are_compared_cell_by_cell(
    compare: Callable[[Grid, Grid, Colour], Grid], expected: list[int]
) -> None:
    assert compare(FIRST, SECOND, 8).tolist() == [expected]
    with pytest.raises(Impossible, match=compare.__name__):
        compare(FIRST, SECOND[:, :2], 8)


def test_the_grid_above_covers_except_where_it_is_0() -> None:
    assert overlay(FIRST, SECOND).tolist() == [[0, 3, 1, 1, 3]]
    with pytest.raises(Impossible, match="overlay"):
        overlay(FIRST, FIRST.T)


def test_only_equal_cells_stay() -> None:
    assert keep_equal(FIRST, SECOND).tolist() == [[0, 0, 0, 1, 0]]
    with pytest.raises(Impossible, match="keep_equal"):
        keep_equal(FIRST, FIRST.T)


def test_grids_of_two_shapes_are_not_the_same() -> None:
    assert is_same_grid(FIRST, FIRST.copy())
    assert not is_same_grid(FIRST, SECOND)
    assert not is_same_grid(FIRST, FIRST.T)


@law
@given(pairs)
def test_logic_obeys_its_laws(pair: tuple[Grid, Grid]) -> None:
    first, second = pair
    assert np.array_equal(
        cells_in_either(first, second, 5),
        cells_in_both(first, second, 5) + cells_in_exactly_one(first, second, 5),
    )
    assert (cells_in_either(first, second, 5) + cells_in_neither(first, second, 5) == 5).all()
    assert (equal_cells(first, second, 5) + differing_cells(first, second, 5) == 5).all()
    for commutes in (cells_in_both, cells_in_either, cells_in_exactly_one, cells_in_neither):
        assert np.array_equal(commutes(first, second, 5), commutes(second, first, 5))
    assert np.array_equal(overlay(first, first), first)
    assert np.array_equal(overlay(overlay(first, second), second), overlay(first, second))


@law
@given(pairs.filter(lambda pair: pair[0].ndim == 3))
def test_a_batch_gives_what_its_grids_give(pair: tuple[Grid, Grid]) -> None:
    for compare, _ in LOGIC:
        each = np.stack([compare(*grids, 4) for grids in zip(*pair, strict=True)])
        assert np.array_equal(compare(*pair, 4), each)
    for join in (overlay, keep_equal):
        each = np.stack([join(*grids) for grids in zip(*pair, strict=True)])
        assert np.array_equal(join(*pair), each)
