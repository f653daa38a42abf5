"""Fingerprints that are kept between processes: found where a walk makes the same, never where it would
make another one, however the live process was changed."""

from __future__ import annotations

import builtins
import importlib
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import msgpack
import numpy as np
import pytest

from store.encode import hash_bytes
from store.fingerprint import Fingerprinter, names

LONG_AGO = 1_000_000_000
SUBJECT = """
    import abc
    import enum
    import functools
    from dataclasses import dataclass, field

    import numpy as np

    from kept_other import helper, unused
    from kept_settings import NAMES, WIDTH

    LIMIT = 3
    TABLE = {"a": 1}
    NESTED = [[1], [2]]
    SET = frozenset({1, 2})
    ARRAY = np.arange(3)
    ADD_TWO = functools.partial(helper, 2)
    PAIR = (lambda x: x + 1, lambda x: x + 2)

    class Shape(abc.ABC):
        size = 1

        def area(self):
            return self.size

    class Color(enum.Enum):
        RED = 1

    @dataclass
    class Point:
        x: int
        names: list = field(default_factory=list)

    POINT = Point(1)

    def make(n):
        def made(x):
            return x + n
        return made

    made = make(1)

    def marked(x):
        return x

    marked.mark = 1

    def unreached(x):
        return x

    def f(x):
        import kept_lazy
        known = (LIMIT, TABLE, NESTED, SET, ARRAY, ADD_TWO, PAIR, POINT, NAMES, WIDTH, Color.RED)
        return known, helper(x), Shape().area(), made(x), marked(x), np.abs(x), oct(x), kept_lazy.g(x)
"""
OTHER = """
    def helper(x, y=1, *, z=2):
        return x + y + z

    def unused(x):
        return x
"""
LAZY = """
    RATE = 2

    def g(x):
        return x * RATE
"""
SETTINGS = """
    WIDTH = 5
    NAMES = ["a"]
"""
Live = dict[str, ModuleType]


class Memory(dict[str, bytes]):
    """A cache in memory."""

    def put(self, key: str, data: bytes) -> None:
        self.setdefault(key, data)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """The modules, imported from files that are older than this process."""
    monkeypatch.syspath_prepend(tmp_path)
    texts = {"settings": SETTINGS, "other": OTHER, "lazy": LAZY, "subject": SUBJECT}
    for name, text in texts.items():
        file = tmp_path / f"kept_{name}.py"
        file.write_text(textwrap.dedent(text))
        os.utime(file, (LONG_AGO, LONG_AGO))
    yield {name: importlib.import_module(f"kept_{name}") for name in texts}
    for name in texts:
        del sys.modules[f"kept_{name}"]


def looked_at(live: Live, memory: Memory) -> tuple[str, bool]:
    """The digest that a new process with this cache gives, and whether it was found without a walk."""
    prints = Fingerprinter(memory)
    prints.look_at([live["subject"].f])
    walked = any(node.kind == "function" for node in prints._walk.nodes.values())
    return prints.of(live["subject"].f).digest, not walked


def test_what_was_kept_is_found_without_a_walk(live: Live) -> None:
    memory = Memory()
    digest = Fingerprinter().of(live["subject"].f).digest
    assert looked_at(live, memory) == (digest, False)
    assert looked_at(live, memory) == (digest, True)


def test_what_was_kept_says_the_same_parts_and_notes(live: Live) -> None:
    memory = Memory()
    looked_at(live, memory)
    prints = Fingerprinter(memory)
    prints.look_at([live["subject"].f])
    found, made = prints.of(live["subject"].f), Fingerprinter().of(live["subject"].f)
    assert (found.parts, found.notes) == (made.parts, made.notes)


def rebind(module: str, name: str, value: Callable[[Live], object]) -> Callable[[Live], None]:
    return lambda live: setattr(live[module], name, value(live))


def set_cell(live: Live) -> None:
    live["subject"].made.__closure__[0].cell_contents = 7


