from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.types import UNKNOWN, Type, bound, callable_type, fits, literal, read_type

TEXTS = [
    "int",
    "?",
    "~A",
    "None",
    "Colour(int)",
    "tuple[Object, ...]",
    "Objects(tuple[Object, ...])",
    "Callable[[Grid(ndarray), ?], Grid(ndarray)]",
    "Callable[[~A, ...], ~B]",
    "Callable[..., int]",
    "Callable[[], int]",
    "Union[int, tuple[int, int]]",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_type_is_written_as_it_was_read(text: str) -> None:
    assert str(read_type(text)) == text


def types() -> st.SearchStrategy[Type]:
    names = st.sampled_from(["int", "Grid", "tuple", "frozenset"]).map(Type)
    return st.recursive(
        st.one_of(names, st.just(UNKNOWN), st.just(Type("~A"))),
        lambda inside: st.one_of(
            st.tuples(st.sampled_from(["tuple", "frozenset"]), st.lists(inside, min_size=1, max_size=3)).map(
                lambda parts: Type(parts[0], tuple(parts[1]))
            ),
            st.tuples(st.sampled_from(["Colour", "Mask"]), inside).map(lambda p: Type(p[0], means=p[1])),
            st.tuples(st.lists(inside, max_size=3), inside).map(lambda p: callable_type(tuple(p[0]), p[1])),
        ),
        max_leaves=6,
    )


@given(types())
def test_any_type_survives_its_text_and_fits_itself(some: Type) -> None:
    assert read_type(str(some)) == some
    assert fits(some, some, {})


@pytest.mark.parametrize("text", ["int +", "f(1, 2)", "1", "a.b"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a type"):
        read_type(text)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("int", "int"),
        ("?", "Grid(ndarray)"),
        ("Grid(ndarray)", "?"),
        ("Objects(tuple[Object, ...])", "tuple[Object, ...]"),
        ("Literal[int]", "Colour(int)"),
        ("Literal[tuple[int, int]]", "Direction(tuple[int, int])"),
        ("Grid(ndarray)", "Union[Grid(ndarray), int]"),
        ("Union[Grid(ndarray), int]", "Grid(ndarray)"),
        ("Grid(ndarray)", "Piece(Union[Grid(ndarray), int])"),
        ("tuple[int, int]", "tuple[int, ...]"),
        ("tuple", "tuple[int, int]"),
        ("frozenset[int]", "Iterable[int]"),
        ("Callable[[Grid(ndarray)], int]", "Callable[[~A], ~B]"),
        ("Callable[[Grid(ndarray), int], int]", "Callable[[~A, ...], ~B]"),
        ("Callable[[Grid(ndarray), int], int]", "Callable[..., int]"),
    ],
)
def test_what_fits(given: str, wanted: str) -> None:
    assert fits(read_type(given), read_type(wanted), {})


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("int", "bool"),
        ("int", "Colour(int)"),
        ("Colour(int)", "int"),
        ("Mask(ndarray)", "Grid(ndarray)"),
        ("Literal[str]", "Colour(int)"),
        ("Literal[tuple[int, int, int]]", "Direction(tuple[int, int])"),
        ("tuple[Object, ...]", "Objects(tuple[Object, ...])"),
        ("tuple[int, str]", "tuple[int, ...]"),
        ("int", "Iterable[int]"),
        ("frozenset[int]", "Iterable[str]"),
        ("Callable[[int], int]", "Callable[[int, int], int]"),
        ("Callable[[int], str]", "Callable[[int], int]"),
        ("Callable[[str], int]", "Callable[[int], int]"),
    ],
)
def test_what_does_not_fit(given: str, wanted: str) -> None:
    assert not fits(read_type(given), read_type(wanted), {})


def test_a_variable_stands_for_one_type_in_a_call() -> None:
    binding: dict[str, Type] = {}
    assert fits(read_type("Callable[[Grid(ndarray)], int]"), read_type("Callable[[~A], ~B]"), binding)
    assert str(bound(read_type("Callable[[~B], tuple[~A, ~C]]"), binding)) == (
        "Callable[[int], tuple[Grid(ndarray), ~C]]"
    )
    assert not fits(Type("Object"), Type("~A"), binding)


def test_a_constant_gives_way_to_what_has_a_name() -> None:
    binding: dict[str, Type] = {}
    assert fits(literal(3), Type("~A"), binding)
    assert fits(read_type("Colour(int)"), Type("~A"), binding)
    assert str(bound(Type("~A"), binding)) == "Colour(int)"
