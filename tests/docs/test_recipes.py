"""The recipes' commands run, and what `inspect` asks is what they say."""

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from leapdash.build.sources.exports.mapping_file import read_mapping
from leapdash.cli import main
from leapdash.errors import InputError
from leapdash.release import open_release
from tests.lib.exports import write_book, write_campus, write_powerschool
from tests.lib.input_files import rows
from tests.lib.paths import ROOT

_BLOCKS = re.compile(r"```(sh|diff)\n(.+?)```", re.DOTALL)


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(command, comments=True)
    if words[0] != "leapdash":  # opening the pages is tested elsewhere
        return
    monkeypatch.setattr("sys.argv", [*words, *(["--no-effects"] * (words[1] == "build"))])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code, command


def change(mapping: Path, diff: str) -> None:
    """Puts lines in the place of others, which must stand there."""
    lines = diff.strip().splitlines()
    old = "\n".join(line[1:] for line in lines if line.startswith("-"))
    new = "\n".join(line[1:] for line in lines if line.startswith("+"))
    text = mapping.read_text()
    assert text.count(old) == 1, old
    mapping.write_text(text.replace(old, new))


def follow(recipe: str, monkeypatch: pytest.MonkeyPatch, before=None) -> None:
    """Does what a recipe says, block by block; `before` is called before the first build."""
    mapping = Path("mapping.toml")
    for kind, block in _BLOCKS.findall((ROOT / "docs" / "recipes" / recipe).read_text("utf-8")):
        if kind == "diff":
            change(mapping, block)
            continue
        for command in block.strip().splitlines():
            if found := re.search(r"inspect .*--out (\S+)", command):
                mapping = Path(found[1])
            if before is not None and " build " in command:
                before()
                before = None
            run(command, monkeypatch)
            if " inspect " in command:
                assert "# ASK" in mapping.read_text()
            if " build " in command and mapping.exists():
                assert "# ASK" not in mapping.read_text(), "a question is left open"


def test_from_a_spreadsheet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_book(tmp_path / "book", rows())
    for file in (tmp_path / "book").iterdir():
        file.rename(tmp_path / file.name)

    def filled_in() -> None:
        path = tmp_path / "my-data" / "leapdash.xlsx"
        book = openpyxl.load_workbook(path)
        for name, table in rows().items():
            head = [cell.value for cell in book[name][1]]
            for row in table:
                book[name].append([row.get(column) for column in head])
        book.save(path)

    follow("from-a-spreadsheet.md", monkeypatch, filled_in)
    assert len(list((tmp_path / "store" / "releases").iterdir())) == 2
    assert open_release(tmp_path / "store").table("attendance").num_rows > 0


def test_from_a_student_information_system(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_powerschool(tmp_path / "powerschool", rows())
    write_campus(tmp_path / "campus", rows())
    follow("from-a-student-information-system.md", monkeypatch)
    assert len(list((tmp_path / "store" / "releases").iterdir())) == 2
    assert (tmp_path / "waiting.csv").stat().st_size > 0


def test_the_mapping_in_your_data_has_only_words_that_are_known(tmp_path):
    text = (ROOT / "docs" / "your-data.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(.+?)```", text, re.DOTALL)
    path = tmp_path / "mapping.toml"
    path.write_text(block.replace("\n# ", "\n"))  # what is commented out, too
    with pytest.raises(InputError) as refused:
        read_mapping(path)
    assert str(refused.value).startswith(
        "mapping.toml, [[table]] 1 (enrollment): nothing says where grade, gender"
    )
    assert "is not known" not in str(refused.value)
