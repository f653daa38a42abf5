"""The canonical form of one definition: what of its syntax can change what it does.

Owns: turning a function, lambda, class or module-level statement into a digest and the free
references that it makes. Comments, formatting, docstrings, annotations and the names of locals
leave no trace in it; they are traits, digested apart. Each definition is digested once; one that
contains it embeds that digest and rebinds its free references.

Does not promise: equal digests under different minor versions of Python, whose syntax trees differ.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from store.encode import hash_bytes
from store.fingerprint.scope import DEFINITIONS, Names, Ref, Refs, bindings_of
from store.fingerprint.statements import is_inert, used_in_body
from store.fingerprint.syntax import HANDLERS, dotted
from store.fingerprint.traits import DOCS, HINTS, NAMES, NONE, ORDER, READERS, TEXT, TRAITS, Meta

__all__ = ["Around", "Entry", "Writer", "digest_definition"]

_SKIPPED_FIELDS = {"ctx", "kind", "type_comment", "type_params", "annotation", "returns", "simple"}
_FIELD_MARKERS = ("ClassVar", "InitVar", "KW_ONLY")
_INERT = {"typing.final", "typing.override", "typing.no_type_check"}


@dataclass(frozen=True)
class Around:
    """The file around a definition: its lines, its module-level names, with the root of the import
    where only that binds one, and the modules that it imports anywhere, collected on the way."""

    lines: Sequence[str]
    bound: Mapping[str, str | None]
    uses: set[str] = field(default_factory=set)


class Entry(NamedTuple):
    """One definition: where it stands, its digest, and the free references that it makes.

    `body` is where a lambda's body stands (line, last line, column, last column), to tell apart
    those of one line. `meta` holds its traits, `reads` the traits that it reads of others, `loads`
    the modules that it imports while running.
    """

    qualname: str
    line: int
    kind: str
    code: bytes
    refs: Refs
    meta: Meta = NONE
    body: tuple[int, ...] = ()
    decorators: tuple[tuple[bytes, Refs], ...] = ()
    reads: int = 0
    notes: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()


def digest_definition(node: ast.AST, prefix: str, found: list[Entry], around: Around) -> Entry:
    """Digest a definition and those inside it; all are appended to `found`, inner ones first."""
    kind = DEFINITIONS.get(type(node), "statement")
    entry = Writer(node, kind, prefix, found, around).entry()
    found.append(entry)
    return entry


class Writer:
    """Writes one definition as lines of text; inner definitions get writers of their own."""

    def __init__(self, node: ast.AST, kind: str, prefix: str, found: list[Entry], around: Around) -> None:
        self.node: Any = node
        self.kind = kind
        self.found = found
        self.around = around
        self.prefix = prefix
        self.qualname = prefix + getattr(node, "name", "<lambda>" if kind == "lambda" else "")
        self.inside = {"class": f"{self.qualname}.", "statement": prefix}.get(
            kind, f"{self.qualname}.<locals>."
        )
        self.names = Names(bindings_of(node, kind))
        self.out: list[str] = [kind]
        self.traits: list[list[str]] = [[] for _ in TRAITS]
        self.seen: set[str] = set()
        self.reads = 0
        self.notes: dict[str, None] = {}
        self.loads: dict[str, None] = {}

    def entry(self) -> Entry:
        node = self.node
        decorators = self.decorators(node)
        line = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
        if self.kind == "class":
            self.class_body(node)
        elif self.kind == "statement":
            self.write(node)
        else:
            self.function(node)
        self.traits[TEXT] += (str(line), *self.around.lines[line - 1 : node.end_lineno])
        for name in self.seen:
            self.reads |= READERS.get(name, 0)
        if {"fields", "type"} <= self.seen:  # of a dataclass, where a field's type is its annotation
            self.reads |= 1 << HINTS
        return Entry(
            kind=self.kind,
            qualname=self.qualname,
            line=line,
            body=_position(node.body) if self.kind == "lambda" else (),
            code=_digest(self.out),
            refs=self.names.refs(),
            decorators=tuple(self.apart(item) for item in decorators),
            meta=tuple(_digest(lines) if lines else b"" for lines in self.traits),
            reads=self.reads,
            notes=tuple(self.notes),
            loads=tuple(self.loads),
        )

    def decorators(self, node: Any) -> list[ast.expr]:
        """The decorators that do something while running."""
        return [item for item in getattr(node, "decorator_list", ()) if dotted(self, item) not in _INERT]

    def apart(self, node: ast.expr) -> tuple[bytes, tuple[Ref, ...]]:
        """A decorator or default: evaluated outside, so with a digest and references of its own."""
        writer = Writer(ast.Expr(node), "statement", self.inside, self.found, self.around)
        writer.write(node)
        return _digest(writer.out), writer.names.refs()

    def function(self, node: Any) -> None:
        self.signature(node.args)
        if self.kind == "lambda":
            self.write(node.body)
            return
        self.out.append(type(node).__name__)
        arguments = node.args
        if not self.prefix:  # those of inner definitions are written where they stand
            for default in (*arguments.defaults, *(item for item in arguments.kw_defaults if item)):
                self.apart(default)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [arg for arg in (arguments.vararg, arguments.kwarg) if arg]
        hints = [*(arg.annotation for arg in every), node.returns]
        self.traits[HINTS] += [arg.arg for arg in every]
        self.traits[HINTS] += [self.text(item) if item else "-" for item in hints]
        self.traits[DOCS].append(_docstring(node))
        self.body(node.body)

    def signature(self, arguments: ast.arguments) -> None:
        """Names of parameters count where a caller can pass them by keyword."""
        scope = self.names.scopes[0]
        by_keyword = not hasattr(self.node, "called_by_place")
        for arg in arguments.posonlyargs:
            self.out.append(self.names.local(scope, arg.arg))
        for separator, args in (("/", arguments.args), ("*", arguments.kwonlyargs)):
            self.out.append(separator)
            for arg in args:
                self.out += [arg.arg * by_keyword, self.names.local(scope, arg.arg)]
        for rest in (arguments.vararg, arguments.kwarg):
            self.out.append(self.names.local(scope, rest.arg) if rest else "-")
        self.out.append(str([default is None for default in arguments.kw_defaults]))

    def class_body(self, node: ast.ClassDef) -> None:
        """Methods stand sorted by name where nothing in the body uses one."""
        self.out.append(node.name)
        self.sequence(node.bases)
        self.sequence(node.keywords)
        self.traits[DOCS].append(_docstring(node))
        methods: list[Any] = []
        others: list[Any] = []
        for statement in self.effective(node.body):
            is_method = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
            (methods if is_method else others).append(statement)
        names = [method.name for method in methods]
        self.traits[ORDER] += names
        if set(names) & set(used_in_body(methods, others)):
            ordered = sorted([*others, *methods], key=lambda item: item.lineno)
        else:
            ordered = [*others, *sorted(methods, key=lambda item: item.name)]
        for statement in ordered:
            if isinstance(statement, ast.AnnAssign):
                self.field(statement)
            else:
                self.write(statement)

    def field(self, node: ast.AnnAssign) -> None:
        """An annotated name of a class is a field; its type is a trait."""
        self.out.append("field")
        self.write(node.target)
        hint = self.text(node.annotation)
        self.out += [marker for marker in _FIELD_MARKERS if marker in hint]
        self.traits[HINTS].append(hint)
        self.optional(node.value)

    def text(self, node: ast.expr) -> str:
        """An annotation as it is written."""
        lines = [line.encode("utf-8", "surrogateescape") for line in
                 self.around.lines[node.lineno - 1 : node.end_lineno]]  # fmt: skip
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"\n".join(lines).decode("utf-8", "replace")

    def embed(self, node: Any) -> None:
        """An inner definition: its digest, then what its free references are here."""
        kind = DEFINITIONS[type(node)]
        inner = digest_definition(node, self.inside, self.found, self.around)
        self.sequence(self.decorators(node))
        if kind != "class":
            self.sequence(node.args.defaults)
            self.sequence(node.args.kw_defaults)
        if kind != "lambda":
            self.out.append(self.names.resolve(node.name))
            self.traits[NAMES].append(node.name)
        self.out += ["embed", inner.code.hex()]
        for root, attrs, called in inner.refs:
            skip = kind != "class"
            self.out.append(self.names.resolve(root, attrs, called, skip_class=skip))
        for trait in TRAITS:
            if inner.meta[trait]:
                self.traits[trait].append(inner.meta[trait].hex())
        self.reads |= inner.reads
        self.notes.update(dict.fromkeys(inner.notes))
        self.loads.update(dict.fromkeys(inner.loads))

    def write(self, node: Any) -> None:
        handler = HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node)
        else:
            self.generic(node)

    def generic(self, node: Any) -> None:
        kind: Any = type(node)
        self.out.append(kind.__name__)
        for name in _fields(kind):
            value = getattr(node, name, None)
            if isinstance(value, list):
                if value and isinstance(value[0], ast.stmt):
                    self.body(value)
                else:
                    self.sequence(value)
            elif isinstance(value, ast.AST):
                self.write(value)
            else:
                self.out.append(repr(value))

    def optional(self, node: ast.AST | None) -> None:
        if node is None:
            self.out.append("-")
        else:
            self.write(node)

    def sequence(self, items: Iterable[Any]) -> None:
        self.out.append("[")
        for item in items:
            if isinstance(item, ast.AST):
                self.write(item)
            else:
                self.out.append(repr(item))
        self.out.append("]")

    def body(self, statements: list[Any]) -> None:
        self.sequence(self.effective(statements))

    def effective(self, statements: list[Any]) -> Iterator[Any]:
        """The statements that do something while running."""
        for item in statements:
            if isinstance(item, ast.If) and dotted(self, item.test) == "typing.TYPE_CHECKING":
                yield from self.effective(item.orelse)
            elif not is_inert(item) or (self.kind == "class" and isinstance(item, ast.AnnAssign)):
                yield item


def _digest(lines: Iterable[str]) -> bytes:
    # Every line of code is a name, a repr or a word of ours: none holds a line break.
    return hash_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))


def _position(node: ast.expr) -> tuple[int, ...]:
    return (node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0)


def _docstring(node: Any) -> str:
    match node.body[0]:
        case ast.Expr(ast.Constant(str(text))):
            return text
    return ""


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in getattr(kind, "_fields", ()) if name not in _SKIPPED_FIELDS)
