"""The ledger: what happened in runs, one JSON lines file per run under `runs/`.

Owns: appending events. Arguments of executed calls wait in memory and are written in bulk, when
many have come together, with the next other event, by `flush` and when the process ends. What
earlier runs wrote is read by `store.past`.

Does not promise: completeness. Deleting the ledger loses no result, only explanations; so does what
a killed process had not written. A ledger that cannot be written is not an error.
"""

from __future__ import annotations

import datetime
import json
import os
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

from store.backend import Backend
from store.fingerprint import Fingerprint
from store.layout import ledger_name
from store.past import DIGEST, Past

__all__ = ["Ledger"]

_BULK = 512
"""Calls that are held back before they are written."""

_MOST_CALLS = 50_000
"""Calls of one run whose arguments are noted: reading them back has to stay quick."""


class Ledger:
    """The file of this run, made at its first event, and the past of its store."""

    def __init__(self, backend: Backend) -> None:
        now = datetime.datetime.now(datetime.UTC)
        self.run = f"{now:%Y%m%dT%H%M%S.%f}-{os.getpid()}-{os.urandom(2).hex()}"
        self._backend = backend
        self._recorded: set[tuple[str, str]] = set()
        self._waiting = _Waiting(backend, self.run)
        weakref.finalize(self, self._waiting.flush)

    def record(self, event: str, **fields: Any) -> None:
        """Append one event to this run's file."""
        self._waiting.flush()
        self._waiting.append([{"event": event, **fields}])

    def record_code(self, functions: dict[str, Fingerprint]) -> None:
        """Note the code of functions that are about to run, each version once per run."""
        fresh = {name: code for name, code in functions.items() if (name, code.digest) not in self._recorded}
        if not fresh:
            return
        self._recorded.update((name, code.digest) for name, code in fresh.items())
        parts = {part.name: part for code in fresh.values() for part in code.parts}
        table = {name: index for index, name in enumerate(parts)}
        self.record(
            "code",
            parts=[[part.name, part.kind, part.digest, part.where] for part in parts.values()],
            functions={
                name: [code.digest, [table[part.name] for part in code.parts]] for name, code in fresh.items()
            },
        )

    def record_call(
        self,
        function: str,
        code: str,
        arguments: Mapping[str, bytes],
        group: bytes = b"",
        recipe: bytes = b"",
    ) -> None:
        """Note the arguments' digests of a call that is about to run, or the common ones of a
        `group` of rows."""
        self._waiting.calls.append((function, code, arguments, group, recipe))
        if len(self._waiting.calls) >= _BULK:
            self._waiting.flush()

    def flush(self) -> None:
        """Write what waits."""
        self._waiting.flush()

    def past(self) -> Past:
        """What this and the newest other runs say, read when it is first asked for."""
        self._waiting.flush()
        if self._waiting.past is None:
            self._waiting.past = Past.read(self._backend, self.run)
            # Also where the ledger cannot be written.
            self._waiting.past.own.corrupt |= self._waiting.corrupt
        return self._waiting.past


_Call = tuple[str, str, Mapping[str, bytes], bytes, bytes]


class _Waiting:
    """What is to be written; apart from the ledger, so that it can be written when that is gone."""

    def __init__(self, backend: Backend, run: str) -> None:
        self.calls: list[_Call] = []
        self.past: Past | None = None
        self.corrupt: set[str] = set()
        self._backend = backend
        self._name = ledger_name(run)
        self._process = os.getpid()
        self._room = _MOST_CALLS

    def flush(self) -> None:
        """Write the calls that wait, those of one function and form in one event."""
        if not self.calls:
            return
        calls, self.calls = self.calls[: self._room], []
        self._room -= len(calls)
        if self._process != os.getpid():
            # A forked child also has what waits in its parent, which writes that itself.
            self._process = os.getpid()
            return
        self.append(_call_events(calls))

    def append(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Write events; the past of this process learns of them too."""
        events = list(events)
        self.corrupt.update(event["name"] for event in events if event["event"] == "corrupt")
        if self.past is not None:
            self.past.learn(events)
        lines = "".join(f"{json.dumps(event, separators=(',', ':'))}\n" for event in events)
        try:
            self._backend.append(self._name, lines.encode())
        except OSError:
            # A full disk is reported where results are written; the ledger is only commentary.
            return


def _call_events(calls: Iterable[_Call]) -> list[dict[str, Any]]:
    tables: dict[tuple[str, ...], dict[str, None]] = {}
    for function, code, arguments, group, recipe in calls:
        digests = (group.hex(), *[each[:DIGEST].hex() for each in (recipe, *arguments.values())])
        tables.setdefault((function, code, *arguments), {})[" ".join(digests)] = None
    return [
        {"event": "calls", "function": function, "code": code, "arguments": names, "calls": list(rows)}
        for (function, code, *names), rows in tables.items()
    ]
