"""Parsed files are cached, and a cache that is damaged is filled anew."""

from __future__ import annotations

import pytest
from written_module import TWO_AWAY, Load

from store.encode import hash_bytes
from store.fingerprint import Fingerprinter


class Memory:
    """A cache of parsed files in memory."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.data.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.data[key] = data


def test_cache_gives_the_same_fingerprint_and_survives_corruption(load: Load) -> None:
    module, cache = load(TWO_AWAY), Memory()
    first = Fingerprinter(cache).of(module.subject)
    assert len(cache.data) == 1
    (key,) = cache.data
    good = cache.data[key]
    assert Fingerprinter(cache).of(module.subject) == first
    other = hash_bytes(b"\x92\x90\x80") + b"\x92\x90\x80"
    for bad in (b"", b"x", good[:-1], good[:20] + b"?" + good[21:], b"[]", good + b" ", other):
        cache.data[key] = bad
        assert Fingerprinter(cache).of(module.subject) == first
        assert cache.data[key] == good


def test_cache_is_read_instead_of_parsing(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    module, cache = load(TWO_AWAY), Memory()
    first = Fingerprinter(cache).of(module.subject)
    monkeypatch.setattr("store.fingerprint.source.parse", None)
    assert Fingerprinter(cache).of(module.subject) == first
