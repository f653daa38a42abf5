"""Names inside one definition: which are its locals, and what the others refer to.

Owns: which names a scope binds, canonical numbers for locals, and the numbered list of free
references.

Does not promise: anything about what a free name refers to while running; `store.fingerprint.reach`
looks that up.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

__all__ = [
    "DEFINITIONS",
    "OWN_MODULE",
    "Names",
    "Ref",
    "Refs",
    "Scope",
    "bindings_of",
    "comprehension_scope",
    "import_root",
    "modules_of",
]

OWN_MODULE = "own module"
"""The root of a reference to everything that a definition's own module holds."""

DEFINITIONS: dict[type[ast.AST], str] = {
    ast.FunctionDef: "function",
    ast.AsyncFunctionDef: "function",
    ast.Lambda: "lambda",
    ast.ClassDef: "class",
}
_LEAVES = {
    "annotation", "arg", "attr", "ctx", "id", "kind", "level", "module", "name", "op", "ops", "rest",
    "returns", "simple", "type_comment", "type_params",
}  # fmt: skip
_SEES_LOCALS = {"locals", "vars", "eval", "exec", "dir"}


class Ref(NamedTuple):
    """A free name with the attributes read from it.

    `root` is a name, `global NAME`, `import MODULE`, `from LEVEL MODULE NAME`, `tree PACKAGE` (all
    modules in a package, or in the folder of the own module's top-level package where it is empty)
    or `OWN_MODULE`. An attribute `@NAME` is the one that the string NAME says. `called`: only ever
    called, so that what it is named cannot matter.
    """

    root: str
    attrs: tuple[str, ...]
    called: bool


Refs = tuple[tuple[str, tuple[str, ...], bool], ...]
"""References as they are kept: making a `Ref` of each takes longer than following it."""


@dataclass
class Scope:
    """The names that one scope binds, with what an import statement binds them to, if only that
    does."""

    kind: str
    bound: dict[str, str | None] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)
    declared_global: set[str] = field(default_factory=set)
    raw: bool = False
    tokens: dict[str, str] = field(default_factory=dict)
    first_line: dict[str, int] = field(default_factory=dict)

    def bind(self, name: str, line: int, imported: str | None = None) -> None:
        self.first_line[name] = min(line, self.first_line.get(name, line))
        same = self.bound.setdefault(name, imported)
        if same != imported:
            self.bound[name] = None


def import_root(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str]:
    """The name that an import binds, and the root that stands for what it is bound to."""
    if isinstance(node, ast.ImportFrom):
        name = alias.asname or alias.name
        return name, f"from {node.level} {node.module or ''} {alias.name}"
    if alias.asname:
        return alias.asname, f"import {alias.name}"
    top = alias.name.partition(".")[0]
    return top, f"import {top}"


