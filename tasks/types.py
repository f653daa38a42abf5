"""Types of values as texts: reading them, and whether a value of one may stand where another is wanted.

Owns the language: `Grid(ndarray)` is a name with what it stands for, `Callable[[Grid], int]` and
`tuple[Object, ...]` are as in Python, `~A` is a variable, `Literal[int]` the type of a value that
takes on any name for what it is, `object` is anything, and `?` is not known. Names keep values apart
that Python does not: a count is no `Colour(int)`, though a colour is an int. It is no type checker:
where it does not know, it allows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tasks.form import Constant

_CONTAINERS = frozenset(("Collection", "Container", "Hashable", "Iterable", "Sequence", "Sized"))


@dataclass(frozen=True)
class Type:
    """A name, the types inside its brackets, and the type that the name stands for, if any."""

    name: str
    inside: tuple[Type, ...] = ()
    means: Type | None = None

    def __str__(self) -> str:
        if self.means is not None:
            return f"{self.name}({self.means})"
        listed = ", ".join(map(str, self.inside))
        if self.name == LIST:
            return f"[{listed}]"
        return f"{self.name}[{listed}]" if self.inside else self.name

    @property
    def known(self) -> bool:
        """Whether it says anything: it is neither unknown, nor anything, nor a variable."""
        return self.name not in (UNKNOWN.name, ANYTHING.name) and not self.variable

    @property
    def variable(self) -> bool:
        """Whether any type may stand for it, the same one wherever it stands in one signature."""
        return self.name.startswith("~")

    @property
    def structure(self) -> Type:
        """What is left when every name is replaced by what it stands for."""
        # Not cached in the instance: constants of modules are part of fingerprints, with all they hold.
        if self.means is not None:
            return self.means.structure
        return Type(self.name, tuple(part.structure for part in self.inside))


LIST = "[]"
"""The name of a list of parameters."""
MORE = Type("...")
"""What stands for any number of types."""
UNKNOWN = Type("?")
ANYTHING = Type("object")
"""What an annotation says that allows every value."""

Binding = dict[str, Type]
"""What the variables of one signature stand for."""


def callable_type(parameters: tuple[Type, ...], result: Type) -> Type:
    """The type of a function."""
    return Type("Callable", (list_type(parameters), result))


def list_type(parameters: Iterable[Type]) -> Type:
    """The list of a function's parameters, as it stands in the brackets of `Callable`."""
    return Type(LIST, tuple(parameters))


def literal(value: Constant) -> Type:
    """The type of a constant in a program."""
    return Type("Literal", (type_of(value),))


def type_of(value: object) -> Type:
    """The type of a value that is no function, by what is in it."""
    if isinstance(value, tuple):
        return Type("tuple", tuple(map(type_of, value)))
    return Type("None" if value is None else type(value).__name__)


@lru_cache(maxsize=4096)
def read_type(text: str) -> Type:
    """The type that a text says. Raises ValueError for a text of another language."""
    try:
        return _read(ast.parse(text.replace("?", "_"), mode="eval").body)
    except SyntaxError:
        raise ValueError(f"not a type: {text!r}") from None


def _read(node: ast.expr) -> Type:
    match node:
        case ast.Name(id="_"):
            return UNKNOWN
        case ast.Name(id=name):
            return Type(name)
        case ast.UnaryOp(op=ast.Invert(), operand=ast.Name(id=name)):
            return Type(f"~{name}")
        case ast.Call(func=ast.Name(id=name), args=[means]):
            return Type(name, means=_read(means))
        case ast.Subscript(value=ast.Name(id=name), slice=inside):
            parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            return Type(name, tuple(map(_read, parts)))
        case ast.List(elts=elements):
            return list_type(map(_read, elements))
        case ast.Constant(value=None):
            return Type("None")
        case ast.Constant(value=value) if value is ...:
            return MORE
    raise ValueError(f"not a type: {ast.unparse(node)!r}")


def bound(wanted: Type, binding: Binding) -> Type:
    """The type with its variables replaced by what they stand for; those that stand for nothing stay."""
    if wanted.variable:
        return binding.get(wanted.name, wanted)
    if not wanted.inside:
        return wanted
    return Type(wanted.name, tuple(bound(part, binding) for part in wanted.inside))


def fits(given: Type, wanted: Type, binding: Binding) -> bool:
    """Whether a value of one type may stand where the other is wanted; binds the wanted's variables."""
    if wanted.variable:
        return _fits_variable(given, wanted, binding)
    if not wanted.known or not given.known:
        return True
    if wanted.name == "Union":
        return any(fits(given, each, binding) for each in wanted.inside)
    if given.name == "Union":
        return any(fits(each, wanted, binding) for each in given.inside)
    if given.name == "Literal":
        value = wanted.inside[0] if wanted.name == "Literal" else wanted.structure
        return fits(given.inside[0], value, binding)
    if given.name == wanted.name:
        return _fits_inside(given, wanted, binding)
    if given.means is not None and given.means.inside:
        return fits(given.means, wanted, binding)
    if wanted.means is not None:
        abstract = wanted.structure.name
        return (abstract == "Union" or abstract in _CONTAINERS) and fits(given, wanted.means, binding)
    return wanted.name in _CONTAINERS and _fits_container(given, wanted, binding)


def _fits_variable(given: Type, wanted: Type, binding: Binding) -> bool:
    before = binding.get(wanted.name)
    if before is None or before.name == "Literal" or not before.known:
        if before is not None and not fits(before, given, {}):
            return False
        binding[wanted.name] = given
        return True
    return fits(given, before, {}) or fits(before, given, {})


def _fits_inside(given: Type, wanted: Type, binding: Binding) -> bool:
    """Types of one name, by what stands in their brackets; without brackets anything may."""
    if not given.inside or not wanted.inside:
        return True
    if given.name == "Callable":
        return _fits_call(given.inside, wanted.inside, binding)
    one, other = given.inside, wanted.inside
    if given.name == "tuple" and MORE in (one[-1], other[-1]):
        return _fits_elements(one, other, binding)
    return len(one) == len(other) and all(fits(g, w, binding) for g, w in zip(one, other, strict=True))


def _fits_elements(one: tuple[Type, ...], other: tuple[Type, ...], binding: Binding) -> bool:
    """Tuples of which one or both are of any length."""
    given = [each for each in one if each != MORE]
    wanted = [each for each in other if each != MORE]
    return all(fits(g, w, binding) for g in given for w in wanted)


def _fits_call(given: tuple[Type, ...], wanted: tuple[Type, ...], binding: Binding) -> bool:
    """Functions: their parameters as far as both say them, then their results."""
    takes, asked = given[0].inside, wanted[0].inside
    open_ended = MORE in (*takes, *asked, given[0], wanted[0])
    if not open_ended and len(takes) != len(asked):
        return False
    both = zip(takes, asked, strict=False)
    if not all(MORE in (g, w) or fits(g, w, binding) for g, w in both):
        return False
    return fits(given[1], wanted[1], binding)


def _fits_container(given: Type, wanted: Type, binding: Binding) -> bool:
    """A tuple or a frozen set where any container is wanted."""
    if given.name not in ("tuple", "frozenset", "list", "set", "str", "dict"):
        return False
    if not wanted.inside:
        return True
    return all(fits(each, wanted.inside[0], binding) for each in given.inside if each != MORE)
