"""Leases of an object store: objects that expire unless their holder renews them."""

from __future__ import annotations

import threading
import time

from lease_holder import SHORT

from store import Store
from store.backend.connection import Connection
from store.backend.objects import ObjectBackend
from store.lease import Leases, leases_of
from store.object_lease import ObjectClaims


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


def test_no_thread_is_left_by_a_lease(s3_location: str) -> None:
    before = threading.active_count()
    leases = leases_of(Store(s3_location).backends[0])
    for number in range(5):
        with leases.hold(f"name{number}"):
            pass
    assert threading.active_count() == before
