"""Parsed source files, kept in the store like any other result: the fingerprint's `SourceCache`."""

from __future__ import annotations

from dataclasses import dataclass

from store.layers import Layers
from store.layout import entry_name

__all__ = ["SourceRecords"]


@dataclass(frozen=True)
class SourceRecords:
    """Records under `entries/source`, by the digest of the file that was parsed."""

    layers: Layers

    def get(self, key: str) -> bytes | None:
        return self.layers.read(entry_name("source", key))

    def put(self, key: str, data: bytes) -> None:
        self.layers.write(entry_name("source", key), data)
