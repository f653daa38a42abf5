"""Making a store, and refusing what is none with one line that says the mend."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import NotAStore, NotWritable, Store
from store.backend.whole import TEMPORARY
from store.location import FORMAT, create, open_layer

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("place", ["store", "deep/er/store"])
def test_a_store_is_made_where_nothing_is(tmp_path: Path, place: str) -> None:
    backend = create(tmp_path / place)
    assert json.loads((Path(backend.location) / "memoflow.json").read_bytes())["format"] == FORMAT
    assert not backend.read_only


def test_a_store_is_made_in_an_empty_directory_and_opened_again(tmp_path: Path) -> None:
    create(tmp_path).put("name", b"x")
    assert create(str(tmp_path)).read("name") == b"x"
    assert open_layer(tmp_path).read("name") == b"x"
    assert open_layer(tmp_path).read_only


def test_litter_of_a_writer_killed_while_making_the_store_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / f"{TEMPORARY}1234").write_bytes(b"{")
    create(tmp_path)
    assert open_layer(tmp_path)


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotAStore, match="file: is a file, and a store is a directory; name another place"):
        create(tmp_path / "file")
    with pytest.raises(NotWritable, match="cannot be created"):
        create(tmp_path / "file" / "below")


def test_a_directory_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(NotAStore, match="holds other files and is no store; name an empty directory"):
        create(tmp_path)
    assert os.listdir(tmp_path) == ["thesis.txt"]  # noqa: PTH208  # hidden names too


@pytest.mark.parametrize("version", [FORMAT + 1, 0, "1", 1.5])
def test_another_format_is_refused(tmp_path: Path, version: object) -> None:
    create(tmp_path)
    (tmp_path / "memoflow.json").write_text(json.dumps({"format": version}))
    for opening in (create, open_layer, Store):
        with pytest.raises(
            NotAStore, match=f"has format {version!r}, and this memoflow reads {FORMAT}; upgrade"
        ):
            opening(tmp_path)


@pytest.mark.parametrize("text", ["{}", '{"version": 9}'])
def test_a_marker_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    create(tmp_path)
    (tmp_path / "memoflow.json").write_text(text)
    for opening in (create, open_layer, Store):
        with pytest.raises(NotAStore, match=r'memoflow.json is damaged; it should say {"format": 1}'):
            opening(tmp_path)


def damages(marker: bytes) -> Iterator[bytes | None]:
    """Every flipped bit and every cut of a marker, texts of other kinds, and nothing."""
    for place, mask in itertools.product(range(len(marker)), [1 << bit for bit in range(8)]):
        yield marker[:place] + bytes([marker[place] ^ mask]) + marker[place + 1 :]
    yield from (marker[:length] for length in range(len(marker)))
    yield from (b"[]", b"1", b"null", b"[" * 100_000, None)


def test_a_damaged_marker_is_made_again_where_there_is_a_store(tmp_path: Path) -> None:
    store, marker = Store(tmp_path / "store"), tmp_path / "store" / "memoflow.json"
    assert store.call(abs, -1) == 1
    for content in damages(marker.read_bytes()):
        marker.unlink()
        if content is not None:
            marker.write_bytes(content)
        assert Store(tmp_path / "top", [tmp_path / "store"]).lookup(abs, -1).hit, content
        assert Store(tmp_path / "store").lookup(abs, -1).hit, content
        assert json.loads(marker.read_bytes())["format"] == FORMAT


def test_a_marker_that_is_a_directory_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / "memoflow.json").mkdir()
    create(tmp_path)
    assert open_layer(tmp_path)
    assert len(os.listdir(tmp_path / "aside")) == 1  # noqa: PTH208  # names only


def test_a_layer_that_is_no_store_is_refused(tmp_path: Path) -> None:
    for layer in (tmp_path, tmp_path / "absent"):
        with pytest.raises(NotAStore, match=r"is no store: memoflow.json cannot be read"):
            Store(tmp_path / "top", [layer])


def test_an_address_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(NotAStore, match="ftp://host/store: cannot be opened"):
        create("ftp://host/store")


RACE = """
import os, sys
from pathlib import Path
from store.location import create
top = Path(sys.argv[1])
for number in range(15):
    started, start = os.pipe()
    children = []
    for _ in range(8):
        child = os.fork()
        if not child:
            os.close(start)
            os.read(started, 1)
            create(top / str(number) / "store").put(f"entries/{os.getpid()}", b"x")
            os._exit(0)
        children.append(child)
    os.close(started)
    os.close(start)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)
"""


def test_eight_processes_may_make_one_store_at_once(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", RACE, str(tmp_path)], cwd=ROOT, check=True)
    for number in range(15):
        assert len(create(tmp_path / str(number) / "store").names("entries")) == 8


UNPRIVILEGED = """
import os, sys
from store import MemoflowError
from store.location import create
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
for place in sys.argv[1:]:
    try:
        create(place)
        print("made")
    except MemoflowError as error:
        print(type(error).__name__, str(error).partition(": ")[2])
"""


def test_a_place_that_may_not_be_written_to_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, *(p for p in tmp_path.parents if p.name.startswith(("pytest-", "popen-")))):
        folder.chmod(0o755)
    closed, empty = tmp_path / "closed", tmp_path / "empty"
    create(tmp_path / "made")
    closed.mkdir(mode=0o000)
    empty.mkdir(mode=0o555)
    tmp_path.chmod(0o555)
    places = [str(place) for place in (tmp_path / "new", closed, closed / "below", empty, tmp_path / "made")]
    command = [sys.executable, "-c", UNPRIVILEGED, *places]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    refused = "NotWritable cannot be created (Permission denied); name a place you can write to"
    assert said.splitlines() == [refused] * 4 + ["made"], "a store that is there can still be read"
