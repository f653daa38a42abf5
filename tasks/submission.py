"""The stage `submission`: two attempts per test input, in the format that Kaggle's ARC Prize reads.

Owns the fallback where candidates give fewer than two grids, and the check of the whole before it
is written. `solved_test` is the one place that reads test outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from tasks.errors import TaskError
from tasks.grid import Grid, as_grid
from tasks.puzzle import Puzzle
from tasks.rank import Scored

Rows: TypeAlias = list[list[int]]
Submission: TypeAlias = dict[str, list[dict[str, Rows]]]
"""Per puzzle one entry per test input: {"attempt_1": rows, "attempt_2": rows}."""

KEYS = ("attempt_1", "attempt_2")


class InvalidSubmission(TaskError):
    """A submission that would be turned down: the `puzzle`, and `what` is wrong with its entry."""

    def __init__(self, puzzle: str, what: str) -> None:
        super().__init__(puzzle, what)
        self.puzzle = puzzle
        self.what = what

    def __str__(self) -> str:
        return f"invalid submission: puzzle {self.puzzle}: {self.what}"


def submission(scored: Mapping[str, Scored], puzzles: Mapping[str, Puzzle]) -> Submission:
    """An entry for each puzzle; one that was not scored gets the fallback."""
    return {
        name: [
            {key: grid.tolist() for key, grid in zip(KEYS, pair, strict=True)}
            for pair in two_attempts(puzzle, scored.get(name))
        ]
        for name, puzzle in puzzles.items()
    }


def two_attempts(puzzle: Puzzle, scored: Scored | None) -> tuple[tuple[Grid, Grid], ...]:
    """Two different grids per test input: the candidates', then the input itself, then blanks."""
    given = scored.attempts if scored is not None and scored.attempts else ((),) * len(puzzle.test)
    return tuple(_pair(question, grids) for question, grids in zip(puzzle.questions, given, strict=True))


def _pair(question: Grid, grids: tuple[Grid, ...]) -> tuple[Grid, Grid]:
    choice = (*grids, question, np.zeros_like(question), np.ones_like(question))
    first = choice[0]
    return first, next(grid for grid in choice if not np.array_equal(grid, first))


def check_submission(submission: Submission, puzzles: Mapping[str, Puzzle]) -> None:
    """Raise InvalidSubmission unless each puzzle has two valid, different grids per test input."""
    for name in sorted(submission.keys() ^ puzzles.keys()):
        raise InvalidSubmission(name, "unknown puzzle" if name in submission else "no entry")
    for name, puzzle in puzzles.items():
        if len(submission[name]) != len(puzzle.test):
            raise InvalidSubmission(name, f"it has {len(puzzle.test)} test inputs, one entry each")
        for number, entry in enumerate(submission[name], 1):
            _check_entry(name, number, entry)


def _check_entry(name: str, number: int, entry: dict[str, Rows]) -> None:
    if tuple(entry) != KEYS:
        raise InvalidSubmission(name, f"test input {number} has {sorted(entry)}, not {KEYS}")
    for key, rows in entry.items():
        try:
            as_grid(rows)
        except ValueError as error:
            raise InvalidSubmission(name, f"test input {number}, {key}: {error}") from error
    if entry[KEYS[0]] == entry[KEYS[1]]:
        raise InvalidSubmission(name, f"test input {number} has the same attempt twice")


def solved_test(puzzle: Puzzle, attempts: tuple[tuple[Grid, ...], ...]) -> bool | None:
    """Whether each test output is among its attempts; None where an output is unknown."""
    answers = puzzle.answers
    if any(answer is None for answer in answers):
        return None
    return len(attempts) == len(answers) and all(
        any(np.array_equal(answer, grid) for grid in grids)
        for answer, grids in zip(answers, attempts, strict=True)
        if answer is not None
    )
