"""The data dictionary says what the contract says."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from leapdash.cli import app
from leapdash.contract import INPUT_TABLES, SUMMARY_TABLES, Table
from leapdash.contract.dictionary import data_dictionary
from tests.lib.paths import ROOT

_DICTIONARY = ROOT / "docs" / "data-dictionary.md"


def test_the_dictionary_is_current() -> None:
    assert _DICTIONARY.read_text(encoding="utf-8") == data_dictionary(), (
        "docs/data-dictionary.md is out of date: run python -m leapdash dictionary"
    )


@pytest.mark.parametrize("table", SUMMARY_TABLES + INPUT_TABLES, ids=lambda table: table.name)
def test_every_table_column_and_code_is_in_it(table: Table) -> None:
    text = data_dictionary().replace("\\|", "|")
    assert f"### `{table.name}`" in text
    for column in table.columns:
        (row, *_) = [
            line
            for line in text.splitlines()
            if line.startswith(f"| `{column.name}` |") and column.meaning in line
        ]
        for code, meaning in (column.codes or {}).items():
            assert f"`{code}` {meaning}" in row


def test_the_command_writes_it_where_it_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(app, ["dictionary"])
    assert found.exit_code == 0, found.output
    assert (tmp_path / "docs/data-dictionary.md").read_text(encoding="utf-8") == data_dictionary()
