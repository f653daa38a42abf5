"""Parsed source files, kept in the store like any other result: the fingerprint's `SourceCache`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.store import Store

__all__ = ["SourceRecords"]


@dataclass(frozen=True)
class SourceRecords:
    """Records under `entries/source`, by the digest of the file that was parsed."""

    store: Store

    def get(self, key: str) -> bytes | None:
        return self.store.read(_name(key))

    def put(self, key: str, data: bytes) -> None:
        self.store.write(_name(key), data)


def _name(key: str) -> str:
    return f"entries/source/{key[:2]}/{key}"
