"""New grids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.dsl.canvas import (
    bar,
    canvas,
    canvas_like,
    checkerboard,
    column_of,
    diagonal,
    histogram,
    row_of,
    stripes,
)
from tasks.errors import Impossible
from tasks.grid import as_grid


def test_canvases_have_one_colour() -> None:
    assert canvas(2, 3, 4).tolist() == [[4, 4, 4], [4, 4, 4]]
    assert canvas_like(np.zeros((2, 1, 3), np.uint8), 4).tolist() == [[[4, 4, 4]], [[4, 4, 4]]]


def test_a_bar_has_its_length() -> None:
    assert bar(2, 4, 7).tolist() == [[7, 7, 0, 0]]
    assert bar(0, 2, 7).tolist() == [[0, 0]]
    assert bar(9, 2, 7).tolist() == [[7, 7]]


@given(st.integers(1, 20), st.data())
def test_a_bar_counts_its_length(width: int, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, width))
    assert np.count_nonzero(bar(length, width, 3)) == length


def test_patterns() -> None:
    assert diagonal(2, 5).tolist() == [[5, 0], [0, 5]]
    assert checkerboard(2, 3, 1, 2).tolist() == [[1, 2, 1], [2, 1, 2]]
    assert stripes(2, 5, (1, 2)).tolist() == [[1, 2, 1, 2, 1]] * 2
    assert row_of((4, 5)).tolist() == [[4, 5]]
    assert column_of((4, 5)).tolist() == [[4], [5]]


def test_a_histogram_hangs_from_the_top_the_most_common_first() -> None:
    assert histogram(as_grid([[3, 5, 5], [0, 5, 0]])).tolist() == [[5, 3], [5, 0], [5, 0]]
    with pytest.raises(Impossible, match="no foreground"):
        histogram(as_grid([[0]]))


@pytest.mark.parametrize("side", [0, -2, 121])
def test_sides_out_of_bounds_are_refused(side: int) -> None:
    with pytest.raises(Impossible, match="canvas"):
        canvas(side, 1, 0)
    with pytest.raises(Impossible, match="bar"):
        bar(1, side, 1)
    with pytest.raises(Impossible, match="diagonal"):
        diagonal(side, 1)
    with pytest.raises(Impossible, match="checkerboard"):
        checkerboard(1, side, 0, 1)
    with pytest.raises(Impossible, match="stripes"):
        stripes(side, 1, (1,))


def test_no_colours_make_no_grid() -> None:
    with pytest.raises(Impossible, match="row_of"):
        row_of(())
    with pytest.raises(Impossible, match="column_of"):
        column_of(())
    with pytest.raises(Impossible, match="stripes"):
        stripes(1, 1, ())
    with pytest.raises(Impossible, match="bar: a length of -1"):
        bar(-1, 2, 1)
