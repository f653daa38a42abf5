"""Reading the programs that people bring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.errors import Refused, UnknownName
from tasks.program import Program
from tasks.programs import own, program_files, programs_in

FUNCTIONS = '"""Solvers."""\nfrom dsl import *\n\n\ndef solve_00d62c1b(I):\n    O = f(I)\n    return O\n'
LINES = [{"name": "one", "source": "def one(I):\n    return I\n"}, {"name": "two", "source": "?", "score": 3}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.py").write_text(FUNCTIONS)
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, LINES)) + "\n\n")
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "notes.txt").write_text("no programs")
    return tmp_path


def test_a_folder_gives_the_programs_of_its_files_by_name(folder: Path) -> None:
    files = program_files([str(folder)])
    assert [file.name for file in files] == ["a.jsonl", "b.py"]
    assert [program.name for program in programs_in(files, "given")] == ["one", "two", "solve_00d62c1b"]


def test_a_file_that_is_named_twice_is_read_once(folder: Path) -> None:
    assert program_files([str(folder / "b.py"), str(folder)]) == (folder / "b.py", folder / "a.jsonl")


@pytest.mark.parametrize("where", ["nowhere.py", "nowhere", ""])
def test_a_path_without_programs_is_refused(tmp_path: Path, where: str) -> None:
    with pytest.raises(UnknownName, match="file of programs") as unknown:
        program_files([str(tmp_path / where)])
    assert unknown.value.nearest != str(tmp_path / where)


@pytest.mark.parametrize(
    ("name", "text", "line", "problem"),
    [
        ("a.jsonl", '{"name": "a", "source": "b"}\n{', 2, "not JSON"),
        ("a.jsonl", "[]", 1, "name and source"),
        ("a.jsonl", '{"name": "a"}', 1, "name and source"),
        ("a.jsonl", '{"name": "", "source": "b"}', 1, "name and source"),
        ("a.py", "x = 1\n", 1, "holds only functions and imports"),
        ("a.py", "def f(I):\n    return I\n\ndef f(I):\n    return I\n", 4, "defined on line 1 already"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_line(
    tmp_path: Path, name: str, text: str, line: int, problem: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(Refused, match=problem) as refused:
        programs_in((tmp_path / name,), "given")
    assert (refused.value.program, refused.value.line) == (str(tmp_path / name), line)


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="not UTF-8"):
        programs_in((tmp_path / "a.py",), "given")


def test_own_programs_are_those_of_the_puzzle_with_or_without_a_number() -> None:
    names = ["solve_00d62c1b", "solve_00d62c1b_2", "solve_00d62c1b2", "solve_x", "a_b", "solve_a_b"]
    programs = tuple(Program(name, "", "given") for name in names)
    assert [program.name for program in own(programs, "00d62c1b")] == names[:2]
    assert [program.name for program in own(programs, "a-b")] == ["solve_a_b"]
