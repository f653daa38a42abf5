"""Installed distributions: where their metadata lie, what they hold and require, their versions.

Owns: reading the `.dist-info` folders beside the installed packages. `importlib.metadata` is not
asked: importing it, and what it makes of each folder, costs more than all fingerprints do.

Does not promise: to notice an installed file that was edited by hand. Installed code counts by its
version.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from urllib.parse import unquote, urlsplit

__all__ = [
    "Distributions",
    "editable",
    "folder_of",
    "in_namespace",
    "of_top_level",
    "version",
    "with_required",
]

Distributions = tuple[tuple[str, str], ...]
"""(name, version) of each."""

SearchPath = tuple[str, ...]
"""`sys.path`, as it is."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_KNOWN = ("Name: ", "Version: ", "Requires-Dist: ")
_SEPARATORS = re.compile(r"[-_.]+")


def of_top_level(top: str, path: SearchPath) -> Distributions:
    """The distributions that hold a top-level package."""
    folder = folder_of(top, path)
    if folder:
        return (version(folder),)
    return tuple(sorted(version(folder) for folder in _installed(path).values() if _brought(folder, top)))


def _brought(folder: str, top: str) -> bool:
    """Whether a distribution says that it brought a top-level package, or brought Python files of it."""
    declared = _text(folder, "top_level.txt").split()
    if declared:
        return top in declared
    files = _text(folder, "RECORD") or _text(folder, "SOURCES.txt")
    if top not in files:
        return False
    return bool(re.search(rf"^{re.escape(top)}(/[^,\n]*)?\.py(,|$)", files, re.MULTILINE))


@cache
def in_namespace(module: str, path: SearchPath) -> Distributions:
    """The distributions that hold a module of a package which several of them share."""
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        place = "/".join(parts[:length])
        holders = [
            folder
            for folder in _installed(path).values()
            if any(file.startswith((f"{place}/", f"{place}.")) for file in _files(folder))
        ]
        if holders:
            return tuple(version(folder) for folder in holders)
    return of_top_level(parts[0], path)


def with_required(found: Distributions, path: SearchPath) -> Distributions:
    """Distributions, and those that they require at any distance, other than for extras."""
    known: dict[str, tuple[str, str]] = {}
    pending = [name for name, _ in found]
    while pending:
        name = _normal(pending.pop())
        folder = folder_of(name, path)
        if folder and name not in known:
            known[name] = version(folder)
            pending += _requires(folder)
    return tuple(sorted({*found, *known.values()}))


def folder_of(name: str, path: SearchPath) -> str:
    """The metadata folder of a distribution, by its name; empty where there is none."""
    return _installed(path).get(_normal(name), "")


@cache
def editable(path: SearchPath) -> list[tuple[str, str]]:
    """(metadata folder, source folder) of the distributions that are installed editable."""
    sources = ((folder, _editable_source(folder)) for folder in _installed(path).values())
    return [(folder, source) for folder, source in sources if source]


@cache
def _editable_source(folder: str) -> str:
    place = f"{folder}{os.sep}direct_url.json"
    if not os.access(place, os.F_OK):  # few have one, and looking costs a fifth of failing
        return ""
    try:
        with open(place, "rb") as file:  # noqa: PTH123  # a plain string
            data = json.load(file)
    except OSError:
        return ""
    return unquote(urlsplit(data["url"]).path) if data.get("dir_info", {}).get("editable") else ""


def version(folder: str) -> tuple[str, str]:
    """Name and version from a metadata folder; its own name says both where the file is missing."""
    stem = folder.rpartition(os.sep)[2].rpartition(".")[0]
    name, _, number = stem.partition("-")
    fields = dict(_fields(folder))
    return fields.get("Name", name), fields.get("Version", number)


def _requires(folder: str) -> list[str]:
    needs = [text for field, text in _fields(folder) if field == "Requires-Dist" and "extra ==" not in text]
    return [found.group() for found in map(_NAME.match, needs) if found]


@cache
def _fields(folder: str) -> tuple[tuple[str, str], ...]:
    for file in ("METADATA", "PKG-INFO"):
        text = _text(folder, file)
        if not text:
            continue
        lines = text.lstrip("\n").partition("\n\n")[0].splitlines()
        known = [line.partition(": ") for line in lines if line.startswith(_KNOWN)]
        return tuple([(field, value) for field, _, value in known])
    return ()


@cache
def _files(folder: str) -> tuple[str, ...]:
    """The files that a distribution brought, as its record says."""
    return tuple(line.partition(",")[0] for line in _text(folder, "RECORD").splitlines())


def _text(folder: str, file: str) -> str:
    """What a file of a distribution's metadata says; nothing where it has no such file."""
    try:
        with open(f"{folder}{os.sep}{file}", encoding="utf-8", errors="replace") as opened:  # noqa: PTH123  # half the cost
            return opened.read()
    except OSError:
        return ""


@cache
def _installed(path: SearchPath) -> dict[str, str]:
    """Metadata folders by normalised distribution name, the first on sys.path winning."""
    found: dict[str, str] = {}
    for place in reversed(path):
        found |= _metadata_in(place)
    return found


@cache
def _metadata_in(place: str) -> dict[str, str]:
    """Metadata folders by normalised distribution name in one folder."""
    place = place or os.curdir
    try:
        names = os.listdir(place)  # noqa: PTH208  # a third of the cost
    except OSError:
        return {}
    found = sorted((name for name in names if name.endswith((".dist-info", ".egg-info"))), reverse=True)
    return {_normal(name.rpartition(".")[0].partition("-")[0]): f"{place}{os.sep}{name}" for name in found}


def _normal(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()
