"""One puzzle of a report: its samples, the attempts at it, its best programs and what they lack.

Owns: a puzzle's status, and grids as texts.
"""

from __future__ import annotations

import numpy as np

from flows.report.data import Pair, ProgramReport, PuzzleReport, Question
from flows.runs.outcomes import Outcome, RunRecord
from tasks.grid import Grid
from tasks.puzzle import Puzzle
from tasks.rank import Ranked, Scored

__all__ = ["grid_text", "puzzle_report"]

NEAR = 950
"""Right cells of 1000 from which a best candidate is near: with fewer, copying the input often does."""

_NO_OUTCOME = Outcome("", False, False, "", 0, 0, "", "")


def puzzle_report(
    name: str, record: RunRecord, scored: Scored | None, puzzle: Puzzle | None, change: str
) -> PuzzleReport:
    """What a report says of a puzzle of a run, of whose results and samples perhaps nothing is left."""
    outcome = record.outcomes.get(name, _NO_OUTCOME)
    failure = record.noted.failures.get(name, "")
    samples = len(puzzle.train) if puzzle is not None else 0
    nearness = outcome.cells // samples if samples else -1
    ranking = scored.ranking if scored is not None else ()
    return PuzzleReport(
        id=name,
        status=_status(outcome, puzzle, nearness, failure),
        solved_train=outcome.solved_train,
        solved_test=outcome.solved_test,
        samples=samples,
        exact=outcome.exact,
        nearness=nearness,
        best=outcome.best,
        candidates=scored.candidates if scored is not None else 0,
        unique=scored.forms if scored is not None else 0,
        outcomes=dict(scored.outcomes) if scored is not None else {},
        refused=tuple(f"{each.name}, line {each.line}: {each.reason}" for each in scored.refused)
        if scored is not None
        else (),
        slowest_s=max((round(cpu_s, 4) for _, cpu_s in scored.slowest), default=0.0)
        if scored is not None
        else 0.0,
        change=change,
        note=failure or _note(scored, puzzle),
        train=_train(puzzle),
        test=_questions(puzzle, scored),
        programs=tuple(_program(each, samples) for each in ranking),
    )


def grid_text(grid: Grid) -> str:
    """A digit per cell, `/` between rows."""
    digits = (np.asarray(grid, np.uint8) + ord("0")).tobytes().decode("ascii")
    width = grid.shape[1]
    return "/".join(digits[start : start + width] for start in range(0, len(digits), width))


def _status(outcome: Outcome, puzzle: Puzzle | None, nearness: int, failure: str) -> str:
    if failure:
        return "error"
    unknown = puzzle is not None and any(sample.output is None for sample in puzzle.test)
    if outcome.solved_test or (unknown and outcome.solved_train):
        return "solved"
    return "near" if outcome.solved_train or outcome.exact or nearness >= NEAR else "far"


def _note(scored: Scored | None, puzzle: Puzzle | None) -> str:
    gone = [
        *(["its results are no longer in the store"] if scored is None else []),
        *(["the data set no longer has it as it was"] if puzzle is None else []),
    ]
    return "; ".join(gone)


def _train(puzzle: Puzzle | None) -> tuple[Pair, ...]:
    shown = puzzle.train_pairs if puzzle is not None else ()
    return tuple(Pair(grid_text(given), grid_text(wanted)) for given, wanted in shown)


def _questions(puzzle: Puzzle | None, scored: Scored | None) -> tuple[Question, ...]:
    """The test samples with the attempts; without a puzzle, the attempts alone."""
    attempts = scored.attempts if scored is not None else ()
    texts = [tuple(map(grid_text, grids)) for grids in attempts]
    if puzzle is None:
        return tuple(Question("", "", of_one, (False,) * len(of_one)) for of_one in texts)
    told = []
    for place, sample in enumerate(puzzle.test):
        of_one = texts[place] if place < len(texts) else ()
        truth = grid_text(sample.output) if sample.output is not None else ""
        told.append(Question(grid_text(sample.input), truth, of_one, tuple(each == truth for each in of_one)))
    return tuple(told)


def _program(ranked: Ranked, samples: int) -> ProgramReport:
    scale = max(1, samples)
    return ProgramReport(
        ranked.name,
        ranked.origin,
        ranked.text,
        ranked.exact,
        ranked.cells // scale if samples else -1,
        ranked.steps,
        tuple((differ, score // scale, detail) for differ, score, detail in ranked.differences),
    )
