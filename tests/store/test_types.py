"""Which classes are found through a function's annotations."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, NamedTuple, Optional, TypeVar

import pytest

from store.types import Types

if TYPE_CHECKING:
    from nowhere import Ghost

T = TypeVar("T")


class Colour(enum.Enum):
    RED = 1


class Pair(NamedTuple):
    a: int
    b: Leaf


@dataclass(frozen=True)
class Leaf:
    colour: Colour


@dataclass
class Tree:
    children: tuple[Tree, ...]
    pairs: Mapping[str, list[Pair | None]]


@dataclass
class Holder(Generic[T]):
    item: T


@dataclass
class Wrapping:
    func: Callable[[int], Leaf] | None = None
    leaf: Leaf | None = None


@dataclass
class Other:
    x: int


def known(function: object, kind: type) -> bool:
    return Types((), function).get(Types.name_of(kind)) is kind


def plain(x: int) -> Leaf: ...
def optional() -> Optional[Leaf]: ...  # noqa: UP045  # both spellings are in use
def union() -> int | Leaf: ...
def container() -> dict[str, list[tuple[Leaf, ...]]]: ...
def annotated() -> Annotated[set[Leaf], "unit"]: ...
def argument(leaf: Leaf) -> int: ...
def nested() -> Tree: ...
def generic() -> Holder[Leaf]: ...
def wrapping() -> Wrapping: ...
def deferred() -> list[Leaf]: ...
def ghost(x: Ghost) -> Leaf: ...


def wordy() -> Leaf: ...


wordy.__annotations__["return"] = "what comes out of it"


@functools.wraps(plain)
def wrapper(*args: Any) -> Any: ...


class Method:
    def bound(self) -> Leaf: ...


FUNCTIONS = [plain, optional, union, container, annotated, argument, nested, generic, wrapping, deferred,
             wrapper, functools.partial(plain, 1), functools.partial(functools.partial(wrapper), 2),
             Method().bound]  # fmt: skip


@pytest.mark.parametrize(
    "function", FUNCTIONS, ids=[f"{i}-{getattr(f, '__name__', 'partial')}" for i, f in enumerate(FUNCTIONS)]
)
def test_classes_are_found_through_annotations(function: object) -> None:
    assert known(function, Leaf)
    assert known(function, Colour), "through the fields of Leaf"
    assert not known(function, Other)


def test_classes_are_found_through_fields_of_every_kind_of_class() -> None:
    assert known(nested, Tree)
    assert known(nested, Pair)
    assert known(generic, Holder)
    assert known(wrapping, Wrapping)


@pytest.mark.parametrize("function", [ghost, wordy, len, None], ids=("ghost", "wordy", "len", "None"))
def test_annotations_that_name_nothing_leave_registered_classes(function: object) -> None:
    types = Types([Leaf], function)
    assert types.get(Types.name_of(Leaf)) is Leaf
    assert types.get(Types.name_of(Colour)) is Colour
    assert types.get(Types.name_of(Other)) is None


def test_plain_classes_are_never_known() -> None:
    assert Types([int, Method]).get("builtins:int") is None
