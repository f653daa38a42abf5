"""What the statements of a module do to its names, and to other modules.

Owns: which names a statement binds, imports, or may change in place.

Does not promise: to see a change that a function makes to a name which it is not given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from store.fingerprint.scope import bindings_of, import_root

__all__ = ["bound_by", "changed_by", "imported_by", "sets_outside"]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SETTERS = ("set", "seed", "manual_seed")


def imported_by(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """Names that a statement imports, `*` included, and their roots."""
    if isinstance(statement, _DEFINITIONS):
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield import_root(node, alias)


def bound_by(statement: ast.stmt) -> set[str]:
    """The module-level names that a statement binds."""
    if isinstance(statement, _DEFINITIONS):
        return {statement.name}
    return set(bindings_of(ast.Module([statement], []), "module").bound)


def changed_by(statement: ast.stmt) -> set[str]:
    """Names whose values a statement may change in place: `x.append(1)`, `x[1] = 2`, `x.a = 3`,
    `fill(x)`."""
    if isinstance(statement, _DEFINITIONS):
        return set()
    names = set()
    for node in ast.walk(statement):
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
    return names - bound_by(statement)


def sets_outside(statement: ast.stmt, bound: Mapping[str, str | None]) -> bool:
    """Whether a statement sets something in an imported module: `np.seterr(...)`,
    `os.environ[...] = ...`, `decimal.getcontext().prec = ...`."""
    match statement:
        case ast.Expr(ast.Call(func=ast.Attribute(attr=name) as target)) if name.startswith(_SETTERS):
            targets: list[ast.expr] = [target]
        case ast.Assign(targets=targets):
            pass
        case ast.AugAssign(target=target):
            targets = [target]
        case _:
            return False
    return any(bound.get(_holder(target)) for target in targets if not isinstance(target, ast.Name))


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
