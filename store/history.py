"""Why a result is missing: its key under earlier code, looked for again.

Owns: `Lookup`, and the causes of misses. For each version of a function that the ledger remembers,
the key that the same inputs had under it is computed; where that key is in the store, the code is
what changed.

Does not promise: a cause where the ledger was deleted: then a miss is `new`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.fingerprint import Fingerprint, Part, changed
from store.key import call_key, group_key, row_key
from store.ledger import Code

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["Lookup", "RowPlace", "describe", "explain_call", "explain_row"]


@dataclass(frozen=True)
class Lookup:
    """Whether a result is there; if not, the reason, and the names of what changed."""

    hit: bool
    reason: str
    changed: tuple[str, ...]


def explain_call(
    store: Store, stage: str, name: str, code: Fingerprint, inputs: Sequence[bytes], func: object
) -> Lookup:
    """The cause of a call's miss: code that changed since the same inputs were computed, or new."""
    for version in store.ledger.versions(name):
        if version.fingerprint == code.digest:
            continue
        if store.find_entry(stage, call_key(stage, version.fingerprint, inputs), func) is not None:
            parts = _changed_parts(version, code)
            return Lookup(False, describe(parts), tuple(part.name for part in parts))
    return Lookup(False, "new", ())


@dataclass(frozen=True)
class RowPlace:
    """What keys a row: its function and group, the digest of its item, what the item depends on."""

    func: object
    stage: str
    name: str
    code: Fingerprint
    common: bytes
    item: bytes
    deps: tuple[object, ...]


def explain_row(store: Store, place: RowPlace) -> Lookup:
    """The cause of a row's miss: code that changed since the same item was computed, or new."""
    for functions in store.ledger.history():
        found = _row_under(store, place, functions)
        if found:
            return Lookup(False, describe(found), tuple(part.name for part in found))
    return Lookup(False, "new", ())


def _row_under(store: Store, place: RowPlace, functions: Mapping[str, Code]) -> tuple[Part, ...] | None:
    """What changed since a run that knew these functions, if that run's store has the row."""
    old = functions.get(place.name)
    if old is None:
        return None
    parts = _changed_parts(old, place.code)
    digests = []
    for dep in place.deps:
        name, digest = store.keys.dependency(dep)
        known = functions.get(name) if callable(dep) else None
        if callable(dep) and known is None:
            return None
        if known is not None and known.fingerprint != digest:
            parts += _changed_parts(known, store.keys.dependency_code(dep))
        digests.append(known.fingerprint if known is not None else digest)
    if not parts:
        return None
    group = store.group(place.stage, group_key(place.stage, old.fingerprint, place.common), place.func)
    there = row_key(place.item, "".join(digests).encode()) in group.rows
    return tuple(dict.fromkeys(parts)) if there else None


def _changed_parts(old: Code, new: Fingerprint) -> tuple[Part, ...]:
    if old.fingerprint == new.digest:
        return ()
    return changed({part.name: part.digest for part in old.parts.values()}, new)


def describe(parts: Iterable[Part]) -> str:
    """A line that names what changed: kind, name and place of each part."""
    lines = [
        f"{part.kind} {part.name.partition(':')[2] or part.name} changed"
        + (f" ({part.where})" if part.where else "")
        for part in parts
    ]
    return ", ".join(lines) or "code changed"
