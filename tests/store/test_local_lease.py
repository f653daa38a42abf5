"""Leases of a directory: locks of a file, which the kernel frees and no child inherits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lease_holder import Holder

from store import Store
from store.lease import Leases
from store.local_lease import LocalClaims

ROOT = Path(__file__).parents[2]

FORK = """
import os, sys, time
from pathlib import Path
from store.local_lease import LocalClaims
claims = LocalClaims(Path(sys.argv[1]) / "leases" / "lock")
def say(text):
    os.write(1, f"{text}\\n".encode())
with claims.claim("name", 5) as had:
    assert had
    child = os.fork()
    if not child:
        with claims.claim("name", 0.2) as had:
            say("child-holds" if had else "child-waits")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    child = os.fork()
    if not child:
        with claims.claim("name", 0.2) as had:
            say("child-holds" if had else "parent-holds")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
with claims.claim("name", 5) as had:
    say("had" if had else "lost")
"""


def test_a_forked_child_does_not_hold_what_its_parent_holds(tmp_path: Path) -> None:
    """In a process of its own: a fork takes no threads along, and pytest has some."""
    said = subprocess.run(
        [sys.executable, "-c", FORK, str(tmp_path)], cwd=ROOT, check=True, capture_output=True,
        text=True, timeout=30,
    ).stdout  # fmt: skip
    assert said.split() == ["child-waits", "parent-holds", "had"]


def test_two_paths_of_a_directory_are_one_place(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with (
        LocalClaims(tmp_path / "real" / "lock").claim("name", 1) as had,
        LocalClaims(tmp_path / "link" / "lock").claim("name", 0.1) as twice,
    ):
        assert (had, twice) == (True, False)


def test_a_lock_file_that_was_removed_is_made_again(tmp_path: Path) -> None:
    location = str(tmp_path / "store")
    store = Store(location)
    with store.lease("name"):
        pass
    (tmp_path / "store" / "leases" / "lock").unlink()
    with store.lease("name"), LocalClaims(tmp_path / "store" / "leases" / "lock").claim("name", 0.1) as had:
        assert not had


def test_a_lock_file_is_opened_once(tmp_path: Path) -> None:
    claims = LocalClaims(tmp_path / "lock")
    with claims.claim("first", 1):
        before = len(list(Path("/proc/self/fd").iterdir()))
        for number in range(5):
            with claims.claim(f"name{number}", 1) as had:
                assert had
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_where_there_can_be_no_leases_each_is_taken_at_once(tmp_path: Path) -> None:
    """Else a run would wait for ever for what nobody has."""
    (tmp_path / "leases").write_text("no folder")
    leases = Leases(LocalClaims(tmp_path / "leases" / "lock"), str(tmp_path))
    assert leases.take("name") is not None
    assert leases.take("name") is not None


CROSSED = """
import math, sys
from pathlib import Path
from store.local_lease import LocalClaims
claims = LocalClaims(Path(sys.argv[1]))
with claims.claim("theirs", math.inf):
    print("holds", flush=True)
    sys.stdin.readline()
    with claims.claim("ours", math.inf) as had:
        print(had, flush=True)
"""


def test_threads_of_two_processes_that_wait_crosswise_are_no_circle(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    ours = Holder(Leases(LocalClaims(lock), "here"), "ours")
    assert ours.holds.wait(10)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", CROSSED, str(lock)], cwd=ROOT, **pipes) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "holds\n"
        theirs = Holder(Leases(LocalClaims(lock), "here"), "theirs")
        assert not theirs.holds.wait(0.3)
        other.stdin.write("go\n")
        other.stdin.flush()
        assert not theirs.holds.wait(0.5), "the other process went on without the lease"
        ours.let_go.set()
        assert other.stdout.readline() == "True\n"
    assert theirs.holds.wait(10)
    theirs.let_go.set()
    for each in (ours, theirs):
        each.join(10)


def test_who_waited_in_vain_holds_up_nobody(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", CROSSED, str(lock)], cwd=ROOT, **pipes) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "holds\n"
        with LocalClaims(lock).claim("theirs", 0.1) as had:
            assert not had
            other.communicate("go\n", timeout=10)
            patient = Holder(Leases(LocalClaims(lock), "here"), "theirs")
            assert patient.holds.wait(10)
            patient.let_go.set()
            patient.join(10)
