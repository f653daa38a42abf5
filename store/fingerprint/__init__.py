"""Fingerprints: digests of code, with everything of the project that it can reach.

Owns: `Fingerprinter`. A fingerprint changes when an edit can change what the function returns: its
own body, a helper at any distance, a constant, a default, a class, an installed distribution's
version, the minor version of Python. It does not change for comments, formatting, docstrings,
annotations, names of locals, places and order of definitions, nor for code that is not reached.

Does not promise: to see through names computed while running; what can be widened is, and `notes`
says so. Code counts as it is on disk and values as they are when they are first asked for; both are
then kept.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from store.encode import hash_bytes
from store.fingerprint.definitions import Definitions
from store.fingerprint.graph import Node, Part, digest_of_graph
from store.fingerprint.reach import Walk
from store.fingerprint.source import SourceCache, Sources

__all__ = ["Fingerprint", "Fingerprinter", "Part", "SourceCache", "changed"]

_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
_VERSION = f"memoflow fingerprint 1 python {_PYTHON}\0".encode()
_PYTHON_PART = Part("python", "python", hash_bytes(_PYTHON.encode()).hex(), f"Python {_PYTHON}")


@dataclass(frozen=True)
class Fingerprint:
    """A digest of code, the parts that it was made from, and what was widened and why."""

    digest: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


class Fingerprinter:
    """Fingerprints of this process's functions, each made once per object."""

    def __init__(self, cache: SourceCache | None = None) -> None:
        self._walk = Walk(Definitions(Sources(cache)))
        self._known: dict[int, tuple[object, Fingerprint]] = {}
        self._lock = threading.Lock()

    def of(self, func: object) -> Fingerprint:
        """The fingerprint of a function, class or other callable. Raises `Unfingerprintable`."""
        known = self._known.get(id(func))
        if known is not None:
            return known[1]
        with self._lock:
            fingerprint = self._make(self._walk.root(func))
            # Holding the object keeps its id from being given to another one.
            self._known[id(func)] = (func, fingerprint)
            return fingerprint

    def _make(self, root: Node) -> Fingerprint:
        code, nodes = digest_of_graph(root)
        own = nodes[1].distributions if len(nodes) > 1 else ()
        others = {item for node in nodes for item in node.distributions if item not in own}
        packages = [self._walk.distribution(*item) for item in sorted(others)]
        versions = "\n".join(f"{name} {version}" for name, version in sorted(others))
        parts = {node.name: node.part() for node in [*nodes[1:], *packages]}
        parts[_PYTHON_PART.name] = _PYTHON_PART
        if len(root.edges) != 1:
            parts[root.name] = root.part()
        return Fingerprint(
            digest=hash_bytes(_VERSION + code + versions.encode()).hex(),
            parts=tuple(parts[name] for name in sorted(parts)),
            notes=tuple(sorted({note for node in nodes for note in node.notes})),
        )


def changed(old: Mapping[str, str], new: Fingerprint) -> tuple[Part, ...]:
    """The parts of a fingerprint that are new or differ from `old` (digests by name), and those
    gone."""
    found = [part for part in new.parts if old.get(part.name) != part.digest]
    gone = old.keys() - {part.name for part in new.parts}
    return (*found, *(Part(name, "removed", old[name], "") for name in sorted(gone)))
