"""What differs return: a score and a detail, as the child tells it and as the parent takes it.

Owns the check of what a differ returned, and `Judged`. A judgement holds nothing but an integer and a
text, so that reading one runs no code of whoever made it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tasks.outcome import Invalid, Returned
from tasks.sandbox.evaluate import plain
from tasks.sandbox.wire import WireOutcome

BEST = 1000
"""The score that says that nothing differs."""

_INTEGERS = frozenset((int, *(np.dtype(code).type for code in np.typecodes["AllInteger"])))


@dataclass(frozen=True)
class Judged(Returned):
    """A differ returned its score, 0 to 1000, and its detail."""

    score: int
    detail: str


def judgement(value: object) -> WireOutcome:
    """A differ's value as an outcome: `invalid` unless it is a score with a detail."""
    if type(value) is not tuple or len(value) != 2:
        return Invalid.kind, f"a differ returns (score, detail), this is {type(value).__name__}"
    score, detail = value
    if type(score) not in _INTEGERS:
        return Invalid.kind, f"a differ's score is an integer, this is {type(score).__name__}"
    if not 0 <= score <= BEST:
        return Invalid.kind, f"a differ's score is 0 to {BEST}, this is {int(score)}"
    if type(detail) is not str:
        return Invalid.kind, f"a differ's detail is a text, this is {type(detail).__name__}"
    return Returned.kind, plain(detail), int(score)
