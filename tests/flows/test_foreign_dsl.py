"""DSLs that people bring, with their programs: each verdict is what a call of the plain function gives."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import read_json, run_here
from direct import Job, Result, direct, functions_of

from flows import Flow
from flows.arc import puzzle_nodes
from flows.node import Node, nodes_in
from flows.settings import Settings
from store import Store
from tasks.filter import Filtered
from tasks.outcome import Outcome, Raised, Returned
from tasks.puzzle import Puzzle, load
from tasks.validate import Verdict, grid_of

TASKS = Path(__file__).parents[1] / "tasks"
COUNT = 100
CPU_S = 0.05
"""So little, because some programs never end on some inputs."""

Results = dict[str, dict[str, list[Result]]]
"""By puzzle and program: a result per train sample, then per test input."""


@dataclass(frozen=True)
class Style:
    """A DSL with its programs: how a run names them, and how Python does."""

    dsl: Path
    programs: Path
    folder: Path
    module: str
    grid: str

    @property
    def texts(self) -> list[str]:
        """The programs, as texts of one or more functions."""
        text = self.programs.read_text(encoding="utf-8")
        if self.programs.suffix == ".py":
            return [text]
        return [json.loads(line)["source"] for line in text.splitlines()]

    @property
    def names(self) -> list[str]:
        """The programs' names, in order."""
        return [name for text in self.texts for name in functions_of(text)]

    def job(self, puzzles: Mapping[str, Puzzle], texts: list[str] | None = None) -> Job:
        """The programs, or other texts, on all samples of some puzzles."""
        samples = {
            name: (
                [(given.tolist(), wanted.tolist()) for given, wanted in puzzle.train_pairs],
                [grid.tolist() for grid in puzzle.questions],
            )
            for name, puzzle in puzzles.items()
        }
        return Job(str(self.folder), self.module, self.grid, texts or self.texts, samples, CPU_S)

    def settings(self, **others: Any) -> Settings:
        """A run of these programs alone; what kind of grids they take is for the run to find out."""
        return Settings(dsl=str(self.dsl), programs=(str(self.programs),), cpu_s=CPU_S, **others)


def tuples(folder: Path) -> Style:
    return Style(folder / "dsl.py", folder / "programs.py", folder, "dsl", "tuple")


TUPLES = tuples(TASKS / "tuple_dsl")
ARRAYS = Style(TASKS / "array_dsl", TASKS / "array_dsl" / "programs.jsonl", TASKS, "array_dsl", "array")

REFUSED = {"solve_a68b268e"}
"""It names what its DSL has not: no program for a run, where Python finds out when it is called."""

REORDERED = {"solve_a61ba2ce", "solve_a61f2674"}
"""They read what a primitive has changed in place, under a name that does not say so. A canonical form orders
steps by the values that they need, so that its Python function may give another answer than theirs."""


def chosen(style: Style, count: int = COUNT) -> dict[str, Puzzle]:
    """The puzzles that the programs are called after, and the smallest of the others."""
    puzzles = load("arcagi", "training")
    own = dict.fromkeys(name.removeprefix("solve_") for name in style.names)
    size = {name: sum(sample.input.size for sample in each.train) for name, each in puzzles.items()}
    others = sorted(puzzles.keys() - own.keys(), key=lambda name: (size[name], name))
    return {name: puzzles[name] for name in [*own, *others][:count]}


def nodes_under(node: Node) -> Iterator[Node]:
    """A node, and those that it reads, directly or not."""
    yield node
    for read in nodes_in([*node.args, *node.kwargs.values()]):
        yield from nodes_under(read)


def values(store: Path, puzzles: Mapping[str, Puzzle], settings: Settings) -> dict[str, list[Any]]:
    """What a run, in this process, gives for `filter`, `inline` and `validate`, by puzzle."""
    flow = Flow(Store(store))
    tops = puzzle_nodes(flow, puzzles, settings)
    stages = [{node.stage: node for node in nodes_under(top)} for top in tops]
    wanted = [found[stage] for found in stages for stage in ("filter", "inline", "validate")]
    each = iter(flow.run(wanted, workers=0).value)
    return {name: [next(each), next(each), next(each)] for name in puzzles}


def verdicts(store: Path, puzzles: Mapping[str, Puzzle], settings: Settings) -> Results:
    """What a run finds."""
    each = values(store, puzzles, settings).items()
    return {name: by_program(filtered, found) for name, (filtered, _, found) in each}


