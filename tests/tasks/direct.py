"""Programs called as plain Python functions: what a run's verdicts are compared with.

Shares no code with the project. A process of its own puts the DSL's folder on its path, executes
the programs' text and calls each function on each sample, under a limit on CPU time; what one call
changes, its arguments or the DSL's constants, no other call sees. `direct` starts that process; run
as a script, this file is that process, which speaks JSON.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from types import FrameType, FunctionType
from typing import Any, NoReturn

Rows = list[list[int]]
Result = list[Any]
"""["returned", rows], ["raised", the exception's type], ["invalid"] or ["timed_out"]."""


@dataclass(frozen=True)
class Job:
    """Programs, and the samples to call them on.

    `folder` holds the DSL and `module` names it; `grid` is "tuple" or "array". `programs` are texts
    of one or more functions. `puzzles` holds (train pairs, test inputs) by id.
    """

    folder: str
    module: str
    grid: str
    programs: list[str]
    puzzles: dict[str, tuple[list[tuple[Rows, Rows]], list[Rows]]]
    cpu_s: float


def direct(job: Job) -> dict[str, dict[str, list[Result]]]:
    """By puzzle, then by function: a result per train sample, then per test input."""
    words = [sys.executable, __file__]
    done = subprocess.run(words, input=json.dumps(asdict(job)), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, dict[str, list[Result]]] = json.loads(done.stdout)
    return found


def functions_of(text: str) -> list[str]:
    """The names of the functions that a file of programs defines, in order."""
    return [each.name for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]


class OutOfTime(BaseException):
    """No program catches it."""


def out_of_time(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise OutOfTime


def answers(job: Job) -> dict[str, dict[str, list[Result]]]:
    """What `direct` gives, in this process."""
    gc.disable()  # to go through all results takes longer than a program may
    sys.path.insert(0, job.folder)
    functions = _functions(job)
    signal.signal(signal.SIGVTALRM, out_of_time)
    constants = _arrays(functions.values())
    found = {}
    for puzzle, (train, tests) in job.puzzles.items():
        inputs = [given for given, _ in train] + tests
        found[puzzle] = {
            name: [_called(function, job, train, given, constants) for given in inputs]
            for name, function in functions.items()
        }
    return found


def _called(
    function: FunctionType,
    job: Job,
    train: list[tuple[Rows, Rows]],
    given: Rows,
    constants: list[tuple[Any, Any]],
) -> Result:
    for array, original in constants:
        array[...] = original
    return _result(function, _values(function, job.grid, train, given), job.cpu_s)


def _arrays(functions: Iterable[FunctionType]) -> list[tuple[Any, Any]]:
    """The arrays that programs can name, with copies."""
    named = (value for function in functions for value in function.__globals__.values())
    arrays = {id(value): value for value in named if type(value).__name__ == "ndarray"}
    return [(array, array.copy()) for array in arrays.values()]


def _functions(job: Job) -> dict[str, FunctionType]:
    """The programs as Python functions, each text with names of its own."""
    functions = {}
    for text in job.programs:
        names: dict[str, Any] = {}
        exec(f"from {job.module} import *", names)
        exec(text, names)
        functions.update({name: names[name] for name in functions_of(text)})
    return functions


def _values(function: FunctionType, grid: str, train: list[tuple[Rows, Rows]], given: Rows) -> dict[str, Any]:
    """Arguments of its own by parameter; C is a candidate's output, which these programs have not."""
    made = _made[grid]
    values: dict[str, Callable[[], object]] = {
        "S": lambda: tuple((made(i), made(o)) for i, o in train),
        "I": lambda: made(given),
        "C": lambda: None,
    }
    code = function.__code__
    return {name: values[name]() for name in code.co_varnames[: code.co_argcount]}


def _tuples(rows: Rows) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, rows))


def _array(rows: Rows) -> object:
    import numpy as np

    return np.array(rows, np.uint8)


_made: Mapping[str, Callable[[Rows], object]] = {"tuple": _tuples, "array": _array}


def _result(function: Callable[..., object], values: Mapping[str, object], cpu_s: float) -> Result:
    try:
        # Again and again: what is raised in a callback of C code may get lost there.
        signal.setitimer(signal.ITIMER_VIRTUAL, cpu_s, cpu_s)
        value = function(**values)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except OutOfTime:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return ["timed_out"]
    except Exception as error:  # whatever a program raises is its result
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return ["raised", type(error).__name__]
    rows = _rows(value)
    return ["invalid"] if rows is None else ["returned", rows]


def _rows(value: Any) -> Rows | None:
    """A grid's cells; None for what is no grid."""
    rows = _plain(value)
    if not isinstance(rows, list | tuple) or not 1 <= len(rows) <= 30:
        return None
    rows = [_plain(row) for row in rows]
    if not all(isinstance(row, list | tuple) and 1 <= len(row) <= 30 for row in rows):
        return None
    cells = [[_plain(cell) for cell in row] for row in rows]
    right = all(type(cell) is int and 0 <= cell <= 9 for row in cells for cell in row)
    return cells if right and len({len(row) for row in cells}) == 1 else None


def _plain(value: Any) -> Any:
    """NumPy's integers, and arrays of them, as Python's; anything else as it is."""
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    return value.tolist() if kind in ("i", "u") else value


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # where primitives print
        results = answers(Job(**json.load(sys.stdin)))
    json.dump(results, sys.stdout)
