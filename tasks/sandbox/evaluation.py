"""What the sandbox found out about one form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.grid import EMPTY, MAX_SIDE, Grid
from tasks.outcome import Invalid, Outcome, Raised, Returned
from tasks.sandbox.judgement import Judged
from tasks.sandbox.wire import Result, WireOutcome

_RETURNED = Returned()


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What became of one form: its outcome on each sample, in order.

    `outputs` is uint8 [samples, 30, 30], EMPTY outside each grid; None where no sample returned.
    `cpu_s` is charged as if no other form had been there, in this machine's seconds.
    """

    outcomes: tuple[Outcome, ...]
    outputs: Grid | None
    cpu_s: float

    @property
    def grids(self) -> tuple[Grid | None, ...]:
        """The output on each sample, None where it did not return."""
        return tuple(grid_of(self.outputs, sample) for sample in range(len(self.outcomes)))


def grid_of(outputs: Grid | None, sample: int) -> Grid | None:
    """One grid of a stack [samples, 30, 30], as a view; None where there is none."""
    if outputs is None or outputs[sample, 0, 0] == EMPTY:
        return None
    frame: Grid = outputs[sample]
    height = np.count_nonzero(frame[:, 0] != EMPTY)
    width = np.count_nonzero(frame[0] != EMPTY)
    return frame[:height, :width]


def evaluation_of(result: Result) -> Evaluation:
    """The evaluation that a child's result tells; its outputs are read-only."""
    stack = None
    if result.outputs is not None:
        stack = np.frombuffer(result.outputs, np.uint8).reshape(-1, MAX_SIDE, MAX_SIDE)
    told = result.outcomes
    outcomes = tuple(map(_outcome, told)) if any(told) else (_RETURNED,) * len(told)  # nearly all returned
    return Evaluation(outcomes, stack, result.cpu_s)


def _outcome(told: WireOutcome) -> Outcome:
    if told is None:
        return _RETURNED
    if len(told) == 3:
        return Judged(told[2], told[1])
    kind, text = told
    return Raised(text) if kind == Raised.kind else Invalid(text)


def joined(pieces: Sequence[Evaluation]) -> Evaluation:
    """One evaluation from those of its samples, each of a single one."""
    outcomes = tuple(piece.outcomes[0] for piece in pieces)
    cpu_s = sum(piece.cpu_s for piece in pieces)
    if all(piece.outputs is None for piece in pieces):
        return Evaluation(outcomes, None, cpu_s)
    outputs = np.full((len(pieces), MAX_SIDE, MAX_SIDE), EMPTY, np.uint8)
    for sample, piece in enumerate(pieces):
        if piece.outputs is not None:
            outputs[sample] = piece.outputs[0]
    return Evaluation(outcomes, outputs, cpu_s)
