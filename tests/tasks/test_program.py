from __future__ import annotations

import contextlib
import random
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import Refused
from tasks.program import functions_in, parse, read

NAMES = frozenset({"f", "g", "rotate_90", "crop", "DOWN", "x7"})
NESTED = 101
DEPTH = f"    return {'f(' * NESTED}I{')' * NESTED}\n"


def program(*lines: str, parameters: str = "I") -> str:
    return f"def p({parameters}):\n" + "".join(f"    {line}\n" for line in lines)


def reason(source: str) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        parse(source, NAMES, "mine")
    assert caught.value.program == "mine"
    return caught.value.line, caught.value.reason


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


REFUSED = {
    "an import": (program("import os", "return I"), 2, "an import is not allowed in a program"),
    "an attribute": (program("return I.T"), 2, "an attribute is not allowed in a program"),
    "a method": (program("a = f(I)", "return a.copy()"), 3, "an attribute is not allowed"),
    "a loop": (program("while f(I):", "    a = I", "return I"), 2, "a loop is not allowed"),
    "a branch": (program("return f(I) if I else I"), 2, "a branch is not allowed"),
    "an index": (program("return I[0]"), 2, "an index is not allowed"),
    "an operator": (program("return f(1 + 1)"), 2, "an operator is not allowed"),
    "a negated truth": (program("return f(-True)"), 2, "an operator is not allowed"),
    "a lambda": (program("return f(lambda x: x)"), 2, "a lambda is not allowed"),
    "a comprehension": (program("return f([i for i in I])"), 2, "a comprehension is not allowed"),
    "a list": (program("return f([1])"), 2, "a list (write a tuple) is not allowed"),
    "a star": (program("return f(*I)"), 2, "a starred argument is not allowed"),
    "double stars": (program("return f(**I)"), 2, "a keyword argument has a name"),
    "a keyword twice": (program("return f(a=I, a=I)"), 2, "each name stands once"),
    "a float": (program("return f(1.0)"), 2, "a constant of type float"),
    "bytes": (program("return f(b'')"), 2, "a constant of type bytes"),
    "a great integer": (program(f"return f({2**63})"), 2, "does not fit 64 bits"),
    "a lone surrogate": (program("return f('\\ud800')"), 2, "not Unicode text"),
    "a long constant": (program(f"return f('{'a' * 1000}')"), 2, "more than 1,000 characters"),
    "names in a tuple": (program("return f((1, I))"), 2, "a tuple may hold only constants"),
    "a formatted string": (program("return f(f'{I}')"), 2, "a formatted string"),
    "an unused value": (program("f(I)", "return I"), 2, "whose value is not used"),
    "an update": (program("a = 1", "a += 1", "return a"), 3, "an update in place"),
    "a pass": (program("pass"), 2, "pass is not allowed"),
    "unpacking": (program("a, b = I", "return a"), 2, "gives one value to one name"),
    "a chain": (program("a = b = I", "return a"), 2, "gives one value to one name"),
    "a declaration": (program("a: int", "return I"), 2, "gives one value to one name"),
    "an unknown primitive": (
        program("return rotate_09(I)"),
        2,
        "unknown primitive 'rotate_09'; did you mean 'rotate_90'?",
    ),
    "an undefined name": (program("return f(qq)"), 2, "undefined name 'qq'"),
    "a late name": (program("a = f(bcd)", "bcd = I", "return a"), 2, "undefined name 'bcd'"),
    "a call of itself": (program("return p(I)"), 2, "unknown primitive 'p'"),
    "an absent parameter": (program("return f(S)"), 2, "'S' is not among the parameters"),
    "a call of the grid": (program("return I(f)"), 2, "I cannot be called"),
    "a call of a constant": (program("a = 3", "return a(I)"), 3, "a cannot be called"),
    "a reserved primitive": (program("return x7(I)"), 2, "'x7' cannot name a primitive"),
    "a shadowed primitive": (program("f = g(I)", "return f"), 2, "'f' is a primitive's name"),
    "a shadowed parameter": (program("C = g(I)", "return C"), 2, "'C' is a parameter's name"),
    "no return": (program("a = f(I)"), 2, "the program does not return"),
    "an empty return": (program("return"), 2, "the return has no value"),
    "a late statement": (program("return I", "a = f(I)"), 3, "a statement after the return"),
    "an unknown parameter": (program("return f(x)", parameters="x"), 1, "unknown parameter 'x'"),
    "a repeated parameter": (program("return I", parameters="I, I"), 1, "'I' stands twice"),
    "a default": (program("return I", parameters="I=1"), 1, "parameters are plain"),
    "any arguments": (program("return I", parameters="*I"), 1, "parameters are plain"),
    "keyword only": (program("return I", parameters="*, I"), 1, "parameters are plain"),
    "position only": (program("return I", parameters="I, /"), 1, "parameters are plain"),
    "a decorator": ("@f\n" + program("return I"), 1, "a decorator is not allowed"),
    "a coroutine": ("async " + program("return I"), 1, "one function and nothing else"),
    "two functions": (program("return I") * 2, 3, "one function and nothing else"),
    "code beside it": ("import os\n" + program("return I"), 1, "one function and nothing else"),
    "nothing": ("", 1, "one function and nothing else"),
    "a syntax error": (program("return f(I"), 2, "syntax error: '(' was never closed"),
    "a null byte": ("\0", 1, "null bytes"),
    "a surrogate in the text": ("\ud800", 1, "not program text"),
    "a deep nest": ("def p(I):\n" + DEPTH, 2, "nested deeper than 100"),
    "a deeper nest": (program(f"return {'-' * 90_000}1"), 1, "nested too deeply"),
    "a deepest nest": (program(f"return {'not ' * 20_000}1"), 1, "nested too deeply"),
    "many statements": (program(*["a = I"] * 2001, "return a"), 1, "more than 2,000 statements"),
    "many steps": (
        program("a = I", *["a = f(g(a))"] * 1001, "return a"),
        1,
        "too long when written as single calls",
    ),
    "many characters": ("#" * 100_001, 1, "too long: 100,001 characters"),
    "an exploding constant": (
        program(f"a = '{'a' * 900}'", f"return f({', '.join('a' * 200)})"),
        1,
        "too long when written as single calls",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_is_no_program_is_refused_with_line_and_reason(case: tuple[str, int, str]) -> None:
    source, line, text = case
    found = reason(source)
    assert found[0] == line
    assert text in found[1]


def test_the_limits_themselves_are_allowed() -> None:
    nested = f"return {'f(' * 100}I{')' * 100}"
    assert len(parse(program(nested), NAMES).steps) == 100
    assert parse(program(f"return f({2**63 - 1}, -{2**63 - 1})"), NAMES).steps
    long = program("a = I", *["a = f(a)"] * 1999, "return a")
    assert len(parse(long, NAMES).steps) == 1999


def test_doubling_a_value_200_times_stays_linear() -> None:
    source = program("x = f(I)", *["x = f(x, x)"] * 200, "return x")
    start = time.process_time()
    form = parse(source, NAMES)
    assert parse(form.source(), NAMES) == form
    assert len(form.steps) == 201
    assert time.process_time() - start < 1.0


def test_an_invalid_escape_neither_warns_nor_refuses() -> None:
    assert parse(program("return f('\\d')"), NAMES).steps[0].args == (("const", "\\d"),)


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


TOKENS = ("def p(I):\n", "    return ", "I", "f", "(", ")", ",", "=", "1", "'a'", "\n    ", "x", "*")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(TOKENS)).map("".join)))
def test_any_text_is_a_program_or_refused(text: str) -> None:
    for source in (text, f"def p(I):\n    return {text}\n"):
        with contextlib.suppress(Refused):
            form = parse(source, NAMES)
            assert set(form.names) <= NAMES


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


def test_reading_never_runs_what_it_reads(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    call = f"open({str(mark)!r}, 'w')"
    parse(f"def p(I: {call}) -> {call}:\n    a: {call} = f(I)\n    return a\n", NAMES)
    reason(program(f"return {call}"))
    assert not mark.exists()
