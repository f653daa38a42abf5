"""Whether loaded code is still what its file says, and what counts where it is not.

Owns: comparing a function with its file when the file was written after this process started, or
after its bytecode was cached. Without the first, a file edited during a run would give old code the
key of new code. The second happens to a file edited twice in a second: Python compares whole seconds
and the size, and runs what it cached. A function that differs counts by its bytecode.

Does not promise: to notice an edit that sets the file's time back, or one made and loaded around a
fork.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType, FunctionType

from store.encode import digest
from store.fingerprint.canon import Entry
from store.fingerprint.scope import Ref

__all__ = ["Compiled", "by_bytecode", "compiled", "may_differ"]

Compiled = dict[tuple[str, int], list[CodeType]]
"""All code of a file, by qualified name and first line."""


def _process_start() -> float:
    """When this process started, in seconds since the epoch; early rather than late."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, ValueError, IndexError, AttributeError):
        return time.time() - 3600.0
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK") - 0.1


_STARTED = _process_start()


def may_differ(file: str) -> bool:
    """Whether what was loaded from a file may be something else than what it says. To be asked after it
    was read: what is written between the two shows then."""
    try:
        written = os.stat(file).st_mtime  # noqa: PTH116  # hot path
    except OSError:
        return False
    if written >= _STARTED:
        return True
    folder, _, name = file.rpartition(os.sep)
    try:
        before, after = _around_cached(folder)
        cached = f"{before}{name.rpartition('.')[0] or name}{after}"
        return os.stat(cached).st_mtime < written  # noqa: PTH116  # hot path
    except (OSError, ValueError, NotImplementedError):
        return False


@cache
def _around_cached(folder: str) -> tuple[str, str]:
    """What stands before and after a module's name in the path of its bytecode."""
    before, _, after = cache_from_source(f"{folder}{os.sep}@.py").rpartition("@")
    return before, after


def compiled(file: str, text: bytes) -> Compiled:
    """What a file's text compiles to."""
    found: Compiled = {}
    try:
        top = compile(text, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return found
    for code in _nested(top):
        found.setdefault((code.co_qualname, code.co_firstlineno), []).append(code)
    return found


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from _nested(item)


def by_bytecode(func: FunctionType) -> Entry:
    """A function as it is loaded, where its file says something else."""
    codes = list(_nested(func.__code__))
    names = sorted({name for code in codes for name in (*code.co_names, *code.co_freevars)})
    content = [
        (code.co_code, code.co_names, code.co_varnames, code.co_exceptiontable,
         [item for item in code.co_consts if not isinstance(item, CodeType)])
        for code in codes
    ]  # fmt: skip
    return Entry(
        kind="function",
        qualname=func.__code__.co_qualname,
        line=func.__code__.co_firstlineno,
        code=digest(content),
        refs=tuple(Ref(name, (), False) for name in names),
        notes=(f"{func.__qualname__} counts by its bytecode: its file says something else",),
    )
