"""The stage `trust`: how the primitives have done on a puzzle.

Owns `Trust`, made from what a first generation of programs came to, so that mutation may prefer what
is likely to run. A program that raised counts against every primitive that it names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tasks.form import Form
from tasks.outcome import Returned
from tasks.validate import Verdict, grid_of

__all__ = ["Trust", "trust"]


@dataclass(frozen=True)
class Trust:
    """Of the programs that name a primitive, `share` per cent returned on every sample. Where it was
    called alone, `sides` are height and width of what it gave for each train input."""

    name: str
    share: int
    sides: tuple[tuple[int, int], ...] | None = None


def trust(forms: list[Form], verdicts: list[Verdict]) -> tuple[Trust, ...]:
    """The trust in each primitive that a form names, by name; verdicts are those of the forms."""
    named, returned = Counter[str](), Counter[str]()
    sides: dict[str, tuple[tuple[int, int], ...] | None] = {}
    for form, verdict in zip(forms, verdicts, strict=True):
        named.update(form.names)
        if all(isinstance(outcome, Returned) for outcome in verdict.outcomes):
            returned.update(form.names)
            if len(form.steps) == 1 and "I" in form.params:
                name, found = str(form.steps[0].callee[1]), _sides(verdict)
                sides[name] = found if sides.get(name, found) == found else None
    return tuple(Trust(name, 100 * returned[name] // named[name], sides.get(name)) for name in sorted(named))


def _sides(verdict: Verdict) -> tuple[tuple[int, int], ...]:
    """Height and width of what a program that always returns gave for each train input."""
    grids = [grid_of(verdict.outputs, sample) for sample in range(len(verdict.exact))]
    return tuple((grid.shape[0], grid.shape[1]) for grid in grids if grid is not None)
