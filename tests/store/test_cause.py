"""A cause reads as one line, and the causes between two versions of code are what changed in it."""

from __future__ import annotations

import pytest

from store.cause import Cause, Code, code_causes, describe, names
from store.fingerprint import Fingerprint, Part

OLD, NEW = "0123456789abcdef", "fedcba9876543210"


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        (Cause("new"), "new"),
        (Cause("function", "a.b:f", "b.py:3", OLD, NEW), "function f changed (b.py:3)"),
        (Cause("function", "a.b:f", "b.py:3", "", NEW), "function f added (b.py:3)"),
        (Cause("function", "a.b:f", "b.py:3", OLD, ""), "function f removed (b.py:3)"),
        (Cause("constant", "a:LIMIT", "a.py:1", OLD, NEW), "constant LIMIT changed (a.py:1)"),
        (Cause("package", "numpy", "", "2.0", "2.1"), "package numpy changed (2.0 → 2.1)"),
        (Cause("package", "numpy", "", "", "2.1"), "package numpy added"),
        (Cause("python", "", "", "3.11", "3.12"), "python version changed (3.11 → 3.12)"),
        (Cause("widened", "a.b", "b.py", OLD, NEW), "module a.b changed, which is taken whole (b.py)"),
        (Cause("input", "values", "split", OLD, NEW), "input values changed (from split)"),
        (Cause("input", "values", "", OLD, NEW), "input values changed"),
        (Cause("input", "values", "", OLD, ""), "input values removed"),
        (Cause("settings", "seed", "", OLD, NEW), "settings seed changed"),
        (Cause("file", "data/k.json", "", OLD, NEW), "file data/k.json changed"),
        (Cause("environment", "HOME", "", OLD, NEW), "environment variable HOME changed"),
        (Cause("corrupt", "entries/f/aa/aabb"), "corrupt"),
        (Cause("code", "a:f", "", OLD, NEW), "code of f changed"),
        (Cause("pinned", "a:f", "", OLD, NEW), "pinned version of f changed"),
    ],
)
def test_a_cause_says_kind_name_fate_and_place(cause: Cause, line: str) -> None:
    assert cause.describe() == line


def test_digests_are_shown_shortened_where_asked() -> None:
    changed = Cause("function", "a:f", "a.py:3", OLD, NEW)
    assert changed.describe(digests=True) == "function f changed (a.py:3) 0123456789 → fedcba9876"
    assert Cause("input", "x", "", OLD, "").describe(digests=True) == "input x removed"
    assert Cause("corrupt", "entries/f").describe(digests=True) == "corrupt (entries/f)"


def test_many_causes_are_told_in_part_and_counted() -> None:
    causes = [Cause("function", f"m:f{number}", "", OLD, NEW) for number in range(6)]
    assert describe(causes[:2]) == "function f0 changed, function f1 changed"
    assert describe(causes) == f"{describe(causes[:4])} and 2 more"


def test_the_names_of_what_changed_are_whole() -> None:
    causes = [Cause("function", "a.b:f"), Cause("python"), Cause("new"), Cause("corrupt", "entries/f")]
    assert names(causes) == ("a.b:f", "python")


def code(fingerprint: str, *parts: Part) -> Code:
    return Code(fingerprint, parts, range(len(parts)))


def part(name: str, digest: str, kind: str = "function") -> Part:
    return Part(name, kind, digest, f"{kind}.py:1")


def test_parts_that_changed_come_first_then_added_then_removed_ones() -> None:
    old = code("one", part("m:a", "1"), part("m:gone", "2"), part("m:z", "3"), part("m:same", "4"))
    new = Fingerprint(
        "two", (part("m:a", "1"), part("m:fresh", "5"), part("m:same", "4"), part("m:z", "6")), ()
    )
    assert describe(code_causes("m:f", old, new)) == (
        "function z changed (function.py:1), function fresh added (function.py:1), "
        "function gone removed (function.py:1)"
    )


def test_what_only_moved_is_left_out() -> None:
    old = code("one", part("m:a", "1"), part("old:moved", "2"))
    new = Fingerprint("two", (part("m:a", "3"), part("new:moved", "2")), ())
    assert [cause.name for cause in code_causes("m:f", old, new)] == ["m:a"]


def test_versions_are_those_of_packages_and_of_python() -> None:
    def parts(digest: str, numpy: str, python: str) -> tuple[Part, ...]:
        return Part("numpy", "package", digest, numpy), Part("python", "python", digest, python)

    old = code("one", *parts("1", "numpy 2.0", "Python 3.11"))
    new = Fingerprint("two", parts("2", "numpy 2.1", "Python 3.12"), ())
    assert code_causes("m:f", old, new) == (
        Cause("package", "numpy", "", "2.0", "2.1"),
        Cause("python", "", "", "3.11", "3.12"),
    )


def test_a_module_that_changed_was_widened_to() -> None:
    (cause,) = code_causes(
        "m:f", code("one", part("m", "1", "module")), Fingerprint("two", (part("m", "2", "module"),), ())
    )
    assert cause.kind == "widened"


def test_equal_fingerprints_have_no_cause_and_equal_parts_an_unnamed_one() -> None:
    assert code_causes("m:f", code("one"), Fingerprint("one", (), ())) == ()
    assert describe(code_causes("m:f", code("one"), Fingerprint("two", (), ()))) == "code of f changed"
