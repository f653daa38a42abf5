"""Saves are told by what lies in the folders; what the system notifies only says when to look."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ROOT

from flows.settings import Settings
from flows.watch.places import folders_of
from flows.watch.saves import Saves
from flows.watch.server import Loaded
from tasks.errors import UnusableDsl
from tasks.language import open_dsl

FOREVER = 1e12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    code = tmp_path / "code"
    code.mkdir()
    (code / "dsl.py").write_text("x = 1\n")
    return code


@pytest.fixture
def saves(folder: Path) -> Iterator[Saves]:
    with contextlib.closing(Saves(None)) as made:
        made.add([str(folder)])
        yield made


def at_once(saves: Saves) -> set[str]:
    """The names of what was saved by now."""
    return {Path(path).name for path in saves.wait(lambda: True)}


def in_time(saves: Saves) -> set[str]:
    """The names of what is saved some time."""
    return {Path(path).name for path in saves.wait(lambda: False)}


def test_a_save_is_told_although_something_else_came_true_meanwhile(folder: Path, saves: Saves) -> None:
    assert at_once(saves) == set()
    (folder / "dsl.py").write_text("x = 2\n")
    assert at_once(saves) == {"dsl.py"}
    assert at_once(saves) == set()


def test_a_save_that_sets_the_time_back_is_told(folder: Path, saves: Saves) -> None:
    before = (folder / "dsl.py").stat()
    (folder / "new").write_text("x = 2\n")
    os.utime(folder / "new", ns=(before.st_atime_ns, before.st_mtime_ns))
    (folder / "new").replace(folder / "dsl.py")
    assert in_time(saves) == {"dsl.py"}


def test_what_comes_and_goes_is_told_and_other_files_are_not(folder: Path, saves: Saves) -> None:
    (folder / "dsl.py").unlink()
    (folder / "programs.jsonl").touch()
    (folder / ".hidden.py").touch()
    (folder / "notes.txt").touch()
    assert in_time(saves) == {"dsl.py", "programs.jsonl"}


def test_a_folder_is_waited_for_and_another_in_its_place_is_looked_into(folder: Path, saves: Saves) -> None:
    folder.rename(folder.with_name("away"))
    assert in_time(saves) == {"dsl.py"}
    folder.with_name("away").rename(folder)
    assert in_time(saves) == {"dsl.py"}
    folder.rename(folder.with_name("away"))
    folder.mkdir()
    (folder / "other.py").touch()
    assert in_time(saves) == {"dsl.py", "other.py"}


@pytest.mark.parametrize(("since", "told"), [(0.0, {"dsl.py"}), (FOREVER, set())])
def test_what_was_saved_in_a_new_folder_since_it_was_read_is_told(
    folder: Path, since: float, told: set[str]
) -> None:
    with contextlib.closing(Saves(None)) as saves:
        saves.add([str(folder)], since)
        assert at_once(saves) == told


def test_the_moment_of_a_save_is_that_of_the_save_not_of_an_old_file_that_came_back(
    folder: Path, saves: Saves
) -> None:
    os.utime(folder / "dsl.py")
    saved = saves.wait(lambda: False)
    assert saves.moment_of(saved) == (folder / "dsl.py").stat().st_ctime_ns / 1e9
    folder.rename(folder.with_name("away"))
    saves.wait(lambda: False)
    before = time.time()
    folder.with_name("away").rename(folder)
    saved = saves.wait(lambda: False)
    assert before <= saves.moment_of(saved) <= time.time()


def test_code_that_cannot_be_loaded_yet_lies_where_saves_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_dsl.py").write_text("def broken(:\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UnusableDsl) as raised:
        open_dsl("broken_dsl")
    settings = Settings(dsl="broken_dsl", programs=("to/come.py",))
    found = set(folders_of(settings, None, raised.value))
    assert {
        str(tmp_path),
        str(Path("to").absolute()),
        str(ROOT / "tasks"),
    } <= found
    assert str(tmp_path) not in set(folders_of(settings, None))
    assert not any(folder.startswith(sys.prefix) for folder in found)


def test_a_clock_that_is_ahead_makes_code_stale_only_where_it_need_not_be_sure() -> None:
    loaded = Loaded(started=0.0)
    assert next(loaded.edited(surely=False))
    assert list(loaded.edited(surely=True)) == []
    assert list(Loaded(FOREVER).edited(surely=False)) == []
