"""Fingerprints: digests of code, with everything of the project that it can reach.

Owns: `Fingerprinter`. A fingerprint changes when an edit can change what the function returns: its
own body, a helper at any distance, a constant, a default, a class, an installed distribution's
version, the minor version of Python. It does not change for comments, formatting, docstrings,
annotations, names of locals, places and order of definitions, nor for code that is not reached.

Where code reads annotations, docstrings, names or its own text, those count too. Where a name is
computed while running, everything that it may mean counts: a module, a package, the project; `notes`
says so. An author may set `__memo_imports__` on a function to name what it imports.

Does not promise: to see an edit after the first look. Code counts as it is on disk and values as
they are when they are first asked for; both are then kept.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from types import BuiltinFunctionType, FunctionType
from typing import NamedTuple

from store.encode import hash_bytes
from store.fingerprint.definitions import Definitions
from store.fingerprint.graph import (
    Distributions,
    Node,
    Part,
    digest_of_root,
    reached,
    rooted,
    seal,
    traits_of,
)
from store.fingerprint.names import Constant
from store.fingerprint.reach import Walk
from store.fingerprint.source import SourceCache, Sources
from store.fingerprint.traits import SUBCLASSES

__all__ = ["Constant", "Fingerprint", "Fingerprinter", "Part", "SourceCache", "changed"]

_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
# Without assertions and docstrings (`python -O`), code does something else.
_OPTIMIZED = f" optimized {sys.flags.optimize}" if sys.flags.optimize else ""
_VERSION = f"memoflow fingerprint 2 python {_PYTHON}{_OPTIMIZED}\0".encode()
_MADE_ONCE = (FunctionType, BuiltinFunctionType, type)
_PYTHON_PART = Part("python", "python", hash_bytes(_PYTHON.encode()).hex(), f"Python {_PYTHON}")


class Fingerprint:
    """A digest of code, the parts that it was made from, and what was widened and why.

    A hit needs the digest alone, so parts and notes may be given as functions that make them.
    """

    def __init__(
        self,
        digest: str,
        parts: tuple[Part, ...] | Callable[[], tuple[Part, ...]],
        notes: tuple[str, ...] | Callable[[], tuple[str, ...]],
    ) -> None:
        self.digest = digest
        self._parts = parts
        self._notes = notes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return self._parts() if callable(self._parts) else self._parts

    @cached_property
    def notes(self) -> tuple[str, ...]:
        return self._notes() if callable(self._notes) else self._notes


class _Graph(NamedTuple):
    """What a fingerprint was made from, looked at where somebody asks for more than the digest."""

    walk: Walk
    top: Node
    root: Node
    others: list[tuple[str, str]]

    def parts(self) -> tuple[Part, ...]:
        found = {node.name: node.part() for node in reached(self.root) if node.kind != "root"}
        found |= {name: self.walk.distribution(name, version).part() for name, version in self.others}
        found[_PYTHON_PART.name] = _PYTHON_PART
        if self.top.kind == "root" and len(self.top.edges) != 1:
            found[self.top.name] = self.top.part()
        return tuple(found[name] for name in sorted(found))

    def notes(self) -> tuple[str, ...]:
        return tuple(sorted({note for node in reached(self.root) for note in node.notes}))


class Fingerprinter:
    """Fingerprints of this process's functions. Those of functions and classes are made once; other
    callables (bound methods, partials, instances) carry state, so they are looked at each time."""

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
            fingerprint = self._make(func)
            if isinstance(func, _MADE_ONCE):
                # Holding the object keeps its id from being given to another one.
                self._known[id(func)] = (func, fingerprint)
            return fingerprint

    def _make(self, func: object) -> Fingerprint:
        top = root = self._walk.root(func)
        seal(top)
        traits = b""
        if top.all_reads:
            top = root = top if top.kind == "root" else rooted(top)
            if top.all_reads >> SUBCLASSES & 1:
                root = self._with_subclasses(top)
            traits = traits_of(reached(root), root.all_reads)
        its = top.edges[0] if top.kind == "root" and top.edges else top
        others, versions = _others(root.distributions, its.own)
        digest = hash_bytes(_VERSION + digest_of_root(root) + traits + versions).hex()
        graph = _Graph(self._walk, top, root, others)
        return Fingerprint(digest, graph.parts, graph.notes)

    def _with_subclasses(self, top: Node) -> Node:
        """A node for all that another reaches, and the subclasses of all classes therein."""
        root = Node(top.name, "root", "", top)
        known: set[type] = set()
        pending = [node.cls for node in reached(root) if node.cls]
        while pending:
            cls = pending.pop()
            if cls in known:
                continue
            known.add(cls)
            subclasses: list[type] = type.__subclasses__(cls)
            for sub in subclasses:
                below = self._walk.root(sub)
                seal(below)
                root.edges.append(below if below.kind == "root" else rooted(below))
                pending += [node.cls for node in reached(below) if node.cls]
        seal(root)
        return root


@cache
def _others(found: Distributions, own: tuple[tuple[str, str], ...]) -> tuple[list[tuple[str, str]], bytes]:
    """The distributions other than the function's own, which counts by its code, and their text."""
    others = sorted(found.difference(own))
    return others, "\n".join(f"{name} {version}" for name, version in others).encode()


def changed(old: Mapping[str, str], new: Fingerprint) -> tuple[Part, ...]:
    """The parts of a fingerprint that are new or differ from `old` (digests by name), and those
    gone."""
    found = [part for part in new.parts if old.get(part.name) != part.digest]
    gone = old.keys() - {part.name for part in new.parts}
    return (*found, *(Part(name, "removed", old[name], "") for name in sorted(gone)))
