"""Settings: defaults, then a config file, then options; what is refused, and in which words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import BadSettings
from flows.settings import Settings, read_settings


@pytest.fixture
def config(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "profile.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_without_file_and_options_the_defaults_hold() -> None:
    assert read_settings(None, {"workers": None, "puzzle": (), "store": None}) == Settings()


def test_a_file_goes_before_defaults_and_options_before_the_file(config: Callable[[str], Path]) -> None:
    file = config('workers = 2\nwindow = 7\nstore = "kept"\n')
    settings = read_settings(file, {"workers": 3, "store": None})
    assert (settings.workers, settings.window, settings.store) == (3, 7, "kept")
    assert settings.batch == Settings().batch


def test_an_option_may_be_nought(config: Callable[[str], Path]) -> None:
    assert read_settings(config("workers = 2\nlimit = 5\n"), {"workers": 0, "limit": 0}).workers == 0


def test_values_come_in_the_types_of_the_defaults(config: Callable[[str], Path]) -> None:
    settings = read_settings(config('cpu_s = 2\npuzzle = ["a", "b"]\n'), {})
    assert type(settings.cpu_s) is float
    assert settings.puzzle == ("a", "b")


def test_every_setting_says_what_it_means() -> None:
    source = Path(str(Settings.__module__).replace(".", "/") + ".py")
    text = (Path(__file__).parents[2] / source).read_text(encoding="utf-8")
    for field in dataclasses.fields(Settings):
        lines = text.splitlines()
        place = next(at for at, line in enumerate(lines) if line.startswith(f"    {field.name}: "))
        assert lines[place + 1].lstrip().startswith('"""')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("worker = 2\n", ["unknown key 'worker'", "did you mean 'workers'"], id="misspelt"),
        pytest.param("colour = 2\n", ["unknown key 'colour'", "known keys", "memory_mb"], id="unknown"),
        pytest.param("[workers]\nn = 2\n", ["workers", "a whole number"], id="table"),
        pytest.param('workers = "2"\n', ["workers", "'2'", "a whole number"], id="text-for-number"),
        pytest.param("workers = 2.0\n", ["workers", "2.0", "a whole number"], id="float-for-number"),
        pytest.param("workers = true\n", ["workers", "True", "a whole number"], id="bool-for-number"),
        pytest.param('cpu_s = "1"\n', ["cpu_s", "'1'", "should be a number"], id="text-for-float"),
        pytest.param("cpu_s = false\n", ["cpu_s", "False", "should be a number"], id="bool-for-float"),
        pytest.param("store = 3\n", ["store", "3", "a text"], id="number-for-text"),
        pytest.param('puzzle = "a"\n', ["puzzle", "'a'", "a list of texts"], id="text-for-list"),
        pytest.param("puzzle = [1]\n", ["puzzle", "1", "a list of texts"], id="list-of-numbers"),
        pytest.param("workers = -1\n", ["workers", "at least 0", "-1"], id="negative"),
        pytest.param("window = 0\n", ["window", "at least 1", "0"], id="no-window"),
        pytest.param("batch = 0\n", ["batch", "at least 1"], id="no-batch"),
        pytest.param("memory_mb = 1\n", ["memory_mb", "at least 16"], id="too-little-memory"),
        pytest.param("cpu_s = 0\n", ["cpu_s", "at least 0.001"], id="no-cpu"),
        pytest.param("cpu_s = nan\n", ["cpu_s", "finite", "nan"], id="nan"),
        pytest.param("cpu_s = inf\n", ["cpu_s", "finite", "inf"], id="infinite"),
        pytest.param('deadline = "soon"\n', ["deadline", "'soon'", "11h30m"], id="no-duration"),
        pytest.param('deadline = ""\n', ["deadline", "''", "11h30m"], id="empty-duration"),
        pytest.param('deadline = "1h30"\n', ["deadline", "'1h30'", "11h30m"], id="part-without-unit"),
        pytest.param("deadline = -1\n", ["deadline", "at least 0", "-1"], id="deadline-gone"),
        pytest.param("chunk_s = 0\n", ["chunk_s", "at least 0.001"], id="no-chunk"),
        pytest.param("worker_memory_mb = 0.5\n", ["worker_memory_mb", "a whole number"], id="half-a-mb"),
        pytest.param("workers = \n", ["is not TOML"], id="no-toml"),
    ],
)
def test_a_bad_config_is_refused_with_its_file_and_the_mend(
    config: Callable[[str], Path], text: str, words: list[str]
) -> None:
    file = config(text)
    with pytest.raises(BadSettings) as refused:
        read_settings(file, {})
    message = str(refused.value)
    assert [word for word in [str(file), *words] if word not in message] == []


def test_a_config_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match="is not TOML"):
        read_settings(file, {})


@pytest.mark.parametrize(
    ("written", "seconds"),
    [('"11h30m"', 41400.0), ('"1h 30m 5s"', 5405.0), ('"90"', 90.0), ("90", 90.0), ("1.5", 1.5), ("0", 0.0)],
)
def test_a_deadline_is_seconds_or_a_text(config: Callable[[str], Path], written: str, seconds: float) -> None:
    assert read_settings(config(f"deadline = {written}\n"), {}).deadline == seconds


def test_a_file_called_as_a_profile_is_named_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kaggle").write_text("window = 3\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_settings(tmp_path / "kaggle", {}).window == 3
    assert read_settings(Path("kaggle"), {}).window == 16


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_config_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSettings, match=r"cannot be read .*; name a TOML file, or one of kaggle, laptop"):
        read_settings(tmp_path / name, {})


def test_an_option_out_of_range_is_called_as_it_was_given() -> None:
    with pytest.raises(BadSettings, match=r"--workers: .*at least 0, not -1"):
        read_settings(None, {"workers": -1})
