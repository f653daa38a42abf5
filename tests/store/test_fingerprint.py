"""Fingerprints: what they report, their errors and notes, and the cache of parsed files."""

from __future__ import annotations

import importlib.util
import os
import pickle
import subprocess
import sys
import textwrap
import timeit
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from store.encode import hash_bytes
from store.errors import Unfingerprintable
from store.fingerprint import Fingerprint, Fingerprinter, changed, origin

ROOT = Path(__file__).parents[2]
LONG_AGO = 1_000_000_000
Load = Callable[..., ModuleType]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write a module and import it; its file is older than this process unless `fresh`."""
    monkeypatch.syspath_prepend(tmp_path)

    def write_and_import(text: str, name: str = "subject", fresh: bool = False) -> ModuleType:
        file = tmp_path / f"{name}.py"
        file.write_text(textwrap.dedent(text))
        if not fresh:
            os.utime(file, (LONG_AGO, LONG_AGO))
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return write_and_import


class Memory:
    """A cache of parsed files in memory."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.data.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.data[key] = data


def names(fingerprint: Fingerprint) -> dict[str, str]:
    return {part.name: part.kind for part in fingerprint.parts}


TWO_AWAY = """
    import numpy as np

    LIMIT = 3


    class Shape:
        size = 1


    def far(x):
        return x + LIMIT


    def near(x):
        return far(x) + Shape.size


    def subject(x):
        return near(np.abs(x))
"""


def test_parts_name_all_that_is_reached_with_kind_and_place(load: Load) -> None:
    fingerprint = Fingerprinter().of(load(TWO_AWAY).subject)
    assert names(fingerprint) == {
        "numpy": "package",
        "python": "python",
        "subject:LIMIT": "constant",
        "subject:Shape": "class",
        "subject:far": "function",
        "subject:near": "function",
        "subject:subject": "function",
    }
    where = {part.name: part.where for part in fingerprint.parts}
    assert where["subject:far"] == "subject.py:11"
    assert where["subject:LIMIT"] == "subject.py:4"
    assert where["subject:Shape"] == "subject.py:7"
    assert where["numpy"].startswith("numpy 2.")
    assert list(where) == sorted(where)


def test_changed_names_only_the_function_that_was_edited_two_calls_away(load: Load) -> None:
    old = Fingerprinter().of(load(TWO_AWAY).subject)
    new = Fingerprinter().of(load(TWO_AWAY.replace("x + LIMIT", "x - LIMIT")).subject)
    assert old.digest != new.digest
    assert [part.name for part in changed({p.name: p.digest for p in old.parts}, new)] == ["subject:far"]


def test_changed_names_what_is_gone_and_who_referred_to_it(load: Load) -> None:
    old = Fingerprinter().of(load(TWO_AWAY).subject)
    new = Fingerprinter().of(load(TWO_AWAY.replace(" + Shape.size", "")).subject)
    found = changed({part.name: part.digest for part in old.parts}, new)
    assert [(part.name, part.where != "") for part in found] == [
        ("subject:near", True),
        ("subject:Shape", False),
    ]


def test_nothing_changed_against_itself(load: Load) -> None:
    fingerprint = Fingerprinter().of(load(TWO_AWAY).subject)
    assert changed({part.name: part.digest for part in fingerprint.parts}, fingerprint) == ()


def test_golden_digest_of_a_tiny_function(load: Load) -> None:
    """A fingerprint that changes without an edit recomputes every store: that must be deliberate.

    Whoever changes this digest raises the version in store/fingerprint and says so in the change log.
    It is Python 3.11's: another minor version must give another one.
    """
    fingerprint = Fingerprinter().of(load("def subject(x):\n    return x + 1\n").subject)
    is_golden = fingerprint.digest == "9b4bcbaeebc56a5ad3bbd6e4d8fca834"
    assert is_golden == (sys.version_info[:2] == (3, 11))


def test_function_without_source_is_refused_by_name(load: Load) -> None:
    module = load("exec('def made(x): return x')\ndef subject(x):\n    return made(x)\n")
    with pytest.raises(Unfingerprintable, match="subject:made has no fingerprint") as caught:
        Fingerprinter().of(module.subject)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.name, str(copy)) == ("subject:made", str(caught.value))


