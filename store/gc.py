"""Collecting garbage: which objects of a store go, and why; and removing them while others run.

Owns: the conditions, and the decision from what was listed and read, which looks at nothing again.
Litter goes always. A stack goes with the last record that names it; one that no record names goes
when it is older than an hour, since a writer puts stacks before their record.

Does not promise: that nobody wants what goes. A result that vanishes between another process's
look-up and its reading is a miss there, and is computed again. Nor that all goes which no present
code can find: a record tells the code of its function, not that which its rows' keys hold besides.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from store.backend import Backend, Object
from store.backend.many import over
from store.errors import Corrupt, Unreadable
from store.layout import ARRAYS, RUNS, SOURCES, is_lease, piece_of
from store.record import unseal
from store.segment import unpack_rows

__all__ = [
    "LITTER_AGE",
    "Conditions",
    "Decision",
    "Going",
    "Piece",
    "Survey",
    "Total",
    "collect",
    "decide",
    "survey",
]

LITTER_AGE = 3600.0
"""Seconds after which nobody is still at work on what is unfinished, not named, or not renewed."""


@dataclass(frozen=True)
class Conditions:
    """What goes besides litter: what was written at least `older_than` seconds ago; results of
    functions in `current` (fingerprints by name) under another code; and the oldest, while more
    than `most_bytes` would stay."""

    older_than: float | None = None
    most_bytes: float | None = None
    current: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Piece:
    """What goes as one: an object, or the parts of a stack. A record of results says which function
    made them, under which code, and names stacks (None: it cannot be read now)."""

    name: str
    parts: tuple[str, ...]
    size: int
    modified: float
    func: str = ""
    code: str = ""
    stacks: tuple[str, ...] | None = ()

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]

    @property
    def stage(self) -> str:
        return self.name.split("/")[1] if self.kind in ("entries", "rows") else ""


class Total(NamedTuple):
    """Objects, and their bytes."""

    objects: int
    bytes: int

    @staticmethod
    def of(pieces: Iterable[Piece]) -> Total:
        pieces = list(pieces)
        return Total(sum(len(piece.parts) for piece in pieces), sum(piece.size for piece in pieces))


class Going(NamedTuple):
    """A piece that goes, and why."""

    piece: Piece
    reason: str


@dataclass(frozen=True)
class Survey:
    """A store at one time: its records with the files of the ledger, its stacks by digest, litter."""

    records: tuple[Piece, ...]
    stacks: Mapping[str, Piece]
    litter: tuple[Going, ...]


@dataclass(frozen=True)
class Decision:
    """What goes, what stays, and how many of the records that stay are of functions not in
    `current`."""

    going: tuple[Going, ...]
    staying: tuple[Piece, ...]
    unknown: Mapping[str, int]


def survey(backend: Backend, now: float, advance: Callable[[], None] = lambda: None) -> Survey:
    """List a store, and read who made each record. Raises OSError where it cannot be listed."""
    pieces = _pieces(backend.walk())
    records = []
    for piece in over(backend, functools.partial(_read, backend), filter(_is_record, pieces)):
        records.append(piece)
        advance()
    old = [piece for piece in pieces if now - piece.modified > LITTER_AGE]
    litter = [
        *(Going(piece, "left by a killed writer") for piece in _pieces(backend.litter(LITTER_AGE))),
        *(Going(piece, "left by a killed holder") for piece in old if is_lease(piece.name)),
        *(Going(piece, "set aside") for piece in pieces if piece.kind == "aside"),
    ]
    stacks = {piece.name.partition("/")[2]: piece for piece in pieces if piece.kind == ARRAYS}
    return Survey(tuple(records), stacks, tuple(litter))


def decide(seen: Survey, conditions: Conditions, now: float) -> Decision:
    """What goes under some conditions."""
    going = [*seen.litter, *_by_themselves(seen.records, conditions, now)]
    if conditions.most_bytes is not None:
        going += _oldest(seen, _rest(seen.records, going), conditions.most_bytes, now)
    left = _rest(seen.records, going)
    going += _loose_stacks(seen, left, now)
    current = conditions.current
    unknown = Counter(p.func for p in left if current is not None and p.func and p.func not in current)
    return Decision(tuple(going), (*left, *_rest(seen.stacks.values(), going)), unknown)


def collect(
    backend: Backend, seen: Survey, decision: Decision, advance: Callable[[], None] = lambda: None
) -> Total:
    """Remove what goes; how much that was. Raises OSError where that is not possible.

    Stacks that were named meanwhile stay.
    """
    stacks = [piece for piece, _ in decision.going if piece.kind == ARRAYS]
    gone = [piece for piece, _ in decision.going if piece.kind != ARRAYS]
    _delete(backend, gone, advance)
    known = {piece.name for piece in seen.records}
    fresh = [piece for piece in _pieces(backend.walk()) if _is_record(piece) and piece.name not in known]
    wanted = {
        stack
        for each in over(backend, functools.partial(_read, backend), fresh)
        for stack in each.stacks or ()
    }
    loose = [piece for piece in stacks if piece.name.partition("/")[2] not in wanted]
    _delete(backend, loose, advance)
    return Total.of([*gone, *loose])


def _pieces(objects: Iterable[Object]) -> list[Piece]:
    """Objects as pieces, the parts of a stack together: `zarr.json` first, without which there is
    no stack."""
    parts: dict[str, list[Object]] = {}
    for found in objects:
        parts.setdefault(piece_of(found.name), []).append(found)
    return [
        Piece(
            name,
            tuple(sorted((part.name for part in found), reverse=True)),
            sum(part.size for part in found),
            max(part.modified for part in found),
        )
        for name, found in parts.items()
    ]


def _is_record(piece: Piece) -> bool:
    return piece.kind in ("entries", "rows", RUNS)


def _read(backend: Backend, piece: Piece) -> Piece:
    """A record with what it says of itself; nothing is said by a bad one."""
    if piece.kind == RUNS or piece.name.startswith(SOURCES):
        return piece
    try:
        data = backend.read(piece.name)
        rows = unpack_rows(piece.name, unseal(piece.name, data)) if data is not None else {}
    except Unreadable:
        return replace(piece, stacks=None)
    except Corrupt:
        return piece
    for row in rows.values():
        made = row.segment.made
        return replace(piece, func=made.func, code=made.code, stacks=tuple(row.segment.stacks))
    return piece


def _by_themselves(records: Iterable[Piece], conditions: Conditions, now: float) -> Iterator[Going]:
    """The records that go for what they are."""
    current = conditions.current or {}
    for piece in records:
        if conditions.older_than is not None and now - piece.modified >= conditions.older_than:
            yield Going(piece, "too old")
        elif piece.code != current.get(piece.func, piece.code):
            yield Going(piece, "unreachable")


def _oldest(seen: Survey, records: Sequence[Piece], most_bytes: float, now: float) -> Iterator[Going]:
    """The oldest records, as many as must go so that no more than so many bytes stay."""
    loose = {piece.name for piece, _ in _loose_stacks(seen, records, now)}
    total = sum(piece.size for piece in records)
    total += sum(piece.size for piece in seen.stacks.values() if piece.name not in loose)
    uses = Counter(stack for piece in records for stack in _named(piece))
    for piece in sorted(records, key=lambda piece: (piece.modified, piece.name)):
        if total <= most_bytes:
            return
        yield Going(piece, "over the size")
        uses.subtract(_named(piece))
        freed = [
            seen.stacks[stack].size for stack in _named(piece) if not uses[stack] and stack in seen.stacks
        ]
        total -= piece.size + sum(freed)


def _loose_stacks(seen: Survey, left: Sequence[Piece], now: float) -> list[Going]:
    """The stacks that go where these records are left: none while one of them cannot be read."""
    if any(piece.stacks is None for piece in left):
        return []
    named = {stack for piece in seen.records for stack in _named(piece)}
    still = {stack for piece in left for stack in _named(piece)}
    return [
        Going(piece, "named by nothing that stays" if stack in named else "named by nothing")
        for stack, piece in seen.stacks.items()
        if stack not in still and (stack in named or now - piece.modified > LITTER_AGE)
    ]


def _named(piece: Piece) -> set[str]:
    return set(piece.stacks or ())


def _rest(pieces: Iterable[Piece], going: Iterable[Going]) -> list[Piece]:
    names = {piece.name for piece, _ in going}
    return [piece for piece in pieces if piece.name not in names]


def _delete(backend: Backend, pieces: Sequence[Piece], advance: Callable[[], None]) -> None:
    def parts_of(piece: Piece) -> None:
        for part in piece.parts:
            backend.delete(part)

    for _ in over(backend, parts_of, pieces):
        advance()
