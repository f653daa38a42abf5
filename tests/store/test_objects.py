"""What is special to object stores: servers that are not there, go away, come back, or say no."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from lease_jobs import slow
from s3_server import BUCKET, Server, free_port, serving

from store import NotAStore, NotWritable, Store
from store.backend import connection
from store.location import create, open_layer

ROOT = Path(__file__).parents[2]
PATIENT = 12
"""Seconds within which a user is told of an address that is of no use."""


@pytest.fixture
def frail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of this test's own, which may come to harm."""
    with serving(tmp_path / "server") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def log(tmp_path: Path) -> str:
    return str(tmp_path / "ran")


def ran(log: str) -> int:
    return len(Path(log).read_text().splitlines())


def rows(items: list[int], log: str) -> list[int]:
    return [slow(item, log) for item in items]


def refused(error: pytest.ExceptionInfo[Exception], *words: str) -> None:
    (line,) = str(error.value).splitlines()
    assert all(word in line for word in words), line
    assert "<?xml" not in line


@pytest.mark.parametrize("silent", [False, True])
def test_an_address_where_nobody_answers_is_told_of_soon(
    monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    with socket.socket() as listener:
        if silent:  # connections are made, and nothing is said
            listener.bind(("127.0.0.1", 0))
            listener.listen()
        port = listener.getsockname()[1] if silent else free_port()
        for name, value in Server(Path(os.devnull), port).environment.items():
            monkeypatch.setenv(name, value)
        started = time.monotonic()
        with pytest.raises(NotWritable) as error:
            Store(f"s3://{BUCKET}/store")
        assert time.monotonic() - started < PATIENT
        refused(error, f"s3://{BUCKET}/store: cannot be created", "name a place you can write to")
        if not silent:
            with pytest.raises(NotAStore) as unopened:
                open_layer(f"s3://{BUCKET}/store")
            refused(unopened, "is no store: memoflow.json cannot be read")


def test_a_bucket_that_is_not_there_is_told_of(s3: Server) -> None:
    with pytest.raises(NotWritable) as error:
        create("s3://no-such-bucket/store")
    refused(error, "s3://no-such-bucket/store: cannot be created", "404", "name a place you can write to")
    with pytest.raises(NotAStore, match=r"is no store: memoflow\.json cannot be read"):
        open_layer("s3://no-such-bucket/store")


def test_other_objects_under_the_prefix_are_no_store_and_left_alone(s3: Server) -> None:
    s3.request("PUT", f"/{BUCKET}/theses/thesis.txt", b"x")
    with pytest.raises(NotAStore, match="holds other files and is no store"):
        create(f"s3://{BUCKET}/theses")
    create(f"s3://{BUCKET}/thes")  # names are compared by part


def test_a_file_url_is_refused_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(NotAStore, match="name the directory itself"):
        create(f"file://{tmp_path}")


def test_who_may_not_read_is_told_so(frail: Server) -> None:
    create(f"s3://{BUCKET}/store")
    _ask_for_credentials(frail)
    with pytest.raises(NotWritable) as error:
        create(f"s3://{BUCKET}/store")
    refused(error, "cannot be created", "403", "name a place you can write to")
    with pytest.raises(NotAStore) as unopened:
        open_layer(f"s3://{BUCKET}/store")
    refused(unopened, "403")


def test_who_may_write_no_more_gets_values_all_the_same(frail: Server, log: str) -> None:
    store = Store(f"s3://{BUCKET}/store")
    assert store.call(slow, 1, log) == 2
    _ask_for_credentials(frail)
    assert store.call(slow, 2, log) == 4
    assert store.map(rows, [1, 2], log=log) == [2, 4]
    assert store.stats()["write_errors"] == 2
    assert store.write_error is not None
    assert "403" in store.write_error


def _ask_for_credentials(server: Server) -> None:
    """From now on the server knows nobody."""
    content = b"0"
    request = urllib.request.Request(
        f"{server.url}/moto-api/reset-auth", content, {"Content-Type": "text/plain"}, method="POST"
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20).close()


def test_a_server_that_dies_costs_the_results_and_no_more_time_than_one_failure(
    frail: Server, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REST", 60)
    store = Store(f"s3://{BUCKET}/store")
    assert store.call(slow, 0, log) == 0
    frail.kill()
    started = time.monotonic()
    assert [store.call(slow, number, log) for number in range(30)] == [2 * n for n in range(30)]
    assert store.map(rows, [1, 2], log=log) == [2, 4]
    assert time.monotonic() - started < PATIENT
    stats = store.stats()
    assert (stats["misses"], stats["write_errors"]) == (33, 31)
    assert store.write_error is not None
    assert store.write_error.startswith(f"s3://{BUCKET}/store: ")


def test_a_store_goes_on_where_its_server_is_back(
    frail: Server, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REST", 0.0)
    store = Store(f"s3://{BUCKET}/store")
    store.call(slow, 1, log)
    frail.kill()
    assert store.call(slow, 1, log) == 2
    frail.start()  # with nothing in it
    create(f"s3://{BUCKET}/store")
    for _ in range(2):
        assert store.call(slow, 1, log) == 2
    assert ran(log) == 3
    assert store.stats()["write_errors"] == 1
    assert Store(f"s3://{BUCKET}/store").call(slow, 1, log) == 2
    assert ran(log) == 3


def test_a_server_that_stops_answering_ends_no_call(
    frail: Server, log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_READ_TIMEOUT", "1s")  # as a user may; ours would take this test ten
    store = Store(f"s3://{BUCKET}/store")
    assert frail.process is not None
    frail.process.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    assert store.call(slow, 1, log) == 2
    assert time.monotonic() - started < 3 * PATIENT
    assert store.stats()["write_errors"] == 1


FORK = """
import os, signal, sys
from lease_jobs import slow
from store import NotWritable, Store
store = Store(sys.argv[1])
assert store.call(slow, 1, sys.argv[2]) == 2
child = os.fork()
if not child:
    signal.alarm(20)  # what hangs is killed
    assert store.call(slow, 1, sys.argv[2]) == 2
    assert "do not survive a fork; start processes by spawn" in store.write_error
    try:
        Store(sys.argv[1])
    except NotWritable as error:
        assert "do not survive a fork" in str(error)
    else:
        os._exit(1)
    os._exit(0)
sys.exit(os.waitpid(child, 0)[1] != 0)
"""


@pytest.mark.parametrize("kind", ["s3", "memory"])
def test_a_forked_child_is_told_to_be_spawned(kind: str, log: str, request: pytest.FixtureRequest) -> None:
    location = request.getfixturevalue("s3_location") if kind == "s3" else "memory://forked"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
    words = [sys.executable, "-c", FORK, location, log]
    subprocess.run(words, env=environment, check=True, timeout=60)
    assert ran(log) == 2


def requests_of(s3: Server, prefix: str, before: int) -> list[str]:
    """The requests since then, as "GET kind": the part of a name that says what it is."""
    said = []
    for line in s3.requests()[before:]:
        method, path = line.split()
        kind = "list" if "list-type" in path else path.removeprefix(f"/{BUCKET}/{prefix}/").split("/")[0]
        said.append(f"{method} {'delete' if '?delete' in path else kind}")
    return said


def test_a_call_makes_as_few_requests_as_it_can(s3: Server, s3_location: str, log: str) -> None:
    prefix = s3_location.rpartition("/")[2]
    opened = len(s3.requests())
    store = Store(s3_location)
    created = len(s3.requests())
    assert requests_of(s3, prefix, opened) == [
        "GET memoflow.json", "GET list", "PUT memoflow.json", "GET memoflow.json",
    ]  # fmt: skip
    store.call(slow, 0, log)
    store.map(rows, [0], log=log)  # what is kept of the sources and in the ledger lies there now
    before = len(s3.requests())
    print(f"first call and map: {requests_of(s3, prefix, created)}")
    store.call(slow, 1, log)
    cold = requests_of(s3, prefix, before)
    before = len(s3.requests())
    store.call(slow, 1, log)
    warm = requests_of(s3, prefix, before)
    before = len(s3.requests())
    store.map(rows, [1, 2], log=log)
    cold_map = requests_of(s3, prefix, before)
    before = len(s3.requests())
    store.map(rows, [1, 2], log=log)
    warm_map = requests_of(s3, prefix, before)
    before = len(s3.requests())
    again = Store(s3_location)
    assert requests_of(s3, prefix, before) == ["GET memoflow.json"]
    before = len(s3.requests())
    again.map(rows, [1, 2], log=log)
    print(f"map, first in another process: {requests_of(s3, prefix, before)}")
    assert cold == ["GET entries", "PUT leases", "HEAD entries", "PUT entries", "POST delete"]
    assert warm == ["GET entries"]
    assert cold_map == ["GET list", "PUT leases", "GET list", "GET list", "PUT rows", "POST delete"]
    assert warm_map == ["GET list"]
