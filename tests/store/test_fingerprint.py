"""Fingerprints: what they name, what they count alike and what they refuse."""

from __future__ import annotations

import pickle
import subprocess
import sys
import timeit
from pathlib import Path

import pytest
from written_module import TWO_AWAY, Load, names

from store.errors import Unfingerprintable
from store.fingerprint import Fingerprinter, changed, origin

ROOT = Path(__file__).parents[2]


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


def test_values_in_closures_are_named_after_their_function(load: Load) -> None:
    module = load("def make(k):\n    return lambda x: x + k\nsubject = make(3)\n")
    assert names(Fingerprinter().of(module.subject))["subject:make.<locals>.<lambda>.k"] == "constant"


def test_a_fingerprint_makes_its_parts_once_and_equals_one_of_the_same_digest(load: Load) -> None:
    module = load(TWO_AWAY)
    one, two = Fingerprinter().of(module.subject), Fingerprinter().of(module.subject)
    assert one == two != Fingerprinter().of(module.near)
    assert len({one, two}) == 1
    assert one.parts is one.parts


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


def test_builtins_and_ufuncs_have_fingerprints() -> None:
    import numpy as np

    one, two, three = (Fingerprinter().of(func) for func in (len, np.add, np.subtract))
    assert len({one.digest, two.digest, three.digest}) == 3
    assert "numpy" in names(two)


def test_functions_that_share_helpers_agree_in_any_order(load: Load) -> None:
    module = load(TWO_AWAY)
    one, two = Fingerprinter(), Fingerprinter()
    forward = [one.of(func).digest for func in (module.far, module.near, module.subject)]
    backward = [two.of(func).digest for func in (module.subject, module.near, module.far)]
    assert forward == backward[::-1]


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


def test_a_chain_of_two_thousand_calls_is_walked(load: Load) -> None:
    text = "def f0(x): return x\n" + "".join(f"def f{i}(x): return f{i - 1}(x)\n" for i in range(1, 2000))
    fingerprint = Fingerprinter().of(load(text).f1999)
    assert len(fingerprint.parts) == 2001


def test_second_look_at_a_function_is_cheap(load: Load) -> None:
    fingerprinter, subject = Fingerprinter(), load(TWO_AWAY).subject
    fingerprinter.of(subject)
    seconds = min(timeit.repeat(lambda: fingerprinter.of(subject), number=1000, repeat=5)) / 1000
    assert seconds < 5e-6
