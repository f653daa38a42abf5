"""Entries: the results of calls, each a record with one row.

Owns: where a result lies. That is at its key, unless it read files (or folders, or the environment)
and another result stands there that was made when those were different. Then it lies at the key
that follows from the first one and from what those things are now, and so on: each version of the
files has its own place, nothing is ever overwritten, and undoing an edit finds the old result.
"""

from __future__ import annotations

from typing import Any

from store.errors import Corrupt
from store.layers import Layers
from store.layout import entry_name
from store.reads import Stale, changed_reads, next_key
from store.segment import Made, Row, pack_rows, unpack_rows
from store.types import Types

__all__ = ["Entries"]

_MOST_VERSIONS = 1000
"""Places that are looked at for one result."""


class Entries:
    """The results of calls in the layers of a store; `func` is always what computed them."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers

    def find(self, stage: str, key: bytes, func: object) -> Row | None:
        """The result under a key, checked but not decoded; None where there is none for now."""
        place = key
        for _ in range(_MOST_VERSIONS):
            row = self._at(stage, key, place)
            if row is None or not row.segment.made.reads:
                return row
            if not changed_reads(row.segment.made.reads, func):
                return row
            place = next_key(place, row.segment.made.reads, func)
        return None

    def stale(self, stage: str, key: bytes, func: object) -> list[Stale]:
        """What the result at a key read that is another now; nothing where there is no result."""
        row = self._at(stage, key, key)
        return changed_reads(row.segment.made.reads, func) if row is not None else []

    def value(self, row: Row, types: Types) -> Any:
        """A found result's value. Raises `Corrupt`, the entry set aside, where it cannot be had."""
        try:
            return row.value(types, self._layers)
        except Corrupt as error:
            self._layers.bad(error, row.segment.name)
            raise

    def keep(
        self, stage: str, key: bytes, digest: bytes, value: object, func: object, types: Types, made: Made
    ) -> bytes | None:
        """Keep a result; the digest of what is kept now, which is another writer's where that came
        first; None where nothing is."""
        try:
            payload = pack_rows(self._layers, [(key, digest, value)], types, made)
        except OSError as error:
            self._layers.failed(error)
            return None
        place = key
        for _ in range(_MOST_VERSIONS):
            created = self._layers.write(entry_name(stage, place.hex()), payload)
            if created is not False:
                return digest if created else None
            there = self._at(stage, key, place)
            if there is None:
                return digest  # it was bad, or vanished: this one is computed again next time
            if not changed_reads(there.segment.made.reads, func):
                return there.value_digest
            place = next_key(place, there.segment.made.reads, func)
        return None

    def _at(self, stage: str, key: bytes, place: bytes) -> Row | None:
        name = entry_name(stage, place.hex())
        payload = self._layers.read(name)
        if payload is None:
            return None
        try:
            return unpack_rows(name, payload)[key]
        except Corrupt as error:
            self._layers.bad(error, name)
        except KeyError:
            self._layers.bad(Corrupt(name, "it holds another result"), name)
        return None
