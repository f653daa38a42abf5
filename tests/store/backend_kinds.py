"""The kinds of backends under one contract, each with a way past it to the bytes themselves."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import obstore
from s3_server import BUCKET, Server

from store.backend import Backend
from store.backend.local import LocalBackend
from store.backend.objects import ObjectBackend
from store.backend.packed import PackedBackend

__all__ = ["Kind", "directory", "memory", "packed", "s3"]


@dataclass(frozen=True)
class Kind:
    """A backend's way to be opened, and to be written into by others."""

    open: Callable[[], Backend]
    plant: Callable[[str, bytes], object]


def directory(root: Path, unnamed: bool) -> Kind:
    def plant(name: str, content: bytes) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)

    root.mkdir()
    return Kind(lambda: LocalBackend(root, unnamed=unnamed), plant)


def memory(name: str) -> Kind:
    location = f"memory://{name}"
    objects = ObjectBackend(location).connection.objects
    return Kind(lambda: ObjectBackend(location), lambda name, content: obstore.put(objects, name, content))


def s3(server: Server, prefix: str) -> Kind:
    def plant(name: str, content: bytes) -> None:
        server.request("PUT", f"/{BUCKET}/{prefix}/{name}", content)

    return Kind(lambda: ObjectBackend(f"s3://{BUCKET}/{prefix}"), plant)


def packed(file: Path) -> Kind:
    planted: dict[str, bytes] = {}
    return Kind(lambda: PackedBackend(_zipped(file, planted)), planted.__setitem__)


def _zipped(file: Path, content: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file