def test_refusal_leaves_no_half_made_fingerprint_behind(load: Load) -> None:
    text = "def good(x):\n    return x\ndef subject(x):\n    return good(x), made(x)\n"
    module = load("exec('def made(x): return x')\n" + text)
    fingerprinter = Fingerprinter()
    for _ in range(2):
        with pytest.raises(Unfingerprintable):
            fingerprinter.of(module.subject)
    assert fingerprinter.of(module.good).digest == Fingerprinter().of(module.good).digest


def test_pinned_function_counts_by_its_version_alone(load: Load) -> None:
    text = "def made(x): return {}\nmade.__memo_version__ = {!r}\ndef subject(x): return made(x)\n"
    first, edited, raised = (
        Fingerprinter().of(load(text.format(*values)).subject)
        for values in (("x", "1"), ("x + 1", "1"), ("x", "2"))
    )
    assert first.digest == edited.digest != raised.digest
    assert names(first)["subject:made"] == "pinned"


def test_pinned_class_counts_alike_before_and_after_an_instance_of_it_was_met(load: Load) -> None:
    module = load("""
        class Pinned:
            __memo_version__ = "1"

            def __call__(self, x):
                return x


        MADE = [Pinned()]


        def subject(x):
            return MADE[0](x)
    """)
    one = Fingerprinter()
    one.of(module.subject)
    assert one.of(module.Pinned) == Fingerprinter().of(module.Pinned)


@pytest.mark.parametrize(
    ("expression", "note"),
    [
        ("globals()['helper'](x)", "subject calls globals(): its own module is taken whole"),
        ("eval(x)", "subject calls eval(): its own module is taken whole"),
        ("eval('helper(x)')", None),
        (
            "__import__(x)",
            "subject imports a module by a computed name: every module of the project counts",
        ),
        (
            "__import__(f'json.{x}')",
            "subject imports a module by a computed name: every module in json counts",
        ),
        ("getattr(json, x)", None),
        ("LOCK", "subject:LOCK: its state is not counted, only its type"),
    ],
)
def test_what_is_widened_is_noted(load: Load, expression: str, note: str | None) -> None:
    text = f"""
        import json, threading
        globals()["LOCK"] = threading.Lock()
        def helper(x):
            return x
        def subject(x):
            return {expression}
    """
    notes = Fingerprinter().of(load(text).subject).notes
    assert (note in notes) if note else notes == ()


def test_module_that_is_widened_is_named(load: Load) -> None:
    load("def helper(x):\n    return x\n", name="tools")
    fingerprint = Fingerprinter().of(load("import tools\ndef subject(x): return vars(tools)[x]\n").subject)
    assert names(fingerprint)["tools"] == "module"
    assert names(fingerprint)["tools:helper"] == "function"
    assert "uses the module tools as a value" in fingerprint.notes[0]


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


def test_an_author_can_say_what_is_imported_by_computed_names(load: Load) -> None:
    load("def helper(x):\n    return x\n", name="tools")
    text = "def subject(x):\n    return __import__(x)\nsubject.__memo_imports__ = {}\n"
    some, none, other = (
        Fingerprinter().of(load(text.format(names)).subject) for names in (("tools",), (), ("json",))
    )
    assert len({some.digest, none.digest, other.digest}) == 3
    assert names(some)["tools"] == "module"
    assert "subject and what is beside it" not in names(none)
    assert "subject:subject imports by computed names only what its __memo_imports__ says" in none.notes


