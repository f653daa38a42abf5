"""What differs between two runs: their puzzles' outcomes, and what can have made the difference.

Owns: `Comparison`, as JSON and as lines. Code is compared by the parts that the ledger noted when a
version of it first ran.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flows.runs.outcomes import Outcome, RunRecord
from store.backend import Backend
from store.cause import Cause, Code, code_causes
from store.fingerprint import Fingerprint
from store.past import find_codes

__all__ = ["Comparison", "compare"]

_DATA = ("dataset", "split", "puzzle", "limit")
"""The settings that say which puzzles are run."""


@dataclass(frozen=True)
class Comparison:
    """Two runs, the puzzles that both finished and whose outcomes differ, and what changed."""

    old: RunRecord
    new: RunRecord
    code: tuple[Cause, ...]

    def newly(self, split: str, solved: bool) -> list[str]:
        """The puzzles that the newer run newly solved, or lost, on `train` or `test` samples."""
        field = f"solved_{split}"
        return [
            old.puzzle
            for old, new in self._both()
            if getattr(old, field) != getattr(new, field) and getattr(new, field) == solved
        ]

    def changed(self) -> list[tuple[Outcome, Outcome]]:
        """The puzzles whose best candidate, its score or attempts are others."""
        return [(old, new) for old, new in self._both() if _seen(old) != _seen(new)]

    def other_samples(self) -> list[str]:
        """The puzzles that are not what they were."""
        return [old.puzzle for old, new in self._both() if old.samples != new.samples]

    def only(self) -> tuple[list[str], list[str]]:
        """The puzzles that only the older run finished, and those that only the newer did."""
        old, new = self.old.outcomes, self.new.outcomes
        return [name for name in old if name not in new], [name for name in new if name not in old]

    def settings(self) -> dict[str, tuple[Any, Any]]:
        """The settings that differ, old and new."""
        old, new = self.old.settings, self.new.settings
        return {
            name: (old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)
        }

    def as_json(self) -> dict[str, Any]:
        only_old, only_new = self.only()
        settings = self.settings()
        code = [dataclasses.asdict(cause) for cause in self.code]
        return {
            "runs": [self.old.run, self.new.run],
            "newly_solved": {split: self.newly(split, True) for split in ("train", "test")},
            "newly_lost": {split: self.newly(split, False) for split in ("train", "test")},
            "changed": [
                {"puzzle": old.puzzle, "old": _result(old), "new": _result(new)}
                for old, new in self.changed()
            ],
            "only_old": only_old,
            "only_new": only_new,
            "settings": {name: list(both) for name, both in settings.items() if name not in _DATA},
            "dataset": {
                "settings": {name: list(both) for name, both in settings.items() if name in _DATA},
                "puzzles": self.other_samples(),
            },
            "functions": [each for each in code if each["kind"] not in ("package", "python")],
            "packages": [each for each in code if each["kind"] == "package"],
            "python": [each for each in code if each["kind"] == "python"],
        }

    def lines(self) -> Iterator[str]:
        """The comparison for people."""
        yield f"{self.old.run} → {self.new.run}"
        for said, solved in (("newly solved", True), ("newly lost", False)):
            for split in ("train", "test"):
                yield from _list(f"{said} ({split})", self.newly(split, solved))
        if not any(self.newly(split, solved) for split in ("train", "test") for solved in (True, False)):
            yield "no puzzle newly solved, none newly lost"
        for old, new in self.changed():
            yield f"changed {old.puzzle}: {_best(old)} → {_best(new)}{_attempts(old, new)}"
        for run, names in zip((self.old.run, self.new.run), self.only(), strict=True):
            yield from _list(f"only in {run}", names)
        yield from _list("other samples", self.other_samples())
        for name, (was, now) in self.settings().items():
            yield f"setting {name} changed: {was} → {now}"
        for cause in self.code:
            yield cause.describe(digests=True)
        if not self.settings() and not self.code:
            yield "same settings, same code"

    def _both(self) -> Iterator[tuple[Outcome, Outcome]]:
        for name, old in self.old.outcomes.items():
            if name in self.new.outcomes:
                yield old, self.new.outcomes[name]


def compare(backend: Backend, old: RunRecord, new: RunRecord) -> Comparison:
    """Compare two runs of one ledger."""
    differing = {
        name: (old.functions.get(name, ""), new.functions.get(name, ""))
        for name in {**old.functions, **new.functions}
        if old.functions.get(name) != new.functions.get(name)
    }
    codes = find_codes(
        backend, {(name, digest) for name, both in differing.items() for digest in both if digest}
    )
    causes = [
        cause for name, (was, now) in differing.items() for cause in _function_causes(name, was, now, codes)
    ]
    return Comparison(old, new, tuple(dict.fromkeys(causes)))


def _function_causes(name: str, was: str, now: str, codes: dict[tuple[str, str], Code]) -> Iterable[Cause]:
    """What changed in a function; the function itself where the ledger has not kept its parts."""
    before, after = codes.get((name, was)), codes.get((name, now))
    if before is None or after is None:
        return [Cause("code", name, "", was, now)]
    return code_causes(name, before, Fingerprint(now, tuple(after.parts.values()), ()))


def _seen(outcome: Outcome) -> tuple[str, int, int, str]:
    return outcome.best, outcome.exact, outcome.cells, outcome.attempts


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "best": outcome.best,
        "exact": outcome.exact,
        "cells": outcome.cells,
        "attempts": outcome.attempts,
    }


def _best(outcome: Outcome) -> str:
    return f"{outcome.best or 'none'} ({outcome.exact} exact, {outcome.cells} cells)"


def _attempts(old: Outcome, new: Outcome) -> str:
    return ", other attempts" if old.attempts != new.attempts else ""


def _list(title: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f"{title}: {len(names)}: {', '.join(names)}"
