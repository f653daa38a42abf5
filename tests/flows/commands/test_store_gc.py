"""`memoflow store gc`: what it asks, says and removes, and what it refuses."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import Said, environment, read_json, run_apart, run_here
from small_store import entry_of, files, use

from store import Store


def gc(store: Path, *words: object) -> Said:
    return run_here("store", "gc", "--store", store, *words)


def test_a_dry_run_shows_what_goes_and_removes_nothing(store: Path, tmp_path: Path) -> None:
    before = files(store)
    said = gc(store, "--older-than", "0s", "--dry-run", "--json", tmp_path / "gc.json")
    assert (said.code, said.err) == (0, "")
    told = read_json(tmp_path / "gc.json")
    held = {name: len(content) for name, content in before.items() if name.split("/")[0] != "leases"}
    del held["memoflow.json"]
    assert told["goes"] == {"objects": len(held), "bytes": sum(held.values())}
    assert (told["removed"], told["stays"]) == ({"objects": 0, "bytes": 0},) * 2
    scaled = [size for name, size in held.items() if name.startswith("rows/scaled/")]
    group = {"kind": "rows", "stage": "scaled", "reason": "too old"}
    assert {**group, "objects": len(scaled), "bytes": sum(scaled)} in told["groups"]
    assert f"rows scaled{'too old':>21}" in said.out
    assert files(store) == before


def test_with_yes_it_removes_what_it_shows(store: Path, tmp_path: Path) -> None:
    said = gc(store, "--older-than", "0s", "--yes", "--json", tmp_path / "gc.json")
    assert said.code == 0
    told = read_json(tmp_path / "gc.json")
    assert told["removed"] == told["goes"]
    assert said.out.endswith(f"removed {told['goes']['objects']} objects, {told['goes']['bytes']} bytes\n")
    assert set(files(store)) <= {"memoflow.json", "leases/lock"}
    assert use(Store(store)).executed["total"] == 1


def test_where_nobody_can_be_asked_it_is_bad_use(store: Path) -> None:
    before = files(store)
    said = run_apart(
        ["-c", "from flows.cli import main; main()"],
        "store", "gc", "--store", store, "--older-than", "0s", stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert said.code == 2
    assert "goes" in said.out
    assert "nothing was removed; say --yes" in said.complaint()
    assert files(store) == before


def test_where_nothing_goes_nobody_is_asked(store: Path) -> None:
    said = gc(store, "--older-than", "1d")
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize(("answer", "goes"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_it_asks(store: Path, answer: str, goes: bool) -> None:
    before = files(store)
    end, terminal = pty.openpty()
    words = [sys.executable, "-c", "from flows.cli import main; main()", "store", "gc", "--store", str(store)]
    with subprocess.Popen(
        [*words, "--older-than", "0s"], stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), text=True,
    ) as process:  # fmt: skip
        os.close(terminal)
        os.write(end, f"{answer}\n".encode())
        out, err = process.communicate(timeout=60)
        os.close(end)
    assert process.returncode == 0
    assert "Remove what goes? [y/N]" in err
    assert ("removed" in out) == goes
    assert (files(store) == before) == (not goes)


@pytest.mark.parametrize("option", ["--older-than", "--max-size"])
@pytest.mark.parametrize("value", ["", "d", "-1d", "5 parsecs", "1e3d", "10XB", "nan", "0x10B", "1d2h"])
def test_bad_ages_and_sizes_are_one_line(store: Path, option: str, value: str) -> None:
    before = files(store)
    said = gc(store, f"{option}={value}", "--yes")
    assert said.code == 2
    assert option in said.complaint()
    assert "write it like" in said.complaint()
    assert files(store) == before


@pytest.mark.parametrize(
    ("age", "seconds"), [("45s", 45), ("90m", 5400), ("12h", 43200), ("30d", 2592000), ("1.5H", 5400)]
)
def test_ages_have_units(store: Path, age: str, seconds: int) -> None:
    old, young = entry_of(store, "numbers"), entry_of(store, "total")
    os.utime(old, (time.time() - seconds,) * 2)
    os.utime(young, (time.time() - seconds + 30,) * 2)
    gc(store, "--older-than", age, "--yes")
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize(
    ("size", "most"), [("4kB", 4000), ("4KiB", 4096), ("0.004MB", 4000), ("4000B", 4000), ("4000", 4000)]
)
def test_sizes_have_units(store: Path, tmp_path: Path, size: str, most: int) -> None:
    gc(store, "--max-size", size, "--dry-run", "--json", tmp_path / "gc.json")
    told = read_json(tmp_path / "gc.json")
    assert told["groups"]
    assert told["stays"]["bytes"] <= most


def test_results_of_other_functions_stay_and_are_counted(store: Path, tmp_path: Path) -> None:
    said = gc(store, "--unreachable", "--dry-run", "--json", tmp_path / "gc.json")
    told = read_json(tmp_path / "gc.json")
    assert told["groups"] == []
    assert told["unknown"]["stages:numbers"] == 1
    assert f"{sum(told['unknown'].values())} records are of functions that no flow here knows" in said.out


def test_a_packed_store_has_no_garbage(store: Path, tmp_path: Path) -> None:
    run_here("store", "pack", tmp_path / "packed", "--store", store)
    said = gc(tmp_path / "packed", "--yes")
    assert said.code == 2
    assert "is a file" in said.complaint()
