"""Keys: the digests that results are stored under.

Owns: how stage, code and inputs become one digest. Code and inputs enter apart, so that the key
that a result had under older code can be computed again and looked for, which is how a rerun is
explained.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from store.encode import digest, hash_bytes
from store.fingerprint import Constant, Fingerprint, Fingerprinter, SourceCache

__all__ = ["Keys", "call_key", "group_key", "keywords", "name_of", "row_key", "stage_of"]

_UNFIT = re.compile(r"[^\w-]")
_VERSION = b"memoflow key 1\0"


def stage_of(func: object) -> str:
    """A function's name, as it stands in reports and as a folder of the store."""
    while isinstance(func, functools.partial):
        func = func.func
    return _folder_of(getattr(func, "__name__", type(func).__name__))


@functools.cache
def _folder_of(name: str) -> str:
    return _UNFIT.sub("-", name)


def name_of(func: object) -> str:
    """A function's `module:name` in the ledger."""
    while isinstance(func, functools.partial):
        func = func.func
    return f"{getattr(func, '__module__', '?')}:{stage_of(func)}"


def call_key(stage: str, code: str, inputs: Iterable[bytes]) -> bytes:
    """The key of one result: stage, fingerprint, and the digest of each input."""
    return hash_bytes(_VERSION + f"call\0{stage}\0{code}\0".encode() + b"".join(inputs))


def keywords(digests: Mapping[str, bytes]) -> bytes:
    """The digest of keyword arguments, from that of each; not that of a dict given by place."""
    named = (f"{name}\0".encode() + digests[name] for name in sorted(digests))
    return hash_bytes(b"keywords\0" + b"".join(named))


def group_key(stage: str, code: str, common: bytes) -> bytes:
    """The digest that rows share: stage, fingerprint, and the digest of the common arguments."""
    return hash_bytes(_VERSION + f"group\0{stage}\0{code}\0".encode() + common)


def row_key(item: bytes, deps: bytes) -> bytes:
    """The key of a row inside its group: digest of the item, digest of what it depends on."""
    return hash_bytes(item + deps) if deps else item


class Keys:
    """Digests of values and of code, for one process. Code is fingerprinted once per object."""

    def __init__(self, cache: SourceCache | None = None) -> None:
        self._fingerprinter = Fingerprinter(cache)
        self._classes: dict[type, bytes] = {}
        self._constants: dict[int, tuple[object, Fingerprint]] = {}

    def code(self, func: object) -> Fingerprint:
        """The fingerprint of a function. Raises `Unfingerprintable`."""
        return self._fingerprinter.of(func)

    def value(self, value: object) -> bytes:
        """The digest of a value; callables inside count by their fingerprints, and so do the
        classes of what is inside: their methods are reached through arguments, which no walk of the
        code can see."""
        return digest(value, self._code_digest)

    def arguments(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[bytes, ...]:
        """The digests of a call's arguments, keyword arguments by name."""
        positional = [self.value(arg) for arg in args]
        return (*positional, self.keywords(kwargs)) if kwargs else tuple(positional)

    def named(self, inputs: tuple[bytes, ...], kwargs: Mapping[str, Any]) -> dict[str, bytes]:
        """The digest of each argument: positional ones, the first of `inputs`, by place, the others
        by name."""
        found = {str(place): digest for place, digest in enumerate(inputs)}
        if kwargs:
            # They are digested again, one by one: only a miss asks for them.
            found.pop(str(len(inputs) - 1), None)
            found.update((name, self.value(value)) for name, value in kwargs.items())
        return found

    def keywords(self, kwargs: Mapping[str, Any]) -> bytes:
        """The digest of keyword arguments."""
        return keywords({name: self.value(value) for name, value in kwargs.items()})

    def row(self, item: object, deps: Callable[[Any], Iterable[object]] | None) -> bytes:
        """The key of a row, from the item and what `deps` says that it depends on."""
        found = [self.dependency(dep)[1] for dep in deps(item)] if deps is not None else []
        return row_key(self.value(item), "".join(found).encode())

    def dependency(self, dep: object) -> tuple[str, str]:
        """(name, digest) of what a row depends on: a function, or a constant by its value."""
        code = self.dependency_code(dep)
        if code is None:
            return "constant", self.value(dep).hex()
        return (f"constant:{dep.name}" if isinstance(dep, Constant) else name_of(dep)), code.digest

    def dependency_code(self, dep: object) -> Fingerprint | None:
        """The fingerprint of a function, or of a `Constant`; None of any other value."""
        if isinstance(dep, Constant):
            return self._of_constant(dep)
        return self._fingerprinter.of(dep) if callable(dep) else None

    def _of_constant(self, constant: Constant) -> Fingerprint:
        known = self._constants.get(id(constant))
        if known is None:
            # Holding the object keeps its id from being given to another one.
            known = self._constants[id(constant)] = (constant, self._fingerprinter.of(constant))
        return known[1]

    def _code_digest(self, value: object) -> bytes:
        if not isinstance(value, type):
            return bytes.fromhex(self.code(value).digest)
        found = self._classes.get(value)
        if found is None:
            found = self._classes[value] = bytes.fromhex(self.code(value).digest)
        return found