def by_program(filtered: Filtered, found: Sequence[Verdict]) -> dict[str, list[Result]]:
    """The results of each program, of those too that collapsed into others."""
    unique = [each.name for each in filtered.unique]
    results = {name: results_of(verdict) for name, verdict in zip(unique, found, strict=True)}
    assert {each.name for each in filtered.refused} <= REFUSED
    return results | {name: results[kept] for name, kept in filtered.collapsed}


def results_of(verdict: Verdict) -> list[Result]:
    return [result(verdict, number, outcome) for number, outcome in enumerate(verdict.outcomes)]


def result(verdict: Verdict, number: int, outcome: Outcome) -> Result:
    """A verdict's outcome in the words of `direct`."""
    if isinstance(outcome, Raised):
        return ["raised", outcome.error.partition(":")[0]]
    if not isinstance(outcome, Returned):
        return [outcome.kind]
    assert verdict.outputs is not None
    grid = grid_of(verdict.outputs, number)
    assert grid is not None
    return ["returned", grid.tolist()]


def differences(found: Results, expected: Results) -> dict[tuple[str, str, int], tuple[Result, Result]]:
    """Where two disagree: puzzle, program and sample."""
    assert found.keys() == expected.keys()
    return {
        (puzzle, program, number): (mine, theirs)
        for puzzle, programs in expected.items()
        for program in programs.keys() - REFUSED
        for number, (mine, theirs) in enumerate(zip(found[puzzle][program], programs[program], strict=True))
        if mine != theirs
    }


def only(results: Results, programs: set[str]) -> Results:
    return {puzzle: {name: each[name] for name in programs & each.keys()} for puzzle, each in results.items()}


def solved(results: Results, puzzles: Mapping[str, Puzzle]) -> set[str]:
    """The programs that give all outputs of the puzzle that they are called after."""
    found = set()
    for puzzle, programs in results.items():
        samples = (*puzzles[puzzle].train, *puzzles[puzzle].test)
        wanted = [["returned", sample.output.tolist()] for sample in samples if sample.output is not None]
        found |= {name for name, given in programs.items() if given == wanted and name.endswith(puzzle)}
    return found


def check_kinds(results: Results) -> None:
    """That there is something to compare."""
    every = (one for programs in results.values() for each in programs.values() for one in each)
    counts = Counter(one[0] for one in every)
    assert counts.keys() == {"returned", "raised", "invalid", "timed_out"}
    assert counts["timed_out"] < 50 < counts["invalid"] < counts["returned"]


def test_verdicts_over_a_dsl_of_tuples_are_what_its_functions_give(tmp_path: Path) -> None:
    puzzles = chosen(TUPLES)
    expected = direct(TUPLES.job(puzzles))
    check_kinds(expected)
    found = verdicts(tmp_path / "store", puzzles, TUPLES.settings())
    assert differences(found, expected) == {}
    assert len(solved(found, puzzles)) > 45


def test_verdicts_over_a_dsl_of_arrays_are_what_its_functions_give(tmp_path: Path) -> None:
    puzzles = chosen(ARRAYS)
    expected = direct(ARRAYS.job(puzzles))
    check_kinds(expected)
    found = verdicts(tmp_path / "store", puzzles, ARRAYS.settings())
    plain = set(ARRAYS.names) - REORDERED
    assert differences(only(found, plain), only(expected, plain)) == {}
    assert len(solved(found, puzzles)) > 45


def test_a_program_that_depends_on_changes_in_place_is_what_its_canonical_form_gives(tmp_path: Path) -> None:
    puzzles = chosen(ARRAYS, 12)
    found = values(tmp_path / "store", puzzles, ARRAYS.settings())
    filtered, forms, _ = next(iter(found.values()))
    names = [each.name for each in filtered.unique]
    texts = [form.source(name) for name, form in zip(names, forms, strict=True)]
    verdict = {name: by_program(each[0], each[2]) for name, each in found.items()}
    assert differences(only(verdict, set(names)), direct(ARRAYS.job(puzzles, texts))) == {}


