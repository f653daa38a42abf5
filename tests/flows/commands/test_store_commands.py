"""`memoflow store stats|ls|verify`: what they say of a store, and that they only look."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import read_json, run_here
from small_store import files, flip


def sizes(store: Path) -> dict[str, int]:
    return {name: len(content) for name, content in files(store).items()}


def test_stats_count_objects_and_bytes_by_kind_and_stage(store: Path, tmp_path: Path) -> None:
    said = run_here("store", "stats", "--store", store, "--json", tmp_path / "stats.json")
    stats, held = read_json(tmp_path / "stats.json"), sizes(store)
    assert (said.code, said.err) == (0, "")
    assert stats["total"] == {"objects": len(held), "bytes": sum(held.values())}
    mine = {name: size for name, size in held.items() if name.startswith("rows/scaled/")}
    assert mine
    assert stats["kinds"]["rows/scaled"] == {"objects": len(mine), "bytes": sum(mine.values())}
    assert {"entries/numbers", "entries/total", "rows/tiled", "arrays", "runs"} <= stats["kinds"].keys()
    told = {line.split()[0]: line.split()[1:] for line in said.out.splitlines()[2:]}
    wanted = {**stats["kinds"], "total": stats["total"]}
    assert told == {kind: [f"{each['objects']:,}", f"{each['bytes']:,}"] for kind, each in wanted.items()}


@pytest.mark.parametrize("prefix", ["", "entries/", "rows/scaled/", "nothing/"])
def test_ls_lists_names_and_sizes_below_a_prefix(store: Path, prefix: str) -> None:
    said = run_here("store", "ls", prefix, "--store", store)
    assert (said.code, said.err) == (0, "")
    told = {line.split()[1]: int(line.split()[0]) for line in said.out.splitlines()}
    assert told == {name: size for name, size in sizes(store).items() if name.startswith(prefix)}


def test_verify_of_a_sound_store_ends_with_0(store: Path, tmp_path: Path) -> None:
    said = run_here("store", "verify", "--store", store, "--json", tmp_path / "verify.json")
    checked = read_json(tmp_path / "verify.json")["checked"]
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{checked} objects checked, 0 bad\n"
    held = files(store)
    stacks = {name.split("/")[1] for name in held if name.startswith("arrays/")}
    assert checked == len(stacks) + sum(name.startswith(("entries/", "rows/")) for name in held)


@pytest.mark.parametrize("place", ["entries/numbers", "entries/source", "rows/scaled", "arrays/*/c.*"])
def test_verify_names_an_object_with_a_flipped_byte(store: Path, tmp_path: Path, place: str) -> None:
    found = next(
        path for folder in store.glob(place) for path in [folder, *folder.rglob("*")] if path.is_file()
    )
    flip(found)
    name = found.relative_to(store).as_posix()
    name = "/".join(name.split("/")[:2]) if name.startswith("arrays/") else name
    before = files(store)
    said = run_here("store", "verify", "--store", store, "--json", tmp_path / "verify.json")
    assert said.code == 1
    assert name in said.complaint()
    assert said.out.endswith(", 1 bad\n")
    assert [where for where, _ in read_json(tmp_path / "verify.json")["bad"]] == [name]
    assert files(store) == before


@pytest.mark.parametrize("command", ["stats", "ls", "verify", "runs", "diff last last"])
def test_looking_makes_no_store(tmp_path: Path, command: str) -> None:
    for place in (tmp_path / "missing", tmp_path):
        said = run_here("store", *command.split(), "--store", place)
        assert said.code == 2
        assert str(place) in said.complaint()
    assert list(tmp_path.iterdir()) == []