def edited(live: Live, module: str, old: str, new: str, reload: bool) -> None:
    file = Path(str(live[module].__file__))
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))
    os.utime(file, (LONG_AGO, LONG_AGO))
    for cached in file.parent.glob("__pycache__/*"):
        cached.unlink()
    if reload:
        importlib.reload(live[module])


CHANGES: dict[str, Callable[[Live], object]] = {
    "a constant": rebind("subject", "LIMIT", lambda _: 4),
    "a constant of another type": rebind("subject", "LIMIT", lambda _: 3.0),
    "what a dict holds": lambda live: live["subject"].TABLE.update(a=2),
    "what a list in a list holds": lambda live: live["subject"].NESTED[0].append(3),
    "two names of one list": lambda live: live["subject"].NESTED.__setitem__(1, live["subject"].NESTED[0]),
    "a set": rebind("subject", "SET", lambda _: frozenset({1, 3})),
    "an array": lambda live: live["subject"].ARRAY.__setitem__(0, 9),
    "a function behind a name": rebind("subject", "helper", lambda live: live["other"].unused),
    "defaults": lambda live: setattr(live["other"].helper, "__defaults__", (5,)),
    "keyword defaults": lambda live: setattr(live["other"].helper, "__kwdefaults__", {"z": 5}),
    "a class attribute": lambda live: setattr(live["subject"].Shape, "size", 2),
    "a method": lambda live: setattr(live["subject"].Shape, "area", live["other"].unused),
    "a virtual subclass": lambda live: live["subject"].Shape.register(live["subject"].Point),
    "an instance": lambda live: setattr(live["subject"].POINT, "x", 2),
    "what an instance holds": lambda live: live["subject"].POINT.names.append("b"),
    "a closure": set_cell,
    "an attribute of a function": lambda live: setattr(live["subject"].marked, "mark", 2),
    "a partial": rebind("subject", "ADD_TWO", lambda live: live["subject"].functools.partial(max, 2)),
    "lambdas of one line": rebind("subject", "PAIR", lambda live: live["subject"].PAIR[::-1]),
    "another name of an imported list": rebind("settings", "AGAIN", lambda live: live["settings"].NAMES),
    "a constant of a module that is imported inside": rebind("lazy", "RATE", lambda _: 3),
    "an edited and reloaded module": lambda live: edited(live, "other", "x + y + z", "x - y - z", True),
    "a file, though not what was loaded": lambda live: edited(live, "other", "x + y + z", "x - y - z", False),
    "an edited module of constants": lambda live: edited(live, "settings", "WIDTH = 5", "WIDTH = 6", True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_live_process_is_seen(live: Live, change: Callable[[Live], object]) -> None:
    memory = Memory()
    before = [looked_at(live, memory) for _ in range(2)][-1]
    change(live)
    after = Fingerprinter().of(live["subject"].f).digest
    assert before[1]
    assert after != before[0]
    assert looked_at(live, memory) == (after, False)
    assert looked_at(live, memory)[0] == after


@pytest.mark.parametrize(("module", "name"), [(np, "abs"), (builtins, "oct")], ids=["numpy", "builtins"])
def test_a_function_put_outside_the_project_is_seen(
    live: Live, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    memory = Memory()
    before = [looked_at(live, memory) for _ in range(2)][-1]
    monkeypatch.setattr(module, name, live["other"].unused)
    after = Fingerprinter().of(live["subject"].f).digest
    found = looked_at(live, memory)
    monkeypatch.undo()
    assert before[1]
    assert found == (after, False)
    assert after != before[0]


def test_what_cannot_matter_is_found_or_walked_alike(live: Live) -> None:
    memory = Memory()
    before = [looked_at(live, memory) for _ in range(2)][-1]
    live["subject"].unreached.__defaults__ = (3,)
    assert looked_at(live, memory)[0] == before[0]


def test_a_value_that_says_too_little_of_itself_keeps_nothing(live: Live) -> None:
    live["subject"].LIMIT = iter(())
    assert [looked_at(live, memory := Memory())[1], looked_at(live, memory)[1]] == [False, False]


def test_records_that_were_damaged_are_walked_again(live: Live) -> None:
    memory = Memory()
    digest = looked_at(live, memory)[0]
    for key, data in list(memory.items()):
        for bad in (b"", data[:-1], data[:16] + bytes(len(data) - 16), bytes(16) + data[16:]):
            memory[key] = bad
            assert looked_at(live, memory)[0] == digest
        memory[key] = data
    assert looked_at(live, memory) == (digest, True)


@pytest.mark.parametrize("content", [[1], [[[]]], [["kept_other"], 2], [["no_such_module"]], [[], [], [], 3]])
def test_records_of_another_form_are_walked_again(live: Live, content: object) -> None:
    memory = Memory()
    digest = looked_at(live, memory)[0]
    body = msgpack.packb(content)
    for key in list(memory):
        memory_with = Memory({**memory, key: hash_bytes(body) + body})
        assert looked_at(live, memory_with)[0] == digest


def test_a_kept_record_imports_nothing_of_the_project(live: Live, tmp_path: Path) -> None:
    (tmp_path / "kept_hostile.py").write_text("raise SystemExit")
    assert not names.stays_outside("kept_hostile", ("x",))
    assert not names.stays_outside("kept_missing", ("x",))
    assert "kept_hostile" not in sys.modules


@pytest.mark.parametrize("name", ["abs", "plug"], ids=["in place of a function", "a module of the project"])
def test_what_was_kept_while_others_held_code_of_the_project_is_not_found_without_it(
    live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    write_old(
        tmp_path / "kept_others.py",
        f"import numpy as np\nimport kept_other\ndef f(x): return np.{name}.helper(x)\n",
    )
    f, memory = importlib.import_module("kept_others").f, Memory()
    with monkeypatch.context() as patch:
        patch.setattr(np, name, live["other"] if name == "plug" else live["other"].helper, raising=False)
        kept = digest_of(f, memory)
    found = digest_of(f, memory)
    del sys.modules["kept_others"]
    assert found == Fingerprinter().of(f).digest != kept


@pytest.mark.parametrize("name", ["kept_added", "kept_package.added"], ids=["on the path", "in a package"])
def test_a_module_that_an_import_inside_finds_later_is_seen(
    live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "kept_package").mkdir()
    write_old(tmp_path / "kept_package" / "__init__.py", "\n")
    write_old(
        tmp_path / "kept_tries.py",
        f"import kept_package, kept_settings\ndef f(x):\n    try:\n        import {name}\n"
        "    except ImportError:\n        pass\n    return kept_settings.WIDTH\n",
    )
    f, memory = importlib.import_module("kept_tries").f, Memory()
    before = [digest_of(f, memory) for _ in range(2)][-1]
    write_old(tmp_path / f"{name.replace('.', '/')}.py", "import kept_settings\nkept_settings.WIDTH = 9\n")
    importlib.invalidate_caches()
    found = digest_of(f, memory)
    after = Fingerprinter().of(f).digest
    for module in ("kept_tries", "kept_package", name):
        del sys.modules[module]
    assert found == after != before


def test_an_unreached_container_that_cannot_be_gone_through_does_no_harm(live: Live) -> None:
    class Endless(list[int]):
        __module__ = "kept_subject"

        def __iter__(self) -> Iterator[int]:
            raise NotImplementedError

    before = Fingerprinter().of(live["subject"].f).digest
    live["subject"].ENDLESS = Endless()
    assert looked_at(live, Memory()) == (before, False)


def write_old(file: Path, text: str) -> None:
    file.write_text(text)
    os.utime(file, (LONG_AGO, LONG_AGO))


def digest_of(func: object, memory: Memory) -> str:
    prints = Fingerprinter(memory)
    prints.look_at([func])
    return prints.of(func).digest
