"""What is special to files: what lies in the way, litter, and killed writers.

What all backends promise is tested in `test_backend_contract`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store import Corrupt
from store.backend.local import LocalBackend
from store.backend.whole import TEMPORARY

ROOT = Path(__file__).parents[2]


@pytest.fixture
def backend(tmp_path: Path) -> LocalBackend:
    return LocalBackend(tmp_path)


def temporaries(folder: Path) -> list[Path]:
    return list(folder.rglob(f"{TEMPORARY}*"))


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
    assert backend.litter(age=3600) == [], "another writer may still be at work on it"
    assert len(backend.litter(age=0)) == litter
    for part in backend.litter(age=0):
        backend.delete(part.name)
    assert temporaries(tmp_path) == []
