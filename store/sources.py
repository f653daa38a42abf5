"""Parsed source files, kept in the store like any other result: the fingerprint's `SourceCache`.

Owns: one record per file, under the digest of its content, and trains of them: what one process asked
for, one after the other, lies in one more record under the first's name. Who asks in that order again
reads a few records instead of many. All in a train is named by content, so it may be of no use any
more, but never wrong.

Does not promise: that a train is kept, nor that it holds what is asked for next.
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgpack

from store.encode import hash_bytes
from store.layers import Layers
from store.layout import entry_name

__all__ = ["SourceRecords"]

_LENGTH = 8
"""Files in a train: so few that an edit of the first one leaves the others in theirs."""


class SourceRecords:
    """Records under `entries/source`, for one process."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._ahead: dict[str, Any] = {}
        self._alone: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """What was kept under a file's digest."""
        if key not in self._ahead:
            self._ahead.update(self._train(key))
        found = self._ahead.pop(key, None)
        if isinstance(found, bytes):
            return found
        found = self._layers.read(entry_name("source", key))
        if found is not None:
            self._follow(key, found)
        return found

    def put(self, key: str, data: bytes) -> None:
        """Keep something under a file's digest."""
        self._layers.write(entry_name("source", key), data)
        self._follow(key, data)

    def _train(self, first: str) -> dict[str, Any]:
        data = self._layers.read(_train_name(first))
        try:
            return dict(msgpack.unpackb(data)) if data else {}
        except (ValueError, TypeError, msgpack.UnpackException):  # whole, but no train
            return {}

    def _follow(self, key: str, data: bytes) -> None:
        """Note what lies in no train yet; enough of it makes one."""
        self._alone[key] = data
        if len(self._alone) == _LENGTH:
            # Not as `write` does: where nothing can be written, nothing of worth is lost.
            with contextlib.suppress(OSError):
                self._layers.put(_train_name(next(iter(self._alone))), msgpack.packb(self._alone))
            self._alone.clear()


def _train_name(first: str) -> str:
    return entry_name("source", hash_bytes(f"train {first}".encode()).hex())
