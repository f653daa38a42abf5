"""The past of a store: what the ledgers of its runs say, read back.

Owns: `Past`, the code and the calls of the newest runs, and which objects they found corrupt; how a
file of the ledger is read, with bounds, since anybody may have written it.

Does not promise: completeness. A file that is no ledger, and a line that says nothing sensible, is
passed over.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from store.backend import Backend
from store.cause import Code
from store.errors import Corrupt
from store.fingerprint import Part
from store.layout import RUNS, ledger_name

__all__ = [
    "DIGEST",
    "UNREADABLE",
    "Match",
    "Past",
    "PastCall",
    "PastCalls",
    "PastRun",
    "events_of",
    "find_codes",
    "runs_of",
]

DIGEST = 8
"""Bytes of an argument's digest that are noted: enough to tell whether it was another."""

_NEWEST = 20
"""Runs whose code and calls are remembered."""

_LOOKED_AT = 200
"""Files that are looked into for those: a run in which all hits notes none."""

_GLANCE = 40
"""Characters of a line that tell its kind: outcomes of runs are long, and not read to explain."""

_MOST_BYTES = 1 << 24
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a line that is not one of ours can raise."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call that ran, or the common arguments of rows that ran.

    `arguments` are digests (cut to `DIGEST` bytes, as hexadecimal digits) by place or name; `recipe`
    is that of its node, cut likewise, if a flow made it.
    """

    function: str
    code: str
    arguments: tuple[tuple[str, str], ...]
    group: str
    recipe: str


@dataclass
class PastRun:
    """What one run noted: the code of its functions, its calls, and what it found bad.

    Several functions may have one name, as lambdas and partials of one function do.
    """

    codes: dict[str, dict[str, Code]] = field(default_factory=dict)
    calls: dict[str, list[Any]] = field(default_factory=dict)
    corrupt: set[str] = field(default_factory=set)

    def learn(self, event: Any) -> None:
        """Take what an event says. Raises any of `UNREADABLE` for one that is not ours."""
        if event["event"] == "code":
            parts = [_part(*fields) for fields in event["parts"]]
            for name, (digest, members) in event["functions"].items():
                if not str(digest).isascii():
                    raise ValueError("a fingerprint is made of digits")
                code = Code(str(digest), parts, _checked(members, len(parts)))
                self.codes.setdefault(name, {})[code.fingerprint] = code
        elif event["event"] == "calls":
            self.calls.setdefault(str(event["function"]), []).append(event)
        elif event["event"] == "corrupt":
            self.corrupt.add(str(event["name"]))

    def code(self, name: str) -> Code | None:
        """The code that the last function of that name had."""
        return next(reversed(self.codes.get(name, {}).values()), None)

    def calls_of(self, function: str) -> Iterator[PastCall]:
        """The calls of a function, put together only when asked for: a run makes thousands."""
        for event in reversed(self.calls.get(function, [])):
            with contextlib.suppress(*UNREADABLE):
                code, names = str(event["code"]), [str(name) for name in event["arguments"]]
                for row in reversed(event["calls"]):
                    group, recipe, *digests = row.split(" ")
                    yield PastCall(function, code, tuple(zip(names, digests, strict=True)), group, recipe)


class Past:
    """The newest runs of a store, newest first; this process's own run comes first of all."""

    def __init__(self, own: PastRun, others: Iterable[PastRun]) -> None:
        self.own = own
        self.others = list(others)

    @staticmethod
    def read(backend: Backend, run: str) -> Past:
        """The past as the files of a ledger tell it; `run` is this process's own."""
        own = _read_run(backend, run)
        others: list[PastRun] = []
        for other in [other for other in runs_of(backend) if other != run][:_LOOKED_AT]:
            found = _read_run(backend, other)
            if found.codes or found.calls:
                others.append(found)
            if len(others) == _NEWEST:
                break
        return Past(own, others)

    def learn(self, events: Iterable[Any]) -> None:
        """Take what this process notes from now on."""
        for event in events:
            self.own.learn(event)

    def versions(self, name: str) -> Iterator[Code]:
        """Each code that a function of that name had in earlier runs, newest first, once."""
        seen = set()
        for run in self.others:
            for fingerprint, code in reversed(run.codes.get(name, {}).items()):
                if fingerprint not in seen:
                    seen.add(fingerprint)
                    yield code

    def corrupt(self) -> set[str]:
        """The objects that these runs found corrupt."""
        return set().union(self.own.corrupt, *(run.corrupt for run in self.others))

    def calls(self, name: str, wanted: Callable[[PastCall], bool]) -> PastCalls:
        """The calls of a function of that name, those that are wanted."""
        return PastCalls(name, [self.own, *self.others], wanted)


