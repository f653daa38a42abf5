"""The stage `score`: verdicts, read once, become the few candidates that can still matter.

Owns the order of candidates by their verdicts, and what `differ` and `rank` are given of them. The
order is total and reads nothing but forms and verdicts, so it depends neither on the order in which
candidates came nor on the machine. It never sees a test output.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from tasks.filter import Filtered, Refusal, Unique
from tasks.form import Form
from tasks.grid import EMPTY, Grid
from tasks.outcome import OUTCOMES, Returned
from tasks.validate import Verdict, grid_of

__all__ = ["Contender", "Entry", "Outputs", "Scores", "different", "ranked", "score"]

CONTENDERS = 32
PARENTS = 32
NEAR_MISSES = 16
ATTEMPTS = 2
SLOWEST = 3
COLLAPSES = ("renaming", "dead_code", "equal_graphs")

Outputs: TypeAlias = tuple[Grid | None, ...]
"""What a candidate gives for each of some inputs, None where it returned no grid."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A distinct form with the first candidate that has it, and its verdict."""

    candidate: Unique
    form: Form
    verdict: Verdict

    @property
    def place(self) -> tuple[int, int, int, bytes]:
        """Best first: exact samples, cells, few steps; then what the form keeps, so the order is total."""
        verdict = self.verdict
        return -sum(verdict.exact), -sum(verdict.cells), self.form.size, self.form.packed


@dataclass(frozen=True, eq=False)
class Contender:
    """One of the best candidates: train samples exact, cells right (0..1000 a sample, summed), steps.

    `text` is its form's; `near_miss` is the place in `Scores.near_misses` of what it gives for the
    train inputs, if that is looked into; `answers` is what it gives for the test inputs.
    """

    name: str
    origin: str
    text: str
    exact: int
    cells: int
    steps: int
    near_miss: int | None
    answers: Outputs


@dataclass(frozen=True, eq=False)
class Scores:
    """What a puzzle's verdicts came to.

    `contenders` are the best 32; `parents` the best 32 that return on every sample, with different
    outputs, without their answers; `near_misses` the best 16 different outputs on the train inputs of
    those that are not exact on all; `attempts` up to two different grids per test input by all other
    candidates; `samples` is the number of train samples; `slowest` are the three that used most CPU,
    in seconds of all samples together: no part of equality, as in a verdict. The rest is as in `Scored`.
    """

    contenders: tuple[Contender, ...]
    parents: tuple[Contender, ...]
    near_misses: tuple[Outputs, ...]
    attempts: tuple[tuple[Grid, ...], ...]
    samples: int
    candidates: int
    unique: int
    forms: int
    collapsed: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    solved_train: bool
    refused: tuple[Refusal, ...]
    slowest: tuple[tuple[str, float], ...] = field(default=(), compare=False)


def ranked(filtered: Filtered, forms: list[Form], verdicts: list[Verdict]) -> list[Entry]:
    """The distinct forms, best first; equal forms are one candidate, called by the first name."""
    entries: dict[Form, Entry] = {}
    for candidate, form, verdict in zip(filtered.unique, forms, verdicts, strict=True):
        entries.setdefault(form, Entry(candidate, form, verdict))
    return sorted(entries.values(), key=lambda entry: entry.place)


def score(filtered: Filtered, forms: list[Form], verdicts: list[Verdict]) -> Scores:
    """What candidates came to by their verdicts; forms and verdicts are those of
    `filtered.unique`."""
    ranking = ranked(filtered, forms, verdicts)
    train, samples = (len(verdicts[0].exact), len(verdicts[0].outcomes)) if verdicts else (0, 0)
    best, others = ranking[:CONTENDERS], ranking[CONTENDERS:]
    near_misses = _near_misses(best, train)
    places = {returned: place for place, returned in enumerate(near_misses)}
    tests = range(train, samples)
    counts = Counter(_kind(entry.verdict) for entry in ranking)
    return Scores(
        contenders=tuple(_contender(entry, places, tests) for entry in best),
        parents=tuple(_contender(entry, places, ()) for entry in _parents(ranking)),
        near_misses=tuple(near_misses.values()),
        attempts=tuple(different(_output(entry, sample) for entry in others) for sample in tests),
        samples=train,
        candidates=len(filtered.unique) + len(filtered.collapsed) + len(filtered.refused),
        unique=len(filtered.unique),
        forms=len(ranking),
        collapsed=_collapsed(filtered, forms),
        outcomes=tuple((o.kind, counts[o.kind]) for o in OUTCOMES if counts[o.kind]),
        solved_train=any(all(entry.verdict.exact) for entry in ranking),
        refused=filtered.refused,
        slowest=_slowest(ranking),
    )


