"""A connection to an object store: requests that end in bounded time, and errors in Python's words.

Owns: opening by URL; how long a request may take; that a server which does not answer is not asked
again for `REST` seconds, so that a run goes on at its own pace without it; that a forked child,
where `obstore` would hang, is told so. Credentials, region and endpoint come from the environment,
as `obstore`'s page says.

Does not promise: that an object of any size arrives: an upload of more than 10 s is given up.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from store.errors import NotAStore

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["MEMORY", "REST", "Connection"]

MEMORY = "memory://"
REST = 5.0
"""Seconds for which a server that did not answer is left alone."""
_RETRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
"""Obstore's own would keep a user waiting for three minutes before an unreachable server is told of."""
_TIMEOUTS = {"connect_timeout": "2s", "read_timeout": "10s", "timeout": "300s"}
_FROM_ENVIRONMENT = (
    *_TIMEOUTS, "allow_http", "allow_invalid_certificates", "http1_only", "http2_only",
    "proxy_ca_certificate", "proxy_excludes", "proxy_url", "root_certificate", "user_agent",
)  # fmt: skip
_CLOUDS = ("AWS", "GOOGLE", "AZURE")
_SLOW = 0.2
"""Seconds after which a failure is one of the server, and not a quick no."""

_T = TypeVar("_T")
_in_memory: dict[str, ObjectStore] = {}
_opening = threading.Lock()


class _Process:
    """Whether obstore's threads run in this process."""

    used = False
    forked = False


def _note_fork() -> None:
    _Process.forked = _Process.used


os.register_at_fork(after_in_child=_note_fork)


class Connection:
    """The object store at a URL; `memory://NAME` is one of this process. Raises `NotAStore`."""

    def __init__(self, location: str) -> None:
        from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

        self.location = location
        self.objects = _open(location)
        self._taken = (AlreadyExistsError, PreconditionError)
        self._errors = (BaseError, OSError)
        self._resting_until = 0.0
        self._reason = ""

    def ask(self, request: Callable[[ObjectStore], _T]) -> _T:
        """What a request gives. Raises FileNotFoundError where there is no such object,
        FileExistsError where a condition does not hold, and OSError for all else."""
        if _Process.forked:
            raise OSError(errno.ENOTSUP, "object stores do not survive a fork; start processes by spawn")
        started = time.monotonic()
        if started < self._resting_until:
            raise OSError(errno.EIO, self._reason)
        try:
            return request(self.objects)
        except self._taken as error:
            raise FileExistsError(errno.EEXIST, _reason(error)) from None
        except FileNotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, _reason(error)) from None
        except self._errors as error:
            self._reason = _reason(error)
            if time.monotonic() - started > _SLOW:
                self._resting_until = time.monotonic() + REST
            raise OSError(errno.EIO, self._reason) from None


def _open(location: str) -> ObjectStore:
    import obstore
    from obstore.exceptions import BaseError

    if location.startswith("file:"):
        raise NotAStore(location, "is a directory's URL; name the directory itself")
    _Process.used = True
    if location.startswith(MEMORY):
        with _opening:
            return _in_memory.setdefault(location, obstore.store.MemoryStore())
    try:
        return obstore.store.from_url(location, retry_config=_RETRIES, client_options=_client_options())
    except (BaseError, ValueError) as error:
        raise NotAStore(
            location,
            f"cannot be opened ({_reason(error)}); name a directory, or a URL that obstore knows",
        ) from None


def _client_options() -> Any:
    """Our timeouts, and what the environment says as AWS_ALLOW_HTTP and the like: options that are
    given would put all of that aside."""
    names = {(key, f"{cloud}_{key.upper()}") for key in _FROM_ENVIRONMENT for cloud in _CLOUDS}
    return _TIMEOUTS | {key: os.environ[name] for key, name in names if name in os.environ}


def _reason(error: Exception) -> str:
    """An error in one line, without the page that a server sent with it."""
    return str(error).partition("\n")[0].partition(": <")[0].strip() or type(error).__name__
