"""The errors of flows, under the root that the store's errors share:

MemoflowError
├── NodeFailed       a stage raised; everything that did not depend on it was computed
├── StageRaised      stands for a stage's error that cannot be sent from a worker
├── StaleCode        a worker has other code than this process planned with
├── NoScheduler      the address given with --scheduler is of no use
├── EditedPuzzle     a puzzle that changed while a run was at work on it
└── BadSettings      a config file, key or option that cannot be used
"""

from __future__ import annotations

from store import MemoflowError

__all__ = ["BadSettings", "EditedPuzzle", "NoScheduler", "NodeFailed", "StageRaised", "StaleCode"]


class NodeFailed(MemoflowError):
    """A target could not be computed; the stage's own error is the cause."""

    def __init__(self, stage: str, error: str, failures: int) -> None:
        super().__init__(stage, error, failures)
        self.stage = stage
        self.error = error
        self.failures = failures

    def __str__(self) -> str:
        return f"{self.failures} target(s) failed, the first in {self.stage}: {self.error}"


class StageRaised(MemoflowError):
    """An error of a stage that cannot be pickled, by its type's name and its text."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind, text)
        self.kind = kind
        self.text = text

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


class StaleCode(MemoflowError):
    """A function that was edited after the run was planned, or that a worker loaded before."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"{self.name} is not the code that this run was planned with; "
            "run again, and restart workers that were started before the edit"
        )


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


class EditedPuzzle(MemoflowError):
    """A puzzle whose file holds something else than when the run began."""

    def __init__(self, puzzle: str, reason: str) -> None:
        super().__init__(puzzle, reason)
        self.puzzle = puzzle
        self.reason = reason

    def __str__(self) -> str:
        return f"puzzle {self.puzzle} was edited during the run ({self.reason}); run again"


class BadSettings(MemoflowError):
    """A setting that is unknown or has an impossible value; `where` is a file or an option."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where = where
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"
