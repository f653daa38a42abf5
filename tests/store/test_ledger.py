"""What a ledger notes is read back by later runs; damage or loss of it is never an error."""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from store.backend.local import LocalBackend
from store.fingerprint import Fingerprint, Part
from store.ledger import Ledger
from store.past import Match, Past

ROOT = Path(__file__).parents[2]


def code_of(digest: str, *names: str) -> Fingerprint:
    return Fingerprint(
        digest, tuple(Part(name, "function", f"{digest}-{name}", "a.py:1") for name in names), ()
    )


def events(root: Path, ledger: Ledger) -> list[dict[str, object]]:
    lines = (root / "runs" / f"{ledger.run}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def arguments(*digests: int) -> dict[str, bytes]:
    return {str(place): bytes([digest]) * 16 for place, digest in enumerate(digests)}


def nearest(past: Past, digests: dict[str, bytes], name: str = "m:f", least: int = 0) -> list[Match]:
    return list(past.calls(name, lambda call: True).nearest(digests, least))


def calls(past: Past, name: str = "m:f") -> int:
    return len(nearest(past, {}, name))


def test_code_of_earlier_runs_is_read_back_newest_first(tmp_path: Path) -> None:
    for digest in ("one", "two", "two", "three"):
        Ledger(LocalBackend(tmp_path)).record_code({"m:f": code_of(digest, "m:f", "m:helper")})
    versions = list(Ledger(LocalBackend(tmp_path)).past().versions("m:f"))
    assert [version.fingerprint for version in versions] == ["three", "two", "one"]
    assert versions[0].parts["m:helper"] == Part("m:helper", "function", "three-m:helper", "a.py:1")
    assert list(Ledger(LocalBackend(tmp_path)).past().versions("m:other")) == []


def test_a_run_is_no_earlier_run_of_itself(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_code({"m:f": code_of("one", "m:f")})
    assert list(ledger.past().versions("m:f")) == []


def test_each_version_is_noted_once_per_run(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    for digest in ("one", "one", "two"):
        ledger.record_code({"m:f": code_of(digest, "m:f")})
    (file,) = (tmp_path / "runs").iterdir()
    noted = [json.loads(line) for line in file.read_text().splitlines()]
    assert [event["functions"]["m:f"][0] for event in noted] == ["one", "two"]
    assert file.stem == ledger.run


def test_only_the_newest_runs_are_read(tmp_path: Path) -> None:
    for number in range(25):
        Ledger(LocalBackend(tmp_path)).record_code({"m:f": code_of(f"{number:02}", "m:f")})
    found = [version.fingerprint for version in Ledger(LocalBackend(tmp_path)).past().versions("m:f")]
    assert found == [f"{number:02}" for number in range(24, 4, -1)]


def test_runs_that_noted_nothing_to_explain_with_do_not_displace_those_that_did(tmp_path: Path) -> None:
    Ledger(LocalBackend(tmp_path)).record_code({"m:f": code_of("one", "m:f")})
    for _ in range(30):
        Ledger(LocalBackend(tmp_path)).record("run", outcomes=[])
    assert len(list(Ledger(LocalBackend(tmp_path)).past().versions("m:f"))) == 1


def test_calls_wait_in_memory_and_are_written_in_bulk(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    for number in range(511):
        ledger.record_call("m:f", "code", arguments(number % 256, number // 256))
    assert not (tmp_path / "runs").exists()
    ledger.record_call("m:f", "code", arguments(255, 255))
    (event,) = events(tmp_path, ledger)
    assert event["function"] == "m:f"
    assert len(event["calls"]) == 512  # type: ignore[arg-type]  # a list


def test_flushing_writes_what_waits_once(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_call("m:f", "code", arguments(1))
    ledger.flush()
    ledger.flush()
    assert len(events(tmp_path, ledger)) == 1


def test_another_event_comes_after_the_calls_that_waited(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_call("m:f", "code", arguments(1))
    ledger.record("run")
    assert [event["event"] for event in events(tmp_path, ledger)] == ["calls", "run"]


def test_a_ledger_that_is_gone_has_written_what_waited(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_call("m:f", "code", arguments(1))
    del ledger
    gc.collect()
    assert calls(Ledger(LocalBackend(tmp_path)).past()) == 1


IN_A_PROCESS = """
import os, sys
from pathlib import Path
from store.backend.local import LocalBackend
from store.ledger import Ledger
ledger = Ledger(LocalBackend(Path(sys.argv[1])))
ledger.record_call("m:f", "code", {"0": b"x" * 16})
if os.fork() == 0:
    ledger.record_call("m:f", "code", {"0": b"y" * 16})
    sys.exit()
os.wait()
"""


def test_a_process_that_ends_writes_what_waits_and_its_forked_child_nothing_of_it(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", IN_A_PROCESS, str(tmp_path)], env=environment, check=True)
    (match,) = nearest(Ledger(LocalBackend(tmp_path)).past(), {})
    assert match.call.arguments == (("0", b"x".hex() * 8),)


def test_a_run_notes_so_many_calls_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.ledger._MOST_CALLS", 3)
    ledger = Ledger(LocalBackend(tmp_path))
    for number in range(5):
        ledger.record_call("m:f", "code", arguments(number))
        ledger.flush()
    assert calls(Ledger(LocalBackend(tmp_path)).past()) == 3


def test_a_process_knows_its_own_calls_and_those_that_it_makes_later(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_call("m:f", "code", arguments(1))
    assert calls(ledger.past()) == 1
    ledger.record_call("m:f", "code", arguments(2))
    assert calls(ledger.past()) == 2


def test_what_was_found_corrupt_is_remembered_also_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record("corrupt", name="entries/f/aa/aa", reason="why")
    assert ledger.past().corrupt() == {"entries/f/aa/aa"}


BAD = ["", "{", "[]", "1", '"x"', "null", "{}", '{"event": "code"}',
       '{"event": "code", "parts": 1, "functions": {}}',
       '{"event": "code", "parts": [], "functions": []}',
       '{"event": "code", "parts": [["a"]], "functions": {}}',
       '{"event": "code", "parts": [], "functions": {"m:f": ["x", [0]]}}',
       '{"event": "code", "parts": [[[], 1, 2, 3]], "functions": {"m:f": ["x", [0]]}}',
       '{"event": "code", "parts": [], "functions": {"m:f": 1}}',
       '{"event": "code", "parts": [["a", "b", "c", "d"]], "functions": {"m:f": ["x", [-1]]}}',
       '{"event": "calls", "function": "m:f", "code": "x", "arguments": ["0"], "calls": ["a"]}',
       '{"event": "calls", "function": "m:f", "code": "x", "arguments": 1, "calls": ["a b c"]}',
       '{"event": "calls", "function": "m:f", "code": "x", "arguments": [[]], "calls": [[]]}',
       '{"event": "calls", "function": "m:f", "code": "x", "arguments": [[]], "calls": ["a b c"]}',
       '{"event": "corrupt"}', "[" * 200_000, "1" * 5000, "\x00"]  # fmt: skip


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_a_bad_line_is_passed_over(tmp_path: Path, line: str) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / f"{ledger.run}.jsonl").write_text(line + "\n")
    ledger.record_code({"m:f": code_of("good", "m:f")})
    past = Ledger(LocalBackend(tmp_path)).past()
    (version,) = past.versions("m:f")
    assert version.fingerprint == "good"
    nearest(past, arguments(1))


def test_code_whose_parts_are_not_there_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    for members in ("[1]", "[-1]", "[0.5]", '["0"]'):
        (tmp_path / "runs" / "1.jsonl").write_text(
            f'{{"event": "code", "parts": [["a", "b", "c", "d"]], "functions": {{"m:f": ["x", {members}]}}}}'
        )
        assert list(Ledger(LocalBackend(tmp_path)).past().versions("m:f")) == []


def test_a_fingerprint_of_another_type_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "1.jsonl").write_text(
        '{"event": "code", "parts": [], "functions": {"m:f": [["x"], []]}}'
    )
    assert len(list(Ledger(LocalBackend(tmp_path)).past().versions("m:f"))) == 1


def test_damaged_files_are_no_error(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_code({"m:f": code_of("one", "m:f")})
    ledger.record_call("m:f", "one", arguments(1, 2))
    ledger.record("corrupt", name="entries/f", reason="why")
    (file,) = (tmp_path / "runs").iterdir()
    whole = file.read_bytes()
    rng = random.Random(0)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= rng.randrange(1, 256)
        file.write_bytes(damaged[: rng.randrange(1, len(whole) + 1)] if rng.random() < 0.3 else damaged)
        past = Ledger(LocalBackend(tmp_path)).past()
        list(past.versions("m:f"))
        nearest(past, arguments(1, 3))
        past.corrupt()
    file.unlink()
    file.mkdir()
    assert Ledger(LocalBackend(tmp_path)).past().others == []


def test_a_ledger_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    ledger = Ledger(LocalBackend(tmp_path))
    ledger.record_code({"m:f": code_of("one", "m:f")})
    assert Ledger(LocalBackend(tmp_path)).past().others == []


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_is_no_file_of_the_store_is_not_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / "store").mkdir()
    Ledger(LocalBackend(tmp_path / "store")).record_code({"m:f": code_of("one", "m:f")})
    (file,) = (tmp_path / "store" / "runs").iterdir()
    outside = file.rename(tmp_path / "outside.jsonl")
    os.mkfifo(file) if kind == "pipe" else file.symlink_to(outside)
    assert Ledger(LocalBackend(tmp_path / "store")).past().others == []


def test_nothing_is_written_through_a_link_that_leads_out_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "store" / "runs").symlink_to(tmp_path / "outside")
    Ledger(LocalBackend(tmp_path / "store")).record("run")
    assert list((tmp_path / "outside").iterdir()) == []


def test_calls_that_agree_in_most_come_first_with_what_differs(tmp_path: Path) -> None:
    ledger = Ledger(LocalBackend(tmp_path))
    for digests in [(1, 2, 3), (1, 2, 9), (1, 8, 9), (7, 8, 9)]:
        ledger.record_call("m:f", "code", arguments(*digests))
    found = nearest(ledger.past(), arguments(1, 2, 4), least=1)
    assert [set(match.differing) for match in found] == [{"2"}, {"2"}, {"1", "2"}]
    assert found[2].differing["1"] == bytes([8]).hex() * 8
