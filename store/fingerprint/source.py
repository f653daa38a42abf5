"""Parsed source files: the definitions of each, found by name, line or position.

Owns: reading a file, the list of its definitions with their canonical digests, and the cache of
those lists under the digest of the file's bytes. A list that was cached is msgpack of plain values;
one that cannot be read is made again.

Does not promise: that the text is what was loaded; `store.fingerprint.loaded` says where the two may
differ.
"""

from __future__ import annotations

import ast
import gc
import linecache
import os
import re
import struct
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property, partial
from itertools import accumulate
from types import CodeType
from typing import Any, NamedTuple, Protocol

import msgpack

from store.encode import hash_bytes
from store.fingerprint.canon import Around, Entry, digest_definition
from store.fingerprint.loaded import Compiled, compiled, may_differ
from store.fingerprint.scope import modules_of
from store.fingerprint.statements import bound_by, bound_by_all, changed_by, imported_by, sets_outside

__all__ = ["SourceCache", "SourceFile", "Sources"]

_PYTHON = f"memoflow source 5 python {sys.version_info[0]}.{sys.version_info[1]}\0".encode()
_AT_ONCE = 1 << 16
_FIELDS = (str, bytes, bytes, str, bytes, tuple, str)
"""What a file's list of definitions is kept as, in the order of `SourceFile`."""
_BOUND = struct.Struct("<I")
_BOUNDS = struct.Struct("<II")
_PARSER = ("canon", "scope", "source", "statements", "syntax", "traits")


class SourceCache(Protocol):
    """Where lists of definitions are kept between processes; it may forget, and may be wrong."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, data: bytes) -> None: ...


class Bindings(NamedTuple):
    """What a file does with names of the module level.

    `binders` and `changers`: by name, the numbers of the entries that bind it, and of those that may
    change its value, in order. `stars`: the roots of star imports. `uses`: all modules that the file
    imports anywhere.
    """

    binders: Mapping[str, Sequence[int]]
    changers: Mapping[str, Sequence[int]]
    stars: Sequence[str]
    uses: Sequence[str]


class SourceFile:
    """The definitions of one file, each made from its row when it is asked for: most never are.

    `places`: the line and the qualified name of each, one a line. `rows`: the rest of each, packed, one
    after the other; `bounds`: where each begins and the last one ends. `names`: the module-level names
    that statements bind, and those that imports do, with the root of the first, one a line. `bindings`:
    packed, since few files are asked for theirs. `settings`: the numbers of those that set something in
    a module of others, as `decimal.getcontext().prec = 9` does. `digest` says all that an import of the
    file does. `text` is kept where what was loaded from the file may be something else.
    """

    def __init__(
        self,
        places: str,
        rows: bytes,
        bounds: bytes,
        names: str,
        bindings: bytes,
        settings: Sequence[int],
        digest: str,
    ) -> None:
        self.places = places
        self.rows = rows
        self.bounds = bounds
        self.names = names
        self.packed_bindings = bindings
        self.settings = settings
        self.digest = digest
        self.text: bytes | None = None
        self._compiled: Compiled | None = None

    @cached_property
    def bindings(self) -> Bindings:
        """What the file does with names of the module level."""
        return Bindings(*_unpacked(self.packed_bindings))

    def imported(self, name: str) -> str | None:
        """The root of the import that a module-level name comes from; empty where a statement binds it,
        None where nothing does."""
        if f"\n{name}\n" in self.names:
            return ""
        _, found, after = self.names.partition(f"\n{name}\t")
        return after.partition("\n")[0] if found else None

    def entry(self, number: int) -> Entry:
        """The definition of that number."""
        line, _, qualname = self.places.split("\n", number + 2)[number + 1].partition(" ")
        return self._entry(number, int(line), qualname)

    def _entry(self, number: int, line: int, qualname: str) -> Entry:
        start, end = _BOUNDS.unpack_from(self.bounds, number * _BOUND.size)
        return _new(Entry, (qualname, line, *_unpacked(self.rows[start:end])))

    def at(self, line: int, qualname: str) -> Entry | None:
        """The definition of that qualified name that begins on a line: the first, of lambdas."""
        found = self.places.find(f"\n{line} {qualname}\n")
        return None if found < 0 else self._entry(self.places.count("\n", 0, found), line, qualname)

    def lambdas_at(self, line: int) -> list[Entry]:
        """The lambdas that begin on a line."""
        return [entry for entry in self._holding(f"\n{line} ") if entry.kind == "lambda"]

    def classes(self, qualname: str) -> list[Entry]:
        """The classes of that qualified name."""
        return [entry for entry in self._holding(f" {qualname}\n") if entry.kind == "class"]

    def _holding(self, text: str) -> Iterator[Entry]:
        """The definitions whose places hold a text that begins before the line or the name."""
        found = self.places.find(text)
        while found >= 0:
            yield self.entry(self.places.count("\n", 0, found + 1) - 1)
            found = self.places.find(text, found + 1)

    def has_loaded(self, code: CodeType) -> bool:
        """Whether a piece of loaded code is what the file defines."""
        if self.text is None:
            return True
        if self._compiled is None:
            self._compiled = compiled(code.co_filename, self.text)
        return code in self._compiled.get((code.co_qualname, code.co_firstlineno), ())


class Sources:
    """The source files that this process has looked at."""

    def __init__(self, cache: SourceCache | None) -> None:
        self._cache = cache
        self.files: dict[str, SourceFile | None] = {}

    def file(self, name: str) -> SourceFile | None:
        """The definitions in a file, None where there is no such file or it is no Python source."""
        try:
            return self.files[name]
        except KeyError:
            text = read_source(name)
            source = None if text is None else self._load(text)
            if source is not None and may_differ(name):
                source.text = text
            self.files[name] = source
            return source

    def _load(self, text: bytes) -> SourceFile | None:
        key = hash_bytes(_maker() + text).hex()
        cached = self._cache.get(key) if self._cache else None
        source = _unpack(cached) if cached else None
        if source is not None:
            return source
        try:
            with _without_collector():
                source = parse(text)
        except (SyntaxError, ValueError):
            return None
        if self._cache:
            self._cache.put(key, _pack(source))
        return source


@contextmanager
def _without_collector() -> Iterator[None]:
    """A syntax tree is a great many objects and no garbage: looking for some takes a tenth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_source(name: str) -> bytes | None:
    """The text of a file, or of a notebook's cell, which only `linecache` holds."""
    try:
        handle = os.open(name, os.O_RDONLY | os.O_CLOEXEC)  # half the cost of `open`
        try:
            # As a rule the first read takes all, and the second says so.
            return b"".join(iter(partial(os.read, handle, _AT_ONCE), b""))
        finally:
            os.close(handle)
    except OSError:
        lines = linecache.cache.get(name)
    return "".join(lines[2]).encode() if lines and len(lines) > 2 and lines[2] else None


