"""The stage `trust`: how the primitives have done on a puzzle.

Owns `Trust`, made from what a first generation of programs came to, so that mutation may prefer what
is likely to run. A program that raised counts against every primitive that it names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tasks.form import Form
from tasks.grid import Grid
from tasks.outcome import Returned
from tasks.puzzle import Sample
from tasks.validate import Verdict, grid_of

__all__ = ["Trust", "trust"]


@dataclass(frozen=True)
class Trust:
    """Of the programs that name a primitive, `share` per cent returned on every sample. It `keeps`
    the shape of the input where it was called alone and gave grids of that shape."""

    name: str
    share: int
    keeps: bool = False


def trust(
    forms: list[Form], verdicts: list[Verdict], train: tuple[Sample, ...], questions: tuple[Grid, ...]
) -> tuple[Trust, ...]:
    """The trust in each primitive that a form names, by name; verdicts are those of the forms."""
    shapes = [grid.shape for grid in (*(sample.input for sample in train), *questions)]
    named, returned, keep = Counter[str](), Counter[str](), set[str]()
    for form, verdict in zip(forms, verdicts, strict=True):
        named.update(form.names)
        if all(isinstance(outcome, Returned) for outcome in verdict.outcomes):
            returned.update(form.names)
            if len(form.steps) == 1 and _shapes(verdict) == shapes:
                keep.add(str(form.steps[0].callee[1]))
    return tuple(Trust(name, 100 * returned[name] // named[name], name in keep) for name in sorted(named))


def _shapes(verdict: Verdict) -> list[tuple[int, ...]]:
    """The shapes of a program's outputs."""
    if verdict.outputs is None:
        return []
    grids = (grid_of(verdict.outputs, sample) for sample in range(len(verdict.outcomes)))
    return [grid.shape for grid in grids if grid is not None]
