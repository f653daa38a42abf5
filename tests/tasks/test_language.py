"""Opening DSLs: by module, file and folder; which names are primitives; what a grid is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tasks.errors import UnusableDsl
from tasks.language import open_dsl
from tasks.outcome import Budget, Returned
from tasks.program import parse
from tasks.sandbox import Sandbox, SandboxError

CONSTANTS = """
import re

ONE = 1
UP = (-1, 0)
ORDER = {1: 0, 2: 0}
PATTERN = re.compile("a")


class Shape:
    def __init__(self, size):
        self.size = size


SHAPE = Shape(3)
"""
TUPLES = """
from typing import Callable, FrozenSet, Tuple
from functools import lru_cache, partial, reduce
import math

from constants import *
import shapes

Grid = Tuple[Tuple[int]]


def rotate(grid: Grid) -> Grid:
    return tuple(zip(*grid[::-1]))


def mirrored(grid: Grid) -> Grid:
    from shapes.mirror import mirror

    return mirror(grid)


def compose(f: Callable, g: Callable) -> Callable:
    return lambda x: f(g(x))


@lru_cache
def cached(grid: Grid) -> Grid:
    return grid


size = len
twice = partial(reduce, lambda x, y: x)
_hidden = 1


class Shape:
    pass
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


FILES = {
    "dsl.py": TUPLES,
    "constants.py": CONSTANTS,
    "shapes/__init__.py": "from constants import ONE\n",
    "shapes/mirror.py": "def mirror(grid):\n    return grid[::-1]\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, FILES)


def test_public_functions_and_constants_are_primitives_and_what_is_only_imported_is_not(folder: Path) -> None:
    dsl = open_dsl(str(folder / "dsl.py"))
    constants = ("ONE", "ORDER", "PATTERN", "SHAPE", "UP")
    assert dsl.names == (*constants, "cached", "compose", "mirrored", "rotate", "size", "twice")
    assert dsl.source == str(folder / "dsl.py")


def test_a_module_says_by_all_what_its_primitives_are(tmp_path: Path) -> None:
    text = '__all__ = ["_one", "Two"]\n_one = 1\n\nclass Two: pass\n\ndef three(): pass\n'
    write(tmp_path, {"dsl.py": text})
    assert open_dsl(str(tmp_path), "array").names == ("Two", "_one")


def test_a_folder_is_its_dsl_and_its_constants(folder: Path) -> None:
    (folder / "dsl.py").write_text("def f(grid: tuple[tuple[int, ...], ...]): return grid\n")
    assert open_dsl(str(folder)).names == ("ONE", "ORDER", "PATTERN", "SHAPE", "UP", "f")


def test_a_package_imports_its_own_modules_either_way(tmp_path: Path) -> None:
    files = {
        "kit/__init__.py": "from .numbers_ import ONE\nfrom kit.moves import turn\n",
        "kit/numbers_.py": "ONE = 1\n",
        "kit/moves.py": "import numpy as np\n\ndef turn(grid: np.ndarray):\n    return np.rot90(grid)\n",
    }
    write(tmp_path, files)
    for source in (tmp_path / "kit", tmp_path / "kit" / "__init__.py"):
        dsl = open_dsl(str(source))
        assert (dsl.names, dsl.grid) == (("ONE", "turn"), "own array")


def test_imports_beside_the_file_work_also_later_and_nobody_elses_path_is_touched(folder: Path) -> None:
    before, known = list(sys.path), set(sys.modules)
    dsl = open_dsl(str(folder / "dsl.py"))
    assert dsl.primitives["mirrored"](((1,), (2,))) == ((2,), (1,))  # type: ignore[operator]  # a function
    assert sys.path == before
    assert not {"constants", "shapes", "dsl"} & (set(sys.modules) - known)


def test_two_folders_do_not_see_each_others_modules(tmp_path: Path) -> None:
    for number in (1, 2):
        files = {"dsl.py": "from constants import *\n", "constants.py": f"ONE = {number}\n"}
        write(tmp_path / f"{number}" / "same", files)
    found = [open_dsl(str(tmp_path / f"{n}" / "same"), "tuple").primitives["ONE"] for n in (1, 2)]
    assert found == [1, 2]


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        ("tuple[tuple[int, ...], ...]", "tuple"),
        ("typing.Tuple[typing.Tuple[int]]", "tuple"),
        ("typing.Union[int, typing.Tuple[typing.Tuple]]", "tuple"),
        ("np.ndarray", "own array"),
        ("numpy.typing.NDArray[np.uint8]", "own array"),
        ("'np.ndarray | None'", "own array"),
    ],
)
def test_annotations_say_what_a_grid_is(tmp_path: Path, annotation: str, kind: str) -> None:
    head = "import typing\nimport numpy as np\nimport numpy.typing\n"
    write(tmp_path, {"dsl.py": f"{head}def f(grid: {annotation}): return grid\n"})
    assert open_dsl(str(tmp_path / "dsl.py")).grid == kind


