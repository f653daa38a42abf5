"""Results that say that they were made from hostile things: looking at those ends, and is cheap."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from forge import Forger, double

from store import Store
from store.reads import Read, next_key


@pytest.fixture
def forger(tmp_path: Path) -> Forger:
    return Forger(tmp_path / "store")


def readings(tmp_path: Path) -> dict[str, list[list[Any]]]:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 42)
    names = [
        "/dev/zero", "/dev/random", "/dev/tty", "/proc/kmsg", "/proc/kcore", "/proc/self/mem", "/etc/shadow",
        str(tmp_path / "pipe"), str(tmp_path / "sparse"), "/dev/../dev/zero", "", "\0", "\ud800", "a" * 5000,
    ]  # fmt: skip
    roots = [(kind, root) for kind in ("file", "folder") for root in ("", ".", "os", "\ud800")]
    return {
        "places": [[kind, root, name, b""] for kind, root in roots for name in names],
        "pipe as it was": [["file", "", str(tmp_path / "pipe"), b"endless"]],
        "zeros as they were": [["file", "", "/dev/zero", b"endless"]],
        "many": [["file", "", f"/none/{number}", b"x"] for number in range(20_000)],
        "variables": [["environment", "", name, b"x"] for name in ("", "=", "\0", "\ud800", "PATH")],
    }  # fmt: skip


def test_looking_at_what_a_result_says_it_read_ends(forger: Forger, tmp_path: Path) -> None:
    for reads in readings(tmp_path).values():
        forger.write(forger.field(3, reads))
        started = time.process_time()
        store = Store(forger.root)
        assert not store.lookup(double, 1).hit
        assert store.call(double, 1) == 2
        assert time.process_time() - started < 5


def test_a_function_that_reads_a_pipe_runs_again(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    store = Store(tmp_path / "store")
    for said in (b"one", b"two"):
        holder = os.open(pipe, os.O_RDWR)
        os.write(holder, said)
        assert store.call(listen, str(pipe)) == said
        os.close(holder)
    assert store.stats()["misses"] == 2


def listen(pipe: str) -> bytes:
    with open(pipe, "rb", buffering=0) as file:  # noqa: PTH123  # as users do
        return file.read(3)


def test_a_chain_of_versions_ends(forger: Forger) -> None:
    reads = [["file", "", "/none", b"x"]]
    place = forger.key
    for _ in range(1100):
        forger.write(forger.field(3, reads), place)
        place = next_key(place, [Read(*reads[0])], double)
    store = Store(forger.root)
    assert store.call(double, 1) == 2
    assert store.stats()["write_errors"] == 0
