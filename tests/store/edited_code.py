"""Code that is edited between processes, which call it, look it up, and say what they found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

HELPERS = """\
def deepest(x):
    return x + 1


def deep(x):
    return deepest(x)


def spare(x):
    return x
"""

CODE = """\
import helpers

LIMIT = 10


def helper(x):
    return helpers.deep(x)


def unrelated(x):
    return x


def work(x, deep=0, seed=0):
    return min(helper(x), LIMIT)


def read(path, count):
    return count


def each(items, scale=1, shift=0):
    return [work(item) for item in items]


def by_name(name):
    import helpers
    return vars(helpers)[name](0)


def ask(x):
    import outsider
    return outsider.answer()
"""

RUN = """
import json, sys
from pathlib import Path
import code_under_test as code
from store import Store
from store.cause import describe, names
from store.history import Explainer, Argument
from store.key import name_of
from store.rows import GroupPlace, RowCauses
store, step, given = Store(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
if step == "compute":
    said = [
        store.call(code.work, 1),
        store.call(code.read, Path(given), 3),
        store.map(code.each, [1, 2], deps=lambda item: [code.unrelated], scale=1, shift=0),
        store.call(code.by_name, "spare"),
    ]
elif step == "call":
    said = store.call(getattr(code, given[0]), *given[1])
elif step == "lookup":
    args = [Path(arg) if isinstance(arg, str) and "/" in arg else arg for arg in given[1]]
    found = store.lookup(getattr(code, given[0]), *args)
    said = [found.hit, found.reason, list(found.changed), [cause.kind for cause in found.causes], found.notes]
else:
    item, common = given
    keys = store.keys
    arguments = {name: Argument(keys.value(value), name) for name, value in common.items()}
    place = GroupPlace(
        code.each, "each", name_of(code.each), keys.code(code.each), keys.keywords(common), arguments
    )
    causes = RowCauses(Explainer(store), place).of(
        keys.row(item, lambda _: [code.unrelated]), keys.value(item), (code.unrelated,)
    )
    said = [describe(causes), list(names(causes))]
print(json.dumps([said, store.stats()["misses"]]))
"""


class Project:
    """A module that is edited between processes, and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in {"code_under_test": CODE, "helpers": HELPERS, "step": RUN}.items():
            (folder / f"{name}.py").write_text(text)
        (folder / "data.txt").write_text("data")

    @property
    def data(self) -> str:
        return str(self.folder / "data.txt")

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def edit(self, old: str, new: str, module: str = "code_under_test") -> None:
        file = self.folder / f"{module}.py"
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))

    def run(self, step: str, given: Any = None) -> Any:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{self.folder / 'site-packages'}"}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [sys.executable, str(self.folder / "step.py"), str(self.store), step, json.dumps(given)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def lookup(self, name: str, *args: Any) -> Any:
        return self.run("lookup", (name, args))[0][:3]

    def kinds(self, name: str, *args: Any) -> list[str]:
        kinds: list[str] = self.run("lookup", (name, args))[0][3]
        return kinds

    def row(self, item: int, **common: int) -> Any:
        return self.run("row", (item, {"scale": 1, "shift": 0, **common}))[0]
