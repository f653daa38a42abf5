"""Programs: their canonical forms, their normalised text, and files of them."""

from __future__ import annotations

import random
import time
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program_texts import NAMES, program

from tasks.errors import Refused
from tasks.program import functions_in, parse, read


def test_a_program_becomes_its_canonical_form() -> None:
    source = '''
def solve(I: Grid, S) -> Grid:
    """What it does."""
    unused = g(S)
    turned: Grid = rotate_90(I)
    again = rotate_90(I)
    return crop(turned, again, (1, (-2, None)), k=True, a="x")
'''
    assert parse(source, NAMES).source() == (
        "def program(I):\n"
        "    x1 = rotate_90(I)\n"
        "    x2 = crop(x1, x1, (1, (-2, None)), a='x', k=True)\n"
        "    return x2\n"
    )


def test_names_can_be_passed_and_closures_called() -> None:
    form = parse(program("h = crop(f, g)", "a = h(I, DOWN)", "return crop(f)(a)"), NAMES)
    assert [str(step) for step in form.steps] == ["crop(f)", "crop(f, g)", "x2(I, DOWN)", "x1(x3)"]


def test_a_variable_may_be_assigned_again() -> None:
    assert parse(program("a = f(I)", "a = g(a)", "return a"), NAMES) == parse(
        program("return g(f(I))"), NAMES
    )


def test_a_program_may_return_its_input_or_a_constant() -> None:
    assert parse(program("a = I", "b = a", "return b"), NAMES).result == ("param", "I")
    assert parse(program("return (1, True)"), NAMES).result == ("const", (1, True))


def test_constants_of_different_types_stay_apart() -> None:
    form = parse(program("return f(g(1), g(True), g(0), g(False), g('1'))"), NAMES)
    assert len(form.steps) == 6


def test_doubling_a_value_200_times_stays_linear() -> None:
    source = program("x = f(I)", *["x = f(x, x)"] * 200, "return x")
    start = time.process_time()
    form = parse(source, NAMES)
    assert parse(form.source(), NAMES) == form
    assert len(form.steps) == 201
    assert time.process_time() - start < 1.0


def test_normalising_drops_what_adds_nothing_and_keeps_the_statements() -> None:
    one = 'def a(I: G, S):  # why\n    "doc"\n    q: G = f(I, b=2, a=1)\n    r = g(q)\n    return f(S)'
    other = "def b(S, I):\n  r = f( I, a = 1, b = 2 )\n  r = g(r)\n  return (f(S))"
    body = "def program(S, I):\n    x1 = f(I, a=1, b=2)\n    x2 = g(x1)\n    return f(S)\n"
    assert read(one, NAMES).body == read(other, NAMES).body == read(body, NAMES).body == body


