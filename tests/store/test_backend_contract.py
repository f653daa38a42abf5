"""What every backend promises: objects are put once, seen whole or not at all."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import backend_kinds
import pytest
from backend_kinds import Kind
from s3_server import BUCKET

from store import Corrupt
from store.backend import Backend
from store.backend.whole import TEMPORARY
from store.layout import MARKER

ROOT = Path(__file__).parents[2]
ONE, TWO = (f"entries/stage/ab/ab{digit * 30}" for digit in "12")
"""Names that a store has; a packed one holds no others."""
_prefixes = itertools.count()


def made(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    name = f"contract-{next(_prefixes)}"
    if kind == "memory":
        return backend_kinds.memory(name)
    if kind == "s3":
        return backend_kinds.s3(request.getfixturevalue("s3"), name)
    if kind == "packed":
        return backend_kinds.packed(tmp_path / "packed")
    return backend_kinds.directory(tmp_path / "root", unnamed=kind == "unnamed")


@pytest.fixture(params=["unnamed", "named", "memory", "s3"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    """Each kind that can be written to."""
    return made(str(request.param), request, tmp_path)


@pytest.fixture(params=["unnamed", "named", "memory", "s3", "packed"])
def any_kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    return made(str(request.param), request, tmp_path)


@pytest.fixture
def backend(kind: Kind) -> Backend:
    return kind.open()


def test_what_others_put_is_read_and_what_nobody_put_is_none(any_kind: Kind) -> None:
    big = os.urandom(1 << 16) * 50
    any_kind.plant(ONE, b"content")
    any_kind.plant(TWO, big)
    backend = any_kind.open()
    assert (backend.read(ONE), backend.read(TWO)) == (b"content", big)
    assert backend.read("entries/stage/ab/abc") is None
    assert backend.read("nothing/at/all") is None
    assert backend.read(f"{ONE}/below") is None


def test_an_empty_object_is_an_object(any_kind: Kind) -> None:
    any_kind.plant(ONE, b"")
    assert any_kind.open().read(ONE) == b""


def test_a_backend_has_what_was_put_and_nothing_else(any_kind: Kind) -> None:
    any_kind.plant(ONE, b"")
    backend = any_kind.open()
    assert backend.has(ONE)
    assert not backend.has(TWO)
    assert not backend.has(f"{ONE}/below")
    assert not backend.has("nothing/at/all")


def test_names_are_those_directly_in_a_folder(any_kind: Kind) -> None:
    any_kind.plant(ONE, b"1")
    any_kind.plant(TWO, b"22")
    any_kind.plant(MARKER, b"{}")
    backend = any_kind.open()
    assert sorted(backend.names("entries/stage/ab")) == [name.rpartition("/")[2] for name in (ONE, TWO)]
    assert backend.names("entries/stage") == ["ab"]
    assert backend.names("entries/stage/a") == []
    assert backend.names("missing") == []
    assert backend.names(ONE) == []


def test_walk_gives_every_object_with_its_size(any_kind: Kind) -> None:
    for name, content in ((TWO, b"22"), (MARKER, b"{}"), (ONE, b"1")):
        any_kind.plant(name, content)
    found = sorted(any_kind.open().walk())
    assert [(name, size) for name, size, _ in found] == [(ONE, 1), (TWO, 2), (MARKER, 2)]


def test_a_listing_says_when_an_object_was_put(backend: Backend) -> None:
    backend.put("name", b"x")
    (found,) = backend.walk()
    assert abs(found.modified - time.time()) < 60


def test_the_first_put_wins(kind: Kind) -> None:
    backend, other = kind.open(), kind.open()
    assert backend.put("a/name", b"first")
    assert not other.put("a/name", b"second")
    assert backend.read("a/name") == other.read("a/name") == b"first"
    assert [name for name, _, _ in backend.walk()] == ["a/name"], "no litter"


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, 20_000_000])
def test_an_object_of_any_size_is_whole(backend: Backend, size: int) -> None:
    content = os.urandom(size)
    assert backend.put("a/name", content)
    assert backend.read("a/name") == content


def test_what_is_appended_is_read_together(backend: Backend) -> None:
    for line in (b"one\n", b"two\n", b"three\n"):
        backend.append("runs/a", line)
    backend.append("runs/b", b"other\n")
    assert backend.read("runs/a") == b"one\ntwo\nthree\n"
    assert backend.read("runs/b") == b"other\n"


def test_set_aside_frees_the_name_and_keeps_the_object(kind: Kind) -> None:
    backend = kind.open()
    for content in (b"bad", b"bad again"):
        kind.plant("a/name", content)
        backend.set_aside("a/name")
        assert backend.read("a/name") is None
    backend.set_aside("a/name")
    kept = [name for name, _, _ in backend.walk()]
    assert all(name.startswith("aside/") for name in kept)
    assert sorted(backend.read(name) or b"" for name in kept) == [b"bad", b"bad again"]
    assert backend.put("a/name", b"good")


def test_set_aside_takes_a_folder_and_no_neighbour(kind: Kind) -> None:
    for name in ("arrays/ab/zarr.json", "arrays/ab/c.0", "arrays/abc/zarr.json"):
        kind.plant(name, b"x")
    backend = kind.open()
    backend.set_aside("arrays/ab")
    assert backend.read("arrays/ab/zarr.json") is None
    assert backend.read("arrays/ab/c.0") is None
    assert backend.names("arrays") == ["abc"]
    assert len(list(backend.walk())) == 3, "what was moved is kept"


def test_delete_removes_what_is_there_and_nothing_else(kind: Kind) -> None:
    kind.plant("a/one", b"1")
    kind.plant("a/two", b"2")
    backend = kind.open()
    for _ in range(2):
        backend.delete("a/one")
    assert [name for name, _, _ in backend.walk()] == ["a/two"]
    backend.delete("a/two")
    assert backend.put("a/two", b"new")


def test_what_was_not_written_by_us_is_not_swept(kind: Kind) -> None:
    kind.plant("a/name", b"x")
    backend = kind.open()
    assert backend.litter(age=0) == []
    assert backend.read("a/name") == b"x"


def test_a_packed_store_takes_nothing(tmp_path: Path) -> None:
    kind = backend_kinds.packed(tmp_path / "packed")
    kind.plant(ONE, b"content")
    backend = kind.open()
    for change in (
        lambda: backend.put(TWO, b"x"),
        lambda: backend.append("runs/a", b"x"),
        lambda: backend.delete(ONE),
    ):
        with pytest.raises(OSError, match="is a packed store, which is only read"):
            change()
    backend.set_aside(ONE)
    assert backend.read(ONE) == b"content"
    assert (backend.read_only, backend.is_writable(), backend.litter(0)) == (True, False, [])


RACE = """
import sys
from pathlib import Path
from store.backend.local import LocalBackend
from store.backend.objects import ObjectBackend
kind, place, letter = sys.argv[1:]
backend = ObjectBackend(place) if kind == "s3" else LocalBackend(Path(place), unnamed=kind == "unnamed")
print("ready", flush=True)
for number in map(int, sys.stdin):
    created = backend.put(f"folder{number}/name", letter.encode() * 300_000)
    seen = backend.read(f"folder{number}/name")
    print(letter, int(created), len(set(seen)), len(seen), chr(seen[0]), flush=True)
