from __future__ import annotations

import pickle

import pytest

from tasks.form import Form, Numbering, Operand, Step, canonical, written

I: Operand = ("param", "I")
S: Operand = ("param", "S")
F: Operand = ("name", "f")
G: Operand = ("name", "g")


def form_of(*operands: Operand) -> Form:
    return Form((Step(F, operands, (("k", G),)),), ("step", 0))


def test_a_form_is_written_as_a_program() -> None:
    form = Form((Step(F, (I, ("const", -1))), Step(("step", 0), (S,))), ("step", 1))
    assert form.source("solve") == ("def solve(S, I):\n    x1 = f(I, -1)\n    x2 = x1(S)\n    return x2\n")


def test_names_and_params_are_those_that_the_form_reads() -> None:
    form = form_of(I, S, F)
    assert form.names == ("f", "g")
    assert form.params == ("S", "I")
    assert Form((), I).names == ()
    assert (form.size, Form((), I).size, Form(form.steps * 20, I).size) == (1, 0, 20)
    assert Form((), G).names == ("g",)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (1, "1"), (None, "None"), ((1, 2), (True, 2)), (("a",), "a"), ((), "")],
)
def test_constants_compare_by_type_too(one: object, other: object) -> None:
    left, right = form_of(("const", one)), form_of(("const", other))  # type: ignore[arg-type]
    assert left != right
    assert left.steps[0] != right.steps[0]
    assert len({left, right}) == 2
    assert written(left.steps[0].args[0]) != written(right.steps[0].args[0])


def test_equal_forms_hash_equal_and_are_not_their_text() -> None:
    assert {form_of(I): "kept"}[form_of(I)] == "kept"
    assert form_of(I) != form_of(I).text
    assert Step(F, (I,)) != "f(I)"


def test_a_form_that_is_looked_into_is_the_one_that_was_made() -> None:
    steps = (Step(F, (I, ("const", ("\ud800", (), None, -(2**63), 2**64 - 1)))), Step(("step", 0), (S,)))
    form = Form(steps, ("step", 1))
    assert (form.steps, form.result) == (steps, ("step", 1))


def test_a_form_survives_pickling() -> None:
    form = form_of(I, ("const", (1, True)))
    assert pickle.loads(pickle.dumps(form)) == form


def test_equal_calls_get_one_number_whatever_the_order_of_keywords() -> None:
    numbering = Numbering()
    f, one, true = (
        numbering.leaf(F),
        numbering.leaf(("const", 1)),
        numbering.leaf(("const", True)),
    )
    call = numbering.call(f, [one], {"a": one, "b": true})
    assert numbering.call(f, [one], {"b": true, "a": one}) == call
    assert numbering.call(f, [true], {"a": one, "b": true}) != call
    assert numbering.value(call) is None
    assert numbering.value(f) == F


def test_steps_stand_in_the_order_in_which_the_result_reads_them() -> None:
    numbering = Numbering()
    f, i = numbering.leaf(F), numbering.leaf(I)
    dead = numbering.call(f, [i, i, i], {})
    right = numbering.call(f, [i, i], {})
    left = numbering.call(f, [i], {})
    form = numbering.form(numbering.call(left, [right], {"k": left}))
    assert dead == 2
    assert [str(step) for step in form.steps] == ["f(I)", "f(I, I)", "x1(x2, k=x1)"]


def test_a_graph_with_dead_and_repeated_steps_has_a_form() -> None:
    steps = [Step(F, (I,)), Step(G, (I,)), Step(F, (I,)), Step(F, (("step", 0), ("step", 2)), (("k", S),))]
    assert canonical(steps, ("step", 3)).source() == (
        "def program(S, I):\n    x1 = f(I)\n    x2 = f(x1, x1, k=S)\n    return x2\n"
    )
    assert canonical(steps, I) == Form((), I)
