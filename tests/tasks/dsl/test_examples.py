"""Tests of answers by example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dsl.examples import output_of_sample_with_same, recolour_by_example
from tasks.dsl.measure import count_foreground
from tasks.errors import Impossible
from tasks.grid import Grid


def grid(*rows: str) -> Grid:
    return np.array([[int(cell) for cell in row] for row in rows], dtype=np.uint8)


def test_each_colour_of_the_example_becomes_its_partner_and_others_stay() -> None:
    result = recolour_by_example(grid("123", "905"), grid("12"), grid("21"))
    assert np.array_equal(result, grid("213", "905"))


def test_the_example_recolours_a_batch_as_it_recolours_each_grid() -> None:
    batch = np.stack([grid("12", "30"), grid("00", "21")])
    key = grid("123"), grid("231")
    result = recolour_by_example(batch, *key)
    assert all(np.array_equal(result[i], recolour_by_example(batch[i], *key)) for i in range(2))


def test_an_example_that_contradicts_itself_is_impossible() -> None:
    with pytest.raises(Impossible, match="several"):
        recolour_by_example(grid("1"), grid("11"), grid("23"))


def test_an_example_of_two_shapes_is_impossible() -> None:
    with pytest.raises(Impossible, match="differ"):
        recolour_by_example(grid("1"), grid("11"), grid("2", "2"))


@given(st.permutations(range(10)), st.integers(0, 9999))
@settings(max_examples=30, deadline=None)
def test_the_example_turned_round_undoes_a_permutation(order: list[int], seed: int) -> None:
    colours = np.arange(10, dtype=np.uint8)[None]
    others = np.array([order], dtype=np.uint8)
    start = np.random.default_rng(seed).integers(0, 10, (4, 5), dtype=np.uint8)
    there = recolour_by_example(start, colours, others)
    assert np.array_equal(recolour_by_example(there, others, colours), start)


SAMPLES = ((grid("10"), grid("5")), (grid("11"), grid("6")), (grid("01"), grid("5")))


def test_the_output_comes_from_the_samples_that_measure_the_same() -> None:
    result = output_of_sample_with_same(SAMPLES, grid("02", "20"), count_foreground)
    assert np.array_equal(result, grid("6"))
    result = output_of_sample_with_same(SAMPLES, grid("700"), count_foreground)
    assert np.array_equal(result, grid("5"))


def test_samples_that_measure_the_same_and_disagree_are_impossible() -> None:
    with pytest.raises(Impossible, match="disagree"):
        output_of_sample_with_same(SAMPLES, grid("00"), len)


def test_a_grid_like_no_sample_is_impossible() -> None:
    with pytest.raises(Impossible, match="no input"):
        output_of_sample_with_same(SAMPLES, grid("00"), count_foreground)
