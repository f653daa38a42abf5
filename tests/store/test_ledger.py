"""The ledger remembers code; damage or loss of it is never an error."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from store.backend.local import LocalBackend
from store.fingerprint import Fingerprint, Part
from store.ledger import Ledger


def code_of(digest: str, *names: str) -> Fingerprint:
    return Fingerprint(
        digest, tuple(Part(name, "function", f"{digest}-{name}", "a.py:1") for name in names), ()
    )


def test_code_of_earlier_runs_is_read_back_newest_first(tmp_path: Path) -> None:
    for digest in ("one", "two", "two", "three"):
        Ledger(LocalBackend(tmp_path)).record_code({"m:f": code_of(digest, "m:f", "m:helper")})
    versions = list(Ledger(LocalBackend(tmp_path)).versions("m:f"))
    assert [version.fingerprint for version in versions] == ["three", "two", "one"]
    assert versions[0].parts["m:helper"] == Part("m:helper", "function", "three-m:helper", "a.py:1")
    assert list(Ledger(LocalBackend(tmp_path)).versions("m:other")) == []


def test_a_run_does_not_remember_itself(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_code({"m:f": code_of("one", "m:f")})
    assert ledger.history() == []


def test_each_version_is_noted_once_per_run(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    for digest in ("one", "one", "two"):
        ledger.record_code({"m:f": code_of(digest, "m:f")})
    (file,) = (tmp_path / "runs").iterdir()
    events = [json.loads(line) for line in file.read_text().splitlines()]
    assert [event["functions"]["m:f"][0] for event in events] == ["one", "two"]
    assert file.stem == ledger.run


def test_only_the_newest_runs_are_read(tmp_path: Path) -> None:
    for number in range(25):
        Ledger(LocalBackend(tmp_path)).record_code({"m:f": code_of(f"{number:02}", "m:f")})
    assert [run["m:f"].fingerprint for run in Ledger(LocalBackend(tmp_path)).history(3)] == ["24", "23", "22"]
    assert len(Ledger(LocalBackend(tmp_path)).history()) == 20


BAD = ["", "{", "[]", "1", '"x"', "null", "{}", '{"event": "code"}',
       '{"event": "code", "parts": 1, "functions": {}}',
       '{"event": "code", "parts": [], "functions": []}',
       '{"event": "code", "parts": [["a"]], "functions": {}}',
       '{"event": "code", "parts": [], "functions": {"m:f": ["x", [0]]}}',
       '{"event": "code", "parts": [[[], 1, 2, 3]], "functions": {"m:f": ["x", [0]]}}',
       '{"event": "code", "parts": [], "functions": {"m:f": 1}}', "\x00"]  # fmt: skip


@pytest.mark.parametrize("line", BAD)
def test_a_bad_line_is_passed_over(tmp_path: Path, line: str) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / f"{ledger.run}.jsonl").write_text(line + "\n")
    ledger.record_code({"m:f": code_of("good", "m:f")})
    (version,) = Ledger(LocalBackend(tmp_path)).versions("m:f")
    assert version.fingerprint == "good"


def test_a_fingerprint_of_another_type_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "1.jsonl").write_text(
        '{"event": "code", "parts": [], "functions": {"m:f": [["x"], []]}}'
    )
    assert len(list(Ledger(LocalBackend(tmp_path)).versions("m:f"))) == 1


def test_damaged_files_are_no_error(tmp_path: Path) -> None:
    Ledger(LocalBackend(tmp_path)).record_code({"m:f": code_of("one", "m:f")})
    (file,) = (tmp_path / "runs").iterdir()
    whole = file.read_bytes()
    rng = random.Random(0)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= rng.randrange(1, 256)
        file.write_bytes(damaged[: rng.randrange(1, len(whole) + 1)] if rng.random() < 0.3 else damaged)
        list(Ledger(LocalBackend(tmp_path)).versions("m:f"))
    file.unlink()
    file.mkdir()
    assert Ledger(LocalBackend(tmp_path)).history() == []


def test_a_ledger_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_code({"m:f": code_of("one", "m:f")})
    assert Ledger(LocalBackend(tmp_path)).history() == []