def _collapsed(filtered: Filtered, forms: list[Form]) -> tuple[tuple[str, int], ...]:
    """How many candidates turned out to be another one, by what hid it: names, code that the result
    does not need, or the order and nesting of calls."""
    first: dict[Form, Unique] = {}
    counts = Counter(renaming=len(filtered.collapsed))
    for candidate, form in zip(filtered.unique, forms, strict=True):
        kept = first.setdefault(form, candidate)
        if kept is not candidate:
            hidden = candidate.has_dead_code or kept.has_dead_code
            counts["dead_code" if hidden else "equal_graphs"] += 1
    return tuple((reason, counts[reason]) for reason in COLLAPSES)


def different(grids: Iterable[Grid | None]) -> tuple[Grid, ...]:
    """The first different grids: two attempts."""
    found: list[Grid] = []
    for grid in grids:
        if grid is not None and not any(np.array_equal(grid, other) for other in found):
            found.append(grid)
            if len(found) == ATTEMPTS:
                break
    return tuple(found)


def _slowest(ranking: list[Entry]) -> tuple[tuple[str, float], ...]:
    found = heapq.nlargest(SLOWEST, ranking, key=lambda entry: entry.verdict.cpu_s)
    return tuple((entry.candidate.name, entry.verdict.cpu_s) for entry in found)


def _parents(ranking: list[Entry]) -> list[Entry]:
    """The best that returned on every sample, one of each that give the same outputs."""
    found: dict[bytes, Entry] = {}
    for entry in ranking:
        outputs = entry.verdict.outputs
        if outputs is not None and _kind(entry.verdict) == Returned.kind:
            found.setdefault(outputs.tobytes(), entry)
        if len(found) == PARENTS:
            break
    return [*found.values()]


def _near_misses(best: list[Entry], train: int) -> dict[bytes, Outputs]:
    """What entries that are not exact on all train samples give there, by its bytes: the first
    different ones."""
    found: dict[bytes, Outputs] = {}
    for entry in best:
        returned = _returned(entry, train)
        if returned is not None and not all(entry.verdict.exact) and len(found) < NEAR_MISSES:
            found.setdefault(returned, tuple(_output(entry, sample) for sample in range(train)))
    return found


def _returned(entry: Entry, train: int) -> bytes | None:
    """Tells outputs on the train inputs apart; None where there is no grid among them."""
    stack = entry.verdict.outputs
    if stack is None or (stack[:train] == EMPTY).all():
        return None
    return stack[:train].tobytes()


def _output(entry: Entry, sample: int) -> Grid | None:
    return grid_of(entry.verdict.outputs, sample)


def _contender(entry: Entry, places: Mapping[bytes, int], tests: Iterable[int]) -> Contender:
    candidate, form, verdict = entry.candidate, entry.form, entry.verdict
    returned = _returned(entry, len(verdict.exact))
    return Contender(
        candidate.name,
        candidate.origin,
        form.text,
        sum(verdict.exact),
        sum(verdict.cells),
        form.size,
        None if returned is None else places.get(returned),
        tuple(_output(entry, sample) for sample in tests),
    )


def _kind(verdict: Verdict) -> str:
    """`returned` where every sample returned, else the kind of the first that did not."""
    others = (o.kind for o in verdict.outcomes if not isinstance(o, Returned))
    return next(others, Returned.kind)
