"""The names of the DSL: gathered without clashes, annotated and documented."""

from __future__ import annotations

import inspect
from types import ModuleType, SimpleNamespace

import pytest

from tasks import dsl
from tasks.dsl import MODULES, PRIMITIVES, crop, measure, shift
from tasks.language import named_in
from tasks.program import parse

FUNCTIONS = {name: value for name, value in PRIMITIVES.items() if inspect.isfunction(value)}


def test_the_dsl_is_large() -> None:
    assert len(FUNCTIONS) >= 120


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_exports_are_public_names_of_their_own_module(module: ModuleType) -> None:
    defined = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }
    assert len(set(module.__all__)) == len(module.__all__)
    assert {name for name in module.__all__ if name.startswith("_")} == set()
    assert {name for name in module.__all__ if inspect.isfunction(PRIMITIVES[name])} <= defined


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_primitive_is_annotated_and_documented(name: str) -> None:
    signature = inspect.signature(FUNCTIONS[name])
    assert inspect.getdoc(FUNCTIONS[name])
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty
        assert parameter.kind is not inspect.Parameter.KEYWORD_ONLY


def test_primitives_gives_the_objects_in_the_order_of_the_names() -> None:
    source = "def program(I):\n    return shift_colour(crop(I, 0, 0, 1, 1), 3, 1, height(I))"
    form = parse(source, frozenset(PRIMITIVES))
    assert named_in(PRIMITIVES, (), form) == (crop.crop, measure.height, shift.shift_colour)


def test_a_name_that_two_modules_export_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dsl, "MODULES", (*MODULES, SimpleNamespace(__all__=["crop"])))
    with pytest.raises(ImportError, match="export crop"):
        dsl._check_names()