COMPANIES = {
    "a primitive that takes an error for one of its own": (
        ARRAYS,
        "def solve_a(I): return placed(I, CHECKER, 0, 0)",
        "def solve_b(I): return mirrored(placed(mirrored(I), part(I, 0, 0, 1, 2), 1, 0))",
    ),
    "a constant changed in place": (
        ARRAYS,
        "def solve_a(I): return recoloured(CHECKER, BLUE, RED)",
        "def solve_b(I): return tiled(CHECKER, 2, 2)",
        "def solve_c(I): return stamped(CHECKER, coloured(CHECKER), GREEN)",
    ),
    "a list changed in place": (
        TUPLES,
        "def solve_a(I): return marked(as_lists(I), ORIGIN, FIVE)",
        "def solve_b(I): return as_lists(I)",
        "def solve_c(I): return marked(as_lists(I), UNITY, FIVE)",
    ),
    "rows that can be read once": (
        TUPLES,
        "def solve_a(I): return mapped(identity, as_lists(rows_once(I)))",
        "def solve_b(I): return pair(first(rows_once(I)), first(rows_once(I)))",
        "def solve_c(I): return canvas(THREE, pair(ONE, final(first(rows_once(I)))))",
        "def solve_d(I): return as_lists(rows_once(I))",
    ),
    "a primitive that prints": (
        TUPLES,
        "def solve_a(I): return printed(I)",
        "def solve_b(I): return printed(printed)(flip_rows(I))",
    ),
}


@pytest.mark.parametrize("name", COMPANIES)
def test_what_a_primitive_does_besides_is_seen_by_no_other_program(tmp_path: Path, name: str) -> None:
    style, *texts = COMPANIES[name]
    programs = tmp_path / "programs.py"
    programs.write_text("\n".join(texts))
    few = dataclasses.replace(style, programs=programs)
    puzzles = chosen(style, 3)
    found = verdicts(tmp_path / "store", puzzles, few.settings())
    assert differences(found, direct(few.job(puzzles))) == {}


def test_a_program_of_changes_in_place_is_the_same_in_any_company(tmp_path: Path) -> None:
    puzzles = chosen(ARRAYS, 6)
    alone, together = (
        verdicts(tmp_path / str(size), puzzles, ARRAYS.settings(batch=size)) for size in (1, 100)
    )
    assert differences(alone, together) == {}


@pytest.mark.parametrize("style", [TUPLES, ARRAYS], ids=["tuples", "arrays"])
def test_the_kind_of_grids_can_be_said_and_is_the_one_that_is_found(tmp_path: Path, style: Style) -> None:
    puzzles = chosen(style, 2)
    found = verdicts(tmp_path / "found", puzzles, style.settings())
    assert verdicts(tmp_path / "said", puzzles, style.settings(grid=style.grid)) == found


def test_two_dsls_of_one_process_have_each_their_own_siblings(tmp_path: Path) -> None:
    """Their folders hold modules of the same names; neither shows on the path or among the modules."""
    folder = shutil.copytree(TUPLES.folder, tmp_path / "other", ignore=shutil.ignore_patterns("__pycache__"))
    constants = folder / "constants.py"
    constants.write_text(constants.read_text(encoding="utf-8").replace("\nTWO = 2\n", "\nTWO = 3\n"))
    other, puzzles = tuples(folder), chosen(TUPLES, 3)
    path, modules = list(sys.path), {"dsl", "constants", "geometry"} & sys.modules.keys()
    found = [verdicts(tmp_path / "store", puzzles, each.settings()) for each in (TUPLES, other, TUPLES)]
    assert sys.path == path
    assert {"dsl", "constants", "geometry"} & sys.modules.keys() == modules
    expected = [direct(each.job(puzzles)) for each in (TUPLES, other)]
    assert expected[0] != expected[1]
    assert differences(found[1], expected[1]) == {}
    assert differences(found[0], expected[0]) == differences(found[2], expected[0]) == {}


@pytest.mark.parametrize("style", [TUPLES, ARRAYS], ids=["tuples", "arrays"])
def test_a_command_line_names_a_dsl_and_its_programs(tmp_path: Path, style: Style) -> None:
    """Every program is tried on every puzzle; the report counts what a puzzle's best one solved."""
    names = ["67a3c6ac", "74dd1130", "239be575"]
    words = [word for name in names for word in ("--puzzle", name)]
    files = ["--store", tmp_path / "store", "--json", tmp_path / "counts.json"]
    given = ["--dsl", style.dsl, "--programs", style.programs]
    done = run_here("run", "arc", *words, *given, *files, "--workers", 0)
    assert done.code == 0, done.err
    said = read_json(tmp_path / "counts.json")
    assert (said["puzzles"], said["solved_train"], said["solved_test"]) == (3, 2, 2)
    assert said["candidates"] == 3 * len(style.names)
    assert sum(said["outcomes"].values()) == said["unique"] < said["candidates"]
