"""A store whose places are hostile: links that lead out of it, names that are none, packed files
that lie. Nothing outside is served, moved or written to, and what can be mended is."""

from __future__ import annotations

import contextlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store import NotAStore, Store
from store.backend.local import LocalBackend
from store.backend.packed import PackedBackend, pack
from store.packing import unpack_store


def double(x: int) -> int:
    return 2 * x


def stack(x: int) -> Any:
    return np.full((40, 40), x, np.uint8)


def rows(items: list[int]) -> list[int]:
    return [2 * item for item in items]


def use(root: Path, *layers: Path) -> dict[str, Any]:
    """Every kind of result once, right; what the store says of it."""
    store = Store(root, layers=layers)
    assert store.call(double, 1) == 2
    assert (store.call(stack, 3) == 3).all()
    assert store.map(rows, [1, 2]) == [2, 4]
    return store.stats() | {"write_error": store.write_error}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    use(tmp_path / "store")
    (tmp_path / "store" / "aside").mkdir()
    return tmp_path / "store"


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder, with its times."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [root, *root.rglob("*")]
    }


def places(root: Path) -> list[str]:
    """Every folder and file of a store but its marker."""
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    return [name for name in names if name != "memoflow.json"]


def linked(place: Path, outside: Path) -> None:
    """Move something out of the store, and leave a link to it."""
    outside.parent.mkdir(parents=True, exist_ok=True)
    place.rename(outside)
    place.symlink_to(outside)


def test_a_link_out_of_the_store_leads_nowhere(made: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    made.rename(whole)
    for name in places(whole):
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        shutil.copytree(whole, made)
        linked(made / name, tmp_path / "out" / "side")
        before = snapshot(tmp_path / "out")
        first = use(made)
        use(made)
        healed = use(made)
        assert snapshot(tmp_path / "out") == before, name
        assert (healed["corrupt"], healed["write_error"]) == (0, None), name
        assert healed["hits"] == 4, name
        if name.startswith(("entries", "rows", "arrays")) and "source" not in name:
            assert first["misses"] > 0, f"{name}: what is outside was served"


def test_a_link_in_the_place_of_what_is_missing_leads_nowhere(tmp_path: Path) -> None:
    for name in ("entries", "rows", "arrays", "runs", "leases", "aside", "entries/double"):
        for target in ("there", "missing"):
            root = tmp_path / "store"
            shutil.rmtree(root, ignore_errors=True)
            Store(root)
            (tmp_path / "out" / "there").mkdir(parents=True, exist_ok=True)
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).symlink_to(tmp_path / "out" / target)
            use(root)
            assert list((tmp_path / "out").rglob("*")) == [tmp_path / "out" / "there"], name
            assert use(root)["hits"] == 4, name


def test_a_marker_that_is_hostile_is_refused_or_made_again(tmp_path: Path) -> None:
    for number, content in enumerate(
        (b'{"format": {}}', b'{"format": 1e999}', b"[" * 100_000, b"\xff", b"5")
    ):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "memoflow.json").write_bytes(content)
        with pytest.raises(NotAStore) if number < 2 else contextlib.nullcontext():
            Store(tmp_path / str(number))


def test_a_folder_outside_is_not_moved(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "zarr.json").write_text("{}")
    backend = LocalBackend(tmp_path / "store")
    for name in ("arrays/../../outside", "../outside", "arrays/..", ".."):
        backend.set_aside(name)
        with pytest.raises(OSError, match="leads out"):
            backend.delete(f"{name}/zarr.json")
    assert (tmp_path / "outside" / "zarr.json").read_text() == "{}"


def test_a_function_with_a_very_long_name_is_kept(tmp_path: Path) -> None:
    for name in ("f" * 300, "\u00e4" * 200, "\ud800", "a/../b"):
        named: dict[str, Any] = {}
        exec(f"def made(x): return x\nmade.__name__ = {name!r}\nmade.__memo_version__ = '1'", named)
        for hits in (0, 1):
            store = Store(tmp_path / "store")
            assert store.call(named["made"], name[:10]) == name[:10]
            assert store.map(lambda_of(named["made"]), [1]) == [1]
            assert (store.stats()["hits"], store.write_error) == (2 * hits, None)


