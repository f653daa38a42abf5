"""The shape of the project: which way imports go, what is public, how long files get."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import flows
import store

ROOT = Path(__file__).parents[1]
PACKAGES = ("store", "tasks", "flows")
MAY_IMPORT = {"store": {"store"}, "tasks": {"tasks"}, "flows": {"flows", "store", "tasks"}}
CONTRACT = {"store": {"Store", "memo"}, "flows": {"Flow"}}
MOST_LINES = 300
EDGES = {
    "flows/memo.py",  # whatever a stage raises is its result
    "store/fingerprint/names.py",  # a module of the project may raise anything when it is imported
    "tasks/language.py",  # so may a DSL
}
LONG_TESTS = {
    "tests/tasks/tuple_dsl/dsl.py",  # a DSL as people bring theirs, in one file
    "tests/tasks/tuple_dsl/programs.py",  # as above: programs as they are collected
}
FILES = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def those(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=name)


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(file: Path) -> Iterator[str]:
    """The top-level packages that a file imports, anywhere in it."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(file)}, line {node.lineno}: a relative import"
            yield str(node.module).partition(".")[0]


def test_there_are_files_to_look_at() -> None:
    assert all(any(name(file).startswith(f"{package}/") for file in FILES) for package in PACKAGES)


@those(FILES)
def test_imports_go_one_way(file: Path) -> None:
    ours = set(imported(file)) & {*PACKAGES, "tests"}
    assert ours <= MAY_IMPORT[name(file).partition("/")[0]]


def test_dask_is_imported_in_one_file_and_for_its_dashboard() -> None:
    dask = {"dask", "distributed", "tornado"}
    users = {name(file) for file in FILES if dask & set(imported(file))}
    assert {user for user in users if not user.startswith("flows/dashboard/")} == {
        "flows/execution/cluster.py"
    }


def test_bokeh_is_imported_by_what_draws() -> None:
    users = {name(file) for file in FILES if "bokeh" in imported(file)}
    assert {user for user in users if not user.startswith("flows/dashboard/")} == {"flows/report/charts.py"}


def test_the_cluster_is_imported_inside_a_function_only() -> None:
    """So that a run in which nothing is missing imports no Dask."""
    early = [
        name(file)
        for file in FILES
        for node in tree(file).body
        if isinstance(node, ast.ImportFrom)
        and str(node.module).startswith(("flows.execution.cluster", "flows.dashboard"))
        and name(file) != "flows/execution/cluster.py"
        and not name(file).startswith("flows/dashboard/")
    ]
    assert early == []


def is_long(file: Path) -> bool:
    return len(file.read_text(encoding="utf-8").splitlines()) > MOST_LINES


@those(FILES)
def test_no_file_is_long(file: Path) -> None:
    assert not is_long(file)


def test_no_file_of_the_tests_is_long() -> None:
    assert {name(file) for file in (ROOT / "tests").rglob("*.py") if is_long(file)} <= LONG_TESTS


@those(FILES)
def test_every_module_says_what_it_is(file: Path) -> None:
    assert ast.get_docstring(tree(file))


@those(FILES)
def test_nothing_is_imported_by_star(file: Path) -> None:
    stars = [
        node.lineno
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert stars == []


def swallows(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes any exception and does not raise it again."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    broad = any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))
        for kind in kinds
    )
    last = handler.body[-1]
    return broad and not (isinstance(last, ast.Raise) and last.exc is None)


def test_everything_is_caught_only_where_code_of_others_runs() -> None:
    places = {
        name(file)
        for file in FILES
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ExceptHandler) and swallows(node)
    }
    outside = {place for place in places if not place.startswith("tasks/sandbox/")}
    assert outside == EDGES


@those(FILES)
def test_nothing_is_pickled(file: Path) -> None:
    # Between the processes of one run Dask pickles anyway.
    expected = {"pickle", "cloudpickle"} if file.name == "transport.py" else set()
    assert {"pickle", "cloudpickle", "dill", "shelve", "marshal"} & set(imported(file)) == expected


@pytest.mark.parametrize("package", [store, flows], ids=lambda package: package.__name__)
def test_all_names_what_is_public(package: ModuleType) -> None:
    assert all(hasattr(package, each) for each in package.__all__), "flows loads them only now"
    public = {
        each
        for each, value in vars(package).items()
        if not each.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public == set(package.__all__)
    assert len(package.__all__) == len(public)
    assert public >= CONTRACT[package.__name__]


@pytest.mark.parametrize("method", ["call", "map", "lookup", "stats"])
def test_a_store_has_the_methods_of_the_contract(method: str) -> None:
    assert callable(getattr(store.Store, method))


@pytest.mark.parametrize("method", ["node", "plan", "run"])
def test_a_flow_has_the_methods_of_the_contract(method: str) -> None:
    assert callable(getattr(flows.Flow, method))


def test_every_package_is_installed() -> None:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns = found["packages"]["find"]["include"]
    folders = {name(file.parent).replace("/", ".") for file in FILES}
    assert all(any(fnmatch(folder, pattern) for pattern in patterns) for folder in {*folders, "configs"})
