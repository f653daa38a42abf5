"""What the primitives of a DSL take and give, as texts: all that mutation knows of them.

Owns `Signature` and the reading of annotations. A signature says nothing of what a primitive does,
so editing a body changes no signature, and no mutant. Names that annotations give to types
(`Grid`, `Colour`) are kept beside what they stand for; see `tasks.types` for the language.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, Union, get_args, get_origin

from tasks.types import ANYTHING, MORE, UNKNOWN, Type, list_type, type_of

__all__ = ["Signature", "signatures"]

_Names = Mapping[str, object]
"""What the names of an annotation mean where it stands."""


@dataclass(frozen=True)
class Signature:
    """A primitive by its name, with the types of its parameters and of its result.

    `needed` of the parameters have no default; the type of `more`, if any, is that of any number of
    further arguments. A constant is no function: its result is its own type.
    """

    name: str
    result: str
    parameters: tuple[tuple[str, str], ...] = ()
    needed: int = 0
    more: str | None = None
    function: bool = True


def signatures(primitives: Mapping[str, object]) -> tuple[Signature, ...]:
    """The signature of each primitive, by name."""
    return tuple(_signature(name, primitives[name]) for name in sorted(primitives))


def _signature(name: str, primitive: object) -> Signature:
    if not callable(primitive):
        return Signature(name, str(type_of(primitive)), function=False)
    try:
        found = inspect.signature(primitive)
    except (TypeError, ValueError):  # a builtin that does not say
        return Signature(name, str(UNKNOWN), more=str(UNKNOWN))
    names = _names_of(primitive)
    kinds = inspect.Parameter
    placed = [p for p in found.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = [p for p in found.parameters.values() if p.kind is kinds.VAR_POSITIONAL]
    return Signature(
        name,
        _text(found.return_annotation, names),
        tuple((parameter.name, _text(parameter.annotation, names)) for parameter in placed),
        sum(parameter.default is kinds.empty for parameter in placed),
        _text(rest[0].annotation, names) if rest else None,
    )


def _names_of(primitive: Callable[..., Any]) -> _Names:
    """The names that the annotations of a primitive were written with."""
    function = inspect.unwrap(primitive)
    while isinstance(function, partial):
        function = inspect.unwrap(function.func)
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    return getattr(function, "__globals__", None) or vars(module or types)


def _text(annotation: object, names: _Names) -> str:
    return str(_Reader(names, not isinstance(annotation, str)).annotated(annotation))


@dataclass(frozen=True)
class _Reader:
    """Annotations as types, by the names that are known where they stand.

    A live annotation has lost the name that it was written with; one that the module has for the
    same object is taken. Where `live`, that goes for classes too: a text says which name it means.
    """

    names: _Names
    live: bool

    def annotated(self, annotation: object) -> Type:
        """The type of an annotation, which is a text or a live object."""
        if isinstance(annotation, str):
            try:
                return self._node(ast.parse(annotation, mode="eval").body)
            except SyntaxError:
                return UNKNOWN
        return self._named(annotation)

    def _node(self, node: ast.expr) -> Type:
        match node:
            case ast.Constant(value=str(text)):
                return self.annotated(text)
            case ast.Constant(value=None):
                return Type("None")
            case ast.Constant(value=value) if value is ...:
                return MORE
            case ast.List(elts=elements):
                return list_type(map(self._node, elements))
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return Type("Union", (self._node(left), self._node(right)))
            case ast.Subscript(value=of, slice=inside):
                parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
                return self._generic(self._node(of).name, tuple(map(self._node, parts)))
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return self._called(name, self._lookup(node))
        return UNKNOWN

    def _lookup(self, node: ast.expr) -> object:
        """The object that a dotted name means; None where it is not known here."""
        if isinstance(node, ast.Attribute):
            return getattr(self._lookup(node.value), node.attr, None)
        builtins: _Names = vars(sys.modules["builtins"])
        return self.names.get(node.id, builtins.get(node.id)) if isinstance(node, ast.Name) else None

    def _called(self, name: str, meant: object) -> Type:
        """The type that a name in an annotation gives: itself, or a name for what it means."""
        if meant is None:
            return Type(name)
        found = self._object(meant)
        plain = found.variable or not found.known or found.name == _python_name(name)
        return found if plain else Type(name, means=found)

    def _named(self, meant: object) -> Type:
        """A live annotation, by the first name that its module has for it."""
        if isinstance(meant, str):
            return self.annotated(meant)
        found = self._object(meant)
        if not found.known or (isinstance(meant, type) and not self.live):
            return found
        called = [name for name, value in self.names.items() if value is meant and name != found.name]
        called = [name for name in called if not name.startswith("_") and _python_name(name) != found.name]
        return Type(min(called), means=found) if called else found

    def _object(self, meant: object) -> Type:
        """A live annotation by its structure."""
        if meant is None or meant is type(None):
            return Type("None")
        if meant is ...:
            return MORE
        if meant is inspect.Parameter.empty:
            return UNKNOWN
        if meant is Any or meant is object:
            return ANYTHING
        if isinstance(meant, TypeVar):
            return Type(f"~{meant.__name__}")
        if isinstance(meant, list):
            return list_type(map(self._named, meant))
        origin = get_origin(meant)
        if origin in (Union, types.UnionType):
            return Type("Union", tuple(map(self._named, get_args(meant))))
        if origin is not None:
            return self._generic(_name_of(origin), tuple(map(self._named, get_args(meant))))
        return Type(_name_of(meant))

    def _generic(self, name: str, inside: tuple[Type, ...]) -> Type:
        name = _python_name(name)
        if name == "Concatenate":
            return list_type(inside)
        return Type(name, inside)


_SPELLED = {"Tuple": "tuple", "FrozenSet": "frozenset", "List": "list", "Set": "set", "Dict": "dict"}
"""Names of `typing` for classes that have names of their own."""


def _python_name(name: str) -> str:
    return _SPELLED.get(name, name)


def _name_of(meant: object) -> str:
    return _python_name(str(getattr(meant, "__name__", None) or getattr(meant, "_name", None) or "?"))
