"""How jobs travel to workers: pickled, with functions of scripts and notebooks by value.

Owns: packing a job and unpacking it again, between processes of one run. Functions that a worker
cannot import (of `__main__`, lambdas, those made inside others) keep the names of their files, and
their text comes along, so that a worker fingerprints them as the client does, a notebook's cells
too. A worker makes each of them once, however many jobs name it.

Does not promise anything for bytes of another origin: nothing of this is kept in a store.
"""

from __future__ import annotations

import io
import linecache
import os
import pickle
from collections import ChainMap
from functools import cache
from types import CodeType, FunctionType
from typing import Any

import cloudpickle

from flows.memo import Job

__all__ = ["pack", "unpack"]


def pack(job: Job) -> bytes:
    """A job as bytes."""
    try:
        plain = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError):
        return _dumped(_WithFunctions, job)
    # A script's functions would be looked for in the worker's `__main__`.
    return _dumped(_WithFunctions, job) if b"__main__" in plain else plain


def unpack(packed: bytes) -> Job:
    """The job again."""
    job: Job = _Unpickler(io.BytesIO(packed)).load()
    return job


def _dumped(kind: type[_ByValue], value: object) -> bytes:
    file = io.BytesIO()
    kind(file).dump(value)
    return file.getvalue()


class _ByValue(cloudpickle.Pickler):  # type: ignore[misc]  # its types are not known
    """Functions by value, with the files that they come from."""


def _reduce_code(code: CodeType) -> tuple[Any, ...]:
    make, arguments = cloudpickle.Pickler.dispatch_table[CodeType](code)
    file = code.co_filename
    if not file.startswith("<"):
        file = os.path.abspath(file)  # noqa: PTH100  # a worker may have another working directory
    return _make_code, (make, arguments, file, _text_of(code.co_filename))


def _make_code(make: Any, arguments: tuple[Any, ...], file: str, text: str) -> CodeType:
    # The fingerprint looks here where there is no such file.
    linecache.cache.setdefault(file, (len(text), None, text.splitlines(keepends=True), file))
    code: CodeType = make(*arguments).replace(co_filename=file)
    return code


@cache
def _text_of(file: str) -> str:
    return "".join(linecache.getlines(file))


_ByValue.dispatch_table = ChainMap({CodeType: _reduce_code}, cloudpickle.Pickler.dispatch_table)


class _WithFunctions(_ByValue):
    """Each function that travels by value as bytes of its own, so that it is made once by whoever
    reads them."""

    def persistent_id(self, value: object) -> bytes | None:
        if type(value) is not FunctionType or not _is_by_value(value):
            return None
        known = _packed.get(id(value))
        if known is None:
            # Holding the function keeps its id from being given to another one.
            known = _packed[id(value)] = (value, _dumped(_ByValue, value))
        return known[1]


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, packed: bytes) -> object:
        if packed not in _made:
            _made[packed] = pickle.loads(packed)
        return _made[packed]


_packed: dict[int, tuple[FunctionType, bytes]] = {}
_made: dict[bytes, object] = {}


def _is_by_value(func: FunctionType) -> bool:
    return func.__module__ == "__main__" or "<" in func.__qualname__