def lambda_of(func: Callable[..., Any]) -> Callable[..., Any]:
    def each(items: list[Any]) -> list[Any]:
        return items

    each.__name__ = func.__name__
    return each


def hostile_members() -> dict[str, Callable[[zipfile.ZipFile], None]]:
    def bomb(file: zipfile.ZipFile) -> None:
        file.writestr("entries/double/00/" + "00" * 16, bytes(1 << 28), zipfile.ZIP_DEFLATED)

    def names(file: zipfile.ZipFile) -> None:
        above = [
            "../out",
            "/out",
            "entries/../../out",
            "entries/double/../../../out",
            "entries/double/00/\\out",
        ]
        for name in (*above, "aside/x", "leases/lock", "runs/x.jsonl", f"arrays/{'00' * 16}/../../../out"):
            file.writestr(name, b"hostile")

    def links(file: zipfile.ZipFile) -> None:
        member = zipfile.ZipInfo("entries/double/00/" + "00" * 16)
        member.external_attr = 0o120777 << 16
        file.writestr(member, "/etc/passwd")

    return {"bomb": bomb, "names": names, "links": links}


def lies() -> dict[str, Callable[[zipfile.ZipInfo], None]]:
    return {
        "offset": lambda member: setattr(member, "header_offset", 1 << 62),
        "offset beyond": lambda member: setattr(member, "header_offset", (1 << 64) - 1),
        "offset of another": lambda member: setattr(member, "header_offset", 0),
        "size": lambda member: setattr(member, "file_size", 1 << 40),
        "size beyond": lambda member: setattr(member, "file_size", (1 << 63) + 1),
        "no size": lambda member: setattr(member, "file_size", 0),
        "compression": lambda member: setattr(member, "compress_type", zipfile.ZIP_DEFLATED),
    }


def packed(made: Path, tmp_path: Path) -> Path:
    backend = LocalBackend(made)
    pack(
        backend,
        [name for name, _, _ in backend.walk() if name.startswith(("entries", "rows", "arrays"))],
        tmp_path / "p",
    )
    return tmp_path / "p"


@pytest.mark.parametrize("lie", lies())
def test_a_packed_store_that_lies_is_refused_or_passed_over(made: Path, tmp_path: Path, lie: str) -> None:
    file = packed(made, tmp_path)
    with zipfile.ZipFile(file, "a") as changed:
        for member in changed.filelist[1:]:
            lies()[lie](member)
        changed.writestr("x", b"")  # so that the table of contents is written again
    try:
        used = use(tmp_path / "top", file)
    except NotAStore:
        return
    assert used["misses"] == 4
    assert use(tmp_path / "top", file)["hits"] == 4


@pytest.mark.parametrize("kind", hostile_members())
def test_a_packed_store_with_hostile_members_writes_nothing_outside(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "packed"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("memoflow.json", b'{"format": 1}')
        hostile_members()[kind](made)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "store").mkdir()
    with contextlib.suppress(NotAStore):
        unpack_store(PackedBackend(file), LocalBackend(tmp_path / "in" / "store"))
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != file]
    assert all(path.is_relative_to(tmp_path / "in" / "store" / "entries") for path in written)
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_members_that_lie_over_each_other_fill_no_disk(tmp_path: Path) -> None:
    file = tmp_path / "packed"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("memoflow.json", b'{"format": 1}')
        made.writestr("entries/double/00/" + "00" * 16, bytes(10_000))
        first = made.filelist[-1]
        for number in range(1000):
            made.filelist.append(zipfile.ZipInfo(f"entries/double/00/00{number:030x}"))
            for field in ("header_offset", "file_size", "compress_size", "CRC"):
                setattr(made.filelist[-1], field, getattr(first, field))
    with pytest.raises(NotAStore, match="do not fit into it"):
        PackedBackend(file)
