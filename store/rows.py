"""Why rows are missing: the same item under earlier code, earlier dependencies, other arguments.

Owns: the causes of a group's missing rows, at microseconds a row: what the earlier keys of a row
are made of is found once for all rows that depend on the same code.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from store.cause import NEW, Cause, Code
from store.fingerprint import Fingerprint
from store.history import Argument, Explainer, input_causes
from store.key import group_key, row_key

__all__ = ["GroupPlace", "RowCauses"]

_OTHERS = 8
"""Groups of other arguments that are looked into."""


@dataclass(frozen=True)
class GroupPlace:
    """What keys rows: their function, and the common arguments: together, and one by one."""

    stage: str
    name: str
    code: Fingerprint
    common: bytes
    arguments: Mapping[str, Argument]


@dataclass(frozen=True)
class _Version:
    """Rows of an earlier run, and what has changed since, but for what single rows depend on."""

    codes: Mapping[str, Code]
    rows: Container[bytes]
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class _Try:
    """A key that a row had if what it depends on had the digests `deps`, where to look for it, and
    what it says if it is there."""

    deps: bytes
    rows: Container[bytes]
    causes: tuple[Cause, ...]


class RowCauses:
    """The causes of one group's missing rows."""

    def __init__(self, explainer: Explainer, place: GroupPlace) -> None:
        self._explainer = explainer
        self._store = explainer.store
        self._place = place
        self._group = group_key(place.stage, place.code.digest, place.common)
        self._versions = [*self._other_code()]
        self._bad = explainer.corrupt(self._group)
        self._others = [] if self._bad else [*self._other_arguments()]
        self._tries: dict[tuple[int, ...], tuple[tuple[object, ...], list[_Try]]] = {}

    def of(self, item: bytes, deps: tuple[object, ...]) -> tuple[Cause, ...]:
        """Why the row of an item is not there, which depends on these functions and constants."""
        known = self._tries.get(tuple(map(id, deps)))
        if known is None:
            # Holding what the row depends on keeps its ids from being given to something else.
            known = self._tries[tuple(map(id, deps))] = (deps, [*self._tries_for(deps)])
        for attempt in known[1]:
            if row_key(item, attempt.deps) in attempt.rows:
                return attempt.causes
        return self._bad or NEW

    def _other_code(self) -> Iterator[_Version]:
        """The group as each earlier run knew it: its rows may depend on other code, too."""
        place, groups = self._place, dict[str, Container[bytes]]()
        for run in self._explainer.past.others:
            old = run.codes.get(place.name)
            if old is not None:
                if old.fingerprint not in groups:
                    digest = group_key(place.stage, old.fingerprint, place.common)
                    groups[old.fingerprint] = self._rows(digest)
                causes = self._explainer.code_causes(place.name, old, place.code)
                yield _Version(run.codes, groups[old.fingerprint], causes)

    def _other_arguments(self) -> Iterator[_Version]:
        """Groups of other common arguments: an item that stands in one was not new."""
        place, left = self._place, _OTHERS
        for match in self._explainer.nearest(place.name, place.arguments, 0):
            digest = _digest(match.call.group)
            if left and match.differing and digest is not None:
                left -= 1
                old = match.run.codes.get(place.name)
                causes = self._explainer.code_causes(place.name, old, place.code)
                both = (*causes, *input_causes(match, place.arguments))
                yield _Version(match.run.codes, self._rows(digest), both)

    def _tries_for(self, deps: tuple[object, ...]) -> Iterator[_Try]:
        now = [self._store.keys.dependency(dep) for dep in deps]
        seen = set()
        for version in (*self._versions, *self._others):
            found = self._under(version, deps, now)
            if found is not None and found.causes and (id(found.rows), found.deps) not in seen:
                seen.add((id(found.rows), found.deps))
                yield found

    def _under(self, version: _Version, deps: tuple[object, ...], now: list[tuple[str, str]]) -> _Try | None:
        """How to look for a row of a version; None where the version's run knew too little."""
        digests, causes = [], [*version.causes]
        for dep, (name, digest) in zip(deps, now, strict=True):
            old = version.codes.get(name) if callable(dep) else None
            if callable(dep) and old is None:
                return None
            if old is not None and old.fingerprint != digest:
                causes += self._explainer.code_causes(name, old, self._store.keys.dependency_code(dep))
            digests.append(old.fingerprint if old is not None else digest)
        return _Try("".join(digests).encode(), version.rows, tuple(dict.fromkeys(causes)))

    def _rows(self, group: bytes) -> Container[bytes]:
        return self._store.group(self._place.stage, group).rows


def _digest(text: str) -> bytes | None:
    """The digest that hexadecimal digits of a ledger spell, if they do."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == 16 else None
