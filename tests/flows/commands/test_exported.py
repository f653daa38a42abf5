"""Directories of exported programs: what is ours, what an index says, and writers at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, environment, read_json

from flows.commands.exported import ExportFolder, Fate
from flows.errors import BadSettings
from tasks.best import Best
from tasks.program import functions_in, parse

MODULES = {"turn": "moves", "crop": "moves"}
HOSTILE = [
    "../x",
    "/etc/x",
    "",
    ".",
    "..",
    ".hidden",
    "a/b",
    "a%2Fb",
    "a b",
    "A.b",
    "a\\b",
    "a\0",
    "a\n",
    "-a",
    "\ud800",
    "é",
    "%",
    "index",
    "a" * 149,
    "a" * 5000,
    "a" * 5001,
]


def program(expression: str, exact: bool = False) -> Best:
    form = parse(f"def p(I):\n    return {expression}\n", frozenset(MODULES))
    return Best(form, expression, "library", (exact,), (1000 * exact,), 0.001)


@pytest.fixture
def folder(tmp_path: Path) -> ExportFolder:
    made = ExportFolder(tmp_path / "deep" / "out", MODULES)
    made.prepare([])
    return made


def index(folder: ExportFolder) -> Any:
    return read_json(folder.folder / "index.json")["puzzles"]


def times(folder: ExportFolder) -> dict[str, tuple[int, int]]:
    """When each file was written, and which file it is."""
    return {
        file.name: (file.stat().st_mtime_ns, file.stat().st_ino)
        for file in folder.folder.iterdir()
        if not file.name.startswith(".")
    }


def programs_in(file: Path) -> list[str]:
    return [source.partition("return ")[2] for _, source, _ in functions_in(file.read_text("utf-8"))]


def test_the_index_tells_of_each_file(folder: ExportFolder) -> None:
    assert folder.put("b", [program("turn(I)", True), program("I")]) is Fate.WRITTEN
    assert folder.put("a", [program("crop(I)")]) is Fate.WRITTEN
    folder.write_index()
    found = index(folder)
    assert list(found) == ["a", "b"]
    assert {name: (each["file"], each["solved_train"]) for name, each in found.items()} == {
        "a": ("a.py", False),
        "b": ("b.py", True),
    }
    assert [
        (each["program"], each["score"], each["exact"], each["samples"]) for each in found["b"]["programs"]
    ] == [
        ("solve_b", 1000, 1, 1),
        ("solve_b_2", 0, 0, 1),
    ]


def test_what_did_not_change_is_not_touched(folder: ExportFolder) -> None:
    folder.put("a", [program("turn(I)")])
    folder.put("b", [program("turn(I)")])
    folder.write_index()
    before = times(folder)
    assert folder.put("a", [program("turn(I)")]) is Fate.UNCHANGED
    folder.write_index()
    assert times(folder) == before
    assert folder.put("b", [program("crop(I)")]) is Fate.WRITTEN
    folder.write_index()
    assert {name for name, time in times(folder).items() if time != before[name]} == {"b.py", "index.json"}


def test_programs_that_fell_out_of_the_best_are_gone(folder: ExportFolder) -> None:
    folder.put("a", [program("turn(I)"), program("crop(I)")])
    folder.put("a", [program("crop(I)")])
    folder.write_index()
    assert programs_in(folder.folder / "a.py") == ["x1\n"]
    assert [each["name"] for each in index(folder)["a"]["programs"]] == ["crop(I)"]


def test_a_puzzle_without_programs_has_no_file(folder: ExportFolder) -> None:
    folder.put("a", [program("turn(I)")])
    folder.put("b", [program("turn(I)")])
    assert folder.put("a", []) is Fate.REMOVED
    assert folder.put("c", []) is None
    folder.write_index()
    assert list(index(folder)) == ["b"]
    assert not (folder.folder / "a.py").exists()


def test_an_index_of_nothing_is_an_index(folder: ExportFolder) -> None:
    folder.write_index()
    assert index(folder) == {}
    folder.prepare([])


def test_ids_of_any_kind_stay_below_the_directory_and_apart(folder: ExportFolder, tmp_path: Path) -> None:
    folder.prepare(HOSTILE)
    for puzzle in HOSTILE:
        assert folder.put(puzzle, [program("turn(I)")]) is Fate.WRITTEN
    folder.write_index()
    files = {file for file in tmp_path.rglob("*") if file.is_file()} - {
        folder.folder / "index.json",
        folder.folder / ".memoflow.lock",
    }
    assert {file.parent for file in files} == {folder.folder}
    assert len(files) == len(HOSTILE)
    assert not [file for file in files if file.name.startswith(".")]
    found = index(folder)
    assert found.keys() == set(HOSTILE)
    assert {folder.folder / each["file"] for each in found.values()} == files
    for file in files:
        ((name, _, _),) = functions_in(file.read_text("utf-8"))
        assert name.isidentifier()
        compile(file.read_bytes(), file.name, "exec")


def plain_file(path: Path) -> None:
    path.write_text("def solve_a(I):\n    return I\n", encoding="utf-8")


def link(path: Path) -> None:
    other = path.with_name("elsewhere")
    if not other.exists():
        other.write_text('"""Exported by memoflow: the mark\n{\n "memoflow_export": 1,', encoding="utf-8")
    path.symlink_to(other)


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


FOREIGN = {
    "file": plain_file,
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "link": link,
    "dangling link": dangling,
    "no text": lambda path: path.write_bytes(b'"""Exported by memoflow: \xff'),
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("name", ["a.py", "index.json"])
def test_what_is_not_ours_is_refused_and_left(folder: ExportFolder, kind: str, name: str) -> None:
    FOREIGN[kind](folder.folder / name)
    before = (folder.folder / name).lstat()
    with pytest.raises(BadSettings, match=f"{name}: was not exported; move it away"):
        folder.prepare(["a"])
    for refused in (lambda: folder.put("a", [program("turn(I)")]), lambda: folder.put("a", [])):
        if name == "a.py":
            with pytest.raises(BadSettings, match="was not exported"):
                refused()
    if name == "index.json":
        with pytest.raises(BadSettings, match="was not exported"):
            folder.write_index()
    after = (folder.folder / name).lstat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (
        before.st_ino,
        before.st_mode,
        before.st_mtime_ns,
    )


def test_files_of_others_are_no_part_of_the_index(folder: ExportFolder) -> None:
    folder.put("a", [program("turn(I)")])
    plain_file(folder.folder / "b.py")
    (folder.folder / "notes.txt").write_text("mine")
    (folder.folder / "copy.py").write_bytes((folder.folder / "a.py").read_bytes())
    (folder.folder / "link.py").symlink_to("a.py")
    before = times(folder)
    folder.write_index()
    assert [(name, each["file"]) for name, each in index(folder).items()] == [("a", "a.py")]
    assert {name: time for name, time in times(folder).items() if name != "index.json"} == before


def test_what_was_edited_leaves_the_index_until_it_is_exported_again(folder: ExportFolder) -> None:
    folder.put("a", [program("turn(I)")])
    file = folder.folder / "a.py"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("# exact: 0\n", ""), encoding="utf-8")
    folder.write_index()
    assert index(folder) == {}
    assert folder.put("a", [program("turn(I)")]) is Fate.WRITTEN
    folder.write_index()
    assert list(index(folder)) == ["a"]
    assert file.read_text("utf-8") == whole


WRITER = """
import sys
from pathlib import Path
from flows.commands.exported import ExportFolder
from tasks.best import Best
from tasks.program import parse

number = int(sys.argv[2])
modules = {"turn": "moves"}
folder = ExportFolder(Path(sys.argv[1]), modules)
folder.prepare([])
chain = "I"
for each in range(30):
    chain = f"turn({chain})" if each % 10 else "I"
    form = parse(f"def p(I):\\n    return {chain}\\n", frozenset(modules))
    programs = [Best(form, f"by {number}", "library", (True,), (1000,), 0.001)] * (number + 1)
    folder.put(f"own_{number}_{each}", programs)
    folder.put("shared", programs)
    folder.write_index()
"""


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Meanwhile the index is always whole, and in the end it agrees with the files."""
    out = tmp_path / "out"
    command = [sys.executable, "-c", WRITER, str(out)]
    writers = [subprocess.Popen([*command, str(n)], cwd=ROOT, env=environment()) for n in range(4)]
    most = 0
    while any(writer.poll() is None for writer in writers):
        if (out / "index.json").exists():
            most = max(most, len(read_json(out / "index.json")["puzzles"]))
    assert [writer.wait() for writer in writers] == [0] * 4
    found = read_json(out / "index.json")["puzzles"]
    assert found.keys() == {"shared", *(f"own_{n}_{each}" for n in range(4) for each in range(30))}
    assert 0 < most <= len(found)
    (by,) = {each["name"] for each in found["shared"]["programs"]}
    assert len(found["shared"]["programs"]) == int(by.removeprefix("by ")) + 1
    assert len(functions_in((out / "shared.py").read_text())) == len(found["shared"]["programs"])
    assert sorted(file.name for file in out.iterdir() if file.suffix not in (".py", ".json")) == [
        ".memoflow.lock"
    ]
    before = (out / "index.json").read_bytes()
    ExportFolder(out, MODULES).write_index()
    assert (out / "index.json").read_bytes() == before


def test_the_index_is_made_in_the_order_of_ids(folder: ExportFolder) -> None:
    for puzzle in ("b", "B", "é", "0", "a/b", "a-b", "a.b"):
        folder.put(puzzle, [program("turn(I)")])
    folder.write_index()
    found = list(json.loads((folder.folder / "index.json").read_text("utf-8"))["puzzles"])
    assert found == sorted(found)
