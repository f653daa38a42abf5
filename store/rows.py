"""Why rows are missing: the same item under earlier code, earlier dependencies, other arguments.

Owns: the causes of a group's missing rows, at microseconds a row: what the earlier keys of a row
are made of is found once for all rows that depend on the same code.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from store.cause import NEW, Cause
from store.fingerprint import Fingerprint
from store.history import Argument, Dependencies, Explainer
from store.key import group_key, row_key

__all__ = ["GroupPlace", "RowCauses"]

_OTHERS = 8
"""Groups of other arguments that are looked into."""


@dataclass(frozen=True)
class GroupPlace:
    """What keys rows: their function, and the common arguments: together, and one by one."""

    func: object
    stage: str
    name: str
    code: Fingerprint
    common: bytes
    arguments: Mapping[str, Argument]


@dataclass(frozen=True)
class _Version:
    """Rows of an earlier run, what has changed since for all of them, and what that run knew of
    single rows' dependencies."""

    rows: Container[bytes]
    causes: tuple[Cause, ...]
    dependencies: Dependencies


class RowCauses:
    """The causes of one group's missing rows."""

    def __init__(self, explainer: Explainer, place: GroupPlace) -> None:
        self._explainer = explainer
        self._store = explainer.store
        self._place = place
        group = group_key(place.stage, place.code.digest, place.common)
        # What is bad in it is found when it is read.
        self._group = self._store.group(place.stage, group, place.func)
        self._bad = explainer.corrupt(group)
        self._versions: list[_Version] = []
        self._more = self._all_versions()

    def of(self, key: bytes, item: bytes, deps: tuple[object, ...]) -> tuple[Cause, ...]:
        """Why the row of an item is not there, which depends on these functions and constants."""
        stale = self._group.stale(key, self._place.func)
        if stale:
            return tuple(Cause.of_read(each) for each in stale)
        looked_for = set()
        for version in self._each_version():
            found = version.dependencies.of(deps)
            if found is None or not (found.causes or version.causes):
                continue
            place = (id(version.rows), found.digests)
            if place not in looked_for:
                looked_for.add(place)
                if row_key(item, found.digests) in version.rows:
                    return tuple(dict.fromkeys((*version.causes, *found.causes)))
        return self._bad or NEW

    def _each_version(self) -> Iterator[_Version]:
        """Versions as far as they are looked at: most rows are explained by the first."""
        yield from self._versions
        for version in self._more:
            self._versions.append(version)
            yield version

    def _all_versions(self) -> Iterator[_Version]:
        yield from self._other_code()
        if not self._bad:
            yield from self._other_arguments()

    def _other_code(self) -> Iterator[_Version]:
        """The group as each earlier run knew it: its rows may depend on other code, too."""
        place, groups = self._place, dict[str, Container[bytes]]()
        for run in self._explainer.past.others:
            for old in run.codes.get(place.name, {}).values():
                if old.fingerprint not in groups:
                    digest = group_key(place.stage, old.fingerprint, place.common)
                    groups[old.fingerprint] = self._rows(digest)
                causes = self._explainer.code_causes(place.name, old, place.code)
                yield _Version(groups[old.fingerprint], causes, self._explainer.dependencies(run))

    def _other_arguments(self) -> Iterator[_Version]:
        """Groups of other common arguments: an item that stands in one was not new."""
        place, left = self._place, _OTHERS
        for match in self._explainer.nearest(place.name, place.arguments, 0):
            causes = self._explainer.match_causes(match, place.name, place.code, place.arguments)
            digest = _digest(match.call.group)
            if match.differing and causes is not None and digest is not None:
                yield _Version(self._rows(digest), causes, self._explainer.dependencies(match.run))
                left -= 1
            if not left:
                return

    def _rows(self, group: bytes) -> Container[bytes]:
        return self._store.group(self._place.stage, group, self._place.func).rows


def _digest(text: str) -> bytes | None:
    """The digest that hexadecimal digits of a ledger spell, if they do."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == 16 else None
