"""The backends of one store: the one on top, which is written to, and those underneath.

Owns: records read from the first layer that has them whole, records written to the top, and the
account of both. A bad record is noted, moved aside, and counts as missing; a failed write is
counted and its first reason kept.

Does not promise: that a record is kept.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from store.array import has_stack, read_stack, write_stack
from store.backend import MAX_OBJECT, Backend
from store.errors import Corrupt, Unreadable
from store.layout import stack_folder
from store.ledger import Ledger
from store.ndarray import AnyArray
from store.record import seal, unseal

__all__ = ["Layers"]

_Result = TypeVar("_Result")


class Layers:
    """Checked records in the layers of a store."""

    def __init__(self, backends: Sequence[Backend], ledger: Ledger) -> None:
        self.backends = tuple(backends)
        self.ledger = ledger
        self.counts: Counter[str] = Counter()
        self.write_error: str | None = None
        self.timed: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext()

    def read(self, name: str) -> bytes | None:
        """A record's payload from the first layer that has it whole."""
        for layer in range(len(self.backends)):
            payload = self.read_in(layer, name)
            if payload is not None:
                return payload
        return None

    def read_in(self, layer: int, name: str) -> bytes | None:
        """A record's payload from one layer."""
        backend = self.backends[layer]
        try:
            data = backend.read(name)
            if data is None:
                return None
            self.counts["bytes_read"] += len(data)
            return unseal(name, data)
        except Corrupt as error:
            self.bad(error, name, layer)
            return None

    def write(self, name: str, payload: bytes) -> bool | None:
        """Put a record into the top layer: True, False where one is there, None where it failed."""
        try:
            return self.put(name, payload)
        except OSError as error:
            self.failed(error)
            return None

    def put(self, name: str, payload: bytes) -> bool:
        """Put a record into the top layer; whether it was created. Raises OSError on failure."""
        record = seal(name, payload)
        if len(record) > MAX_OBJECT:
            raise OSError(errno.EFBIG, f"a result of {len(record)} bytes is too large to be kept")
        if not self._once_more(lambda: self.backends[0].put(name, record)):
            return False
        self.counts["writes"] += 1
        self.counts["bytes"] += len(record)
        return True

    def stack(self, name: str) -> AnyArray:
        """A stack by its digest. Raises `Corrupt` where no layer has it whole, bad ones moved aside."""
        problem = Corrupt(stack_folder(name), "it is missing")
        for backend in self.backends:
            try:
                stack = read_stack(backend, name)
            except Corrupt as error:
                if not isinstance(error, Unreadable):
                    backend.set_aside(stack_folder(name))
                problem = error
            else:
                if stack is not None:
                    return stack
        # Whatever lies there instead, a part or a file, must not stand in the way of the next one.
        if not isinstance(problem, Unreadable):
            self.backends[0].set_aside(stack_folder(name))
        raise problem

    def has_stack(self, name: str) -> bool:
        """Whether `stack` would surely find one; what is bad is left to it."""
        for backend in self.backends:
            with contextlib.suppress(Corrupt):
                if has_stack(backend, name):
                    return True
        return False

    def write_stack(self, stack: AnyArray) -> str:
        """Keep a stack in the top layer; its digest. Raises OSError on failure."""

        def bad(error: Corrupt) -> None:
            self.bad(error, error.where, 0)

        return self._once_more(lambda: write_stack(self.backends[0], stack, bad))

    def bad(self, error: Corrupt, name: str, layer: int | None = None) -> None:
        """Note that a record is bad, and move it aside where that mends it: in one layer, or in
        each."""
        self.counts["corrupt"] += 1
        self.ledger.record("corrupt", name=error.where, reason=error.reason)
        if not isinstance(error, Unreadable):
            for backend in self.backends if layer is None else (self.backends[layer],):
                backend.set_aside(name)

    def _once_more(self, write: Callable[[], _Result]) -> _Result:
        """Write to the top layer, again where something bad stood in the way the first time."""
        try:
            return write()
        except Corrupt as error:
            self.bad(error, error.where, 0)
        try:
            return write()
        except Corrupt as error:
            raise OSError(errno.ENOTDIR, error.reason) from None

    def failed(self, error: OSError) -> None:
        """Note that something could not be written."""
        self.counts["write_errors"] += 1
        if self.write_error is None:
            reason = os.strerror(error.errno) if error.errno and not error.strerror else error.strerror
            self.write_error = f"{self.backends[0].location}: {reason or error}"