def test_what_a_grid_is_can_be_set(folder: Path) -> None:
    assert open_dsl(str(folder / "dsl.py"), "array").grid == "own array"


@pytest.mark.parametrize(("said", "kind"), [("True", "array"), ("False", "own array"), ("1", "own array")])
def test_programs_share_arrays_over_a_dsl_that_says_it_is_pure(tmp_path: Path, said: str, kind: str) -> None:
    write(tmp_path, {"dsl.py": f"PURE = {said}\n\ndef f(x): return x\n"})
    dsl = open_dsl(str(tmp_path / "dsl.py"), "array")
    assert (dsl.grid, dsl.names) == (kind, ("f",))


def test_what_loading_sets_in_the_process_is_noted(tmp_path: Path) -> None:
    head = "import sys\nimport numpy as np\n\nsys.setrecursionlimit(sys.getrecursionlimit() + 7)\n"
    write(tmp_path, {"dsl.py": f"{head}np.seterr(invalid='raise')\n\ndef f(x): return x\n"})
    limit, how = sys.getrecursionlimit(), np.geterr()
    try:
        settings = open_dsl(str(tmp_path / "dsl.py"), "tuple").settings
        assert settings == (("numpy invalid", "raise"), ("recursion limit", str(limit + 7)))
    finally:
        sys.setrecursionlimit(limit)
        np.seterr(**how)


