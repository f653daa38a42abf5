"""The stage `filter`: candidates that cannot run are refused, and repeated ones collapse.

Cheap by design: a candidate counts by its normalised text. Programs that differ in the order of
statements still pass; `inline` finds them equal.
"""

from __future__ import annotations

from dataclasses import dataclass

from tasks.errors import Refused
from tasks.plain import plain_body
from tasks.program import Program, name_set, read


@dataclass(frozen=True)
class Unique:
    """The first candidate with its body: the normalised text, which is a program again.

    `has_dead_code`: it computes what its result does not need.
    """

    name: str
    origin: str
    body: str
    has_dead_code: bool = False


@dataclass(frozen=True)
class Refusal:
    """A candidate that is not a program: the line of its source, and why."""

    name: str
    line: int
    reason: str


@dataclass(frozen=True)
class Filtered:
    """What became of the candidates; `collapsed` holds (name, name of the one that was kept)."""

    unique: tuple[Unique, ...]
    collapsed: tuple[tuple[str, str], ...]
    refused: tuple[Refusal, ...]

    @property
    def bodies(self) -> tuple[str, ...]:
        """The bodies of the unique candidates, in their order."""
        return tuple(candidate.body for candidate in self.unique)


def filter(candidates: tuple[Program, ...], names: tuple[str, ...]) -> Filtered:
    """Keep one candidate of each body, the first; `names` are those of the DSL."""
    known = name_set(names)
    kept: dict[str, Unique] = {}
    collapsed: list[tuple[str, str]] = []
    refused: list[Refusal] = []
    for candidate in candidates:
        try:
            body, has_dead_code = _read(candidate, known)
        except Refused as error:
            refused.append(Refusal(candidate.name, error.line, error.reason))
            continue
        if body in kept:
            collapsed.append((candidate.name, kept[body].name))
        else:
            kept[body] = Unique(candidate.name, candidate.origin, body, has_dead_code)
    return Filtered(tuple(kept.values()), tuple(collapsed), tuple(refused))


def _read(candidate: Program, names: frozenset[str]) -> tuple[str, bool]:
    """A candidate's body, and whether it has dead code; the parser reads only what is not plain."""
    body = plain_body(candidate.source, names)
    if body is not None:
        return body, False
    reading = read(candidate.source, names, candidate.name)
    return reading.body, reading.has_dead_code
