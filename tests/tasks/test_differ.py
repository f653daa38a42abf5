"""Differs in the sandbox: what the built-in ones find, and what becomes of one that fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.differ import Differ, Difference, Differences, differ, differs_in, named_by
from tasks.differs import PRIMITIVES, built_in, differ_files
from tasks.dsl import PRIMITIVES as DSL
from tasks.errors import Impossible, Refused
from tasks.form import Form
from tasks.grid import Grid
from tasks.outcome import Budget
from tasks.program import parse
from tasks.puzzle import Sample
from tasks.sandbox.judgement import judgement
from tasks.score import Outputs

HERE = Path(__file__).parent
NAMES = tuple(sorted(PRIMITIVES))
BUILT_IN = differs_in(differ_files(), NAMES, own=False)
BUDGET = Budget(0.2, 128)


def grid(*rows: str) -> Grid:
    return np.array([[int(cell) for cell in row] for row in rows], np.uint8)


INPUT = grid("12", "34")


def judged(differs: tuple[Differ, ...], wanted: Grid, *outputs: Grid | None) -> list[Differences]:
    """What the differs find in near misses on one train sample."""
    near_misses: list[Outputs] = [(output,) for output in outputs]
    return differ(near_misses, differs, (Sample(INPUT, wanted),), BUDGET)


def by_name(differences: Differences) -> dict[str, Difference]:
    return {difference[0]: difference[1:] for difference in differences.found}  # type: ignore[misc]  # shorter


def test_there_are_six_built_in_differs() -> None:
    assert [each.name for each in BUILT_IN] == ["shape", "palette", "cells", "boxes", "objects", "symmetry"]


def test_no_primitive_of_the_dsl_has_the_name_of_one_for_differs() -> None:
    assert PRIMITIVES.keys().isdisjoint(DSL)


@pytest.mark.parametrize("wanted", [grid("0"), grid("00", "00"), grid("120", "034"), grid("5" * 30)])
def test_where_nothing_differs_each_scores_1000_and_says_nothing(wanted: Grid) -> None:
    (found,) = judged(BUILT_IN, wanted, wanted.copy())
    assert found.found == tuple((each.name, 1000, "") for each in BUILT_IN)
    assert found.score == 6000


@pytest.mark.parametrize(
    ("name", "output", "wanted", "score", "detail"),
    [
        ("shape", grid("111", "111"), grid("11", "11", "11"), 444, "2 x 3, not 3 x 2"),
        ("shape", grid("1"), grid("1111"), 250, "1 x 1, not 1 x 4"),
        ("palette", grid("0123"), grid("0124"), 600, "lacks 4; has 3 besides"),
        ("palette", grid("01"), grid("0123"), 500, "lacks 2, 3"),
        ("palette", grid("0123456"), grid("0"), 142, "has 1, 2, 3 and 3 more besides"),
        ("cells", grid("12", "34"), grid("12", "35"), 750, "1 of 4 cells differ"),
        ("cells", grid("12"), grid("12", "34"), 500, "2 of 4 cells differ"),
        ("cells", grid("1", "1"), grid("11"), 333, "2 of 3 cells differ"),
        ("boxes", grid("110", "000"), grid("011", "000"), 0, "lacks (0, 1, 0, 2); has (0, 0, 0, 1) besides"),
        ("boxes", grid("12", "00"), grid("21", "00"), 1000, ""),
        ("boxes", grid("100", "010"), grid("100", "100"), 0, "lacks (0, 0, 1, 0); has (0, 0, 1, 1) besides"),
        ("objects", grid("102", "000"), grid("100", "000"), 500, "2, not 1"),
        ("objects", grid("00"), grid("10"), 0, "0, not 1"),
        ("objects", grid("10", "01"), grid("11", "11"), 1000, ""),
        ("symmetry", grid("121"), grid("112"), 333, "has half a turn, left to right besides"),
        ("symmetry", grid("112"), grid("121"), 333, "lacks half a turn, left to right"),
        ("symmetry", grid("12", "21"), grid("11", "12"), 333, "has half a turn, its other diagonal besides"),
    ],
)  # fmt: skip
def test_a_built_in_differ_says_how_much_differs_and_what(
    name: str, output: Grid, wanted: Grid, score: int, detail: str
) -> None:
    (found,) = judged(BUILT_IN, wanted, output)
    assert by_name(found)[name] == (score, f"sample 1: {detail}" if detail else "")


def near_misses(count: int) -> tuple[Grid, list[Grid]]:
    """A wanted grid and as many others, of any sizes up to 9 x 9."""
    random = np.random.default_rng(5)
    wanted, *others = (
        random.integers(0, random.integers(2, 11), random.integers(1, 10, 2)).astype(np.uint8)
        for _ in range(count + 1)
    )
    return wanted, others


def called(name: str, wanted: Any, output: Any, given: Any) -> tuple[int, str]:
    """A built-in differ called as the Python function that it is."""
    found: tuple[int, str] = getattr(built_in, f"differ_{name}")(((given, wanted),), given, output)
    return found


def test_the_sandbox_finds_what_a_direct_call_finds() -> None:
    wanted, others = near_misses(30)
    for output, found in zip(others, judged(BUILT_IN, wanted, *others), strict=True):
        for name, (score, detail) in by_name(found).items():
            told, said = called(name, wanted, output, INPUT)
            assert (score, detail.removeprefix("sample 1: ")) == (told, said)


def test_the_built_in_differs_take_grids_of_tuples_too() -> None:
    wanted, others = near_misses(30)

    def tuples(grid: Grid) -> tuple[tuple[int, ...], ...]:
        return tuple(map(tuple, grid.tolist()))

    for output in others:
        for each in BUILT_IN:
            found = called(each.name, tuples(wanted), tuples(output), tuples(INPUT))
            assert found == called(each.name, wanted, output, INPUT)


def test_what_is_wanted_is_the_output_of_the_sample_with_that_input() -> None:
    samples = ((grid("1"), grid("2")), (grid("3"), grid("4")), (grid("33"), grid("5")))
    assert built_in.wanted(samples, grid("3")).tolist() == [[4]]
    with pytest.raises(Impossible, match="no train sample has this input"):
        built_in.wanted(samples, grid("9"))


def test_scores_add_up_over_samples_and_the_detail_is_that_of_the_worst() -> None:
    train = tuple(Sample(grid(str(n)), grid("1111")) for n in range(3))
    outputs: Outputs = (grid("1111"), grid("1000"), grid("1100"))
    (found,) = differ([outputs], BUILT_IN, train, BUDGET)
    assert by_name(found)["cells"] == (1000 + 250 + 500, "sample 2: 3 of 4 cells differ")
    assert by_name(found)["shape"] == (3000, "")


def test_a_sample_without_an_output_scores_0() -> None:
    train = tuple(Sample(grid(str(n)), grid("1")) for n in range(2))
    (found,) = differ([(grid("1"), None)], BUILT_IN, train, BUDGET)
    assert set(by_name(found).values()) == {(1000, "sample 2: no output")}


def test_what_is_found_in_a_near_miss_does_not_depend_on_its_company() -> None:
    wanted, others = near_misses(8)
    together = judged(BUILT_IN, wanted, *others)
    assert together == [judged(BUILT_IN, wanted, output)[0] for output in others]
    assert together[::-1] == judged(BUILT_IN, wanted, *others[::-1])


# -- differs that fail, over a DSL of primitives that misbehave ----------------------------------


@pytest.fixture
def hostile() -> Iterator[str]:
    """Lets this process, and its sandboxes, import the test DSL; its name."""
    sys.path.insert(0, str(HERE))
    yield "hostile_dsl"
    sys.path.remove(str(HERE))


def over(expression: str) -> Form:
    names = {"same", "first", "pair", "shown", "refuse", "loop", "segfault", "take_all", "nothing", "sleep"}
    return parse(f"def d(S, I, C):\n    return {expression}\n", frozenset(names | PRIMITIVES.keys()))


@pytest.mark.parametrize(
    ("expression", "detail"),
    [
        ("refuse(C)", "ValueError: not this one"),
        ("loop(C)", "timed out"),
        ("take_all(C)", "out of memory"),
        ("segfault(C)", "Crash: SIGSEGV"),
        ("C", "a differ returns (score, detail), this is ndarray"),
        ("nothing(C)", "a differ returns (score, detail), this is NoneType"),
        ("(1, 'a', 'b')", "a differ returns (score, detail), this is tuple"),
        ("(1001, 'a')", "a differ's score is 0 to 1000, this is 1001"),
        ("(-1, 'a')", "a differ's score is 0 to 1000, this is -1"),
        ("(True, 'a')", "a differ's score is an integer, this is bool"),
        ("('a', 1)", "a differ's score is an integer, this is str"),
        ("(1, None)", "a differ's detail is a text, this is NoneType"),
    ],
)
def test_a_differ_that_fails_scores_0_and_says_why(hostile: str, expression: str, detail: str) -> None:
    differs = (Differ("bad", over(expression), own=True), *BUILT_IN)
    train = (Sample(INPUT, grid("1")),)
    (found,) = differ([(grid("1"),)], differs, train, BUDGET, hostile)
    assert found.found[0] == ("bad", 0, f"sample 1: {detail}")
    assert found.found[1:] == tuple((each.name, 1000, "") for each in BUILT_IN)
    assert found.__memo_final__


def test_a_differ_over_a_dsl_of_its_own_has_the_primitives_of_differs_too(hostile: str) -> None:
    differs = (Differ("mine", over("same_cells(same(C), shown(S))"), own=True),)
    (found,) = differ([(grid("15"),)], differs, (Sample(INPUT, grid("12")),), BUDGET, hostile)
    assert found.found == (("mine", 500, "sample 1: 1 of 2 cells differ"),)


TUPLES = """
Grid = tuple[tuple[int, ...], ...]

