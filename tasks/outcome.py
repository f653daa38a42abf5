"""What became of one program on one sample, and the budget that it ran under.

Owns the union of outcomes and `Budget`. Does not measure or enforce anything: the sandbox does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True)
class Returned:
    """The program returned a valid grid."""

    kind: ClassVar[str] = "returned"


@dataclass(frozen=True)
class Raised:
    """The program raised, or its process crashed: `error` is the type with its text."""

    kind: ClassVar[str] = "raised"
    error: str


@dataclass(frozen=True)
class TimedOut:
    """The program used more CPU than its budget."""

    kind: ClassVar[str] = "timed_out"


@dataclass(frozen=True)
class OutOfMemory:
    """The program wanted more memory than its budget."""

    kind: ClassVar[str] = "out_of_memory"


@dataclass(frozen=True)
class Invalid:
    """The program returned something that is not a grid."""

    kind: ClassVar[str] = "invalid"
    reason: str


@dataclass(frozen=True)
class Killed:
    """The program was ended from outside: no fact about it, so never stored."""

    kind: ClassVar[str] = "killed"
    reason: str


Outcome: TypeAlias = Returned | Raised | TimedOut | OutOfMemory | Invalid | Killed

OUTCOMES: tuple[type[Outcome], ...] = (Returned, Raised, TimedOut, OutOfMemory, Invalid, Killed)


@dataclass(frozen=True)
class Budget:
    """What a program may use on one sample: CPU in reference seconds, memory in MiB."""

    cpu_s: float = 0.5
    memory_mb: int = 512
