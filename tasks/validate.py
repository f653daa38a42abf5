"""Validation: what each program does on a puzzle's samples, and how near its outputs come.

Owns `Verdict` and the comparison with the train outputs. Test outputs are no part of it, not even a
parameter. CPU and memory verdicts are facts about a program under a budget; a wall kill is not, and
a verdict that holds one says that it must not be stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tasks.form import Form
from tasks.grid import EMPTY, MAX_SIDE, Grid
from tasks.language import BUILT_IN, GridKind
from tasks.outcome import Budget, Killed, Outcome
from tasks.puzzle import Sample, pairs
from tasks.sandbox import Evaluation, grid_of, shared

__all__ = ["ALL_CELLS", "Verdict", "compare", "grid_of", "stacked", "validate"]

ALL_CELLS = 1000
"""The measure of a grid whose cells are all right."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """One program on one puzzle; samples are the train samples, then the test inputs.

    `exact` and `cells` are about the train samples: whether the output is the wanted grid, and how
    many of 1000 of its cells are right. `outputs` is uint8 [samples, 30, 30], EMPTY outside each
    grid, None where no sample returned; `grid_of(outputs, sample)` is one grid. `cpu_s`, in CPU
    seconds of the machine that ran it, is no part of equality.
    """

    outcomes: tuple[Outcome, ...]
    exact: tuple[bool, ...]
    cells: tuple[int, ...]
    outputs: Grid | None
    cpu_s: float = field(compare=False)

    @property
    def __memo_final__(self) -> bool:
        """False where the wall clock decided: such a verdict may be another next time."""
        return not any(isinstance(outcome, Killed) for outcome in self.outcomes)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Verdict)
            and (self.outcomes, self.exact, self.cells) == (other.outcomes, other.exact, other.cells)
            and _equal(self.outputs, other.outputs)
        )

    __hash__ = None  # type: ignore[assignment]  # its array has no hash


def _equal(one: Grid | None, other: Grid | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)


def validate(
    forms: list[Form],
    train: tuple[Sample, ...],
    questions: tuple[Grid, ...],
    budget: Budget,
    dsl: str = BUILT_IN,
    batch: int = 500,
    grid: GridKind = "array",
) -> list[Verdict]:
    """One verdict per form; `questions` are the test inputs, `grid` is what programs get as a grid.

    Where the DSL lies changes no verdict (its primitives are in a row's key), nor does how forms are
    cut into batches. Raises ValueError for a train sample without
    an output, SandboxError when the DSL cannot be loaded.
    """
    shown = pairs(train)
    if len(shown) != len(train):
        raise ValueError(f"{len(train) - len(shown)} of {len(train)} train samples lack an output")
    inputs = (*(given for given, _ in shown), *questions)
    evaluations = shared(dsl, grid).evaluate(forms, inputs, shown, budget, batch)
    exact, cells = compare(_outputs(evaluations, len(shown)), stacked([o for _, o in shown]))
    return [
        Verdict(found.outcomes, tuple(whole), tuple(counts), found.outputs, found.cpu_s)
        for found, whole, counts in zip(evaluations, exact.tolist(), cells.tolist(), strict=True)
    ]


def compare(outputs: Grid, wanted: Grid) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Stacks [..., samples, 30, 30] against [samples, 30, 30]: exact, and cells of 1000.

    cells = floor(1000 x equal cells / cells) where the shapes agree, else 0; both [..., samples].
    """
    inside = wanted != EMPTY
    # A grid lies in the corner of its frame: what is larger than all that is wanted shows one cell beyond.
    height, width = (1 + inside.reshape(-1, MAX_SIDE, MAX_SIDE).any(axis=(0, axis)).sum() for axis in (2, 1))
    outputs, wanted, inside = (each[..., :height, :width] for each in (outputs, wanted, inside))
    same_shape = ((outputs != EMPTY) == inside).all(axis=(-2, -1))
    right = ((outputs == wanted) & inside).sum(axis=(-2, -1))
    area = inside.sum(axis=(-2, -1))
    return same_shape & (right == area), np.where(same_shape, ALL_CELLS * right // area, 0)


def stacked(grids: Sequence[Grid]) -> Grid:
    """Grids in one stack [grids, 30, 30], EMPTY outside each of them."""
    stack = np.full((len(grids), MAX_SIDE, MAX_SIDE), EMPTY, np.uint8)
    for frame, grid in zip(stack, grids, strict=True):
        height, width = grid.shape
        frame[:height, :width] = grid
    return stack


def _outputs(evaluations: Sequence[Evaluation], train: int) -> Grid:
    """The outputs on the train samples, [forms, train, 30, 30]."""
    stack = np.full((len(evaluations), train, MAX_SIDE, MAX_SIDE), EMPTY, np.uint8)
    for row, evaluation in zip(stack, evaluations, strict=True):
        if evaluation.outputs is not None:
            row[:] = evaluation.outputs[:train]
    return stack
