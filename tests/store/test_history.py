"""After an edit, a lookup in a fresh process names what changed and where."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from store.fingerprint import Part
from store.history import describe

ROOT = Path(__file__).parents[2]

CODE = """\
LIMIT = 10


def helper(x):
    return x + 1


def unrelated(x):
    return x


def work(x, deep=0):
    return min(helper(x), LIMIT)


def each(items):
    return [work(item) for item in items]
"""

RUN = """
import json, sys
import code_under_test as code
from store import Store
from store.encode import digest
from store.history import RowPlace, explain_row
from store.key import name_of
store, step = Store(sys.argv[1]), sys.argv[2]
if step == "compute":
    said = [store.call(code.work, 1), store.map(code.each, [1, 2], deps=lambda item: [code.unrelated])]
elif step == "lookup":
    found = store.lookup(code.work, int(sys.argv[3]))
    said = [found.hit, found.reason, list(found.changed)]
else:
    keys = store.keys
    place = RowPlace(code.each, "each", name_of(code.each), keys.code(code.each), keys.keywords({}),
                     keys.value(int(sys.argv[3])), (code.unrelated,))
    found = explain_row(store, place)
    said = [found.hit, found.reason, list(found.changed)]
print(json.dumps([said, store.stats()["misses"]]))
"""


class Project:
    """A module that is edited between processes, and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "code_under_test.py"
        self.file.write_text(CODE)
        (folder / "step.py").write_text(RUN)

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert text.count(old) == 1
        self.file.write_text(text.replace(old, new))

    def run(self, *args: str) -> Any:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, str(self.folder / "step.py"), str(self.folder / "store"), *args]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything was computed once; tests copy it."""
    project = Project(tmp_path_factory.mktemp("project"))
    assert project.run("compute") == [[2, [2, 3]], 3]
    return project.folder


@pytest.fixture
def project(computed: Path, tmp_path: Path) -> Project:
    shutil.copytree(computed / "store", tmp_path / "store")
    return Project(tmp_path)


def test_an_edited_helper_is_named_with_its_file_and_line(project: Project) -> None:
    project.edit("return x + 1", "return x + 2")
    (hit, reason, changed), _ = project.run("lookup", "1")
    assert not hit
    assert reason.startswith("function helper changed (")
    assert reason.endswith("code_under_test.py:4)")
    assert changed == ["code_under_test:helper"]


def test_a_changed_constant_is_named(project: Project) -> None:
    project.edit("LIMIT = 10", "LIMIT = 11")
    (hit, reason, changed), _ = project.run("lookup", "1")
    assert not hit
    assert "LIMIT changed" in reason
    assert changed == ["code_under_test:LIMIT"]


def test_reverting_an_edit_hits_again(project: Project) -> None:
    project.edit("return x + 1", "return x + 2")
    assert project.run("compute") == [[3, [3, 4]], 3]
    project.edit("return x + 2", "return x + 1")
    assert project.run("compute") == [[2, [2, 3]], 0]
    assert project.run("lookup", "1")[0] == [True, "hit", []]


def test_an_edit_that_does_not_matter_is_a_hit(project: Project) -> None:
    project.edit("LIMIT = 10", "# the limit\nLIMIT = 10")
    assert project.run("lookup", "1")[0] == [True, "hit", []]


def test_an_input_never_seen_is_new_also_after_an_edit(project: Project) -> None:
    project.edit("return x + 1", "return x + 2")
    assert project.run("lookup", "7")[0] == [False, "new", []]


def test_without_a_ledger_a_miss_is_new(project: Project) -> None:
    project.edit("return x + 1", "return x + 2")
    shutil.rmtree(project.folder / "store" / "runs")
    assert project.run("lookup", "1")[0] == [False, "new", []]


def test_a_damaged_entry_is_called_corrupt(project: Project) -> None:
    (entry,) = (project.folder / "store" / "entries" / "work").rglob("*/*")
    entry.write_bytes(b"damaged")
    assert project.run("lookup", "1")[0] == [False, "corrupt", []]


def test_a_row_names_the_changed_dependency(project: Project) -> None:
    project.edit("def unrelated(x):\n    return x", "def unrelated(x):\n    return -x")
    (hit, reason, changed), _ = project.run("row", "1")
    assert not hit
    assert reason.startswith("function unrelated changed (")
    assert changed == ["code_under_test:unrelated"]


def test_a_row_names_the_helper_that_changed_below_its_function(project: Project) -> None:
    project.edit("return x + 1", "return x + 2")
    (hit, _, changed), _ = project.run("row", "2")
    assert not hit
    assert changed == ["code_under_test:helper"]
    assert project.run("row", "9")[0] == [False, "new", []], "this item was never computed"


def test_a_description_says_kind_name_and_place() -> None:
    parts = [Part("a.b:f", "function", "1", "b.py:3"), Part("numpy", "package", "2", "")]
    assert describe(parts) == "function f changed (b.py:3), package numpy changed"
    assert describe([]) == "code changed"
