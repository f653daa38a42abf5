"""What the train samples teach.

Owns the primitives over `S`: pairs of an input and its output. All of them learn only what every
sample agrees on, and raise Impossible when the samples contradict each other. `S` is never empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tasks.errors import Impossible
from tasks.grid import EMPTY, Colour, Grid

__all__ = [
    "added_colour",
    "common_output",
    "first_fitting",
    "learned_colours",
    "learned_local_rule",
    "output_height",
    "output_width",
    "removed_colour",
    "same_shapes",
    "train_inputs",
    "train_outputs",
]

Samples: TypeAlias = tuple[tuple[Grid, Grid], ...]


def train_inputs(samples: Samples) -> tuple[Grid, ...]:
    """The inputs of the train samples."""
    return tuple(given for given, _ in samples)


def train_outputs(samples: Samples) -> tuple[Grid, ...]:
    """The outputs of the train samples."""
    return tuple(wanted for _, wanted in samples)


def same_shapes(samples: Samples) -> bool:
    """Whether each output has the shape of its input."""
    return all(given.shape == wanted.shape for given, wanted in samples)


def _one(primitive: str, values: set[int], what: str) -> int:
    if len(values) != 1:
        raise Impossible(primitive, f"the samples show {len(values)} {what}, not 1")
    return values.pop()


def output_height(samples: Samples) -> int:
    """The height that all outputs have. Raises Impossible when they differ."""
    return _one("output_height", {len(wanted) for _, wanted in samples}, "heights of output")


def output_width(samples: Samples) -> int:
    """The width that all outputs have. Raises Impossible when they differ."""
    return _one("output_width", {wanted.shape[1] for _, wanted in samples}, "widths of output")


def common_output(samples: Samples) -> Grid:
    """The output [h, w] that all samples have. Raises Impossible when they differ."""
    first = samples[0][1]
    if not all(np.array_equal(first, wanted) for _, wanted in samples):
        raise Impossible("common_output", "the outputs of the samples differ")
    return first


def _colours_only_in(samples: Samples, inside: int) -> set[int]:
    """The colours that in every sample occur in one grid of the pair and not in the other."""
    gained = [_colours_in(pair[inside]) - _colours_in(pair[1 - inside]) for pair in samples]
    return set.intersection(*gained)


def _colours_in(grid: Grid) -> set[int]:
    return set(np.bincount(grid.ravel()).nonzero()[0].tolist())


def added_colour(samples: Samples) -> Colour:
    """The colour that all outputs have and no input has.

    Raises Impossible unless there is exactly one.
    """
    return _one("added_colour", _colours_only_in(samples, 1), "added colours")


def removed_colour(samples: Samples) -> Colour:
    """The colour that all inputs have and no output has.

    Raises Impossible unless there is exactly one.
    """
    return _one("removed_colour", _colours_only_in(samples, 0), "removed colours")


def learned_colours(samples: Samples, grid: Grid) -> Grid:
    """The grid [h, w] with each colour replaced as the samples replace it, cell by cell.

    A colour that no sample shows stays. Raises Impossible when shapes or replacements differ.
    """
    if not same_shapes(samples):
        raise Impossible("learned_colours", "an output has not the shape of its input")
    replaced = np.arange(256, dtype=np.uint8)
    for given, wanted in samples:
        replaced[given] = wanted
    if any((replaced[given] != wanted).any() for given, wanted in samples):
        raise Impossible("learned_colours", "the samples replace one colour by several")
    return replaced[grid]


def _window_codes(grid: Grid) -> NDArray[np.int64]:
    """The 3 x 3 window around each cell as one number [h * w]: 4 bits a cell, 15 outside."""
    framed = np.pad(grid, 1, constant_values=EMPTY).astype(np.int64) & 15
    windows = np.lib.stride_tricks.sliding_window_view(framed, (3, 3)).reshape(grid.size, 9)
    codes: NDArray[np.int64] = windows @ (1 << np.arange(0, 36, 4))
    return codes


def learned_local_rule(samples: Samples, grid: Grid) -> Grid:
    """The grid [h, w] with each cell as the samples answer the 3 x 3 cells around it.

    A window that no sample shows keeps its cell. Raises Impossible when shapes or answers differ.
    """
    if not same_shapes(samples):
        raise Impossible("learned_local_rule", "an output has not the shape of its input")
    # Cost: some 50 times touching the grid: nine cells count for each one, and those of every sample are
    # sorted.
    shown = np.concatenate([_window_codes(given) for given, _ in samples])
    answers = np.concatenate([wanted.ravel() for _, wanted in samples])
    known, first, number = np.unique(shown, return_index=True, return_inverse=True)
    learned = answers[first]
    if (learned[number] != answers).any():
        raise Impossible("learned_local_rule", "the samples answer one window differently")
    asked = _window_codes(grid)
    place = np.searchsorted(known, asked).clip(max=len(known) - 1)
    return np.where(known[place] == asked, learned[place], grid.ravel()).reshape(grid.shape)


def first_fitting(samples: Samples, *functions: Callable[[Grid], Grid]) -> Callable[[Grid], Grid]:
    """The first function that turns every input into its output.

    Raises Impossible when none does. A function that raises Impossible does not fit.
    """
    for function in functions:
        if all(_fits(function, given, wanted) for given, wanted in samples):
            return function
    raise Impossible("first_fitting", f"none of {len(functions)} functions fits the samples")


def _fits(function: Callable[[Grid], Grid], given: Grid, wanted: Grid) -> bool:
    try:
        return np.array_equal(function(given), wanted)
    except Impossible:
        return False
