"""The profiles in configs/: they load, and each key says what it means."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from flows.quantity import duration
from flows.settings import Settings, read_settings

PROFILES = sorted((Path(__file__).parents[1] / "configs").glob("*.toml"))


def test_there_is_a_profile_for_each_kind_of_machine() -> None:
    assert [file.stem for file in PROFILES] == ["kaggle", "laptop", "server"]


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_a_profile_loads_as_it_is_written(file: Path) -> None:
    settings = read_settings(file, {})
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    assert written
    said = {key: getattr(settings, key) for key in written}
    assert said == written | {
        "layers": tuple(written["layers"]), "deadline": duration(str(written["deadline"]))
    }  # fmt: skip


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_every_key_has_a_comment_beside_it(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    keys = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    bare = [line for line in keys if not line.partition("#")[2].strip()]
    assert keys
    assert bare == []


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_a_profile_says_what_a_machine_decides(file: Path) -> None:
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    assert set(written) == {
        "workers", "worker_memory_mb", "cpu_s", "memory_mb", "window", "chunk_s", "batch", "store",
        "layers", "dashboard", "deadline",
    }  # fmt: skip


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.stem)
def test_a_profile_is_found_by_its_name(file: Path) -> None:
    assert read_settings(Path(file.stem), {}) == read_settings(file, {})


def test_the_laptop_profile_is_what_runs_without_one_but_for_workers() -> None:
    laptop = next(file for file in PROFILES if file.stem == "laptop")
    assert read_settings(laptop, {"workers": Settings().workers}) == Settings()
    assert 1 <= Settings().workers <= read_settings(laptop, {}).workers == 4
