"""The errors that the task side can raise, each carrying its facts as fields.

    TaskError
    ├── Refused          a program that the parser does not admit
    ├── MalformedPuzzle  a puzzle whose data breaks the format
    ├── UnknownName      a dataset, split, puzzle or file of programs that does not exist
    ├── UnusableDsl      a DSL that cannot be loaded, or does not say what it needs to
    └── Impossible       a primitive applied to input it has no answer for (also a ValueError)

All of them survive pickling: every field goes to `super().__init__`, and the text is made when
asked for. What a program does under its budget is not an error but an outcome (`tasks.outcome`).
"""

from __future__ import annotations


class TaskError(Exception):
    """Root of the errors of `tasks`."""


class Refused(TaskError):
    """A program that the parser does not admit: `program` at `line`, because of `reason`."""

    def __init__(self, program: str, line: int, reason: str) -> None:
        super().__init__(program, line, reason)
        self.program = program
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return f"program {self.program}, line {self.line}: {self.reason}"


class MalformedPuzzle(TaskError):
    """A puzzle that breaks the format: `where` names file and place, `what` says what is wrong."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(where, what)
        self.where = where
        self.what = what

    def __str__(self) -> str:
        return f"malformed puzzle: {self.where}: {self.what}"


class UnknownName(TaskError):
    """A name that does not exist: `kind` says of what ("dataset", "puzzle"); `nearest` may help."""

    def __init__(self, kind: str, name: str, nearest: str | None = None) -> None:
        super().__init__(kind, name, nearest)
        self.kind = kind
        self.name = name
        self.nearest = nearest

    def __str__(self) -> str:
        mend = f"; did you mean {self.nearest!r}?" if self.nearest is not None else ""
        return f"unknown {self.kind} {self.name!r}{mend}"


class UnusableDsl(TaskError):
    """A DSL that cannot be used: its `source` as it was given, and the `reason`."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(source, reason)
        self.source = source
        self.reason = reason

    def __str__(self) -> str:
        return f"the DSL {self.source!r} cannot be used: {self.reason}"


class Impossible(TaskError, ValueError):
    """A primitive applied to input it has no answer for: `primitive` and the `reason`."""

    def __init__(self, primitive: str, reason: str) -> None:
        super().__init__(primitive, reason)
        self.primitive = primitive
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.primitive}: {self.reason}"
