"""Code counts as what was loaded: an edit since then, or a value that has changed, is not its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from written_module import LONG_AGO, TWO_AWAY, Load, names

from store.fingerprint import Fingerprinter

ROOT = Path(__file__).parents[2]


def test_code_edited_after_it_was_loaded_does_not_get_the_key_of_the_edit(load: Load) -> None:
    module = load(TWO_AWAY)
    edited = TWO_AWAY.replace("x + LIMIT", "x - LIMIT")
    loaded = Fingerprinter().of(module.subject)
    Path(str(module.__file__)).write_text(textwrap.dedent(edited))
    stale = Fingerprinter().of(module.subject)
    fresh = Fingerprinter().of(load(edited).subject)
    assert len({loaded.digest, stale.digest, fresh.digest}) == 3
    assert "far counts by its bytecode: its file says something else" in stale.notes


def test_code_loaded_before_an_edit_counts_by_the_text_that_was_read_before_it(load: Load) -> None:
    text = """
        def looked_at(x):
            return x + 1


        def later(x):
            return x + 2
    """
    module = load(text)
    before, one = Fingerprinter().of(module.later), Fingerprinter()
    one.of(module.looked_at)
    Path(str(module.__file__)).write_text(textwrap.dedent(text).replace("x + 2", "x - 2"))
    assert one.of(module.later) == before
    assert one.of(module.later).notes == ()
    assert Fingerprinter().of(module.later) != before


def test_file_written_during_the_process_and_then_loaded_counts_as_any_other(load: Load) -> None:
    old, fresh = (Fingerprinter().of(load(TWO_AWAY, fresh=fresh).subject) for fresh in (False, True))
    assert (old.digest, old.notes) == (fresh.digest, fresh.notes)


def test_bytecode_cached_before_an_edit_of_the_same_second_does_not_get_the_key_of_the_edit(
    tmp_path: Path,
) -> None:
    """Python compares whole seconds and the size, so it goes on running what it cached."""
    file, second = tmp_path / "quick.py", LONG_AGO * 10**9
    script = (
        "import quick; from store.fingerprint import Fingerprinter;"
        "print(quick.subject(1), Fingerprinter().of(quick.subject).digest)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": ""}

    def run() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    def write(text: str, nanosecond: int) -> None:
        file.write_text(text)
        os.utime(file, ns=(second + nanosecond, second + nanosecond))

    write("def subject(x): return x + 1\n", 100_000_000)
    before = run()
    (cached,) = (tmp_path / "__pycache__").iterdir()
    os.utime(cached, ns=(second + 200_000_000, second + 200_000_000))
    write("def subject(x): return x + 2\n", 300_000_000)
    racing = run()
    cached.unlink()
    after = run()
    assert [before[0], racing[0], after[0]] == ["2", "2", "3"]
    assert racing[1] != after[1]


def test_a_name_keeps_the_value_that_it_had_before_a_function_ran(load: Load) -> None:
    """Else a counter would make the key of the next function depend on what has run before it."""
    module = load("""
        SEEN, COUNT = [], 0
        def count(x):
            global COUNT
            COUNT += 1
            SEEN.append(x)
            return x
        def subject(x):
            return len(SEEN) + COUNT
    """)
    fresh = Fingerprinter().of(module.subject)
    fingerprinter = Fingerprinter()
    fingerprinter.of(module.count)
    module.count(1)
    assert fingerprinter.of(module.subject).digest == fresh.digest


@pytest.mark.parametrize("place", ["builtins", "numpy", "subject"])
def test_what_a_name_outside_the_project_stands_for_is_looked_up_for_each_function(
    load: Load, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    module = load("""
        import numpy


        def first(x):
            return abs(x) + numpy.abs(x)


        def second(x):
            return abs(x) + numpy.abs(x)


        def ours(x):
            return x
    """)
    one = Fingerprinter()
    before = one.of(module.first)
    assert Fingerprinter().of(module.second) == before
    monkeypatch.setattr(sys.modules[place], "abs", module.ours, raising=False)
    after = one.of(module.second)
    assert "subject:ours" in names(after)
    assert after == Fingerprinter().of(module.second) != before
