"""What the sandbox tells of the values inside programs, and what is learned from it."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator

import numpy as np
import pytest

from tasks.dsl import PRIMITIVES
from tasks.learn import learned
from tasks.observe import Seen, observe
from tasks.outcome import Budget
from tasks.program import Parent, parse
from tasks.puzzle import Sample
from tasks.sandbox.tell import TELL, Told, tell
from tasks.signature import Signature, signatures

NAMES = tuple(sorted(PRIMITIVES))
GRID = "ndarray[tuple[object, ...], dtype[uint8]]"
TRAIN = (
    Sample(np.array([[1, 0, 2]], np.uint8), np.array([[1]], np.uint8)),
    Sample(np.array([[0, 0], [3, 0]], np.uint8), np.array([[1]], np.uint8)),
)


def parent(expression: str) -> Parent:
    return Parent(f"def p(S, I):\n    return {expression}\n", 1, "p")


def seen(*expressions: str) -> list[Seen]:
    return observe([parent(each) for each in expressions], TRAIN, NAMES, Budget())


def told(value: object) -> str:
    with pytest.raises(Told) as raised:
        tell(value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (3, "int"),
        (True, "bool"),
        (np.zeros((2, 5), np.uint8), f"{GRID}@2x5"),
        (np.zeros(3, np.uint8), GRID),
        ((1, 2), "tuple[int, int]"),
        ((), "tuple"),
        ((1, 2, 3, 4), "tuple[int, ...]"),
        ((1, 2, 3, "4"), "tuple[?, ...]"),
        (((1, 2), (3, 4)), "tuple[tuple[int, int], tuple[int, int]]@2x2"),
        (frozenset({(1, 2), (3, 4)}), "frozenset[tuple[int, int]]"),
        (frozenset(), "frozenset"),
        ([1], "list[int]"),
        (len, "Callable"),
        (types.SimpleNamespace(), "SimpleNamespace"),
        (type("not a name", (), {})(), "?"),
    ],
)
def test_a_value_tells_its_type(value: object, text: str) -> None:
    assert told(value) == text


def test_every_step_is_seen_on_every_train_input() -> None:
    (found,) = seen("crop_largest_object(overlay(I, rotate_180(I)))")
    assert found.given == (f"{GRID}@1x3", f"{GRID}@2x2")
    assert found.steps == (
        (f"{GRID}@1x3", f"{GRID}@2x2"),
        (f"{GRID}@1x3", f"{GRID}@2x2"),
        (f"{GRID}@1x1", f"{GRID}@2x2"),
    )
    assert found.sides(1) == ((1, 3), (2, 2))
    assert found.types(2) == (GRID,)


def test_values_that_are_no_grids_have_types_and_no_sides() -> None:
    (found,) = seen("replace(I, count_objects(objects_4(I)), most_common_colour(I))")
    assert [found.types(step) for step in range(3)] == [
        ("tuple[Object, Object]", "tuple[Object]"),
        ("int",),
        ("int",),
    ]
    assert found.sides(1) is None


def test_a_step_that_raises_is_not_seen_nor_what_follows() -> None:
    (found,) = seen("rotate_90(symmetrise_diagonal(rotate_180(I)))")
    assert found.steps[0] == (f"{GRID}@1x3", f"{GRID}@2x2")
    assert found.steps[1] == found.steps[2] == ("", f"{GRID}@2x2")
    assert found.sides(1) is None


def test_each_parent_is_seen_as_if_alone() -> None:
    expressions = ("rotate_90(I)", "crop_to_content(I)", "I", "height(I)")
    assert seen(*expressions) == [seen(each)[0] for each in expressions]


def test_no_program_can_name_what_tells_types() -> None:
    assert not TELL.isidentifier()


def observation(*steps: tuple[str, ...]) -> Seen:
    return Seen(("Grid", "Grid"), steps)


def bare(name: str, *parameters: str, **changes: object) -> Signature:
    listed = tuple((each, "?") for each in parameters)
    return Signature(**{"name": name, "result": "?", "parameters": listed, "needed": len(listed), **changes})


def form_of(expression: str, *known: Signature) -> object:
    return parse(f"def p(I):\n    return {expression}\n", frozenset(each.name for each in known))


def test_types_that_annotations_leave_open_are_learned() -> None:
    known = (bare("size", "grid"), bare("fill", "grid", "value", "deep"))
    form = form_of("fill(I, size(I), deep=True)", *known)
    found = learned(known, [form], [observation(("int", "int"), ("Grid", "Grid"))])
    assert found[0] == Signature("size", "int", (("grid", "Grid"),), needed=1)
    assert found[1].parameters == (("grid", "Grid"), ("value", "int"), ("deep", "bool"))
    assert found[1].result == "Grid"


def test_annotations_stay_and_what_was_not_seen_stays_open() -> None:
    kept = bare("f", parameters=(("a", "object"), ("b", "Colour(int)")), result="int")
    known = (kept, bare("g", "a"))
    found = learned(known, [form_of("f(I, 3)", *known)], [observation(("bool", "bool"))])
    assert found == known


def test_a_name_that_annotations_give_to_what_was_seen_is_learned() -> None:
    known = (bare("f", "a"), bare("g", parameters=(("a", "Colour(int)"),)))
    found = learned(known, [form_of("f(I)", *known)], [observation(("int", "int"))])
    assert found[0].result == "Colour(int)"


@pytest.mark.parametrize(
    ("texts", "result"),
    [
        (("int", "bool"), "Union[bool, int]"),
        (("tuple[int, int]", "tuple[int, int, int]"), "tuple[int, ...]"),
        (("tuple[tuple[int, int]]", "tuple[tuple[int, ...], ...]"), "tuple[tuple[int, ...], ...]"),
        (("tuple[int, int]", "tuple[int, int]"), "tuple[int, int]"),
        (("A", "B", "C", "D", "E"), "?"),
        (("", ""), "?"),
    ],
)
def test_several_types_of_one_value_become_one(texts: tuple[str, ...], result: str) -> None:
    known = (bare("f", "a"),)
    assert learned(known, [form_of("f(I)", *known)], [observation(texts)])[0].result == result


@pytest.fixture
def unannotated() -> Iterator[types.ModuleType]:
    """A module that is a DSL without annotations."""
    module = types.ModuleType("unannotated_dsl")
    exec("def f(g): return len(g)\ndef h(g, n): return g\nPRIMITIVES = {'f': f, 'h': h}", vars(module))
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]


def test_what_was_seen_of_programs_over_a_dsl_without_annotations_is_its_signatures(
    unannotated: types.ModuleType,
) -> None:
    known = signatures(unannotated.PRIMITIVES)
    form = form_of("h(I, f(I))", *known)
    found = learned(known, [form], [Seen((f"{GRID}@1x3",), (("int",), (f"{GRID}@1x3",)))])
    assert found == (
        Signature("f", "int", (("g", GRID),), needed=1),
        Signature("h", GRID, (("g", GRID), ("n", "int")), needed=2),
    )