# Expressions as data: ("local", i), ("param", name), ("name", name), ("const", value) or
# ("call", callee, args, kwargs). A program is a list of them; the last is returned.
constants = st.recursive(
    st.one_of(st.integers(-3, 3), st.booleans(), st.none(), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)


@cache  # building a strategy costs more than drawing from it
def expressions(earlier: int) -> st.SearchStrategy[Any]:
    leaves = st.one_of(
        st.tuples(st.just("param"), st.sampled_from("SIC")),
        st.tuples(st.just("name"), st.sampled_from(["f", "g", "DOWN"])),
        st.tuples(st.just("const"), constants),
        *([st.tuples(st.just("local"), st.integers(0, earlier - 1))] * 3 if earlier else []),
    )
    callees = st.tuples(st.just("name"), st.sampled_from(["f", "g"]))
    return st.recursive(leaves, lambda inner: calls(callees, inner), max_leaves=4)


def calls(callees: Any, inner: Any) -> st.SearchStrategy[Any]:
    kwargs = st.dictionaries(st.sampled_from("abk"), inner, max_size=2)
    return st.tuples(st.just("call"), callees, st.lists(inner, max_size=3), kwargs)


@st.composite
def graphs(draw: st.DrawFn) -> list[Any]:
    return [draw(expressions(earlier)) for earlier in range(draw(st.integers(1, 6)))]


def locals_in(expression: Any) -> set[int]:
    if expression[0] == "local":
        return {expression[1]}
    if expression[0] != "call":
        return set()
    _, callee, args, kwargs = expression
    return set().union(*map(locals_in, [callee, *args, *kwargs.values()]))


def text_of(expression: Any, names: list[str]) -> str:
    if expression[0] == "local":
        return names[expression[1]]
    if expression[0] == "const":
        return repr(expression[1])
    if expression[0] != "call":
        return str(expression[1])
    _, callee, args, kwargs = expression
    given = [text_of(arg, names) for arg in args]
    given += [f"{name}={text_of(arg, names)}" for name, arg in kwargs.items()]
    return f"{text_of(callee, names)}({', '.join(given)})"


def source_of(graph: list[Any], names: list[str], order: list[int]) -> str:
    lines = [f"{names[place]} = {text_of(graph[place], names)}" for place in order]
    return program(*lines, f"return {names[len(graph) - 1]}", parameters="S, I, C")


def some_order(graph: list[Any], chance: random.Random) -> list[int]:
    order: list[int] = []
    while len(order) < len(graph):
        ready = [
            place
            for place in range(len(graph))
            if place not in order and locals_in(graph[place]) <= set(order)
        ]
        order.append(chance.choice(ready))
    return order


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_a_form_parses_from_its_own_source_and_from_its_normal_text(graph: list[Any]) -> None:
    names = [f"v{place}" for place in range(len(graph))]
    source = source_of(graph, names, list(range(len(graph))))
    form = parse(source, NAMES)
    assert repr(parse(form.source(), NAMES)) == repr(form)
    assert repr(parse(read(source, NAMES).body, NAMES)) == repr(form)


@settings(max_examples=50, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_names_and_the_order_of_statements_do_not_matter(graph: list[Any], chance: random.Random) -> None:
    names = [f"v{place}" for place in range(len(graph))]
    form = parse(source_of(graph, names, list(range(len(graph)))), NAMES)
    chance.shuffle(names)
    assert parse(source_of(graph, names, some_order(graph, chance)), NAMES) == form


def test_a_file_is_cut_into_its_functions() -> None:
    text = '"""Doc."""\nimport os\nfrom tasks.dsl import *\n\n'
    text += "def one(I):\n    return I\n\n@f\ndef two(I): return f(\n    I)\n\n# end\n"
    assert functions_in(text) == [
        ("one", "def one(I):\n    return I\n", 5),
        ("two", "@f\ndef two(I): return f(\n    I)\n", 8),
    ]


def test_line_ends_of_other_systems_do_not_shift_functions() -> None:
    text = "def one(I):\r\n    return f('\x0c')\r\n\rdef two(I):\r    return I\r\n"
    found = functions_in(text)
    assert [(name, line) for name, _, line in found] == [("one", 1), ("two", 4)]
    assert parse(found[1][1], NAMES).text == parse(program("return I"), NAMES).text


@pytest.mark.parametrize(
    ("text", "line", "text_of_reason"),
    [
        ("A = 1\n", 1, "only functions and imports"),
        ("def a(I):\n    return I\nclass B: ...\n", 3, "only functions and imports"),
        ("def a(I): return I\n'text'\n", 2, "only functions and imports"),
        ("def a(I): return I\ndef a(I): return I\n", 2, "'a' is defined on line 1 already"),
        ("def a(I) return I\n", 1, "syntax error"),
    ],
)
def test_a_file_with_other_code_is_refused(text: str, line: int, text_of_reason: str) -> None:
    with pytest.raises(Refused) as caught:
        functions_in(text)
    assert caught.value.line == line
    assert text_of_reason in caught.value.reason
