"""Objects are put once, seen whole or not at all, whoever is killed when."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store import Corrupt
from store.backend.local import TEMPORARY, LocalBackend

ROOT = Path(__file__).parents[2]


@pytest.fixture
def backend(tmp_path: Path) -> LocalBackend:
    return LocalBackend(tmp_path)


def temporaries(folder: Path) -> list[Path]:
    return list(folder.rglob(f"{TEMPORARY}*"))


def test_what_was_put_is_read_and_what_was_not_is_none(backend: LocalBackend) -> None:
    assert backend.read("a/b/c") is None
    assert backend.put("a/b/c", b"content")
    assert backend.read("a/b/c") == b"content"


def test_the_first_put_wins(backend: LocalBackend) -> None:
    assert backend.put("name", b"first")
    assert not backend.put("name", b"second")
    assert backend.read("name") == b"first"
    assert temporaries(backend.root) == []


def test_an_empty_and_a_big_object_are_whole(backend: LocalBackend) -> None:
    big = os.urandom(1 << 16) * 100
    assert backend.put("empty", b"")
    assert backend.put("big", big)
    assert (backend.read("empty"), backend.read("big")) == (b"", big)


def test_a_folder_in_place_of_an_object_is_corrupt(backend: LocalBackend) -> None:
    (backend.root / "name").mkdir()
    with pytest.raises(Corrupt, match="is a directory"):
        backend.read("name")


def test_names_and_walk_leave_temporary_ones_out(backend: LocalBackend) -> None:
    backend.put("a/one", b"1")
    backend.put("a/two", b"22")
    (backend.root / "a" / f"{TEMPORARY}x").write_bytes(b"litter")
    (backend.root / f"{TEMPORARY}folder").mkdir()
    (backend.root / f"{TEMPORARY}folder" / "zarr.json").write_bytes(b"litter")
    assert sorted(backend.names("a")) == ["one", "two"]
    assert backend.names("missing") == []
    assert backend.names("a/one") == []
    assert [(name, size) for name, size, _ in backend.walk()] == [("a/one", 1), ("a/two", 2)]


def test_set_aside_frees_the_name_and_keeps_the_object(backend: LocalBackend) -> None:
    for content in (b"bad", b"bad again"):
        backend.put("a/name", content)
        backend.set_aside("a/name")
        assert backend.read("a/name") is None
    backend.set_aside("a/name")
    assert sorted(path.read_bytes() for path in (backend.root / "aside").iterdir()) == [b"bad", b"bad again"]


def test_a_read_only_backend_keeps_bad_objects_where_they_lie(backend: LocalBackend) -> None:
    backend.put("name", b"bad")
    LocalBackend(backend.root, read_only=True).set_aside("name")
    assert backend.read("name") == b"bad"


def test_a_file_where_a_folder_belongs_is_an_error_of_the_put_only(backend: LocalBackend) -> None:
    backend.put("a", b"file")
    assert backend.read("a/b") is None
    assert backend.names("a/b") == []
    with pytest.raises(Corrupt, match="what lies on the way to it is no folder"):
        backend.put("a/b", b"x")
    backend.set_aside("a/b")
    assert backend.put("a/b", b"x")


def test_litter_of_a_killed_writer_with_the_same_process_id_does_not_stop_a_put(tmp_path: Path) -> None:
    # Containers start every process with the same few ids, and the counter starts at 0 in each.
    litter = [tmp_path / f"{TEMPORARY}{os.getpid()}-{count}" for count in range(50)]
    for path in litter:
        path.write_bytes(b"part")
    backend = LocalBackend(tmp_path)
    assert all(backend.put(f"name{count}", b"whole") for count in range(5))
    assert all(path.exists() for path in litter), "another writer's part is not ours to remove"


RACE = """
import os, sys
from pathlib import Path
from store.backend.local import LocalBackend
backend = LocalBackend(Path(sys.argv[1]))
def race(number, letter, started):
    os.read(started, 1)  # returns when the parent closes its end
    created = backend.put(f"folder{number}/name", letter.encode() * 300_000)
    seen = backend.read(f"folder{number}/name")
    os.write(1, f"{number} {letter} {int(created)} {len(set(seen))} {len(seen)} {chr(seen[0])}\\n".encode())
for number in range(10):
    started, start = os.pipe()
    children = []
    for letter in "abcdefgh":
        child = os.fork()
        if not child:
            os.close(start)
            race(number, letter, started)
            os._exit(0)
        children.append(child)
    os.close(started)
    os.close(start)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)
"""


def test_of_eight_processes_that_race_one_creates_and_all_read_it_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACE, str(tmp_path)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    races: dict[str, list[list[str]]] = {}
    for line in said.splitlines():
        number, *rest = line.split()
        races.setdefault(number, []).append(rest)
    assert len(races) == 10
    for race in races.values():
        assert len(race) == 8
        (winner,) = [letter for letter, created, *_ in race if created == "1"]
        assert {tuple(seen) for _, _, *seen in race} == {("1", "300000", winner)}
    assert temporaries(tmp_path) == []


STOPPED = """
import os, signal, sys
from pathlib import Path
from store.backend.local import LocalBackend
moment = sys.argv[2]
real = getattr(os, moment)
def stopping(*args, **_):
    if moment == "write":
        real(args[0], bytes(args[1])[:10])  # half of it
    print("stopped", flush=True)
    signal.pause()
setattr(os, moment, stopping)
LocalBackend(Path(sys.argv[1]), unnamed=sys.argv[3] == "unnamed").put("folder/name", b"x" * 20)
"""


@pytest.mark.parametrize(("way", "litter"), [("unnamed", 0), ("named", 1)])
@pytest.mark.parametrize("moment", ["write", "link"])
def test_a_writer_killed_in_mid_write_leaves_no_object(
    tmp_path: Path, moment: str, way: str, litter: int
) -> None:
    command = [sys.executable, "-c", STOPPED, str(tmp_path), moment, way]
    writer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "stopped\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate(timeout=60)
    backend = LocalBackend(tmp_path)
    assert len(temporaries(tmp_path)) == litter, "the writer was not in mid-write"
    assert backend.read("folder/name") is None
    assert backend.names("folder") == []
    assert list(backend.walk()) == []
    assert backend.put("folder/name", b"whole")
    assert backend.read("folder/name") == b"whole"
    assert backend.sweep(age=3600) == 0, "another writer may still be at work on it"
    assert backend.sweep(age=0) == litter
    assert temporaries(tmp_path) == []
