"""`memoflow store pack|unpack`: what packed files hold, and what is left out or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import read_json, run_here
from small_store import entry_of, files, flip


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


@pytest.mark.parametrize(
    "words", [["gc", "--yes"], ["pack", "packed"], ["verify"], ["stats"], ["ls"]], ids=lambda words: words[0]
)
def test_no_command_makes_a_store(tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = run_here("store", *words, "--store", tmp_path / "absent")
    assert said.code == 2
    assert str(tmp_path / "absent") in said.complaint()
    assert list(tmp_path.iterdir()) == []