"""


@pytest.mark.parametrize("kind", ["unnamed", "named", "s3"])
def test_of_eight_processes_that_race_one_creates_and_all_read_it_whole(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "s3":
        request.getfixturevalue("s3")
    place = f"s3://{BUCKET}/race" if kind == "s3" else str(tmp_path)
    words = [sys.executable, "-c", RACE, kind, place]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    racers = [subprocess.Popen([*words, letter], cwd=ROOT, **pipes) for letter in "abcdefgh"]
    try:
        assert {racer.stdout.readline() for racer in racers} == {"ready\n"}
        for number in range(10):
            for racer in racers:
                racer.stdin.write(f"{number}\n")
                racer.stdin.flush()
            said = [racer.stdout.readline().split() for racer in racers]
            (winner,) = [letter for letter, created, *_ in said if created == "1"]
            assert {tuple(seen) for _, _, *seen in said} == {("1", "300000", winner)}
    finally:
        for racer in racers:
            racer.communicate(timeout=30)
    assert list(tmp_path.rglob(f"{TEMPORARY}*")) == []


def test_a_backend_keeps_bad_objects_where_they_lie_if_it_is_only_read(kind: Kind) -> None:
    kind.plant("name", b"bad")
    backend = kind.open()
    backend.read_only = True
    backend.set_aside("name")
    assert backend.read("name") == b"bad"


def test_an_object_that_is_too_large_is_corrupt(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    kind.plant("name", b"x" * 100_000)
    for module in ("local", "objects"):
        monkeypatch.setattr(f"store.backend.{module}.MAX_OBJECT", 99_999)
    with pytest.raises(Corrupt, match="it is larger than 99999 bytes"):
        kind.open().read("name")