def modules_of(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules that an import names; what is imported from one may be one itself."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = "." * node.level + (node.module or "")
    yield base
    yield from (f"{base}.{alias.name}" if node.module else f"{base}{alias.name}" for alias in node.names)


def bindings_of(node: ast.AST, kind: str) -> Scope:
    """The scope that a definition opens. A module-level statement binds only globals, hence
    nothing."""
    scope = Scope(kind)
    if kind == "statement":
        return scope
    if kind in ("function", "lambda"):
        arguments: ast.arguments = node.args  # type: ignore[attr-defined]  # by its kind
        for arg in _every_argument(arguments):
            scope.bind(arg.arg, arg.lineno)
    body: Any = node.body  # type: ignore[attr-defined]  # by its kind
    _collect(body if isinstance(body, list) else [body], scope)
    for name in scope.outer:
        scope.bound.pop(name, None)
    return scope


def comprehension_scope(node: Any, raw: bool) -> Scope:
    """The scope of a comprehension: its targets."""
    scope = Scope("comprehension", raw=raw)
    for generator in node.generators:
        for inner in ast.walk(generator.target):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                scope.bind(inner.id, inner.lineno)
    return scope


def _every_argument(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    if arguments.vararg:
        yield arguments.vararg
    if arguments.kwarg:
        yield arguments.kwarg


def _collect(roots: list[Any], scope: Scope) -> None:
    """Bind what is bound in the scope itself: of inner definitions, only what surrounds their
    bodies."""
    stack = list(roots)
    while stack:
        node = stack.pop()
        kind: Any = type(node)
        binder = _BINDERS.get(kind)
        if binder is not None:
            binder(node, scope)
        if kind in DEFINITIONS:
            stack.extend(_around(node))
            continue
        for name in child_fields(kind):
            value = getattr(node, name)
            if type(value) is list:
                stack.extend(value)
            else:
                stack.append(value)


def _around(node: Any) -> list[Any]:
    """What of a definition is evaluated outside it."""
    found = list(getattr(node, "decorator_list", ()))
    if isinstance(node, ast.ClassDef):
        return [*found, *node.bases, *(item.value for item in node.keywords)]
    return [*found, *node.args.defaults, *node.args.kw_defaults]


@cache
def child_fields(kind: Any) -> tuple[str, ...]:
    """The fields of a node that may hold expressions, statements or patterns."""
    return tuple(name for name in getattr(kind, "_fields", ()) if name not in _LEAVES)


def _bind_name(node: ast.Name, scope: Scope) -> None:
    if isinstance(node.ctx, ast.Load):
        scope.raw |= node.id in _SEES_LOCALS and not hasattr(node, "of_argument")
    elif not hasattr(node, "in_comprehension"):
        scope.bind(node.id, node.lineno)


def _mark_callee(node: ast.Call, scope: Scope) -> None:
    """`vars(x)` and `dir(x)` see what `x` has, and no locals."""
    if node.args and isinstance(node.func, ast.Name) and node.func.id in ("vars", "dir"):
        node.func.of_argument = True  # type: ignore[attr-defined]  # a mark of ours


def _mark_targets(node: Any, scope: Scope) -> None:
    """The targets of a comprehension are its own."""
    for generator in node.generators:
        for inner in ast.walk(generator.target):
            if isinstance(inner, ast.Name):
                inner.in_comprehension = True  # type: ignore[attr-defined]  # a mark of ours


def _bind_own_name(node: Any, scope: Scope) -> None:
    if node.name:
        scope.bind(node.name, node.lineno)


def _bind_rest(node: ast.MatchMapping, scope: Scope) -> None:
    if node.rest:
        scope.bind(node.rest, node.lineno)


def _bind_imports(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    for alias in node.names:
        name, root = import_root(node, alias)
        scope.bind(name, node.lineno, root)


def _declare(node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
    scope.outer.update(node.names)
    if isinstance(node, ast.Global):
        scope.declared_global.update(node.names)


_BINDERS: dict[type, Callable[[Any, Scope], None]] = {
    ast.Name: _bind_name,
    ast.Call: _mark_callee,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _mark_targets),
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), _bind_own_name),
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar), _bind_own_name),
    ast.MatchMapping: _bind_rest,
    **dict.fromkeys((ast.Import, ast.ImportFrom), _bind_imports),
    **dict.fromkeys((ast.Global, ast.Nonlocal), _declare),
}


class Names:
    """Resolves the names of one definition, and numbers its free references by first use."""

    def __init__(self, scope: Scope) -> None:
        self.scopes = [scope]
        self._free: dict[tuple[str, tuple[str, ...]], int] = {}
        self._valued: set[int] = set()
        self._locals = 0

    def refs(self) -> tuple[Ref, ...]:
        """The free references, in the order of their numbers."""
        return tuple(
            Ref(root, attrs, number not in self._valued) for (root, attrs), number in self._free.items()
        )

    def is_bound(self, name: str) -> bool:
        """Whether the name is a local, or shadows a builtin."""
        return any(name in scope.bound for scope in self.scopes)

    def imported(self, name: str) -> str | None:
        """The root of the import that binds a name here, if only that does."""
        return next((scope.bound[name] for scope in reversed(self.scopes) if name in scope.bound), None)

    def local(self, scope: Scope, name: str) -> str:
        """A local's canonical token; its own name only where code may look locals up by name."""
        if scope.raw:
            return f"raw {name}"
        token = scope.tokens.get(name)
        if token is None:
            token = scope.tokens[name] = f"local {self._locals}"
            self._locals += 1
        return token

    def resolve(
        self,
        root: str,
        attrs: tuple[str, ...] = (),
        called: bool = False,
        *,
        skip_class: bool = False,
        line: int = sys.maxsize,
    ) -> str:
        """The token of a name with the attributes read from it, on that line where it is read."""
        for scope in reversed(self.scopes):
            if root in scope.outer:
                break
            if root not in scope.bound or (skip_class and scope.kind == "class"):
                continue
            imported = scope.bound[root]
            if imported is not None:
                return self.free(imported, attrs, called)
            if scope.kind == "class":
                if line <= scope.first_line[root] or len(self.scopes) > 1:
                    # Read before it is bound here, or in a comprehension, it is an outer name.
                    self.free(root, attrs)
                return f"member {root} {'.'.join(attrs)}"
            return f"{self.local(scope, root)} {'.'.join(attrs)}"
        if root in self.scopes[0].declared_global:
            root = f"global {root}"
        return self.free(root, attrs, called)

    def free(self, root: str, attrs: tuple[str, ...] = (), called: bool = False) -> str:
        """The token of a free reference."""
        number = self._free.setdefault((root, attrs), len(self._free))
        if not called:
            self._valued.add(number)
        return f"free {number}"
