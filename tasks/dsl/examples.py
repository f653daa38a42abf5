"""Answers by example: what a pair of grids, or the most alike sample, shows.

Owns what needs one example to follow, where `tasks.dsl.samples` asks all samples together. Both
primitives raise Impossible when their examples contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tasks.dsl.samples import Samples
from tasks.errors import Impossible
from tasks.grid import Grid

__all__ = ["output_of_sample_with_same", "recolour_by_example"]


def recolour_by_example(grid: Grid, given: Grid, wanted: Grid) -> Grid:
    """Each colour of `given` becomes the one in the same cell of `wanted`; other colours stay.

    [..., h, w] -> [..., h, w]; `given` and `wanted` have one shape of their own, else Impossible.
    """
    if given.shape != wanted.shape:
        raise Impossible("recolour_by_example", f"shapes {given.shape} and {wanted.shape} differ")
    replaced = np.arange(256, dtype=np.uint8)
    replaced[given] = wanted
    if (replaced[given] != wanted).any():
        raise Impossible("recolour_by_example", "the example replaces one colour by several")
    return replaced[grid]


def output_of_sample_with_same(samples: Samples, grid: Grid, measure: Callable[[Grid], int]) -> Grid:
    """The output of the samples on whose inputs `measure` gives what it gives on the grid.

    Raises Impossible when no input does, or when the outputs of those that do differ.
    """
    asked = measure(grid)
    known = [wanted for given, wanted in samples if measure(given) == asked]
    if not known:
        raise Impossible("output_of_sample_with_same", f"no input measures {asked}")
    if not all(np.array_equal(known[0], wanted) for wanted in known):
        raise Impossible("output_of_sample_with_same", f"inputs that measure {asked} disagree")
    return known[0]
