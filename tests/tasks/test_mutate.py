"""Mutants of the library's programs, over the whole DSL, and of small ones over DSLs made for a test."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.dsl import PRIMITIVES
from tasks.errors import Refused
from tasks.inference import Table
from tasks.library import programs
from tasks.mutate import ORIGIN, mutate
from tasks.mutation import Kind, drop_step, rewire, splice, swap_constant, swap_primitive
from tasks.observe import Seen
from tasks.program import Parent, Program, parse
from tasks.propose import propose
from tasks.puzzle import Sample, load
from tasks.signature import Signature, signatures
from tasks.strain import Strain
from tasks.trust import Trust

NAMES = frozenset(PRIMITIVES)
SIGNATURES = signatures(PRIMITIVES)
PUZZLES = load("arcagi", "training")
LIBRARY = programs()
SOURCES = {program.name: program.source for program in LIBRARY}
KINDS = ("constant", "primitive", "rewire", "drop", "splice")

SHOWS_135 = (
    Sample(np.array([[1, 3]], np.uint8), np.array([[5, 5]], np.uint8)),
    Sample(np.array([[1, 5]], np.uint8), np.array([[3, 8]], np.uint8)),
)
SMALL = (
    Signature("turn", "G", (("grid", "G"),), 1),
    Signature("flip", "G", (("grid", "G"),), 1),
    Signature("paint", "G", (("grid", "G"), ("colour", "Colour(int)")), 2),
    Signature("first", "Colour(int)", (("grid", "G"),), 1),
    Signature("zoom", "G", (("grid", "G"), ("factor", "int")), 2),
    Signature("shift", "G", (("grid", "G"), ("towards", "Way(tuple[int, int])")), 2),
    Signature("NORTH", "tuple[int, int]", function=False),
    Signature("SOUTH", "tuple[int, int]", function=False),
    Signature("each", "G", (("grid", "G"), ("function", "Callable[[G], G]")), 2),
    Signature("pick", "~A", (("grid", "G"), ("one", "~A"), ("other", "~A")), 3),
)


def parent(*lines: str, name: str = "p", weight: int = 1) -> Parent:
    body = "".join(f"    {line}\n" for line in lines)
    return Parent(f"def {name}(S, I):\n{body}", weight, name)


def all_of(kind: Kind, *parents: Parent, dsl: tuple[Signature, ...] = SMALL) -> dict[str, str]:
    """What a kind can do to the first of some parents, with the body that it gives."""
    names = frozenset(signature.name for signature in dsl)
    forms = [parse(each.source, names) for each in parents]
    table = Table(dsl, forms)
    strains = [
        Strain(each.name, table.read(form), table, (1, 3, 5), ((1, 2),), {}, None)
        for each, form in zip(parents, forms, strict=True)
    ]
    random = Random(0)
    drawn = [kind(strains[0], strains[-1], random) for _ in range(600)]
    return {each.what: body(each.form.text) for each in drawn if each is not None}


def body(source: str) -> str:
    return "; ".join(line.strip() for line in source.splitlines()[1:])


def of_library(name: str, count: int, seed: int = 0) -> tuple[Program, ...]:
    """Mutants of the program that solves a puzzle and of three others."""
    at = next(n for n, program in enumerate(LIBRARY) if program.name == f"solve_{name}")
    chosen = [LIBRARY[(at + step) % len(LIBRARY)] for step in range(4)]
    parents = tuple(Parent(each.source, 1, each.name) for each in chosen)
    return mutate(PUZZLES[name].train, parents, SIGNATURES, count, seed)


def test_a_colour_becomes_one_that_every_train_sample_shows() -> None:
    found = all_of(swap_constant, parent("return paint(I, 3)"))
    assert found == {
        "constant x1.2: 3 -> 1": "x1 = paint(I, 1); return x1",
        "constant x1.2: 3 -> 5": "x1 = paint(I, 5); return x1",
    }


def test_only_colours_that_each_train_sample_shows_are_drawn() -> None:
    found = mutate(SHOWS_135, (parent("return paint(I, 0)"),), SMALL, 200, 0)
    drawn = {program.name.rpartition(" ")[2] for program in found if " constant " in program.name}
    assert drawn == {"1", "3", "5"}


def test_a_number_becomes_one_near_by_with_its_sign() -> None:
    assert set(all_of(swap_constant, parent("return zoom(I, 2)"))) == {
        f"constant x1.2: 2 -> {near}" for near in (1, 3, 4)
    }
    assert set(all_of(swap_constant, parent("return zoom(I, 0)"))) == {
        f"constant x1.2: 0 -> {near}" for near in (1, 2)
    }
    assert set(all_of(swap_constant, parent("return zoom(I, -1)"))) == {
        f"constant x1.2: -1 -> {near}" for near in (-3, -2)
    }


def test_a_part_of_a_tuple_changes_and_a_truth_turns() -> None:
    assert set(all_of(swap_constant, parent("return shift(I, (0, 1))"))) == {
        f"constant x1.2: (0, 1) -> {other}" for other in ("(1, 1)", "(2, 1)", "(0, 2)", "(0, 3)")
    }
    assert set(all_of(swap_constant, parent("return pick(I, I, True)"))) == {"constant x1.3: True -> False"}


def test_where_a_dsl_has_one_name_for_numbers_both_colours_and_numbers_near_by_are_taken() -> None:
    dsl = (Signature("paint", "G", (("grid", "G"), ("value", "Integer(int)")), 2),)
    found = all_of(swap_constant, parent("return paint(I, 3)"), dsl=dsl)
    assert {what.rpartition(" ")[2] for what in found} == {"1", "5", "2", "4"}


def test_a_primitive_becomes_one_of_a_compatible_signature() -> None:
    assert all_of(swap_primitive, parent("return turn(I)")) == {
        "primitive x1: turn -> flip": "x1 = flip(I); return x1"
    }
    assert set(all_of(swap_primitive, parent("return shift(I, NORTH)"))) == {"primitive x1.2: NORTH -> SOUTH"}
    assert set(all_of(swap_primitive, parent("return each(I, turn)"))) == {"primitive x1.2: turn -> flip"}


def test_an_argument_is_rewired_to_an_earlier_value_of_its_type() -> None:
    found = all_of(rewire, parent("return paint(turn(I), first(turn(I)))"))
    assert found["rewire x2.1: x1 -> I"] == "x1 = turn(I); x2 = first(I); x3 = paint(x1, x2); return x3"
    assert found["rewire x3.1: x1 -> I"] == "x1 = turn(I); x2 = first(x1); x3 = paint(I, x2); return x3"
    assert {what.rpartition(" ")[2] for what in found} <= {"I", "x1"}


def test_a_constant_is_rewired_to_a_value_of_the_type_that_its_place_asks_for() -> None:
    lines = "c = first(I)", "t = paint(I, c)", "return paint(t, 3)"
    assert "rewire x3.2: 3 -> x1" in all_of(rewire, parent(*lines))


def test_a_dropped_step_gives_way_to_its_argument() -> None:
    assert all_of(drop_step, parent("return paint(turn(I), first(flip(I)))")) == {
        "drop x1, take I": "x1 = flip(I); x2 = first(x1); x3 = paint(I, x2); return x3",
        "drop x2, take I": "x1 = turn(I); x2 = first(I); x3 = paint(x1, x2); return x3",
        "drop x4, take x1": "x1 = turn(I); return x1",
    }


def test_two_parents_are_spliced() -> None:
    one, other = parent("return paint(I, 3)", name="a"), parent("return flip(turn(I))", name="b")
    found = all_of(splice, one, other)
    assert found["splice x1.1: I -> x2 of b"] == "x1 = turn(I); x2 = flip(x1); x3 = paint(x2, 3); return x3"
    assert "splice x1.2: 3 -> x1 of b" not in found
    found = all_of(splice, other, one)
    assert found["splice x2.1: x1 -> x1 of a"] == "x1 = paint(I, 3); x2 = flip(x1); return x2"


def test_a_splice_may_put_one_program_after_another() -> None:
    one, other = parent("return pick(I, turn(I), I)", name="a"), parent("return flip(I)", name="b")
    assert all_of(splice, one, other)["splice everywhere: I -> x1 of b"] == (
        "x1 = flip(I); x2 = turn(x1); x3 = pick(x1, x2, x1); return x3"
    )


def test_a_keyword_argument_is_one_like_the_others() -> None:
    assert set(all_of(swap_constant, parent("return paint(I, colour=3)"))) == {
        "constant x1.2: 3 -> 1",
        "constant x1.2: 3 -> 5",
    }


def test_a_function_that_a_step_gives_keeps_its_type() -> None:
    dsl = (
        *SMALL,
        Signature(
            "both", "Callable[[~A], ~C]", (("f", "Callable[[~A], ~B]"), ("g", "Callable[[~B], ~C]")), 2
        ),
    )
    found = all_of(swap_primitive, parent("return both(turn, flip)(I)"), dsl=dsl)
    assert set(found) == {"primitive x1.1: turn -> flip", "primitive x1.2: flip -> turn"}


@settings(max_examples=25)
@given(st.sampled_from([p.name.removeprefix("solve_") for p in LIBRARY]), st.integers(0, 2**32))
def test_mutants_of_any_program_are_programs_of_fitting_types_and_all_different(name: str, seed: int) -> None:
    found = of_library(name, 20, seed)
    forms = [parse(program.source, NAMES) for program in found]
    assert [form.text for form in forms] == [program.source for program in found]
    made_from = {each: parse(SOURCES[each], NAMES) for each in SOURCES}
    assert len(set(forms)) == len(forms)
    assert len({program.name for program in found}) == len(found)
    assert {program.origin for program in found} == {ORIGIN}
    for program in found:
        made_by, _, what = program.name.partition(" ~ ")
        assert parse(program.source, NAMES) != made_from[made_by]
        assert what.split()[0] in KINDS


def test_a_mutant_has_no_more_misfits_than_its_parent() -> None:
    sources = {name: parse(source, NAMES) for name, source in SOURCES.items()}
    table = Table(SIGNATURES, list(sources.values()))
    for name in ("0d3d703e", "2bcee788", "56ff96f3"):
        for program in of_library(name, 40):
            before = table.read(sources[program.name.split(" ~ ")[0]])
            assert len(table.read(parse(program.source, NAMES)).misfits) <= len(before.misfits)


def test_every_kind_is_drawn() -> None:
    found = of_library("1e32b0e9", 200)
    assert {program.name.partition(" ~ ")[2].split()[0] for program in found} == set(KINDS)


def test_few_mutants_are_the_first_of_many() -> None:
    assert of_library("1e32b0e9", 100)[:10] == of_library("1e32b0e9", 10)


def test_another_seed_gives_other_mutants() -> None:
    assert of_library("1e32b0e9", 50, seed=1) != of_library("1e32b0e9", 50, seed=2)


def test_hash_seeds_change_nothing() -> None:
    made = [program for name in ("1e32b0e9", "2bcee788") for program in of_library(name, 60)]
    code = (
        "import test_mutate as t; print([p for n in ('1e32b0e9', '2bcee788') for p in t.of_library(n, 60)])"
    )
    for seed in ("1", "2"):
        said = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": "tests/tasks", "PYTHONHASHSEED": seed},
        ).stdout
        assert said == f"{made}\n"


def test_a_heavier_parent_has_more_mutants() -> None:
    parents = (
        parent("return paint(paint(turn(I), 3), 5)", name="light"),
        parent("return paint(zoom(flip(I), 2), 1)", name="heavy", weight=20),
    )
    found = mutate(SHOWS_135, parents, SMALL, 20, 0)
    heavy = sum(program.name.startswith("heavy") for program in found)
    assert heavy > 13


def test_primitives_without_trust_are_not_drawn() -> None:
    parents = (Parent("def p(I):\n    return rotate_90(I)\n", 1, "p"),)
    train = PUZZLES["0d3d703e"].train
    some = {p.source for p in mutate(train, parents, SIGNATURES, 300, 0) if " primitive " in p.name}
    distrust = tuple(Trust(name, 0) for name in sorted(NAMES - {"rotate_180", "transpose"}))
    only = {p.source for p in mutate(train, parents, SIGNATURES, 300, 0, distrust) if " primitive " in p.name}
    assert len(some) > 50
    assert only == {f"def program(I):\n    x1 = {n}(I)\n    return x1\n" for n in ("rotate_180", "transpose")}


def test_without_parents_there_are_no_mutants() -> None:
    assert mutate(SHOWS_135, (), SIGNATURES, 10, 0) == ()


def test_a_parent_that_is_no_program_is_refused_by_its_name() -> None:
    with pytest.raises(Refused, match="program p, line 2: unknown primitive 'nothing'"):
        mutate(SHOWS_135, (parent("return nothing(I)"),), SMALL, 10, 0)


def test_mutants_are_proposed_last() -> None:
    train = PUZZLES["0d3d703e"].train
    parents = (Parent("def p(I):\n    return replace(I, 1, 2)\n", 1, "p"),)
    before = propose(train, (), 0)
    after = propose(train, (), 3, True, parents, 10, SIGNATURES)
    assert after[: len(before)] == before
    assert after[len(before) :] == mutate(train, parents, SIGNATURES, 10, 3)


def test_over_a_dsl_without_annotations_what_was_seen_tells_what_fits() -> None:
    dsl = tuple(
        Signature(name, "?", tuple((each, "?") for each in parameters), len(parameters))
        for name, parameters in (("turn", "g"), ("paint", "gc"), ("count", "g"))
    )
    parents = (parent("return paint(turn(I), count(turn(I)))"),)
    grid, number = ("G@1x2", "G@1x2"), ("int", "int")
    wrong = "x1 = count(I); x2 = count(x1); x3 = paint(x1, x2); return x3"
    blind = {body(program.source) for program in mutate(SHOWS_135, parents, dsl, 100, 0)}
    assert wrong in blind
    seen = [Seen(grid, (grid, number, grid))]
    learned = {body(program.source) for program in mutate(SHOWS_135, parents, dsl, 100, 0, (), seen)}
    assert wrong not in learned
    assert learned - blind >= {
        "x1 = turn(I); x2 = count(x1); x3 = paint(I, x2); return x3",
        "x1 = turn(I); x2 = count(I); x3 = paint(x1, x2); return x3",
    }
