"""What the documents say is so: each is followed from beginning to end, in a folder of its own."""

import re
from pathlib import Path

import pytest
from documents import Wrong, follow

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_does_what_it_says(document: Path, tmp_path: Path) -> None:
    fences = re.findall(r"^```", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert 2 * follow(document, tmp_path) == len(fences)


def told(text: str, folder: Path) -> None:
    document = folder / "document.md"
    document.write_text(text, encoding="utf-8")
    follow(document, folder)


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        ("```console\n$ echo one\ntwo\n```", "should print\ntwo"),
        ("```console\n$ echo one && echo two\none\n```", "should print"),
        ("```console\n$ false\n```", "ended with 1"),
        ("```python\nprint(1)\n```", "names its file"),
        ("```bash\ntrue\n```", "one of python, toml, console, text"),
        ("```console\n$ true\n$ echo a \\\n    b\na c\n```", "should print\na c"),
    ],
)
def test_a_document_that_says_what_is_not_so_fails(block: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(Wrong, match=wrong):
        told(block + "\n", tmp_path)


@pytest.mark.parametrize(
    "block",
    [
        "```console\n$ echo one && echo two && echo three\n...\nth...\n```",
        "```console\n$ echo a \\\n    b\na b\n```",
        "```python\n# deep/one.py\nprint('here')\n```\n\n```console\n$ python deep/one.py\nhere\n```",
        "<!-- not run: it would take a year -->\n```console\n$ false\n```",
        "```console\n$ printf 'a   b  \\nc\\n'\na b\nc\n```",
    ],
)
def test_a_document_that_says_what_is_so_passes(block: str, tmp_path: Path) -> None:
    told(block + "\n", tmp_path)


def test_every_document_is_named_by_another() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in DOCUMENTS}
    for name in texts:
        others = "".join(text for other, text in texts.items() if other != name)
        assert name in others or name == "README.md", f"nothing leads to docs/{name}"
