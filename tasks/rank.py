"""The stage `rank`: the last order of a puzzle's candidates, and two attempts per test input.

Exact train samples count first, then what the differs found in the near misses, then cells, steps and
text. Only the contenders of `score` change places by it. It never sees a test output.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from tasks.differ import Difference, Differences
from tasks.filter import Refusal
from tasks.grid import Grid
from tasks.program import Parent
from tasks.score import Contender, Scores, different

RANKED = 8

_Fields: TypeAlias = tuple[str, str, str, int, int, int, tuple[Difference, ...]]
"""Those of a `Ranked`."""


@dataclass(frozen=True)
class Ranked:
    """A candidate's place: train samples exact, cells right (0..1000 a sample, summed), steps; and
    what the differs found where it is a near miss that was looked into. `text` is its form's."""

    name: str
    origin: str
    text: str
    exact: int
    cells: int
    steps: int
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, eq=False)
class Scored:
    """What a puzzle's candidates came to.

    `places` is what `ranking` is made of; `attempts` up to two different grids per test input;
    `candidates` counts what was proposed, `unique` the different bodies among it, `forms` their forms,
    `collapsed` what the others hid behind (`score.COLLAPSES`); `outcomes` counts the forms by the
    kind of their outcome; `refused` are no programs; `lineage` is what `parents` is made of;
    `slowest` is as in `Scores`.
    """

    places: tuple[_Fields, ...]
    attempts: tuple[tuple[Grid, ...], ...]
    candidates: int
    unique: int
    forms: int
    collapsed: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    solved_train: bool
    refused: tuple[Refusal, ...]
    lineage: tuple[tuple[str, int, str], ...] = ()
    slowest: tuple[tuple[str, float], ...] = field(default=(), compare=False)

    @property
    def ranking(self) -> tuple[Ranked, ...]:
        """The best 8. Kept as plain tuples, which a repeat reads ten times as fast; here and below."""
        return tuple(Ranked(*fields) for fields in self.places)

    @property
    def parents(self) -> tuple[Parent, ...]:
        """The best 32 for mutation."""
        return tuple(Parent(*fields) for fields in self.lineage)


def rank(scores: Scores, differences: list[Differences]) -> Scored:
    """Order the contenders; `differences` are those of `scores.near_misses`."""
    placed = [_placed(contender, differences) for contender in scores.contenders]
    placed.sort(key=_place)
    order = [contender for contender, _ in placed]
    return Scored(
        places=tuple(_fields(contender, found) for contender, found in placed[:RANKED]),
        attempts=tuple(
            different((*(contender.answers[question] for contender in order), *others))
            for question, others in enumerate(scores.attempts)
        ),
        candidates=scores.candidates,
        unique=scores.unique,
        forms=scores.forms,
        collapsed=scores.collapsed,
        outcomes=scores.outcomes,
        solved_train=scores.solved_train,
        refused=scores.refused,
        lineage=tuple(_lineage(*_placed(parent, differences), scores.samples) for parent in scores.parents),
        slowest=scores.slowest,
    )


def _placed(contender: Contender, differences: list[Differences]) -> tuple[Contender, Differences | None]:
    found = differences[contender.near_miss] if contender.near_miss is not None else None
    return contender, found


def _place(placed: tuple[Contender, Differences | None]) -> tuple[int, int, int, int, str]:
    """Best first; a near miss that was not looked into comes after those that were."""
    contender, found = placed
    score = found.score if found is not None else -1
    return -contender.exact, -score, -contender.cells, contender.steps, contender.text


def _fields(contender: Contender, found: Differences | None) -> _Fields:
    return (
        contender.name,
        contender.origin,
        contender.text,
        contender.exact,
        contender.cells,
        contender.steps,
        found.found if found is not None else (),
    )


def _lineage(contender: Contender, found: Differences | None, samples: int) -> tuple[str, int, str]:
    """A parent's fields. Its weight is 1 to 500: squares of the share of cells that are right and of what
    the differs found, each up to 100, and up to 299 for exact samples."""
    judged = 1000 * samples if contender.exact == samples else 0
    if not judged and found is not None and found.found:
        judged = found.score // len(found.found)
    nearness = sum((part // samples) ** 2 // 10_000 for part in (contender.cells, judged))
    return contender.text, 1 + nearness + 299 * contender.exact // samples, contender.name