@dataclass(frozen=True)
class Match:
    """An earlier call, the run that made it, and the arguments in which it differs, with the
    digests that those had."""

    call: PastCall
    run: PastRun
    differing: Mapping[str, str]


class PastCalls:
    """Some calls of one function, newest first, found by what they agree in."""

    def __init__(self, name: str, runs: Iterable[PastRun], wanted: Callable[[PastCall], bool]) -> None:
        made: dict[PastCall, PastRun] = {}
        for run in runs:
            for call in run.calls_of(name):
                made.setdefault(call, run)
        self._made = [(call, run) for call, run in made.items() if wanted(call)]
        self._sharing: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, (call, _) in enumerate(self._made):
            for argument in call.arguments:
                self._sharing[argument].append(index)

    def nearest(self, digests: Mapping[str, bytes], least: int) -> Iterator[Match]:
        """Those that agree in at least so many (0 or 1) arguments, those that agree in most first."""
        arguments = {place: _short(digest) for place, digest in digests.items()}
        sharing = [self._sharing[argument] for argument in arguments.items() if argument in self._sharing]
        # What all calls have tells none of them from the others.
        telling = [indices for indices in sharing if len(indices) < len(self._made)]
        agreeing = Counter(index for indices in telling for index in indices)
        for index in sorted(agreeing, key=lambda index: (-agreeing[index], index)):
            yield self._match(index, arguments)
        if len(telling) < len(sharing) or not (least or agreeing):
            for index in range(len(self._made)):
                if index not in agreeing:
                    yield self._match(index, arguments)

    def _match(self, index: int, arguments: Mapping[str, str]) -> Match:
        call, run = self._made[index]
        return Match(call, run, _differing(dict(call.arguments), arguments))


def _part(*fields: Any) -> Part:
    if set(map(type, fields)) != {str}:
        raise TypeError("a part is made of texts")
    return Part(*fields)


def _checked(places: list[Any], count: int) -> list[int]:
    """Places among `count` parts. Raises TypeError or IndexError for what is none."""
    if set(map(type, places)) - {int}:
        raise TypeError("a place is a whole number")
    if places and not 0 <= min(places) <= max(places) < count:
        raise IndexError("a place beyond the parts")
    return places


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {place: old.get(place, "") for place in {**new, **old} if old.get(place) != new.get(place)}


def _short(digest: bytes) -> str:
    return digest[:DIGEST].hex()


def runs_of(backend: Backend) -> list[str]:
    """The runs in a store's ledger by id, newest first."""
    names = (name.rpartition(".") for name in backend.names(RUNS))
    return sorted((run for run, _, kind in names if kind == "jsonl"), reverse=True)


def find_codes(backend: Backend, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Code]:
    """The code of functions, given by name and fingerprint, as far as any run has noted it."""
    found: dict[tuple[str, str], Code] = {}
    for run in runs_of(backend):
        if len(found) == len(wanted):
            break
        for name, codes in _read_run(backend, run, "code").codes.items():
            for fingerprint, code in codes.items():
                if (name, fingerprint) in wanted:
                    found[name, fingerprint] = code
    return found


def events_of(backend: Backend, run: str, *kinds: str) -> Iterator[Any]:
    """What the lines of a run's ledger hold, as far as they are JSON and (at the first glance) of
    some kinds; nothing for what cannot be read."""
    try:
        held = backend.read(ledger_name(run)) or b""
    except Corrupt:
        return
    if len(held) > _MOST_BYTES:
        return
    for line in held.decode(errors="replace").split("\n"):
        if not any(f'"{kind}"' in line[:_GLANCE] for kind in kinds):
            continue
        try:
            yield json.loads(line)
        except UNREADABLE:
            continue


def _read_run(backend: Backend, name: str, *kinds: str) -> PastRun:
    run = PastRun()
    for event in events_of(backend, name, *(kinds or ("code", "calls", "corrupt"))):
        try:
            run.learn(event)
        except UNREADABLE:
            continue
    return run
