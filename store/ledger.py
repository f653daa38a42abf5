"""The ledger: what happened in runs, one JSON lines file per run under `runs/`.

Owns: appending events, and reading back which code earlier runs used, so that a rerun can be
explained.

Does not promise: completeness. Deleting the ledger loses no result, only explanations; a line that
cannot be read is passed over, and a ledger that cannot be written is not an error.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from store.backend import Backend
from store.errors import Corrupt
from store.fingerprint import Fingerprint, Part
from store.layout import RUNS

__all__ = ["Code", "Ledger"]


@dataclass(frozen=True)
class Code:
    """A function as an earlier run knew it: fingerprint, and the digest of each part by name."""

    fingerprint: str
    parts: dict[str, Part]


class Ledger:
    """The runs of one store, newest first, and the file of this run, opened at its first event."""

    def __init__(self, backend: Backend) -> None:
        now = datetime.datetime.now(datetime.UTC)
        self.run = f"{now:%Y%m%dT%H%M%S.%f}-{os.getpid()}-{secrets.token_hex(2)}"
        self._backend = backend
        self._recorded: set[tuple[str, str]] = set()
        self._history: list[dict[str, Code]] | None = None

    def record(self, event: str, **fields: Any) -> None:
        """Append one event to this run's file."""
        line = json.dumps({"event": event, **fields}, separators=(",", ":"))
        try:
            self._backend.append(f"{RUNS}/{self.run}.jsonl", f"{line}\n".encode())
        except OSError:
            # A full disk is reported where results are written; the ledger is only commentary.
            return

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

    def history(self, limit: int = 20) -> list[dict[str, Code]]:
        """The functions' code by name in each of the newest runs, newest first, this one left
        out."""
        if self._history is None:
            own = f"{self.run}.jsonl"
            files = sorted((name for name in self._backend.names(RUNS) if name != own), reverse=True)
            others = (_code_of(self._backend, f"{RUNS}/{name}") for name in files)
            self._history = list(itertools.islice(filter(None, others), limit))
        return self._history

    def versions(self, name: str) -> Iterator[Code]:
        """Each code that a function of that name had in earlier runs, newest first, once."""
        seen = set()
        for functions in self.history():
            code = functions.get(name)
            if code is not None and code.fingerprint not in seen:
                seen.add(code.fingerprint)
                yield code


def _code_of(backend: Backend, name: str) -> dict[str, Code]:
    functions: dict[str, Code] = {}
    try:
        lines = (backend.read(name) or b"").decode().splitlines()
    except (Corrupt, UnicodeDecodeError):
        return functions
    for line in lines:
        try:
            event = json.loads(line)
            if event["event"] == "code":
                parts = [Part(*fields) for fields in event["parts"]]
                for name, (digest, members) in event["functions"].items():
                    functions[name] = Code(str(digest), {parts[i].name: parts[i] for i in members})
        except (ValueError, LookupError, TypeError, AttributeError):
            continue
    return functions
