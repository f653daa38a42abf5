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
from tasks.program import Parent
from tasks.validate import Verdict, grid_of

RANKED = 8
ATTEMPTS = 2
PARENTS = 32


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
    `outcomes` counts the forms by the kind of their outcome; `refused` are no programs; `parents`
    are the best 32 forms that returned on every sample, with different outputs.
    """

    ranking: tuple[Ranked, ...]
    attempts: tuple[tuple[Grid, ...], ...]
    candidates: int
    unique: int
    forms: int
    outcomes: tuple[tuple[str, int], ...]
    solved_train: bool
    refused: tuple[Refusal, ...]
    parents: tuple[Parent, ...] = ()


@dataclass(frozen=True, eq=False)
class _Entry:
    """A distinct form with the first candidate that has it, and its verdict."""

    candidate: Unique
    form: Form
    verdict: Verdict

    @property
    def place(self) -> tuple[int, int, int, str]:
        """Best first: exact samples, cells, few steps; then the text, so the order is total."""
        verdict = self.verdict
        return -sum(verdict.exact), -sum(verdict.cells), len(self.form.steps), self.form.text


def score(filtered: Filtered, forms: list[Form], verdicts: list[Verdict]) -> Scored:
    """Rank candidates by their verdicts; forms and verdicts are those of `filtered.unique`.

    Equal forms are one candidate, called by the first name.
    """
    entries: dict[Form, _Entry] = {}
    for candidate, form, verdict in zip(filtered.unique, forms, verdicts, strict=True):
        entries.setdefault(form, _Entry(candidate, form, verdict))
    ranking = sorted(entries.values(), key=lambda entry: entry.place)
    counts = Counter(_kind(entry.verdict) for entry in ranking)
    return Scored(
        ranking=tuple(_ranked(entry) for entry in ranking[:RANKED]),
        attempts=_attempts(ranking),
        candidates=len(filtered.unique) + len(filtered.collapsed) + len(filtered.refused),
        unique=len(filtered.unique),
        forms=len(ranking),
        outcomes=tuple((o.kind, counts[o.kind]) for o in OUTCOMES if counts[o.kind]),
        solved_train=any(all(entry.verdict.exact) for entry in ranking),
        refused=filtered.refused,
        parents=_parents(ranking),
    )


def _parents(ranking: list[_Entry]) -> tuple[Parent, ...]:
    """The best forms that returned on every sample, one of each that give the same outputs."""
    different: dict[bytes, _Entry] = {}
    for entry in ranking:
        outputs = entry.verdict.outputs
        if outputs is not None and _kind(entry.verdict) == Returned.kind:
            different.setdefault(outputs.tobytes(), entry)
        if len(different) == PARENTS:
            break
    return tuple(Parent(e.form.text, _weight(e.verdict), e.candidate.name) for e in different.values())


def _weight(verdict: Verdict) -> int:
    """From 1 to 400: the square of the share of cells that are right, then that of exact samples."""
    samples = len(verdict.exact)
    return 1 + (sum(verdict.cells) // samples) ** 2 // 10_000 + 299 * sum(verdict.exact) // samples


def _ranked(entry: _Entry) -> Ranked:
    candidate, verdict = entry.candidate, entry.verdict
    exact, cells = sum(verdict.exact), sum(verdict.cells)
    return Ranked(candidate.name, candidate.origin, exact, cells, len(entry.form.steps))


def _kind(verdict: Verdict) -> str:
    """`returned` where every sample returned, else the kind of the first that did not."""
    others = (o.kind for o in verdict.outcomes if not isinstance(o, Returned))
    return next(others, Returned.kind)


def _attempts(ranking: list[_Entry]) -> tuple[tuple[Grid, ...], ...]:
    if not ranking:
        return ()
    first = ranking[0].verdict
    return tuple(_different(ranking, sample) for sample in range(len(first.exact), len(first.outcomes)))


def _different(ranking: list[_Entry], sample: int) -> tuple[Grid, ...]:
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
