"""What is read of the primitives of a DSL: of ours, and of foreign ones in other styles."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterator

import pytest

from tasks.dsl import PRIMITIVES
from tasks.signature import Signature, signatures
from tasks.types import read_type

OWN = {each.name: each for each in signatures(PRIMITIVES)}
GRID = "Grid(ndarray[tuple[object, ...], dtype[uint8]])"

Size = int
Span = tuple[int, int]

LIVE = """
from typing import Any, Callable, Container, FrozenSet, Tuple, Union
Integer = int
IntegerTuple = Tuple[Integer, Integer]
Numerical = Union[Integer, IntegerTuple]
Grid = Tuple[Tuple[Integer]]
Object = FrozenSet[Tuple[Integer, IntegerTuple]]
_pair = Tuple[str, str]
pair = Tuple[str, str]
ZERO = 0
ORIGIN = (0, 0)
def add(a: Numerical, b: Numerical) -> Numerical: ...
def rot90(grid: Grid) -> Grid: ...
def size(container: Container) -> Integer: ...
def asobject(grid: Grid) -> Object: ...
def words(both: pair) -> None: ...
def rbind(function: Callable, fixed: Any) -> Callable: ...
def bare(grid, n=1, *rest): ...
"""


@pytest.fixture
def live() -> Iterator[dict[str, Signature]]:
    """A DSL whose annotations are objects, in a module of its own."""
    module = types.ModuleType("live_dsl")
    sys.modules[module.__name__] = module
    exec(compile(LIVE, "live_dsl.py", "exec", dont_inherit=True), vars(module))
    primitives = {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ or name in ("ZERO", "ORIGIN")
    }
    yield {each.name: each for each in signatures(primitives)}
    del sys.modules[module.__name__]


def told(signature: Signature) -> str:
    return f"{', '.join(text for _, text in signature.parameters)} -> {signature.result}"


def test_names_of_types_are_kept_beside_what_they_stand_for() -> None:
    assert told(OWN["replace"]) == f"{GRID}, Colour(int), Colour(int) -> {GRID}"
    assert told(OWN["objects_4"]) == f"{GRID} -> Objects(tuple[Object, ...])"
    assert told(OWN["opposite"]) == "Direction(tuple[int, int]) -> Direction(tuple[int, int])"
    assert (
        told(OWN["fork"])
        == "Callable[[~B, ~C], ~D], Callable[[~A], ~B], Callable[[~A], ~C] -> Callable[[~A], ~D]"
    )


def test_parameters_keep_names_defaults_and_stars() -> None:
    assert OWN["bind"].more == "object"
    assert OWN["bind"].parameters == (("function", "Callable[[~A, ...], ~B]"),)
    assert [name for name, _ in OWN["replace"].parameters] == ["grid", "old", "new"]
    assert OWN["replace"].needed == 3


def test_constants_are_told_from_functions() -> None:
    assert OWN["UP"] == Signature("UP", "tuple[int, int]", function=False)
    assert OWN["identity"].function


def test_every_text_of_our_dsl_is_a_type() -> None:
    for each in OWN.values():
        for text in (each.result, *(wanted for _, wanted in each.parameters)):
            assert str(read_type(text)) == text


def test_annotations_that_are_objects_find_their_names(live: dict[str, Signature]) -> None:
    pair = "IntegerTuple(tuple[Integer(int), Integer(int)])"
    number = f"Numerical(Union[Integer(int), {pair}])"
    grid = "Grid(tuple[tuple[Integer(int)]])"
    assert told(live["add"]) == f"{number}, {number} -> {number}"
    assert told(live["rot90"]) == f"{grid} -> {grid}"
    assert told(live["size"]) == "Container -> Integer(int)"
    assert told(live["asobject"]) == f"{grid} -> Object(frozenset[tuple[Integer(int), {pair}]])"
    assert told(live["words"]) == "pair(tuple[str, str]) -> None"
    assert told(live["rbind"]) == "Callable, object -> Callable"


def test_annotations_that_are_texts_say_which_name_they_mean() -> None:
    def count(span: Span) -> Size: ...  # type: ignore[empty-body]

    assert told(signatures({"count": count})[0]) == "Span(tuple[int, int]) -> Size(int)"


def test_what_has_no_annotation_is_unknown(live: dict[str, Signature]) -> None:
    assert live["bare"] == Signature("bare", "?", (("grid", "?"), ("n", "?")), needed=1, more="?")
    assert live["ZERO"].result == "int"


def test_annotations_that_say_nothing_are_unknown() -> None:
    def odd(a: not_there, b: "1 +", c: "lambda: 0") -> "missing.name[int]": ...  # type: ignore  # noqa

    assert told(signatures({"odd": odd})[0]) == "not_there, ?, ? -> name[int]"


def test_partials_and_wrapped_functions_are_read_by_what_they_call() -> None:
    def plain(a: int, b: str) -> bool:
        return bool(a) and bool(b)

    @functools.wraps(plain)
    def wrapped(*args: object) -> bool:
        return plain(*args)  # type: ignore[arg-type]  # what it wraps says what they are

    found = signatures({"p": functools.partial(plain, 1), "w": wrapped, "z": max})
    assert [told(each) for each in found] == ["str -> bool", "int, str -> bool", " -> ?"]


def test_a_body_changes_no_signature() -> None:
    def one(a: int) -> int:
        return a

    def other(a: int) -> int:
        return a + 1

    assert signatures({"f": one}) == signatures({"f": other})
