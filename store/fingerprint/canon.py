"""The canonical form of one definition: what of its syntax can change what it does.

Owns: turning a function, lambda, class or module-level statement into a digest and the free
references that it makes. Comments, formatting, docstrings, annotations and the names of locals
leave no trace. Each definition is digested once; one that contains it embeds that digest and
rebinds its free references.

Does not promise: equal digests under different minor versions of Python, whose syntax trees differ.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from store.encode import hash_bytes
from store.fingerprint.scope import DEFINITIONS, Names, Ref, bindings_of
from store.fingerprint.syntax import HANDLERS

__all__ = ["Entry", "Writer", "digest_definition"]

_SKIPPED_FIELDS = {"ctx", "kind", "type_comment", "type_params", "annotation", "returns", "simple"}
_READS_META = {
    "__annotations__", "__doc__", "get_annotations", "get_type_hints", "getdoc", "getfullargspec",
    "signature",
}  # fmt: skip
_ORDERLESS = {"dataclass", "final", "total_ordering", "unique"}
_FIELD_MARKERS = ("ClassVar", "InitVar", "KW_ONLY")


@dataclass(frozen=True)
class Entry:
    """One definition: where it stands, its digest, and the free references that it makes.

    `body` is where a lambda's body stands (line, last line, column, last column), to tell apart
    those of one line. `meta` digests annotations and docstrings, which count only where some code
    reads them.
    """

    kind: str
    qualname: str
    line: int
    body: tuple[int, ...]
    code: bytes
    refs: tuple[Ref, ...]
    decorators: tuple[tuple[bytes, tuple[Ref, ...]], ...]
    meta: bytes
    reads_meta: bool
    notes: tuple[str, ...]


def digest_definition(node: ast.AST, prefix: str, found: list[Entry]) -> Entry:
    """Digest a definition and those inside it; all are appended to `found`, inner ones first."""
    entry = Writer(node, DEFINITIONS.get(type(node), "statement"), prefix, found).entry()
    found.append(entry)
    return entry


class Writer:
    """Writes one definition as lines of text; inner definitions get writers of their own."""

    def __init__(self, node: ast.AST, kind: str, prefix: str, found: list[Entry]) -> None:
        self.node: Any = node
        self.kind = kind
        self.found = found
        self.qualname = prefix + getattr(node, "name", "<lambda>" if kind == "lambda" else "")
        self.inside = {"class": f"{self.qualname}.", "statement": prefix}.get(
            kind, f"{self.qualname}.<locals>."
        )
        self.names = Names(bindings_of(node, kind))
        self.out: list[str] = [kind]
        self.meta: list[str] = []
        self.reads_meta = False
        self.notes: dict[str, None] = {}

    def entry(self) -> Entry:
        node = self.node
        decorators = getattr(node, "decorator_list", [])
        if self.kind == "class":
            self.class_body(node)
        elif self.kind == "statement":
            self.write(node)
        else:
            self.function(node)
        return Entry(
            kind=self.kind,
            qualname=self.qualname,
            line=min(item.lineno for item in (node, *decorators)),
            body=_position(node.body) if self.kind == "lambda" else (),
            code=_digest(self.out),
            refs=self.names.refs(),
            decorators=tuple(self.apart(item) for item in decorators),
            meta=_digest(self.meta),
            reads_meta=self.reads_meta,
            notes=tuple(self.notes),
        )

    def apart(self, node: ast.expr) -> tuple[bytes, tuple[Ref, ...]]:
        """A decorator: evaluated outside the definition, so with a digest and references of its
        own."""
        writer = Writer(ast.Expr(node), "statement", self.inside, [])
        writer.write(node)
        return _digest(writer.out), writer.names.refs()

    def function(self, node: Any) -> None:
        self.signature(node.args)
        if self.kind == "lambda":
            self.write(node.body)
            return
        self.out.append(type(node).__name__)
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [arg for arg in (arguments.vararg, arguments.kwarg) if arg]
        hints = [*(arg.annotation for arg in every), node.returns]
        self.meta += [ast.dump(item) if item else "-" for item in hints]
        self.meta.append(ast.get_docstring(node) or "")
        self.body(node.body)

    def signature(self, arguments: ast.arguments) -> None:
        """Names of parameters count where a caller can pass them by keyword."""
        scope = self.names.scopes[0]
        for arg in arguments.posonlyargs:
            self.out.append(self.names.local(scope, arg.arg))
        for separator, args in (("/", arguments.args), ("*", arguments.kwonlyargs)):
            self.out.append(separator)
            for arg in args:
                self.out += [arg.arg, self.names.local(scope, arg.arg)]
        for rest in (arguments.vararg, arguments.kwarg):
            self.out.append(self.names.local(scope, rest.arg) if rest else "-")
        self.out.append(str([default is None for default in arguments.kw_defaults]))

    def class_body(self, node: ast.ClassDef) -> None:
        """Methods stand sorted by name: their order matters only to a metaclass or a decorator."""
        self.out.append(node.name)
        self.sequence(node.bases)
        self.sequence(node.keywords)
        self.meta.append(ast.get_docstring(node) or "")
        decorators = {_last_name(item) for item in node.decorator_list}
        ordered = bool(node.keywords) or not decorators <= _ORDERLESS
        framework = ordered or not {_last_name(item) for item in node.bases} <= {"NamedTuple"}
        methods = []
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):
                self.field(statement, framework)
            elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and not ordered:
                methods.append(statement)
            elif not _is_inert(statement):
                self.write(statement)
        for method in sorted(methods, key=lambda item: item.name):
            self.write(method)

    def field(self, node: ast.AnnAssign, framework: bool) -> None:
        """An annotated name of a class is a field; its type counts where a framework may read
        it."""
        self.out.append("field")
        self.write(node.target)
        dumped = ast.dump(node.annotation)
        self.out += [marker for marker in _FIELD_MARKERS if marker in dumped]
        if framework:
            self.write(node.annotation)
        self.meta.append(dumped)
        self.optional(node.value)

    def embed(self, node: Any) -> None:
        """An inner definition: its digest, then what its free references are here."""
        kind = DEFINITIONS[type(node)]
        inner = digest_definition(node, self.inside, self.found)
        self.sequence(getattr(node, "decorator_list", ()))
        if kind != "class":
            self.sequence(node.args.defaults)
            self.sequence(node.args.kw_defaults)
        if kind != "lambda":
            self.out.append(self.names.resolve(node.name))
        self.out += ["embed", inner.code.hex()]
        for ref in inner.refs:
            skip = kind != "class"
            self.out.append(self.names.resolve(ref.root, ref.attrs, ref.called, skip_class=skip))
        self.meta.append(inner.meta.hex())
        self.reads_meta |= inner.reads_meta
        self.notes.update(dict.fromkeys(inner.notes))

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
        self.sequence(item for item in statements if not _is_inert(item))

    def seen(self, name: str) -> None:
        self.reads_meta |= name in _READS_META


def _digest(lines: list[str]) -> bytes:
    # Every line is a name, a repr or a word of ours: none holds a line break.
    return hash_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))


def _position(node: ast.expr) -> tuple[int, ...]:
    return (node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0)


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(name for name in getattr(kind, "_fields", ()) if name not in _SKIPPED_FIELDS)


def _is_inert(node: ast.stmt) -> bool:
    """Docstrings, `pass`, `...` and bare annotations do nothing."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name)
    )


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