def test_a_computed_import_below_too_many_files_is_refused_with_the_mend(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = load("def subject(x):\n    return __import__(x)\n")
    monkeypatch.setattr("store.fingerprint.tree._MOST_FILES", 0)
    with pytest.raises(Unfingerprintable, match=r"subject:subject .* name the modules in its __memo"):
        Fingerprinter().of(module.subject)


def test_a_form_feed_does_not_move_what_annotations_say(load: Load) -> None:
    text = """
        import dataclasses
        # a page ends {}here
        @dataclasses.dataclass
        class P:
            x: int = 1
        def subject(x):
            return P.__annotations__
    """
    first, second = (Fingerprinter().of(load(text.format(sign)).subject) for sign in ("", "\f"))
    assert first.digest == second.digest


def test_a_fingerprint_makes_its_parts_once_and_equals_one_of_the_same_digest(load: Load) -> None:
    module = load(TWO_AWAY)
    one, two = Fingerprinter().of(module.subject), Fingerprinter().of(module.subject)
    assert one == two != Fingerprinter().of(module.near)
    assert len({one, two}) == 1
    assert one.parts is one.parts


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


def test_file_written_during_the_process_and_then_loaded_counts_as_any_other(load: Load) -> None:
    old, fresh = (Fingerprinter().of(load(TWO_AWAY, fresh=fresh).subject) for fresh in (False, True))
    assert (old.digest, old.notes) == (fresh.digest, fresh.notes)


def test_cache_gives_the_same_fingerprint_and_survives_corruption(load: Load) -> None:
    module, cache = load(TWO_AWAY), Memory()
    first = Fingerprinter(cache).of(module.subject)
    assert len(cache.data) == 1
    (key,) = cache.data
    good = cache.data[key]
    assert Fingerprinter(cache).of(module.subject) == first
    other = hash_bytes(b"\x92\x90\x80") + b"\x92\x90\x80"
    for bad in (b"", b"x", good[:-1], good[:20] + b"?" + good[21:], b"[]", good + b" ", other):
        cache.data[key] = bad
        assert Fingerprinter(cache).of(module.subject) == first
        assert cache.data[key] == good


def test_cache_is_read_instead_of_parsing(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    module, cache = load(TWO_AWAY), Memory()
    first = Fingerprinter(cache).of(module.subject)
    monkeypatch.setattr("store.fingerprint.source.parse", None)
    assert Fingerprinter(cache).of(module.subject) == first


def test_builtins_and_ufuncs_have_fingerprints() -> None:
    import numpy as np

    one, two, three = (Fingerprinter().of(func) for func in (len, np.add, np.subtract))
    assert len({one.digest, two.digest, three.digest}) == 3
    assert "numpy" in names(two)


def test_values_in_closures_are_named_after_their_function(load: Load) -> None:
    module = load("def make(k):\n    return lambda x: x + k\nsubject = make(3)\n")
    assert names(Fingerprinter().of(module.subject))["subject:make.<locals>.<lambda>.k"] == "constant"


def test_functions_that_share_helpers_agree_in_any_order(load: Load) -> None:
    module = load(TWO_AWAY)
    one, two = Fingerprinter(), Fingerprinter()
    forward = [one.of(func).digest for func in (module.far, module.near, module.subject)]
    backward = [two.of(func).digest for func in (module.subject, module.near, module.far)]
    assert forward == backward[::-1]


def test_a_chain_of_two_thousand_calls_is_walked(load: Load) -> None:
    text = "def f0(x): return x\n" + "".join(f"def f{i}(x): return f{i - 1}(x)\n" for i in range(1, 2000))
    fingerprint = Fingerprinter().of(load(text).f1999)
    assert len(fingerprint.parts) == 2001


def test_second_look_at_a_function_is_cheap(load: Load) -> None:
    fingerprinter, subject = Fingerprinter(), load(TWO_AWAY).subject
    fingerprinter.of(subject)
    seconds = min(timeit.repeat(lambda: fingerprinter.of(subject), number=1000, repeat=5)) / 1000
    assert seconds < 5e-6


def test_the_engine_is_opaque_and_the_tasks_are_project_code() -> None:
    engine = [origin.of_file(str(ROOT / name)) for name in ("store/encode.py", "flows/flow.py")]
    assert engine == [origin.ENGINE, origin.ENGINE]
    assert origin.of_file(str(ROOT / "tasks/score.py")) == origin.PROJECT


def test_what_a_function_imports_counts_alike_whether_or_not_it_is_loaded() -> None:
    script = (
        "import sys; exec(sys.argv[1]);"
        "from store.fingerprint import Fingerprinter; from tasks.dsl.components import label_regions;"
        "print(Fingerprinter().of(label_regions).digest, 'scipy.ndimage' in sys.modules)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script, first], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        for first in ("pass", "import scipy.ndimage")
    ]
    assert [loaded for _, loaded in said] == ["False", "True"]
    assert len({digest for digest, _ in said}) == 1
