"""The stage `score`: verdicts become a ranking and two attempts per test input.

The order is total and reads nothing but forms and verdicts, so it depends neither on the order in
which candidates came nor on the machine. It never sees a test output.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from tasks.filter import Filtered, Refusal, Unique
from tasks.form import Form
from tasks.grid import Grid
from tasks.outcome import OUTCOMES, Returned
from tasks.validate import Verdict, grid_of

RANKED = 8
ATTEMPTS = 2


@dataclass(frozen=True)
class Ranked:
    """A candidate's place: train samples exact, cells right (0..1000 a sample, summed), steps."""

    name: str
    origin: str
    exact: int
    cells: int
    steps: int


@dataclass(frozen=True, eq=False)
class Scored:
    """What a puzzle's candidates came to.

    `ranking` holds the best 8; `attempts` up to two different grids per test input; `candidates`
    counts what was proposed, `unique` the different bodies among it, `forms` their different forms;
    `outcomes` counts the forms by the kind of their outcome; `refused` are no programs.
    """

    ranking: tuple[Ranked, ...]
    attempts: tuple[tuple[Grid, ...], ...]
    candidates: int
    unique: int
    forms: int
    outcomes: tuple[tuple[str, int], ...]
    solved_train: bool
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, eq=False)
class Entry:
    """A distinct form with the first candidate that has it, and its verdict."""

    candidate: Unique
    form: Form
    verdict: Verdict

    @property
    def place(self) -> tuple[int, int, int, str]:
        """Best first: exact samples, cells, few steps; then the text, so the order is total."""
        verdict = self.verdict
        return -sum(verdict.exact), -sum(verdict.cells), len(self.form.steps), self.form.text


def ranked(filtered: Filtered, forms: list[Form], verdicts: list[Verdict]) -> list[Entry]:
    """The distinct forms, best first; equal forms are one candidate, called by the first name."""
    entries: dict[Form, Entry] = {}
    for candidate, form, verdict in zip(filtered.unique, forms, verdicts, strict=True):
        entries.setdefault(form, Entry(candidate, form, verdict))
    return sorted(entries.values(), key=lambda entry: entry.place)


def score(filtered: Filtered, forms: list[Form], verdicts: list[Verdict]) -> Scored:
    """What candidates came to by their verdicts; forms and verdicts are those of
    `filtered.unique`."""
    ranking = ranked(filtered, forms, verdicts)
    counts = Counter(_kind(entry.verdict) for entry in ranking)
    return Scored(
        ranking=tuple(_place(entry) for entry in ranking[:RANKED]),
        attempts=_attempts(ranking),
        candidates=len(filtered.unique) + len(filtered.collapsed) + len(filtered.refused),
        unique=len(filtered.unique),
        forms=len(ranking),
        outcomes=tuple((o.kind, counts[o.kind]) for o in OUTCOMES if counts[o.kind]),
        solved_train=any(all(entry.verdict.exact) for entry in ranking),
        refused=filtered.refused,
    )


def _place(entry: Entry) -> Ranked:
    candidate, verdict = entry.candidate, entry.verdict
    exact, cells = sum(verdict.exact), sum(verdict.cells)
    return Ranked(candidate.name, candidate.origin, exact, cells, len(entry.form.steps))


def _kind(verdict: Verdict) -> str:
    """`returned` where every sample returned, else the kind of the first that did not."""
    others = (o.kind for o in verdict.outcomes if not isinstance(o, Returned))
    return next(others, Returned.kind)


def _attempts(ranking: list[Entry]) -> tuple[tuple[Grid, ...], ...]:
    if not ranking:
        return ()
    first = ranking[0].verdict
    return tuple(_different(ranking, sample) for sample in range(len(first.exact), len(first.outcomes)))


def _different(ranking: list[Entry], sample: int) -> tuple[Grid, ...]:
    """The first different grids that the ranking gives for one sample."""
    found: list[Grid] = []
    for entry in ranking:
        if entry.verdict.outputs is None:
            continue
        grid = grid_of(entry.verdict.outputs, sample)
        if grid is not None and not any(np.array_equal(grid, other) for other in found):
            found.append(grid)
        if len(found) == ATTEMPTS:
            break
    return tuple(found)