@cache
def _maker() -> bytes:
    """What makes the lists, so that one of another version of this package is never taken."""
    folder = os.path.dirname(__file__)  # noqa: PTH120  # a plain string
    return _PYTHON + hash_bytes(
        b"".join(read_source(f"{folder}{os.sep}{name}.py") or b"" for name in _PARSER)
    )


def parse(text: bytes) -> SourceFile:
    """The definitions in a source text. Raises SyntaxError, ValueError."""
    module = ast.parse(text)
    # Not by `splitlines`, which ends a line at a form feed too.
    lines = re.split("\r\n|\r|\n", text.decode("utf-8", "surrogateescape"))
    bound = [bound_by(statement) for statement in module.body]
    around = Around(lines, bound_by_all(bound))
    entries: list[Entry] = []
    binders: dict[str, list[int]] = {}
    changers: dict[str, list[int]] = {}
    imports: dict[str, list[str]] = {}
    stars: list[str] = []
    settings: list[int] = []
    whole: list[str] = []
    for statement, own in zip(module.body, bound, strict=True):
        for name, root in imported_by(statement):
            if name == "*":
                stars.append(root)
            else:
                imports.setdefault(name, []).append(root)
        if isinstance(statement, ast.Import | ast.ImportFrom):
            around.uses.update(modules_of(statement))
            continue
        entry = digest_definition(statement, "", entries, around)
        if sets_outside(statement, around.bound):
            settings.append(len(entries) - 1)
        whole.append(repr((entry.qualname, entry.code, entry.refs, entry.decorators)))
        for names, numbers in ((own, binders), (changed_by(statement) - own.keys(), changers)):
            for name in names:
                numbers.setdefault(name, []).append(len(entries) - 1)
    whole = [*sorted(whole), repr(sorted(imports.items())), repr(stars)]
    digest = hash_bytes("\n".join(whole).encode("utf-8", "surrogatepass"))
    places = "".join(f"\n{entry.line} {entry.qualname}" for entry in entries) + "\n"
    rows = [_packed(entry[2:]) for entry in entries]
    bounds = b"".join(map(_BOUND.pack, accumulate(map(len, rows), initial=0)))
    bound_here = "".join(f"\n{name}" for name in binders)
    imported = (f"\n{name}\t{roots[0]}" for name, roots in imports.items() if name not in binders)
    listed = f"{bound_here}{''.join(imported)}\n"
    bindings = _packed([binders, changers, stars, sorted(around.uses)])
    return SourceFile(places, b"".join(rows), bounds, listed, bindings, settings, digest.hex())


def _pack(source: SourceFile) -> bytes:
    body = _packed([
        source.places, source.rows, source.bounds, source.names, source.packed_bindings, source.settings,
        source.digest,
    ])  # fmt: skip
    return hash_bytes(body) + body


def _unpack(data: bytes) -> SourceFile | None:
    body = data[16:]
    if hash_bytes(body) != data[:16]:
        return None
    try:
        fields = _unpacked(body)
        if tuple(map(type, fields)) == _FIELDS:
            source = SourceFile(*fields)
            if len(source.bounds) == _BOUND.size * source.places.count("\n"):
                return source
    except (ValueError, TypeError, msgpack.UnpackException):
        pass
    return None  # whole, but no definitions


_packed: Callable[[object], bytes] = partial(msgpack.packb, unicode_errors="surrogatepass")
_unpacked: Callable[[bytes], Any] = partial(msgpack.unpackb, use_list=False, unicode_errors="surrogatepass")
_new = tuple.__new__
"""As a named tuple's own way, at half the cost."""
