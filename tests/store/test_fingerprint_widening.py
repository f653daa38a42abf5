"""What cannot be resolved is widened to whole modules, and that is noted."""

from __future__ import annotations

import pytest
from written_module import Load, names

from store.errors import Unfingerprintable
from store.fingerprint import Fingerprinter


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
