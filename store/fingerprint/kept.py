"""Fingerprints that an earlier process made, where a walk would make the same again.

Owns: finding them by all that a walk may see, and asking once more what it asked of what lies outside
the project. A walk follows from these two, so that its result need not be made again. What is kept of a
walk that met anything else is nothing.

Does not promise: to find any. Then the walk says it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache, partial
from types import ModuleType
from typing import Any

import msgpack

from store import encode
from store.encode import hash_bytes
from store.fingerprint import names, origin
from store.fingerprint.reach import Walk
from store.fingerprint.seen import Seen, Unclear
from store.fingerprint.source import SourceCache, read_source

__all__ = ["Kept"]


class Kept:
    """The fingerprints of some functions, in order: what `find` finds, or `keep` keeps.

    Made before the walk, which must be new: what it is asked for first is what these depend on.
    """

    def __init__(self, walk: Walk, cache: SourceCache, funcs: Sequence[object], version: bytes) -> None:
        self._walk = walk
        self._cache = cache
        self._version = version + _maker()
        self._loaded = len(sys.modules)
        self._seen = Seen()
        self._first = self._key(funcs)

    def find(self) -> list[str] | None:
        """The digests, if they were kept and what lies outside is as it was."""
        try:
            return self._find()
        except (TypeError, ValueError, AttributeError):  # a record that is whole, but is none of ours
            return None

    def _find(self) -> list[str] | None:
        modules = self._named()
        if modules is None or not all(name in sys.modules for name in modules):
            return None
        found = self._read(self._key([sys.modules[name] for name in modules]), 5)
        if found is None:
            return None
        digests, outside, packages, own, loaded = found
        same = (
            all(
                names.stays_outside(name, way) and origin.of_module(name) == kind
                for name, way, kind in outside
            )
            and all(self._packages(module, attrs) == found for module, attrs, found in packages)
            and all(origin.distributions_of(module) == found for module, found in own)
            and all(names.origin_now(name) == kind for name, kind in loaded)
        )
        return list(digests) if same else None

    def keep(self, digests: Sequence[str]) -> None:
        """Keep what a walk has found, if it may be found again."""
        walk = self._walk
        if not self._first or walk.asked.unclear or len(sys.modules) != self._loaded:
            return
        modules = self._named()
        if modules is None:
            modules = self._beside()
            self._write(self._first, [modules])
        key = self._key([sys.modules[name] for name in modules if name in sys.modules])
        if self._beside() or not walk.definitions.files() <= self._seen.files:
            return  # these modules were the right ones for an earlier text of one of them
        outside = [(module, attrs, origin.of_module(module)) for module, attrs in walk.asked.outside]
        packages = [(module, attrs, self._packages(module, attrs)) for module, attrs in walk.asked.packaged]
        asked = walk.asked
        self._write(key, [digests, outside, packages, list(asked.own.items()), list(asked.loaded.items())])

    def _named(self) -> list[str] | None:
        """The names of the modules that are to be looked at beside what was seen first."""
        found = self._read(self._first, 1)
        if found is None or not isinstance(found[0], tuple):
            return None
        named = [name for name in found[0] if isinstance(name, str)]
        return named if len(named) == len(found[0]) else None

    def _beside(self) -> list[str]:
        """The modules that the walk looked at, and that nothing which was seen holds: constants were
        imported from them."""
        named = {name for name in names.asked if origin.of_module(name) == origin.PROJECT}
        files = self._walk.definitions.files() - self._seen.files
        for name, module in list(sys.modules.items()):
            if isinstance(module, ModuleType) and origin.file_of(module) in files:
                named.add(name)
        return sorted(named - self._seen.modules)

    def _key(self, roots: Sequence[object]) -> str:
        """What fingerprints are kept under; empty where what is seen from these is not clear."""
        try:
            return hash_bytes(self._version + self._seen.digest(roots)).hex()
        except Unclear:
            return ""

    def _read(self, key: str, length: int) -> tuple[Any, ...] | None:
        data = self._cache.get(key) if key else None
        if data is None or hash_bytes(data[16:]) != data[:16]:
            return None
        try:
            found = _unpacked(data[16:])
        except (ValueError, msgpack.UnpackException):
            return None
        return found if isinstance(found, tuple) and len(found) == length else None

    def _write(self, key: str, content: Sequence[object]) -> None:
        if key:
            body = _packed(content)
            self._cache.put(key, hash_bytes(body) + body)

    def _packages(self, module: str, attrs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(node.where) for node in self._walk.package(module, attrs))


@cache
def _maker() -> bytes:
    """What makes fingerprints, so that one of another version of this package is never taken."""
    folder = os.path.dirname(__file__)  # noqa: PTH120  # a plain string
    names_in = sorted(name for name in os.listdir(folder) if name.endswith(".py"))  # noqa: PTH208  # at once
    files = [encode.__file__, *(f"{folder}{os.sep}{name}" for name in names_in)]
    return hash_bytes(b"".join(read_source(file) or b"" for file in files))


_packed = partial(msgpack.packb, unicode_errors="surrogatepass")
_unpacked = partial(msgpack.unpackb, use_list=False, unicode_errors="surrogatepass")
