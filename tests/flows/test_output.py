from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.output import write_text


def test_writers_of_one_file_in_one_process_never_mix(tmp_path: Path) -> None:
    """Nor do those in containers, whose processes may have the same id."""
    file = tmp_path / "file.txt"
    texts = [str(number) * 2_000_000 for number in range(4)]

    def write(text: str) -> set[bool]:
        seen = set()
        for _ in range(10):
            write_text(file, text)
            seen.add(file.read_text("utf-8") in texts)
        return seen

    with ThreadPoolExecutor(len(texts)) as pool:
        assert set().union(*pool.map(write, texts)) == {True}
    assert list(tmp_path.iterdir()) == [file]
