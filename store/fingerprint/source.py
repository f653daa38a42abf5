"""Parsed source files: the definitions of each, found by name, line or position.

Owns: reading a file, the list of its definitions with their canonical digests, and the cache of
those lists under the digest of the file's bytes. A list that was cached is plain JSON; one that
cannot be read is made again.

Does not promise: that the text is what was loaded; `store.fingerprint.loaded` compares the two
where they may differ.
"""

from __future__ import annotations

import ast
import json
import linecache
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from store.encode import hash_bytes
from store.fingerprint.canon import Entry, digest_definition
from store.fingerprint.scope import Ref, bindings_of, import_root

__all__ = ["SourceCache", "SourceFile", "Sources"]

_FORMAT = f"memoflow source 1 python {sys.version_info[0]}.{sys.version_info[1]}\0".encode()


class SourceCache(Protocol):
    """Where lists of definitions are kept between processes; it may forget, and may be wrong."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, data: bytes) -> None: ...


@dataclass
class SourceFile:
    """The definitions of one file. `binders`: by module-level name, what binds it, in order."""

    entries: list[Entry] = field(default_factory=list)
    binders: dict[str, list[int]] = field(default_factory=dict)
    imports: dict[str, list[str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    by_line: dict[int, list[Entry]] = field(default_factory=dict)
    by_name: dict[str, list[Entry]] = field(default_factory=dict)

    def index(self) -> SourceFile:
        """Fill the look-up tables from the entries."""
        for entry in self.entries:
            self.by_line.setdefault(entry.line, []).append(entry)
            self.by_name.setdefault(entry.qualname, []).append(entry)
        return self


class Sources:
    """The source files that this process has looked at."""

    def __init__(self, cache: SourceCache | None) -> None:
        self._cache = cache
        self._files: dict[str, SourceFile | None] = {}

    def file(self, name: str) -> SourceFile | None:
        """The definitions in a file, None where there is no such file or it is no Python source."""
        if name not in self._files:
            text = read_source(name)
            self._files[name] = None if text is None else self._load(text)
        return self._files[name]

    def _load(self, text: bytes) -> SourceFile | None:
        key = hash_bytes(_FORMAT + text).hex()
        cached = self._cache.get(key) if self._cache else None
        source = _unpack(cached) if cached else None
        if source is not None:
            return source
        try:
            source = parse(text)
        except (SyntaxError, ValueError):
            return None
        if self._cache:
            self._cache.put(key, _pack(source))
        return source


def read_source(name: str) -> bytes | None:
    """The text of a file, or of a notebook's cell, which only `linecache` holds."""
    try:
        return Path(name).read_bytes()
    except OSError:
        lines = linecache.cache.get(name)
    return "".join(lines[2]).encode() if lines and len(lines) > 2 and lines[2] else None


def parse(text: bytes) -> SourceFile:
    """The definitions in a source text. Raises SyntaxError, ValueError."""
    source = SourceFile()
    for statement in ast.parse(text).body:
        _add(statement, source)
    return source.index()


def _add(node: ast.stmt, source: SourceFile) -> None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        _add_import(node, source)
        return
    digest_definition(node, "", source.entries)
    number = len(source.entries) - 1
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        source.binders.setdefault(node.name, []).append(number)
        return
    block = ast.Module([node], [])
    for name in {*bindings_of(block, "module").bound, *_changed_by(node)}:
        source.binders.setdefault(name, []).append(number)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            _add_import(inner, source)


def _add_import(node: ast.Import | ast.ImportFrom, source: SourceFile) -> None:
    for alias in node.names:
        name, root = import_root(node, alias)
        if alias.name == "*":
            source.stars.append(root)
        else:
            source.imports.setdefault(name, []).append(root)


def _changed_by(node: ast.stmt) -> set[str]:
    """Names whose values a statement changes in place: `x.append(1)`, `x[1] = 2`, `x.a = 3`."""
    match node:
        case ast.Expr(ast.Call(func=ast.Attribute(value=target))):
            targets = [target]
        case ast.Assign(targets=targets):
            pass
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            targets = [target]
        case _:
            return set()
    names = set()
    for item in targets:
        while isinstance(item, ast.Attribute | ast.Subscript):
            item = item.value
        if isinstance(item, ast.Name):
            names.add(item.id)
    return names


def _pack(source: SourceFile) -> bytes:
    def refs(items: tuple[Ref, ...]) -> list[Any]:
        return [[ref.root, ref.attrs, ref.called] for ref in items]

    entries = [
        [entry.kind, entry.qualname, entry.line, entry.body, entry.code.hex(), refs(entry.refs),
         [[code.hex(), refs(items)] for code, items in entry.decorators],
         entry.meta.hex(), entry.reads_meta, entry.notes]
        for entry in source.entries
    ]  # fmt: skip
    body = json.dumps([entries, source.binders, source.imports, source.stars]).encode()
    return hash_bytes(body) + body


def _unpack(data: bytes) -> SourceFile | None:
    def refs(items: Any) -> tuple[Ref, ...]:
        return tuple(Ref(root, tuple(attrs), called) for root, attrs, called in items)

    if hash_bytes(data[16:]) != data[:16]:
        return None
    entries, binders, imports, stars = json.loads(data[16:])
    return SourceFile(
        [
            Entry(kind, qualname, line, tuple(body), bytes.fromhex(code), refs(free),
                  tuple((bytes.fromhex(item), refs(free)) for item, free in decorators),
                  bytes.fromhex(meta), reads_meta, tuple(notes))
            for kind, qualname, line, body, code, free, decorators, meta, reads_meta, notes in entries
        ],
        binders, imports, stars,
    ).index()  # fmt: skip
