"""Recording what a memoized function reads while it runs.

Owns: an audit hook that notes the files and folders that Python opens for reading, and the mapping
behind `os.environ`, for as long as a `Recorder` is active. What a function wrote itself is no
input, nor are the Python installation, imports (code counts by its fingerprint), and what the
engine itself opens. A file that is read and then written counts as it was left.

Does not promise: to see what native code or other processes open, whether a path exists
(`os.stat`), what installed code looks up in the environment, or what threads read that were
started before the call.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Callable, Container, ItemsView, Iterable, KeysView, ValuesView
from contextvars import ContextVar, Token
from functools import cache
from types import FrameType
from typing import Any

from store import cached
from store.fingerprint import origin
from store.reads import ENVIRONMENT, FILE, FOLDER, Read, in_order, named_path, seen_at, seen_in_environment

__all__ = ["Recorder", "inherit"]

_active: ContextVar[Recorder | None] = ContextVar("memoflow_recorder", default=None)
_running: list[Recorder] = []
_EVENTS = {"open": FILE, "os.listdir": FOLDER, "os.scandir": FOLDER, "sqlite3.connect": FILE}
_NO_INPUT = ("/proc/", "/sys/", "/dev/")
_LIBRARY = sysconfig.get_path("stdlib")
_PASSED_THROUGH = {
    __file__, "<frozen os>", "<frozen posixpath>", "<frozen _collections_abc>",
    *(f"{_LIBRARY}/{name}.py" for name in ("os", "posixpath", "pathlib", "_collections_abc")),
}  # fmt: skip
"""Library code that looks the environment up for its caller, which then is who reads it."""
_SHOWS_CODE = {f"{_LIBRARY}/{name}.py" for name in ("inspect", "traceback", "warnings")}
_METADATA = (".dist-info/METADATA", ".egg-info/PKG-INFO")


class Recorder:
    """Notes what is read while it is active: `with Recorder(func, places) as recorder: func()`.

    What lies below `places` is nobody's input: the layers of the store. `reached` gives the names
    of what the function reaches, as its fingerprint has them.
    """

    __slots__ = (
        "_busy", "_frame", "_func", "_inherited", "_places", "_reached", "_seen", "_threads", "_token",
        "_written",
    )  # fmt: skip

    def __init__(
        self, func: object, places: tuple[str, ...] = (), reached: Callable[[], Container[str]] = tuple
    ) -> None:
        self._func = func
        self._reached = reached
        self._places = places
        self._seen: dict[tuple[str, str], bytes] = {}
        self._written: set[str] = set()
        self._inherited: set[Read] = set()
        self._busy = False

    def __enter__(self) -> Recorder:
        _install()
        self._frame: FrameType | None = sys._getframe(1)
        self._threads = frozenset(thread.ident for thread in threading.enumerate())
        self._token: Token[Recorder | None] = _active.set(self)
        _running.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _running.remove(self)
        self._frame = None
        _active.reset(self._token)
        if _active.get() is not None:
            inherit(self.reads())

    def reads(self) -> tuple[Read, ...]:
        """What was read, in the order of names; a file that was written later, as it is now."""
        if not self._seen and not self._inherited and not cached.anything():
            return ()
        found = set(self._inherited)
        for kind, name, digest in cached.read_by(self._reached()) if cached.anything() else ():
            found.add(self._as_read(kind, name, digest))
        for (kind, name), digest in self._seen.items():
            left = digest
            if kind != ENVIRONMENT and _absolute(name) in self._written:
                self._busy = True
                left = seen_at(kind, name)
                self._busy = False
            found.add(self._as_read(kind, name, left))
        return in_order(found)

    def _as_read(self, kind: str, name: str, digest: bytes) -> Read:
        return Read(kind, *(("", name) if kind == ENVIRONMENT else named_path(name, self._func)), digest)

    def add(self, reads: Iterable[Read]) -> None:
        """Take over what a result was made from that is used in this one."""
        self._inherited.update(reads)

    def heard(self, kind: str, path: Any, flags: int) -> None:
        """Note that a path is about to be opened, unless it is no input."""
        if self._busy or isinstance(path, int):
            return
        self._busy = True
        try:
            name = os.fsdecode(path if path is not None else ".")
            place = _absolute(name)
            if self._is_no_input(place):
                return
            frames = self._frames()
            if any(_is_machinery(frame.f_code.co_filename) for frame in frames):
                return
            if kind == FILE and (flags & os.O_ACCMODE) != os.O_RDONLY:
                writes_only = (flags & os.O_ACCMODE) == os.O_WRONLY or flags & (os.O_TRUNC | os.O_EXCL)
                if not writes_only:
                    self._see(kind, name, place, frames)
                self._written.add(place)
            else:
                self._see(kind, name, place, frames)
        finally:
            self._busy = False

    def looked_up(self, name: str) -> None:
        """Note that the project's code looks up an environment variable."""
        if (ENVIRONMENT, name) not in self._seen and name not in self._written:
            digest = self._seen[ENVIRONMENT, name] = seen_in_environment(name)
            cached.note(self._frames(), ENVIRONMENT, name, digest)

    def set_variable(self, name: str) -> None:
        """Note that an environment variable was set: its value is from here, then."""
        self._written.add(name)

    def _see(self, kind: str, name: str, place: str, frames: Iterable[FrameType]) -> None:
        if (kind, name) not in self._seen and place not in self._written:
            digest = self._seen[kind, name] = seen_at(kind, name)
            cached.note(frames, kind, name, digest)

    def _is_no_input(self, place: str) -> bool:
        if place.endswith(_METADATA):
            return False  # the one part of an installation that is asked for its version
        return place.endswith((".pyc", "/__pycache__")) or place.startswith(
            (*_NO_INPUT, *_installation(), *self._places)
        )

    def _frames(self) -> list[FrameType]:
        """The code that is at work, innermost first, down to the recorded call."""
        found: list[FrameType] = []
        frame: FrameType | None = sys._getframe(3)
        while frame is not None and frame is not self._frame:
            found.append(frame)
            frame = frame.f_back
        return found


