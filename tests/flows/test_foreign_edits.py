"""Edits of a DSL that somebody brought: what a plan says, a run does, and neither more nor less than
what a walk over names, written for this test alone, says that the edit can reach."""

from __future__ import annotations

import ast
import contextlib
import shutil
import symtable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import read_json, run_apart, write_puzzles

from tasks.errors import Refused
from tasks.language import open_dsl
from tasks.program import functions_in, parse

SOURCE = Path(__file__).parents[1] / "tasks" / "tuple_dsl"
PUZZLES = 2


class Project:
    """A copy of the DSL with its programs, two puzzles and a store that has all their results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dsl = folder / "kit"

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.dsl / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    def told(self, command: str) -> Any:
        """What `memoflow run|plan arc` says, in a process that has the DSL as it is now."""
        file = self.folder / "told.json"
        options = ["--dsl", self.dsl / "dsl.py", "--programs", self.dsl / "programs.py", "--json", file]
        options += ["--dataset", self.folder / "puzzles", "--store", self.folder / "store", "--workers", 0]
        script = f"from flows.cli import main; import sys; main(['{command}', 'arc', *sys.argv[1:]])"
        said = run_apart(["-c", script], *options)
        assert (said.code, [line for line in said.err.splitlines() if "refused" not in line]) == (0, [])
        return read_json(file)

    def reached_from(self, name: str) -> int:
        """How many rows have programs that can come to a name of the DSL."""
        reads = {}
        for file in ("dsl.py", "geometry.py", "constants.py"):
            for statement in ast.parse((self.dsl / file).read_text()).body:
                reads |= {bound: _names(statement) for bound in _bound(statement)}
        names = frozenset(open_dsl(str(self.dsl / "dsl.py")).names)
        text = (self.dsl / "programs.py").read_text()
        forms = set()
        for _, source, _ in functions_in(text):
            with contextlib.suppress(Refused):  # one of them is no program
                forms.add(parse(source, names))
        return PUZZLES * sum(name in _closure(form.names, reads) for form in forms)


def _bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _names(statement: ast.stmt) -> set[str]:
    """The global names that a statement reads when it or its function runs; annotations don't count."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return set(_global_names(symtable.symtable(ast.unparse(statement), "", "exec"), outermost=True))


def _global_names(table: symtable.SymbolTable, outermost: bool) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_global() or symbol.is_imported() or (outermost and symbol.is_referenced()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _global_names(inner, outermost=False)


def _closure(names: tuple[str, ...], reads: dict[str, set[str]]) -> set[str]:
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += reads.get(name, ())
    return found


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("warm")
    shutil.copytree(SOURCE, folder / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    write_puzzles(folder / "puzzles", PUZZLES)
    project = Project(folder)
    assert project.told("run")["rows"]["validate"]["executed"] > 50 * PUZZLES
    return project


@pytest.mark.parametrize(
    ("file", "name", "old", "new"),
    [
        (
            "dsl.py",
            "outline",
            "return box(cells_of(patch))",
            "return box(cells_of(patch)) | box(cells_of(patch))",
        ),
        ("dsl.py", "_by_part", "return function(a, b)", "return int(function(a, b))"),
        ("geometry.py", "box", "return frozenset(\n        (i, j)", "return frozenset(\n        (i, j + 0)"),
        ("geometry.py", "_span", "range(first, last + 1)", "range(first, 1 + last)"),
        ("constants.py", "SIDES", "{UP, DOWN, LEFT, RIGHT}", "{UP, DOWN, LEFT}"),
        ("constants.py", "SEVEN", "SEVEN = 7", "SEVEN = 8"),
    ],
)
def test_an_edit_reruns_what_can_reach_it_and_plan_says_so_first(
    warm: Project, tmp_path: Path, file: str, name: str, old: str, new: str
) -> None:
    shutil.copytree(warm.folder, tmp_path / "copy")
    project = Project(tmp_path / "copy")
    expected = project.reached_from(name)
    assert expected > 0
    project.edit(file, old, new)
    planned = project.told("plan")
    assert planned["rows"]["validate"]["run"] == expected
    (cause,) = planned["reasons"]["validate"]
    assert name in cause
    executed = project.told("run")["rows"]["validate"]
    assert (executed["executed"], executed["hit"]) == (expected, planned["rows"]["validate"]["hit"])
    project.edit(file, new, old)
    assert project.told("plan")["rows"]["validate"]["run"] == 0


def test_another_place_a_comment_and_an_annotation_rerun_nothing(warm: Project, tmp_path: Path) -> None:
    shutil.copytree(warm.folder, tmp_path / "moved")
    project = Project(tmp_path / "moved")
    (project.dsl).rename(project.folder / "elsewhere")
    project.dsl = project.folder / "elsewhere"
    project.edit(
        "dsl.py", "def identity(x: Any) -> Any:\n", "def identity(x: object) -> Any:\n    # itself\n"
    )
    assert project.told("plan")["rows"]["validate"]["run"] == 0
