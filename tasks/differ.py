"""The stage `differ`: in which respects a near miss differs from what is wanted.

A differ is a program of S, I and C, the near miss's output on the train input I. It gives a score and a
detail, and runs in the sandbox as a candidate does: one that raises, returns something else or exceeds
the budget scores 0, and says why. Owns the reading of differs, and what they found. Test samples are no
part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tasks.errors import Refused
from tasks.form import Form
from tasks.language import BUILT_IN, GridKind
from tasks.outcome import Budget, Invalid, Killed, Outcome, Raised
from tasks.program import name_set, parse
from tasks.programs import GIVEN, programs_in
from tasks.puzzle import Sample, pairs
from tasks.sandbox import Judged, shared
from tasks.score import Outputs

__all__ = ["Differ", "Difference", "Differences", "differ", "differs_in", "named_by"]

Difference: TypeAlias = tuple[str, int, str]
"""What one differ found: its name; its score, 0..1000 a train sample, summed; the detail of the sample
with the lowest score, which it names, empty where nothing differs. A plain tuple, since every repeat
reads some of each puzzle, and an instance of a class takes ten times as long."""

_PREFIX = "differ_"
_NO_OUTPUT = Raised("no output")
"""What stands for a train sample on which the near miss returned no grid."""


@dataclass(frozen=True)
class Differ:
    """A differ by the name of its function, without `differ_`; `own` where it is the user's, over the
    DSL."""

    name: str
    form: Form
    own: bool


@dataclass(frozen=True)
class Differences:
    """What each differ found in a near miss; `killed` where the wall clock ended one."""

    found: tuple[Difference, ...]
    killed: bool

    @property
    def __memo_final__(self) -> bool:
        """False where the wall clock decided: what was found may be another next time."""
        return not self.killed

    @property
    def score(self) -> int:
        """The sum over all differs."""
        return sum(score for _, score, _ in self.found)


def differs_in(files: tuple[Path, ...], names: tuple[str, ...], own: bool) -> tuple[Differ, ...]:
    """The differs of some files, over these names; `own` says whether they are the user's.

    Raises Refused, naming the file or the function.
    """
    known = name_set(names)
    found = []
    for program in programs_in(files, GIVEN):
        form = parse(program.source, known, program.name)
        if "C" not in form.params:
            raise Refused(program.name, 1, "a differ looks at C, the candidate's output; this one does not")
        found.append(Differ(program.name.removeprefix(_PREFIX), form, own))
    return tuple(found)


def named_by(primitives: tuple[object, ...], _near_miss: Outputs) -> tuple[object, ...]:
    """What a row depends on: the primitives that the differs name, whatever the near miss."""
    return primitives


def differ(
    near_misses: list[Outputs],
    differs: tuple[Differ, ...],
    train: tuple[Sample, ...],
    budget: Budget,
    dsl: str = BUILT_IN,
    grid: GridKind = "array",
) -> list[Differences]:
    """What the differs find in each near miss, which is its outputs on the train inputs.

    `dsl` and `grid` are for the user's own differs; the others have arrays. Raises SandboxError when
    the DSL cannot be loaded.
    """
    shown = pairs(train)
    cases = {
        (place, sample): output
        for place, outputs in enumerate(near_misses)
        for sample, output in enumerate(outputs)
        if output is not None
    }
    looked_at = [(shown[sample][0], output) for (_, sample), output in cases.items()]
    outcomes: dict[Differ, dict[tuple[int, int], Outcome]] = {}
    for own in (False, True):
        some = [each for each in differs if each.own is own]
        evaluations = shared(dsl, grid).judge([each.form for each in some], looked_at, shown, budget, own)
        for each, evaluation in zip(some, evaluations, strict=True):
            outcomes[each] = dict(zip(cases, evaluation.outcomes, strict=True))
    samples = range(len(shown))
    return [
        _differences(
            [
                (each.name, [outcomes[each].get((place, sample), _NO_OUTPUT) for sample in samples])
                for each in differs
            ]
        )
        for place in range(len(near_misses))
    ]


def _differences(outcomes: list[tuple[str, list[Outcome]]]) -> Differences:
    """From the names of differs and their outcomes on each train sample."""
    found = tuple(_difference(name, of_differ) for name, of_differ in outcomes)
    killed = any(isinstance(outcome, Killed) for _, of_differ in outcomes for outcome in of_differ)
    return Differences(found, killed)


def _difference(name: str, outcomes: Iterable[Outcome]) -> Difference:
    judged = [_judged(outcome) for outcome in outcomes]
    scores = [score for score, _ in judged]
    worst = scores.index(min(scores))
    detail = judged[worst][1]
    return name, sum(scores), f"sample {worst + 1}: {detail}" if detail else ""


def _judged(outcome: Outcome) -> tuple[int, str]:
    """The score and the detail that an outcome comes to."""
    match outcome:
        case Judged():
            return outcome.score, outcome.detail
        case Raised():
            return 0, outcome.error
        case Invalid() | Killed():
            return 0, outcome.reason
    return 0, outcome.kind.replace("_", " ")