def inherit(reads: Iterable[Read]) -> None:
    """Tell the recorder at work, if any, that a result with these reads is used."""
    recorder = _active.get()
    if recorder is not None:
        recorder.add(reads)


@cache
def _install() -> None:
    """Begin to listen; a hook cannot be taken away, and does nothing while nothing is recorded."""
    sys.addaudithook(_hook)
    os.environ.__class__ = _Environment


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _running:
        return
    kind = _EVENTS.get(event)
    if kind is not None:
        for recorder in _recorders():
            recorder.heard(kind, args[0], args[2] if event == "open" else os.O_RDONLY)
    elif event == "os.putenv":
        for recorder in _recorders():
            recorder.set_variable(os.fsdecode(args[0]))


def _recorders() -> list[Recorder]:
    """Those that what happens now belongs to: this context's, or, in a thread that was started
    since, each one that was running then."""
    recorder = _active.get()
    if recorder is not None:
        return [recorder]
    thread = threading.get_ident()
    return [each for each in _running if thread not in each._threads]


class _Environment(type(os.environ)):  # type: ignore[misc]  # the class of `os.environ` has no public name
    """`os.environ` as it was, and whoever looks a variable up is noted.

    A copy of all of it, made to start another process with, is no lookup: it would tie a result to
    the shell that it was computed in.
    """

    # Code that holds `environ` counts the same whether or not something was recorded before.
    __module__ = type(os.environ).__module__
    __qualname__ = type(os.environ).__qualname__

    def __getitem__(self, key: str) -> str:
        if _running:
            reader = _reader_of_environment()
            if reader is not None and _is_project(reader.f_code.co_filename) and not _copies(reader):
                for recorder in _recorders():
                    recorder.looked_up(key)
        value: str = super().__getitem__(key)
        return value

    def keys(self) -> KeysView[str]:
        _copying.by = _instruction(sys._getframe(1))
        names: KeysView[str] = super().keys()
        return names

    def items(self) -> ItemsView[str, str]:
        return dict(self).items()

    def values(self) -> ValuesView[str]:
        return dict(self).values()


_copying = threading.local()


def _instruction(frame: FrameType) -> tuple[int, int]:
    return id(frame), frame.f_lasti


def _copies(reader: FrameType) -> bool:
    """Whether the instruction that looks a variable up is the one that asked for all names, as
    `dict(os.environ)` and `{**os.environ}` do."""
    return getattr(_copying, "by", None) == _instruction(reader)


def _reader_of_environment() -> FrameType | None:
    """Who looks a variable up: the nearest code that does so for itself."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename in _PASSED_THROUGH and not _copies(frame):
        frame = frame.f_back
    return frame


def _is_project(file: str) -> bool:
    return origin.of_file(file) in (origin.PROJECT, origin.UNKNOWN)


@cache
def _is_machinery(file: str) -> bool:
    """Whether a file opened below this code is no input: imports, what shows lines of code, the
    engine itself."""
    return (
        file.startswith("<frozen importlib") or file in _SHOWS_CODE or origin.of_file(file) == origin.ENGINE
    )


@cache
def _installation() -> tuple[str, ...]:
    """Folders of the Python installation: what lies there counts by versions."""
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    if sys.prefix != sys.base_prefix:
        places.add(sys.prefix)
    return tuple(f"{place}/" for path in places for place in {path, os.path.realpath(path)})


def _absolute(name: str) -> str:
    return os.path.abspath(name)  # noqa: PTH100  # names are text here
