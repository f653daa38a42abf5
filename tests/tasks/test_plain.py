from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dsl import PRIMITIVES
from tasks.errors import Refused
from tasks.library import programs
from tasks.parser import MAX_STATEMENTS
from tasks.plain import plain_body
from tasks.program import read

NAMES = frozenset({"f", "g", "crop", "DOWN", "x7", "_"})
PLAIN = '''def solve(S: Samples, I) -> Grid:
    """Why: it's so (1)."""
    a = f( I,0 ,-1,(2, None))
    b = crop(f(a, True), g(_)(DOWN), a)
    x7 = g(b)
    return f(x7, x7)
'''


def agree(source: str) -> bool:
    """Whether the text is plain; if so, the parser must say the same of it."""
    body = plain_body(source, NAMES)
    if body is not None:
        reading = read(source, NAMES)
        assert (body, False) == (reading.body, reading.has_dead_code)
    return body is not None


def test_a_plain_program_has_the_body_that_the_parser_gives_it() -> None:
    assert agree(PLAIN)
    assert agree("def p():\n    return 1, -2")


def test_the_library_is_plain() -> None:
    names = frozenset(PRIMITIVES)
    bodies = [plain_body(program.source, names) for program in programs()]
    assert bodies == [read(program.source, names).body for program in programs()]


NOT_PLAIN = {
    "a statement that nothing needs": "    a = f(I)\n    return I\n",
    "a value assigned again before it is needed": "    a = f(I)\n    a = g(I)\n    return a\n",
    "another name for a value": "    a = f(I)\n    b = a\n    return b\n",
    "another name for a parameter": "    a = I\n    return a(f)\n",
    "a call of a parameter": "    return I(f)\n",
    "a call of a number": "    return 1(f)\n",
    "an absent parameter": "    return f(S)\n",
    "an undefined name": "    return f(a)\n",
    "a late name": "    a = f(b)\n    b = f(a)\n    return b\n",
    "a reserved primitive": "    return x7(I)\n",
    "a shadowed primitive": "    f = g(I)\n    return g(f)\n",
    "a shadowed parameter": "    I = g(I)\n    return I\n",
    "a keyword for a target": "    if = g(I)\n    return f(if)\n",
    "a keyword for a value": "    a = g(I)\n    return f(lambda)\n",
    "two values": "    return f(I) g(I)\n",
    "a number before a name": "    return 1f(I)\n",
    "an operator": "    return f(1 -1)\n",
    "a name in a tuple": "    return (1, DOWN)\n",
    "a bracket too many": "    return f(I))\n",
    "a call over two lines": "    a = f(I,\n    b = g(1))\n    return a\n",
    "a deep nest": f"    return {'f(' * 101}I{')' * 101}\n",
    "a great integer": f"    return f({2**63})\n",
    "a text that may be too long": f"    return f({' ' * 3 * MAX_STATEMENTS}I)\n",
    "a body that may be too long": f"    return f({'1,' * 2_900})\n",
    "a keyword argument": "    return f(a=I)\n",
    "text": "    return f('g')\n",
    "text beside a docstring": '    """a"""; """b"""\n    return I\n',
    "a comment": "    return f(I)  # g\n",
    "a decimal point": "    return f(1.0)\n",
    "no return": "    a = f(I)\n",
    "a second function": "    return I\ndef p(I):\n    return I\n",
}


@pytest.mark.parametrize("lines", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_is_not_plain_or_may_be_refused_is_left_to_the_parser(lines: str) -> None:
    assert plain_body(f"def p(I):\n{lines}", NAMES) is None


@pytest.mark.parametrize("header", ["(I, I)", "(x)", "(I: lambda)", "(I) -> if", "(I:)", "(I,,)"])
def test_a_header_that_the_parser_refuses_is_left_to_it(header: str) -> None:
    source = f"def p{header}:\n    return 1\n"
    assert plain_body(source, NAMES) is None
    with pytest.raises(Refused):
        read(source, NAMES)


pieces = st.sampled_from([
    *"fgabSIC_(),=- :#\\\n\t\r\f\"'é٣", "crop", "DOWN", "x7", "x1", " = ", "if", "None", "lambda", "not ",
    "0", "00", "1_0", "0x1", "1e5", "yield", "    ", "    a = f(I)\n", "    return ", '    """."""\n', "\n\n",
])  # fmt: skip
edits = st.lists(st.tuples(st.integers(0, len(PLAIN)), st.integers(0, 4), pieces), max_size=4)


@settings(max_examples=400, deadline=None)
@given(edits)
def test_an_edited_program_is_read_as_the_parser_reads_it(edits: list[tuple[int, int, str]]) -> None:
    source = PLAIN
    for place, length, piece in edits:
        source = source[:place] + piece + source[place + length :]
    agree(source)
