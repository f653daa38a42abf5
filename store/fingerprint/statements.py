"""What statements do: to the names of their module, to other modules, or nothing.

Owns: which names a statement binds, imports, or may change in place, and which the body of a class
reads while it runs.

Does not promise: to see a change that a function makes to a name which it is not given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from store.fingerprint.scope import bindings_of, child_fields, import_root

__all__ = [
    "bound_by",
    "bound_by_all",
    "changed_by",
    "imported_by",
    "is_inert",
    "sets_outside",
    "used_in_body",
]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)
_ACCESSORS = {"setter", "getter", "deleter", "register"}
_SETTERS = ("set", "seed", "manual_seed")
_PLUMBING = {
    "faulthandler",
    "gc",
    "logging",
    "os",
    "resource",
    "signal",
    "socket",
    "sys",
    "threading",
    "warnings",
}
"""Modules in which a setting is about the process, and changes no result; what is read from the
environment counts when it is read."""


def imported_by(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """Names that a statement imports, `*` included, and their roots."""
    if isinstance(statement, (*_DEFINITIONS, *_SIMPLE)):
        return
    for node in _nodes(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield import_root(node, alias)


def bound_by(statement: ast.stmt) -> dict[str, str | None]:
    """The module-level names that a statement binds, with the root of the import where only that
    does."""
    if isinstance(statement, _DEFINITIONS):
        return {statement.name: None}
    return bindings_of(ast.Module([statement], []), "module").bound


def bound_by_all(each: Iterable[Mapping[str, str | None]]) -> dict[str, str | None]:
    """What several statements bind."""
    found: dict[str, str | None] = {}
    for bound in each:
        for name, root in bound.items():
            if found.setdefault(name, root) != root:
                found[name] = None
    return found


def changed_by(statement: ast.stmt) -> set[str]:
    """Names whose values a statement may change in place: `x.append(1)`, `x[1] = 2`, `x.a = 3`,
    `fill(x)`."""
    if isinstance(statement, _DEFINITIONS):
        return set()
    names = set()
    for node in _nodes(statement):
        match node:
            case ast.Call(func=func, args=args):
                targets = [func, *args]
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                targets = [node]
            case _:
                continue
        for item in targets:
            held = item
            while isinstance(held, ast.Attribute | ast.Subscript):
                held = held.value
            if isinstance(held, ast.Name) and (held is not item or item is not targets[0]):
                names.add(held.id)
    return names


def _nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """A statement and what is in it, annotations aside."""
    stack: list[Any] = [statement]
    while stack:
        node = stack.pop()
        kind: Any = type(node)
        if kind is list:
            stack += node
        elif node is not None:
            yield node
            stack += [getattr(node, name) for name in child_fields(kind)]


def sets_outside(statement: ast.stmt, bound: Mapping[str, str | None]) -> bool:
    """Whether a statement sets something in an imported module that may change results:
    `np.seterr(...)`, `decimal.getcontext().prec = ...`."""
    match statement:
        case ast.Expr(ast.Call(func=ast.Attribute(attr=name) as target)) if name.startswith(_SETTERS):
            targets: list[ast.expr] = [target]
        case ast.Assign(targets=targets):
            pass
        case ast.AugAssign(target=target):
            targets = [target]
        case _:
            return False
    roots = (bound.get(_holder(target)) for target in targets if not isinstance(target, ast.Name))
    return any(root is not None and _module_of(root) not in _PLUMBING for root in roots)


def _module_of(root: str) -> str:
    """The top-level module that the root of an import names."""
    return root.split(" ")[1 if root.startswith("import ") else 2].partition(".")[0]


def _holder(node: ast.expr) -> str:
    """The name that an expression begins with."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case ast.Name(name):
                return name
            case _:
                return ""


def is_inert(node: ast.stmt) -> bool:
    """Docstrings, `pass`, `...` and bare annotations do nothing."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.AnnAssign) and node.value is None and isinstance(node.target, ast.Name)
    )


def used_in_body(methods: list[Any], others: list[Any]) -> Iterator[str]:
    """Names that a class's body reads while it runs, other than in `@x.setter` and its like."""
    outside = [item for method in methods for item in (*method.args.defaults, *method.args.kw_defaults)]
    for decorator in (item for method in methods for item in method.decorator_list):
        if not (isinstance(decorator, ast.Attribute) and decorator.attr in _ACCESSORS):
            outside.append(decorator)
    for node in (*outside, *others):
        for inner in ast.walk(node) if node else ():
            if isinstance(inner, ast.Name):
                yield inner.id
