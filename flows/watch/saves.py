"""What was saved: the files of some folders, compared with what they were at the look before.

Owns: that no save is missed. What counts is what lies there at a look. The system's notifications only
say when to look; where they fail (its limits, a folder that is gone, network file systems), looks are
taken anyway, a little later.

Does not promise: a save for each state of a file. Those that follow each other at once are one.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from watchfiles._rust_notify import (
    RustNotify,
    WatchfilesRustInternalError,
)  # documented for such use; `watch` has no way to look between arming and waiting

from flows.watch.files import TICK_S, Identity, identity_of

__all__ = ["Saves"]

_STEP_MS = 20
"""How often is asked whether something was notified, or came true."""
_QUIET_S = 1.5 * TICK_S
"""Quiet after a save that ends a burst of them: more than a tick, so that the last look is at the last."""
_BURST_S = 0.5
_LOOK_MS = 2000
_BLIND_MS = 200
_SUFFIXES = (".py", ".jsonl", ".ndjson")


class Saves:
    """Files that are saved in some folders, and the config. What is saved between two calls is told by
    the second."""

    def __init__(self, config: str | None) -> None:
        self._config = str(Path(config).absolute()) if config is not None else None
        self._folders: set[str] = set()
        self._notify, self._armed = _notifier({})
        self._seen = dict(self._files())
        self._looked = self._before = self._noticed = time.time()

    def add(self, folders: Iterable[str], read_since: float = math.inf) -> None:
        """Look into these folders too. What has changed in new ones since a moment may have been read
        before, so that it counts as saved."""
        new = set(folders) - self._folders
        self._folders |= new
        for path, identity in self._files():
            if os.path.dirname(path) in new and not identity.is_since(read_since):  # noqa: PTH120  # as below
                self._seen[path] = identity

    def wait(self, until: Callable[[], bool]) -> set[str]:
        """The files of the next burst of saves; none where something else came true first. Raises
        KeyboardInterrupt."""
        while not (saved := self._look()) and not until():
            self._pause(until)
        if saved:
            self._before, self._noticed = self._looked, time.time()
        more, end = saved, time.monotonic() + _BURST_S
        while more and time.monotonic() < end:
            time.sleep(_QUIET_S)
            more = self._look()
            saved |= more
        return saved

    def moment_of(self, saved: Iterable[str]) -> float:
        """When the last of some files was put there that were saved last; where that left no trace, as
        of one that is gone, when it was noticed."""
        changed = [identity.changed / 1e9 for path in saved if (identity := self._seen.get(path))]
        return max(
            (at for at in changed if self._before - TICK_S <= at <= time.time()), default=self._noticed
        )

    def close(self) -> None:
        self._notify.close()

    def _look(self) -> set[str]:
        """The files that are others, or gone, since the look before."""
        began = time.time()
        self._arm()  # first: what is saved from here on is notified
        now = dict(self._files())
        saved = {path for path, _ in now.items() ^ self._seen.items()}
        self._seen = now
        if not saved:
            self._looked = began
        return saved

    def _arm(self) -> None:
        """Be notified of what happens in the folders that are there now."""
        there = {folder: found.inode for folder in self._folders if (found := identity_of(folder))}
        if there != self._armed:
            self._notify.close()
            self._notify, self._armed = _notifier(there)

    def _pause(self, until: Callable[[], bool]) -> None:
        """Until it is worth looking again. What was notified is of no interest, and may get lost."""
        most = _LOOK_MS if len(self._armed) == len(self._folders) else _BLIND_MS
        try:
            said = self._notify.watch(_STEP_MS, _STEP_MS, most, _Until(until))
        except WatchfilesRustInternalError:  # for good, as by a name that is no text
            self._armed = {}
            return
        if said == "signal":
            raise KeyboardInterrupt

    def _files(self) -> Iterator[tuple[str, Identity]]:
        if self._config is not None and (identity := identity_of(self._config)):
            yield self._config, identity
        for folder in self._folders:
            for path in _listed(folder):
                if identity := identity_of(path):
                    yield path, identity


def _listed(folder: str) -> list[str]:
    """The files of a folder that may be code or programs; none where it is gone."""
    with contextlib.suppress(OSError):
        return [
            os.path.join(folder, name)  # noqa: PTH118  # of every file, at every look
            for name in os.listdir(folder)  # noqa: PTH208  # as above
            if name.endswith(_SUFFIXES) and not name.startswith(".")
        ]
    return []


def _notifier(folders: dict[str, int]) -> tuple[RustNotify, dict[str, int]]:
    """What notifies, and of which folders that is: of none where one is gone again, or the system has
    no more room for it."""
    try:
        return RustNotify(sorted(folders), False, not folders, 300, False, True), folders
    except (OSError, WatchfilesRustInternalError):
        return _notifier({})


class _Until:
    """A condition in the form of an event, which is what the notifier asks."""

    def __init__(self, until: Callable[[], bool]) -> None:
        self.is_set = until
