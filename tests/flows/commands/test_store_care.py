"""`memoflow store gc|pack|unpack|verify`: what they ask, say and change, and what they refuse."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import stages
from command_line import AS_NOBODY, Said, environment, read_json, run_apart, run_here, write_puzzles

from flows import Flow
from flows.commands.store_care import current_code
from store import Store


def tiled(items: list[int]) -> list[np.ndarray[Any, Any]]:
    return [np.full((9, 30, 30), item, np.uint8) for item in items]


def use(store: Store) -> Any:
    flow = Flow(store)
    rows = flow.map(stages.scaled, flow.node(stages.numbers, 9), factor=2)
    return flow.run([flow.node(stages.total, rows), flow.map(tiled, [1, 2, 3])], workers=0)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with entries, rows and stacks of arrays."""
    root = tmp_path_factory.mktemp("full") / "store"
    use(Store(root))
    return root


@pytest.fixture
def store(full: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(full, tmp_path / "store"))


@pytest.fixture(scope="module")
def arc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a run of two puzzles, packed; the puzzles lie beside."""
    root = tmp_path_factory.mktemp("arc")
    write_puzzles(root / "puzzles", 2)
    options = ["--dataset", root / "puzzles", "--workers", 0, "--store", root / "store"]
    assert run_here("run", "arc", *options).code == 0
    assert run_here("store", "pack", root / "packed", "--store", root / "store").code == 0
    return root


def files(store: Path) -> dict[str, bytes]:
    paths = (path for path in store.rglob("*") if path.is_file())
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in paths}


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def entry_of(store: Path, stage: str) -> Path:
    return next(path for path in (store / "entries" / stage).rglob("*") if path.is_file())


def gc(store: Path, *words: object, **popen: Any) -> Said:
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


def test_unreachable_goes_by_the_code_of_the_flow(arc: Path, tmp_path: Path) -> None:
    store = shutil.copytree(arc / "store", tmp_path / "store")
    assert set(current_code()) == {
        f"tasks.{name}" for name in
        ("propose:propose", "filter:filter", "inline:inline", "validate:validate", "score:score",
         "differ:differ", "differ:differs_in", "rank:rank", "trust:trust", "observe:observe", "best:best",
         "programs:programs_in")
    }  # fmt: skip
    said = gc(store, "--unreachable", "--dry-run", "--json", tmp_path / "gc.json")
    assert said.code == 0
    assert read_json(tmp_path / "gc.json")["groups"] == []
    edited = Path(shutil.copytree(Path(__file__).parents[3] / "tasks", tmp_path / "edited" / "tasks"))
    module = edited / "rank.py"
    module.write_text(
        module.read_text() + "\n\n_rank = rank\n\n\ndef rank(*args):\n    return _rank(*args)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "store", "gc", "--store", store,
         "--unreachable", "--dry-run", "--json", tmp_path / "gc.json"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'edited'}:{Path(__file__).parents[3]}"},
        check=True, stdout=subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    assert b"unreachable" in done.stdout
    groups = {(each["kind"], each["stage"]) for each in read_json(tmp_path / "gc.json")["groups"]}
    assert groups == {("entries", "rank"), ("entries", "target")}


def test_results_of_other_functions_stay_and_are_counted(store: Path, tmp_path: Path) -> None:
    said = gc(store, "--unreachable", "--dry-run", "--json", tmp_path / "gc.json")
    told = read_json(tmp_path / "gc.json")
    assert told["groups"] == []
    assert told["unknown"]["stages:numbers"] == 1
    assert f"{sum(told['unknown'].values())} records are of functions that no flow here knows" in said.out


@pytest.mark.parametrize(
    "words", [["gc", "--yes"], ["pack", "packed"], ["verify"], ["stats"], ["ls"]], ids=lambda words: words[0]
)
def test_no_command_makes_a_store(tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = run_here("store", *words, "--store", tmp_path / "absent")
    assert said.code == 2
    assert str(tmp_path / "absent") in said.complaint()
    assert list(tmp_path.iterdir()) == []


def test_a_packed_store_has_no_garbage(store: Path, tmp_path: Path) -> None:
    run_here("store", "pack", tmp_path / "packed", "--store", store)
    said = gc(tmp_path / "packed", "--yes")
    assert said.code == 2
    assert "is a file" in said.complaint()


def test_packed_files_can_be_looked_into(store: Path, tmp_path: Path) -> None:
    said = run_here("store", "pack", tmp_path / "packed", "--store", store)
    assert (said.code, said.err) == (0, "")
    kept = {
        name: content
        for name, content in files(store).items()
        if name.split("/")[0] not in ("runs", "leases")
    }
    listed = run_here("store", "ls", "--store", tmp_path / "packed")
    assert {line.split()[1] for line in listed.out.splitlines()} == set(kept)
    run_here("store", "stats", "--store", tmp_path / "packed", "--json", tmp_path / "stats.json")
    total = {"objects": len(kept), "bytes": sum(map(len, kept.values()))}
    assert read_json(tmp_path / "stats.json")["total"] == total
    said = run_here("store", "verify", "--store", tmp_path / "packed")
    assert said.code == 0
    assert said.out.endswith(", 0 bad\n")
    flip(tmp_path / "packed")
    assert run_here("store", "verify", "--store", tmp_path / "packed").code in (1, 2)


def test_stores_in_memory_are_looked_after_like_others(store: Path, tmp_path: Path) -> None:
    place, packed = f"memory://{tmp_path}", tmp_path / "packed"
    run_here("store", "pack", packed, "--store", store)
    assert run_here("store", "unpack", packed, "--store", place).code == 0
    for command in ("ls", "stats", "verify"):
        said = run_here("store", command, "--store", place)
        assert (said.code, said.out) == (0, run_here("store", command, "--store", packed).out)
    assert run_here("store", "pack", tmp_path / "again", "--store", place).code == 0
    assert (tmp_path / "again").read_bytes() == packed.read_bytes()
    assert run_here("store", "gc", "--older-than", "0s", "--yes", "--store", place).code == 0
    assert run_here("store", "ls", "--store", place).out.split()[1:] == ["memoflow.json"]


def test_packing_leaves_bad_objects_out_and_says_so(store: Path, tmp_path: Path) -> None:
    flip(entry_of(store, "numbers"))
    said = run_here("store", "pack", tmp_path / "packed", "--store", store)
    assert said.code == 0
    assert "left out 1 bad objects, the first: entries/numbers/" in said.complaint()
    assert run_here("store", "verify", "--store", tmp_path / "packed").code == 0


def test_unpacking_a_file_that_is_damaged_inside_ends_with_1(store: Path, tmp_path: Path) -> None:
    run_here("store", "pack", tmp_path / "packed", "--store", store)
    content = bytearray((tmp_path / "packed").read_bytes())
    content[content.index(b"MFR1") + 40] ^= 1
    (tmp_path / "packed").write_bytes(content)
    said = run_here("store", "unpack", tmp_path / "packed", "--store", tmp_path / "new")
    assert said.code == 1
    assert "left out 1 bad objects, the first: entries/" in said.complaint()
    assert run_here("store", "verify", "--store", tmp_path / "new").code == 0


def test_unpacking_what_is_no_packed_store_is_bad_use_and_makes_nothing(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no zip")
    for place in (tmp_path / "file", tmp_path / "absent", store):
        said = run_here("store", "unpack", place, "--store", tmp_path / "new")
        assert said.code == 2
        assert str(place) in said.complaint()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("workers", [0, 1])
def test_a_packed_layer_answers_for_a_whole_run(arc: Path, tmp_path: Path, workers: int) -> None:
    said = run_here(
        "run", "arc", "--dataset", arc / "puzzles", "--limit", 2, "--workers", workers,
        "--layer", arc / "packed", "--store", tmp_path / "new", "--json", tmp_path / "run.json",
    )  # fmt: skip
    assert said.code == 0
    counts = read_json(tmp_path / "run.json")
    for kind in ("nodes", "rows"):
        assert {stage: each["executed"] for stage, each in counts[kind].items() if each["executed"]} == {}
    assert counts["rows"]["validate"]["hit"] > 0


def test_workers_read_packed_layers(arc: Path, tmp_path: Path) -> None:
    """A third puzzle makes workers start, and its programs' forms lie in the packed layer."""
    puzzles = shutil.copytree(arc / "puzzles", tmp_path / "puzzles")
    write_puzzles(tmp_path / "more", 3)
    shutil.copy(tmp_path / "more" / "mirror2.json", puzzles)
    said = run_here(
        "run", "arc", "--dataset", puzzles, "--workers", 1, "--layer", arc / "packed",
        "--store", tmp_path / "new", "--json", tmp_path / "run.json",
    )  # fmt: skip
    assert said.code == 0
    counts = read_json(tmp_path / "run.json")
    assert counts["nodes"]["propose"] == {"executed": 1, "hit": 2}
    assert counts["store"]["corrupt"] == counts["store"]["write_errors"] == 0


def test_a_layer_in_a_place_without_write_permission_answers_for_a_whole_run(
    arc: Path, open_folder: Path
) -> None:
    mount, new = open_folder / "mount", open_folder / "new"
    shutil.copytree(arc / "puzzles", mount / "puzzles")
    shutil.copy(arc / "packed", mount / "packed")
    (mount / "packed").chmod(0o444)
    mount.chmod(0o555)
    new.mkdir()
    new.chmod(0o777)
    said = run_apart(
        ["-c", AS_NOBODY], "run", "arc", "--dataset", mount / "puzzles", "--limit", 2, "--workers", 0,
        "--layer", mount / "packed", "--store", new / "store", "--json", new / "run.json",
    )  # fmt: skip
    assert (said.code, said.err) == (0, "")
    counts = read_json(new / "run.json")
    assert sum(each["executed"] for each in counts["rows"].values()) == 0
    assert sum(each["executed"] for each in counts["nodes"].values()) == 0
    assert sorted(path.name for path in mount.iterdir()) == ["packed", "puzzles"]
