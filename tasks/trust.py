"""The stage `trust`: which primitives have worked on a puzzle.

Owns `Trust`, made from what a first generation of programs came to, so that mutation may prefer what
is likely to run. It looks at outcomes alone, not at outputs, and blames each primitive of a program
that raised.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tasks.form import Form
from tasks.outcome import Returned
from tasks.validate import Verdict

__all__ = ["Trust", "trust"]


@dataclass(frozen=True)
class Trust:
    """Of the programs that name a primitive, `share` per cent returned on every sample."""

    name: str
    share: int


def trust(forms: list[Form], verdicts: list[Verdict]) -> tuple[Trust, ...]:
    """The trust in each primitive that a form names, by name; verdicts are those of the forms."""
    named: Counter[str] = Counter()
    returned: Counter[str] = Counter()
    for form, verdict in zip(forms, verdicts, strict=True):
        named.update(form.names)
        if all(isinstance(outcome, Returned) for outcome in verdict.outcomes):
            returned.update(form.names)
    return tuple(Trust(name, 100 * returned[name] // named[name]) for name in sorted(named))
