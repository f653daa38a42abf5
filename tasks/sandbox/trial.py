"""Blame: from children that end early to a verdict for every form.

A batch is the scope of sharing and of blame. A child that ends early makes the form that it was
running a suspect, no more: the others go on in a new child, and the suspect is evaluated again
alone, a fresh child per sample, and that is its verdict. So its company never shows in a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tasks.outcome import Killed, Outcome
from tasks.sandbox.evaluation import Evaluation, evaluation_of, joined
from tasks.sandbox.link import Ending
from tasks.sandbox.wire import Result, WireForm

Batch: TypeAlias = Sequence[WireForm]
Run: TypeAlias = Callable[[Sequence[Batch], range, bool], Ending]
"""Has one child evaluate the batches on the samples of this range; True asks for a fresh child."""


class Trial:
    """One request: the forms, numbered by their place, and what is known of them so far."""

    def __init__(self, forms: Sequence[WireForm], samples: int, run: Run) -> None:
        self._forms = forms
        self._samples = samples
        self._run = run
        self._known: dict[int, Evaluation] = {}

    def evaluations(self, batch: int) -> list[Evaluation]:
        """One per form, in order, from batches of at most `batch` forms."""
        starts = range(0, len(self._forms), batch)
        suspects = self._together([self._forms[start : start + batch] for start in starts])
        for suspect in suspects:
            self._known[suspect] = self._alone(suspect)
        return [self._known[form] for form in range(len(self._forms))]

    def _together(self, batches: list[Batch]) -> list[int]:
        """Runs child after child until every form is known or a suspect; the suspects."""
        suspects: list[int] = []
        while batches:
            ending = self._run(batches, range(self._samples), False)
            for values in ending.results:
                result = Result(*values)
                self._known[result.form] = evaluation_of(result)
            if ending.outcome is None:
                break
            if ending.overdue:
                self._known.setdefault(ending.form, self._all_samples(ending.outcome))
            elif ending.form not in self._known:
                suspects.append(ending.form)
            batches = [rest for batch in batches if (rest := self._open(batch, suspects))]
        # What neither came back nor is suspected, say for want of room to write it, is tried again.
        return suspects + [form[0] for form in self._forms if self._open([form], suspects)]

    def _open(self, batch: Batch, suspects: list[int]) -> Batch:
        return [form for form in batch if form[0] not in self._known and form[0] not in suspects]

    def _alone(self, form: int) -> Evaluation:
        pieces = []
        for sample in range(self._samples):
            ending = self._run([[self._forms[form]]], range(sample, sample + 1), True)
            if ending.overdue and ending.outcome is not None:
                return self._all_samples(ending.outcome)
            if ending.outcome is None and ending.results:
                pieces.append(evaluation_of(Result(*ending.results[0])))
            else:
                outcome = ending.outcome or Killed("its result could not be written")
                pieces.append(Evaluation((outcome,), None, ending.cpu_s))
        return joined(pieces)

    def _all_samples(self, outcome: Outcome) -> Evaluation:
        """For a wall kill: it says nothing of the program, and trying each sample takes long."""
        return Evaluation((outcome,) * self._samples, None, 0.0)
