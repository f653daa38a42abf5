"""The errors of flows, under the root that the store's errors share:

MemoflowError
├── NodeFailed       a stage raised; everything that did not depend on it was computed
├── NoScheduler      the address given with --scheduler is of no use
└── BadSettings      a config file, key or option that cannot be used
"""

from __future__ import annotations

from store import MemoflowError

__all__ = ["BadSettings", "NoScheduler", "NodeFailed"]


class NodeFailed(MemoflowError):
    """A target could not be computed; the stage's own error is the cause."""

    def __init__(self, stage: str, error: str, failures: int) -> None:
        super().__init__(stage, error, failures)
        self.stage = stage
        self.error = error
        self.failures = failures

    def __str__(self) -> str:
        return f"{self.failures} target(s) failed, the first in {self.stage}: {self.error}"


class NoScheduler(MemoflowError):
    """No Dask scheduler that can run flows answers at an address."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, reason)
        self.address = address
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"no Dask scheduler that can be used at {self.address} ({self.reason}); "
            "start one there with memoflow installed, or leave --scheduler out"
        )


class BadSettings(MemoflowError):
    """A setting that is unknown or has an impossible value; `where` is a file or an option."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where = where
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"