@pytest.mark.parametrize(
    ("text", "grid", "problem"),
    [
        ("def f(x): return x\n", "", r"annotations do not say what a grid is; add --grid"),
        ("def f(x): return x\n", "list", r"a grid is tuple or array, not 'list'"),
        ("import os\n", "tuple", r"no public functions or constants"),
        ("__all__ = ['f', 'g']\ndef f(x): return x\n", "tuple", r"__all__ names 'g', which it does not have"),
        ("__all__ = 'f'\ndef f(x): return x\n", "tuple", r"__all__ is no list of names"),
        ("PRIMITIVES = ['f']\ndef f(x): return x\n", "tuple", r"PRIMITIVES are no dict"),
        ("import os\nPRIMITIVES = {'os': os}\n", "tuple", r"'os' is a module"),
        ("MODULE_OF = 3\ndef f(x): return x\n", "tuple", r"MODULE_OF is no dict"),
        ("raise SystemExit(0)\n", "", r"cannot be imported: SystemExit: 0 .*dsl.py:1"),
        ("raise GeneratorExit\n", "", r"cannot be imported: GeneratorExit"),
        ("def f(:\n", "", r"cannot be imported: SyntaxError"),
        ("1 / 0\n", "", r"cannot be imported: ZeroDivisionError.*dsl.py:1"),
        ("import no_such_module_at_all\n", "", r"cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_dsl_that_cannot_be_used_says_why(tmp_path: Path, text: str, grid: str, problem: str) -> None:
    write(tmp_path, {"dsl.py": text})
    with pytest.raises(UnusableDsl, match=problem):
        open_dsl(str(tmp_path / "dsl.py"), grid)


@pytest.mark.parametrize("source", ["no_such_dsl", "tasks.no_such_dsl", "no/such/file.py", "nowhere.py"])
def test_a_dsl_that_is_nowhere_is_named(source: str) -> None:
    with pytest.raises(UnusableDsl, match=f"{source}.*there is no such"):
        open_dsl(source)


def test_a_folder_without_a_dsl_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableDsl, match=r"neither __init__.py nor dsl.py"):
        open_dsl(str(tmp_path))


def test_another_process_refuses_a_dsl_that_was_edited_since(folder: Path) -> None:
    at = open_dsl(str(folder / "dsl.py")).at
    grid = np.zeros((2, 3), np.uint8)
    form = parse("def p(I): return rotate(I)", frozenset({"rotate"}))
    sandbox = Sandbox(at, "tuple")
    try:
        assert sandbox.evaluate([form], [grid], (), Budget(2.0))[0].outcomes == (Returned(),)
        sandbox.close()  # as when something killed it
        (folder / "shapes" / "__init__.py").write_text("from constants import UP\n")
        with pytest.raises(
            SandboxError, match=r"dsl.py'.*edited during the run, so run again: module shapes$"
        ):
            sandbox.evaluate([form], [grid], (), Budget(2.0))
    finally:
        sandbox.close()


def test_what_another_process_opens_a_dsl_by_holds_for_another_checkout(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(folder, moved, ignore=shutil.ignore_patterns("moved"))
    (source, *here), (_, *there) = (open_dsl(str(each / "dsl.py")).at.split("\n") for each in (folder, moved))
    assert here == there
    assert source == str(folder / "dsl.py")
    assert open_dsl("\n".join([str(moved / "dsl.py"), *here])).source == str(moved / "dsl.py")


def fingerprints(folder: Path) -> dict[str, str]:
    """The digest of each primitive, in a process of its own."""
    script = (
        "import json, sys; from flows.dependencies import by_name\n"
        "from store.key import Keys; from tasks.language import open_dsl\n"
        "keys, dsl = Keys(), open_dsl(sys.argv[1])\n"
        "depends = by_name(dsl.primitives, dsl.bound)\n"
        "print(json.dumps({n: keys.dependency(p)[1] for n, p in depends.items()}))"
    )
    command = [sys.executable, "-c", script, str(folder / "dsl.py")]
    found: dict[str, str] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return found


@pytest.fixture(scope="module")
def unedited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return fingerprints(write(tmp_path_factory.mktemp("unedited"), FILES))


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("dsl.py", "zip(*grid[::-1])", "zip(*grid)", {"rotate"}),
        ("constants.py", "ONE = 1", "ONE = 2", {"ONE"}),
        ("constants.py", "{1: 0, 2: 0}", "{2: 0, 1: 0}", {"ORDER"}),
        ("constants.py", 're.compile("a")', 're.compile("b")', {"PATTERN"}),
        ("constants.py", "Shape(3)", "Shape(4)", {"SHAPE"}),
        ("shapes/mirror.py", "grid[::-1]", "grid[::2]", {"mirrored"}),
        ("dsl.py", "f(g(x))", "g(f(x))", {"compose"}),
        ("dsl.py", "import math", "import math  # a comment", set()),
    ],
)
def test_an_edit_changes_what_reaches_it_and_nothing_else(
    folder: Path, unedited: dict[str, str], file: str, old: str, new: str, changed: set[str]
) -> None:
    path = folder / file
    path.write_text(path.read_text().replace(old, new))
    after = fingerprints(folder)
    assert {name for name in unedited if unedited[name] != after[name]} == changed


def test_the_folder_that_a_dsl_lies_in_does_not_count(folder: Path, unedited: dict[str, str]) -> None:
    assert fingerprints(folder) == unedited


def test_names_say_where_they_can_be_imported_from(folder: Path, tmp_path: Path) -> None:
    (folder / "dsl.py").write_text("def f(grid: tuple[tuple[int, ...], ...]): return grid\n")
    homes = open_dsl(str(folder)).homes
    assert (homes["f"], homes["ONE"]) == ("dsl", "constants")
    assert open_dsl("tasks.dsl").homes["rotate_180"] == "tasks.dsl.symmetry"
