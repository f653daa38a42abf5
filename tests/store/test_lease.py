"""Leases, wherever they lie: a second waits for the first, and nobody waits in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lease_holder import SHORT, Holder

from store.backend.connection import Connection
from store.lease import PATIENCE, Leases
from store.local_lease import LocalClaims, ThreadClaims
from store.object_lease import ObjectClaims


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