def flip(grid: Grid) -> Grid:
    return grid[::-1]

def sides(grid: Grid) -> int:
    return len(grid) if type(grid) is tuple else -1
"""


def test_over_a_dsl_of_tuples_own_differs_get_tuples_and_mean_its_names(tmp_path: Path) -> None:
    (tmp_path / "dsl.py").write_text(TUPLES, encoding="utf-8")
    names = frozenset({"flip", "sides"} | PRIMITIVES.keys())
    own = tuple(
        Differ(expression, parse(f"def d(S, I, C):\n    return {expression}\n", names), own=True)
        for expression in ("same_cells(flip(C), flip(wanted(S, I)))", "same_count(sides(C), 2)")
    )
    train = (Sample(INPUT, grid("12", "34")),)
    near_miss: Outputs = (grid("12", "35"),)
    (found,) = differ([near_miss], (*BUILT_IN, *own), train, BUDGET, str(tmp_path), "tuple")
    assert found.found[: len(BUILT_IN)] == judged(BUILT_IN, grid("12", "34"), grid("12", "35"))[0].found
    assert [score for _, score, _ in found.found[len(BUILT_IN) :]] == [750, 1000]


def test_a_score_may_be_any_integer_of_numpy_and_a_detail_is_cut_to_length() -> None:
    assert judgement((np.int16(7), "a")) == ("returned", "a", 7)
    assert judgement((0, "a" * 999)) == ("returned", "a" * 197 + "...", 0)


def test_what_the_wall_clock_ended_is_not_kept() -> None:
    assert not Differences((("a", 0, "sample 1: wall limit of 10 s"),), killed=True).__memo_final__


# -- reading -------------------------------------------------------------------------------------


def read(folder: Path, text: str) -> tuple[Differ, ...]:
    file = folder / "mine.py"
    file.write_text(text, encoding="utf-8")
    return differs_in((file,), NAMES, own=True)


def test_a_differ_is_called_by_its_function_without_the_prefix(tmp_path: Path) -> None:
    text = "def differ_a(C):\n    return (1, 'x')\n\ndef b(S, I, C):\n    return same_cells(C, C)\n"
    with pytest.raises(Refused, match=r"differ_a, line 1: a differ looks at C"):
        read(tmp_path, text)
    found = read(tmp_path, text.replace("(1, 'x')", "same_cells(C, C)"))
    assert [each.name for each in found] == ["a", "b"]
    assert found[0].form == found[1].form


def test_a_differ_that_is_no_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"differ_a, line 2: unknown primitive 'same_cell'.*'same_cells'"):
        read(tmp_path, "def differ_a(C):\n    return same_cell(C, C)\n")
    with pytest.raises(Refused, match=r"mine\.py, line 1: a file of programs holds only"):
        read(tmp_path, "A = 1\n")


def test_a_row_depends_on_the_primitives_whatever_the_near_miss() -> None:
    assert named_by((1, 2), (None,)) == (1, 2)
