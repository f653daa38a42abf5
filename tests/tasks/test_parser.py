"""What the parser admits and what it refuses, with line and reason."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program_texts import NAMES, program

from tasks.errors import Refused
from tasks.program import parse

NESTED = 101
DEPTH = f"    return {'f(' * NESTED}I{')' * NESTED}\n"


def reason(source: str) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        parse(source, NAMES, "mine")
    assert caught.value.program == "mine"
    return caught.value.line, caught.value.reason


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


def test_an_invalid_escape_neither_warns_nor_refuses() -> None:
    assert parse(program("return f('\\d')"), NAMES).steps[0].args == (("const", "\\d"),)


TOKENS = ("def p(I):\n", "    return ", "I", "f", "(", ")", ",", "=", "1", "'a'", "\n    ", "x", "*")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(TOKENS)).map("".join)))
def test_any_text_is_a_program_or_refused(text: str) -> None:
    for source in (text, f"def p(I):\n    return {text}\n"):
        with contextlib.suppress(Refused):
            form = parse(source, NAMES)
            assert set(form.names) <= NAMES


def test_reading_never_runs_what_it_reads(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    call = f"open({str(mark)!r}, 'w')"
    parse(f"def p(I: {call}) -> {call}:\n    a: {call} = f(I)\n    return a\n", NAMES)
    reason(program(f"return {call}"))
    assert not mark.exists()
