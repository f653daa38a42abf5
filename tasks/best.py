"""The stage `best`: the programs that are worth keeping of a puzzle's candidates.

The order is that of `score`, so it is total and never sees a test output. A program that returned a
grid on no train sample is not kept, however few others there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from tasks.filter import Filtered
from tasks.form import Form
from tasks.outcome import Returned
from tasks.score import Entry, ranked
from tasks.validate import Verdict


@dataclass(frozen=True)
class Best:
    """A program with the candidate that it comes from, and what it did on the train samples.

    `exact` and `cells` are those of its verdict; `cpu_s`, of all samples together, is no part of
    equality, as there.
    """

    form: Form
    name: str
    origin: str
    exact: tuple[bool, ...]
    cells: tuple[int, ...]
    cpu_s: float = field(compare=False)

    @property
    def score(self) -> int:
        """The cells right of 1000, over all train samples."""
        return sum(self.cells) // len(self.cells)

    @property
    def solves_train(self) -> bool:
        """Whether it is exact on every train sample."""
        return all(self.exact)


def best(filtered: Filtered, forms: list[Form], verdicts: list[Verdict], count: int) -> tuple[Best, ...]:
    """The best `count` distinct forms; forms and verdicts are those of `filtered.unique`."""
    returned = (entry for entry in ranked(filtered, forms, verdicts) if _returned(entry.verdict))
    return tuple(_best(entry) for entry in islice(returned, count))


def _returned(verdict: Verdict) -> bool:
    """Whether some train sample came to a grid."""
    return any(isinstance(outcome, Returned) for outcome in verdict.outcomes[: len(verdict.exact)])


def _best(entry: Entry) -> Best:
    candidate, verdict = entry.candidate, entry.verdict
    return Best(entry.form, candidate.name, candidate.origin, verdict.exact, verdict.cells, verdict.cpu_s)
