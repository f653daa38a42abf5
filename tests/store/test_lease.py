"""Leases: a second waits for the first, and nobody waits in vain."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store import Store
from store.backend.connection import Connection
from store.backend.objects import ObjectBackend
from store.lease import PATIENCE, Leases, leases_of
from store.local_lease import LocalClaims, ThreadClaims
from store.object_lease import ObjectClaims

HERE = Path(__file__).parent
SHORT = 1.0
"""Seconds of a lease's expiry in tests."""


def claims_at(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Leases]:
    """Leases of one place, as each process or thread would open them."""
    if kind == "directory":
        return lambda: Leases(LocalClaims(tmp_path / "leases" / "lock"), str(tmp_path))
    if kind == "memory":
        return lambda: Leases(ThreadClaims(str(tmp_path)), str(tmp_path))
    place = request.getfixturevalue("s3_location")
    return lambda: Leases(ObjectClaims(Connection(place), SHORT), place)


@pytest.fixture(params=["directory", "memory", "s3"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Leases]:
    return claims_at(request.param, tmp_path, request)


class Holder(threading.Thread):
    """Holds some leases, one inside the other, until it is told to go."""

    def __init__(self, leases: Leases, *names: str) -> None:
        super().__init__()
        self.leases = leases
        self.names = names
        self.holds = threading.Event()
        self.let_go = threading.Event()
        self.start()

    def run(self) -> None:
        with contextlib.ExitStack() as stack:
            for name in self.names:
                stack.enter_context(self.leases.hold(name))
            self.holds.set()
            self.let_go.wait(30)


def test_a_second_waits_until_the_first_is_done(opened: Callable[[], Leases]) -> None:
    first = Holder(opened(), "name")
    assert first.holds.wait(10)
    second, other = Holder(opened(), "name"), Holder(opened(), "another name")
    assert other.holds.wait(10)
    assert not second.holds.wait(2 * SHORT + 0.5), "a holder that lives is not taken over"
    first.let_go.set()
    assert second.holds.wait(10)
    for each in (second, other):
        each.let_go.set()
    for each in (first, second, other):
        each.join(10)
    third = Holder(opened(), "name")
    assert third.holds.wait(10)
    third.let_go.set()
    third.join(10)


def test_a_lease_is_taken_where_nobody_has_it_and_kept_until_it_is_freed(
    opened: Callable[[], Leases],
) -> None:
    free = opened().take("name")
    assert free is not None
    assert opened().take("name") is None
    free()
    waiting = Holder(opened(), "name")
    assert waiting.holds.wait(10)
    assert opened().take("name") is None
    waiting.let_go.set()
    waiting.join(10)
    again = opened().take("name")
    assert again is not None
    again()


def test_who_has_taken_a_lease_waits_for_another_as_long_as_it_takes(tmp_path: Path) -> None:
    """Else the client's own thread, which has the leases of puzzles, would compute what another does."""
    leases = Leases(ThreadClaims(str(tmp_path)), str(tmp_path))
    free, other = leases.take("mine"), Holder(leases, "theirs")
    assert free is not None
    assert other.holds.wait(10)
    timer = threading.Timer(PATIENCE + 0.5, other.let_go.set)
    timer.start()
    started = time.monotonic()
    with leases.hold("theirs"):
        assert time.monotonic() - started > PATIENCE + 0.3
    free()
    timer.join()
    other.join(10)


def test_the_same_lease_may_be_held_again(opened: Callable[[], Leases]) -> None:
    started = time.monotonic()
    with opened().hold("name"), opened().hold("name"):
        pass
    assert time.monotonic() - started < PATIENCE


def test_holders_that_wait_for_each_other_go_on(opened: Callable[[], Leases]) -> None:
    one, two = Holder(opened(), "a"), Holder(opened(), "b")
    assert one.holds.wait(10)
    assert two.holds.wait(10)
    one.let_go.set()
    two.let_go.set()
    met = threading.Barrier(2)

    def circle(first: str, second: str) -> None:
        leases = opened()
        with leases.hold(first):
            met.wait(10)
            with leases.hold(second):
                pass

    threads = [threading.Thread(target=circle, args=names) for names in (("a", "b"), ("b", "a"))]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert time.monotonic() - started < PATIENCE + 3


def test_a_forked_child_does_not_hold_what_its_parent_holds(tmp_path: Path) -> None:
    """In a process of its own: a fork takes no threads along, and pytest has some."""
    said = subprocess.run(
        [sys.executable, "-c", FORK, str(tmp_path)], cwd=HERE.parents[1], check=True, capture_output=True,
        text=True, timeout=30,
    ).stdout  # fmt: skip
    assert said.split() == ["child-waits", "parent-holds", "had"]


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


def test_a_lease_that_was_taken_over_is_left_to_its_new_holder(s3_location: str) -> None:
    connection = Connection(s3_location)
    claims, before = ObjectClaims(connection, expiry=SHORT), set(threading.enumerate())
    with claims.claim("name", 5) as had:
        assert had
        (place,) = ObjectBackend(s3_location).names("leases")
        connection.ask(lambda objects: objects.put(f"leases/{place}", b"another's"))
        for thread in set(threading.enumerate()) - before:  # it ends when it finds that out
            thread.join(10)
            assert not thread.is_alive()
    assert connection.ask(lambda objects: bytes(objects.get(f"leases/{place}").bytes())) == b"another's"


def test_a_lease_of_a_dead_holder_is_taken_over_after_its_expiry(s3_location: str) -> None:
    connection = Connection(s3_location)
    with ObjectClaims(connection, SHORT).claim("name", 5):
        (place,) = ObjectBackend(s3_location).names("leases")
    connection.ask(lambda objects: objects.put(f"leases/{place}", b"a dead holder's"))
    started = time.monotonic()
    with ObjectClaims(connection, SHORT).claim("name", 10) as had:
        assert had
    assert SHORT <= time.monotonic() - started < SHORT + 1


def test_a_lease_of_a_dead_holder_is_taken_by_who_asks_again_and_again(s3_location: str) -> None:
    connection = Connection(s3_location)
    leases = Leases(ObjectClaims(connection, SHORT), s3_location)
    with ObjectClaims(connection, SHORT).claim("name", 5):
        (place,) = ObjectBackend(s3_location).names("leases")
    connection.ask(lambda objects: objects.put(f"leases/{place}", b"a dead holder's"))
    started, free = time.monotonic(), None
    while free is None:
        assert time.monotonic() - started < SHORT + 2
        time.sleep(0.1)
        free = leases.take("name")
    assert time.monotonic() - started >= SHORT
    free()


def test_where_there_can_be_no_leases_each_is_taken_at_once(tmp_path: Path) -> None:
    """Else a run would wait for ever for what nobody has."""
    (tmp_path / "leases").write_text("no folder")
    leases = Leases(LocalClaims(tmp_path / "leases" / "lock"), str(tmp_path))
    assert leases.take("name") is not None
    assert leases.take("name") is not None


def test_no_thread_is_left_by_a_lease(s3_location: str) -> None:
    before = threading.active_count()
    leases = leases_of(Store(s3_location).backends[0])
    for number in range(5):
        with leases.hold(f"name{number}"):
            pass
    assert threading.active_count() == before


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
    with subprocess.Popen([sys.executable, "-c", CROSSED, str(lock)], cwd=HERE.parents[1], **pipes) as other:
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
    with subprocess.Popen([sys.executable, "-c", CROSSED, str(lock)], cwd=HERE.parents[1], **pipes) as other:
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


def test_a_lock_file_is_opened_once(tmp_path: Path) -> None:
    claims = LocalClaims(tmp_path / "lock")
    with claims.claim("first", 1):
        before = len(list(Path("/proc/self/fd").iterdir()))
        for number in range(5):
            with claims.claim(f"name{number}", 1) as had:
                assert had
        assert len(list(Path("/proc/self/fd").iterdir())) == before
