"""After an edit, a lookup in a fresh process names what changed and where."""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path

import pytest
from edited_code import Project

from store import Store
from store.cause import Cause
from store.history import labels
from store.lookup import Lookup


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything was computed once; tests copy it."""
    project = Project(tmp_path_factory.mktemp("project"))
    assert project.run("compute", project.data) == [[2, 3, [2, 3], 0], 5]
    return project.folder


@pytest.fixture
def project(computed: Path, tmp_path: Path) -> Project:
    shutil.copytree(computed / "store", tmp_path / "store")
    return Project(tmp_path)


def test_an_edited_function_two_calls_away_is_named_with_its_file_and_line(project: Project) -> None:
    project.edit("return deepest(x)", "return deepest(x) + 1", "helpers")
    hit, reason, changed = project.lookup("work", 1)
    assert not hit
    assert re.fullmatch(r"function deep changed \((.*/)?helpers\.py:5\)", reason)
    assert changed == ["helpers:deep"]


def test_a_changed_constant_is_named(project: Project) -> None:
    project.edit("LIMIT = 10", "LIMIT = 11")
    hit, reason, changed = project.lookup("work", 1)
    assert not hit
    assert reason.startswith("constant LIMIT changed (")
    assert changed == ["code_under_test:LIMIT"]


def test_a_deleted_helper_is_called_removed(project: Project) -> None:
    project.edit("return helpers.deep(x)", "return x")
    hit, reason, changed = project.lookup("work", 1)
    assert not hit
    assert reason.startswith("function helper changed (")
    assert "function deep removed (" in reason
    assert {"helpers:deep", "helpers:deepest"} <= set(changed)


def test_a_renamed_helper_that_was_edited_is_removed_and_added(project: Project) -> None:
    project.edit("return deepest(x)", "return lowest(x)", "helpers")
    project.edit("def deepest(x):\n    return x + 1", "def lowest(x):\n    return x + 2", "helpers")
    _, reason, changed = project.lookup("work", 1)
    assert "function lowest added (" in reason
    assert "function deepest removed (" in reason
    assert set(changed) == {"helpers:deep", "helpers:lowest", "helpers:deepest"}


def test_a_helper_that_only_moved_is_not_named(project: Project) -> None:
    (project.folder / "elsewhere.py").write_text("def deepest(x):\n    return x + 1\n")
    project.edit("def deepest(x):\n    return x + 1\n", "from elsewhere import deepest\n", "helpers")
    assert project.lookup("work", 1)[0], "a move alone is no change"
    project.edit("LIMIT = 10", "LIMIT = 11")
    changed = project.lookup("work", 1)[2]
    assert "code_under_test:LIMIT" in changed
    assert [name for name in changed if "deepest" in name] == []


def test_reverting_an_edit_hits_again(project: Project) -> None:
    project.edit("return x + 1", "return x + 2", "helpers")
    assert project.run("compute", project.data) == [[3, 3, [3, 4], 0], 4]
    project.edit("return x + 2", "return x + 1", "helpers")
    assert project.run("compute", project.data) == [[2, 3, [2, 3], 0], 0]
    assert project.lookup("work", 1) == [True, "hit", []]


def test_an_edit_that_does_not_matter_is_a_hit(project: Project) -> None:
    project.edit("LIMIT = 10", "# the limit\nLIMIT = 10")
    assert project.lookup("work", 1) == [True, "hit", []]


def test_an_input_never_seen_is_new_also_after_an_edit(project: Project) -> None:
    assert project.lookup("work", 7) == [False, "new", []]
    project.edit("return x + 1", "return x + 2", "helpers")
    assert project.lookup("work", 7) == [False, "new", []]


def test_without_a_ledger_a_miss_is_new(project: Project) -> None:
    project.edit("return x + 1", "return x + 2", "helpers")
    shutil.rmtree(project.store / "runs")
    assert project.lookup("work", 1) == [False, "new", []]


def test_an_argument_that_differs_from_an_earlier_call_is_named(project: Project) -> None:
    project.run("call", ("work", [5, 6, 7]))
    assert project.lookup("work", 5, 6, 8) == [False, "input seed changed", ["seed"]]
    assert project.lookup("work", 4, 6, 7) == [False, "input x changed", ["x"]]
    assert project.lookup("work", 4, 6, 8) == [False, "input x changed, input seed changed", ["x", "seed"]]
    assert project.lookup("work", 4, 4, 4) == [False, "new", []]


def test_the_earlier_call_that_agrees_in_most_is_compared_with(project: Project) -> None:
    project.run("call", ("work", [5, 6, 7]))
    project.run("call", ("work", [4, 6, 9]))
    assert project.lookup("work", 4, 5, 9)[2] == ["deep"]


def test_an_argument_and_the_code_that_changed_are_both_named(project: Project) -> None:
    project.run("call", ("work", [5, 6, 7]))
    project.edit("LIMIT = 10", "LIMIT = 11")
    assert project.lookup("work", 5, 6, 8)[2] == ["code_under_test:LIMIT", "seed"]


def test_a_file_whose_content_changed_is_named(project: Project, computed: Path) -> None:
    Path(project.data).write_text("other data")
    hit, reason, changed = project.lookup("read", project.data, 3)
    assert (hit, reason, changed) == (False, f"file {project.data} changed", [project.data])
    assert project.kinds("read", project.data, 3) == ["file"]


def test_a_damaged_entry_is_called_corrupt_also_when_it_was_set_aside_before(project: Project) -> None:
    (entry,) = (project.store / "entries" / "work").rglob("*/*")
    name = entry.relative_to(project.store).as_posix()
    entry.write_bytes(b"damaged")
    for _ in range(2):
        assert project.lookup("work", 1) == [False, "corrupt", []]
    shutil.rmtree(project.store / "runs")
    assert project.lookup("work", 1) == [False, "corrupt", []], "the object that was set aside says so"
    assert name.replace("/", ".") in next((project.store / "aside").iterdir()).name


def test_a_module_that_was_taken_whole_is_noted(project: Project) -> None:
    project.edit("def spare(x):\n    return x", "def spare(x):\n    return -x", "helpers")
    hit, reason, _ = project.lookup("by_name", "spare")
    assert not hit
    assert reason.startswith("function spare changed (")
    notes = project.run("lookup", ("by_name", ["spare"]))[0][4]
    assert any("helpers" in note for note in notes)


def test_what_was_added_to_a_module_that_was_taken_whole_widened_the_change(project: Project) -> None:
    project.edit("def spare(x):", "def extra(x):\n    return x\n\n\ndef spare(x):", "helpers")
    _, reason, changed = project.lookup("by_name", "spare")
    assert re.match(r"module helpers changed, which is taken whole \(.*helpers\.py\)", reason)
    assert "function extra added (" in reason
    assert project.kinds("by_name", "spare") == ["widened", "function"]
    assert changed == ["helpers", "helpers:extra"]


def test_the_version_of_a_package_that_changed_is_named(project: Project) -> None:
    site = project.folder / "site-packages"
    for version in ("1.0", "1.1"):
        shutil.rmtree(site, ignore_errors=True)
        (site / f"outsider-{version}.dist-info").mkdir(parents=True)
        (site / "outsider.py").write_text("def answer():\n    return 42\n")
        metadata = f"Metadata-Version: 2.1\nName: outsider\nVersion: {version}\n"
        (site / f"outsider-{version}.dist-info" / "METADATA").write_text(metadata)
        if version == "1.0":
            assert project.run("call", ("ask", [1])) == [42, 1]
    assert project.lookup("ask", 1) == [False, "package outsider changed (1.0 → 1.1)", ["outsider"]]


def test_a_row_names_the_changed_dependency(project: Project) -> None:
    project.edit("def unrelated(x):\n    return x", "def unrelated(x):\n    return -x")
    reason, changed = project.row(1)
    assert reason.startswith("function unrelated changed (")
    assert changed == ["code_under_test:unrelated"]


def test_a_row_names_the_helper_that_changed_below_its_function(project: Project) -> None:
    project.edit("return x + 1", "return x + 2", "helpers")
    assert project.row(2)[1] == ["helpers:deepest"]
    assert project.row(9) == ["new", []], "this item was never computed"


def test_a_row_names_the_common_argument_that_changed(project: Project) -> None:
    assert project.row(1, shift=5) == ["input shift changed", ["shift"]]
    assert project.row(2, scale=4, shift=5) == [
        "input scale changed, input shift changed",
        ["scale", "shift"],
    ]
    assert project.row(9, shift=5) == ["new", []], "this item was never computed"


def test_a_row_names_dependency_and_argument_that_changed(project: Project) -> None:
    project.edit("def unrelated(x):\n    return x", "def unrelated(x):\n    return -x")
    assert project.row(1, shift=5)[1] == ["shift", "code_under_test:unrelated"]


def test_a_row_whose_segment_was_damaged_is_called_corrupt(project: Project) -> None:
    (segment,) = (project.store / "rows" / "each").rglob("*.seg")
    segment.write_bytes(b"damaged")
    assert project.row(1) == ["corrupt", []]
    assert project.row(1) == ["corrupt", []]


def tripled(x: int, y: int = 0) -> int:
    return 3 * x + y


def test_a_process_remembers_its_own_calls(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.call(tripled, 1, y=2)
    found = store.lookup(tripled, 1, y=3)
    assert (found.reason, found.changed) == ("input y changed", ("y",))
    assert store.lookup(tripled, 1, y=2).hit


def test_functions_of_one_name_are_told_apart(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    for base in (1, 2):
        store.call(functools.partial(tripled, y=base), 5)
    later = Store(tmp_path / "store")
    found = later.lookup(functools.partial(tripled, y=3), 5)
    assert (found.reason, found.changed) == ("code of tripled changed", (f"{__name__}:tripled",))
    assert store.lookup(functools.partial(tripled, y=1), 5).hit


def test_corruption_is_told_where_the_ledger_cannot_be_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.call(tripled, 1)
    (entry,) = (tmp_path / "store" / "entries" / "tripled").rglob("*/*")
    entry.write_bytes(b"damaged")
    shutil.rmtree(tmp_path / "store" / "runs")
    (tmp_path / "store" / "runs").write_text("in the way")
    (tmp_path / "store" / "aside").write_text("in the way")
    found = store.lookup(tripled, 1)
    (cause,) = found.causes
    assert (found.reason, cause.name) == ("corrupt", entry.relative_to(tmp_path / "store").as_posix())


def test_arguments_are_called_by_their_parameters_where_those_are_known() -> None:
    assert labels(tripled, ["0", "1", "y", "2"]) == {"0": "x", "1": "y", "y": "y", "2": "2"}
    assert labels(max, ["0", "key"]) == {"0": "0", "key": "key"}


def test_a_notebook_shows_causes_and_notes_and_no_markup_of_theirs() -> None:
    found = Lookup.miss((Cause("function", "m:<b>", "m.py:1", "1" * 32, "2" * 32),), ("widened <i>",))
    html = found._repr_html_()
    assert "<b>miss</b>" in html
    assert "function &lt;b&gt; changed (m.py:1) 1111111111 → 2222222222" in html
    assert "widened &lt;i&gt;" in html
    assert repr(found) == "Lookup(hit=False, reason='function <b> changed (m.py:1)', changed=('m:<b>',))"
    assert "<b>hit</b>" in Lookup(True, "hit", ())._repr_html_()
