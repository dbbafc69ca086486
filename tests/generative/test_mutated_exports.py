"""Exports spoilt in any way either give the same tables or are refused with their place."""

import re
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leapdash.build.panel.from_files import panel_of
from leapdash.build.sources.exports.mapping_file import read_mapping
from leapdash.build.sources.exports.source import ExportedTable, open_exports
from leapdash.engines import DEFAULT_ENGINE, open_engine
from leapdash.errors import LeapdashError
from leapdash.progress import SILENT
from tests.lib import examples
from tests.lib.exports import write_book, write_exports
from tests.lib.mutations import ANY, FILES, MUTATIONS, NOTED, REFUSED, SAME, Export, accented

Rows = dict[str, list[str]]
_NOTES = ("has no line end", "says the same")


def read(folder: Path, mapping: Path, known: Rows | None = None) -> tuple[Rows, tuple[str, ...]]:
    """The rows of every table as they were read, sorted, and what was noted; once the panel could
    be made of them, which `known` rows need no proof of.
    """
    opened = partial(open_engine, DEFAULT_ENGINE, "1GB", 1)
    with open_exports([folder], read_mapping(mapping)) as source:
        rows = {}
        for name, table in source.tables.items():
            assert isinstance(table, ExportedTable)
            found = pq.read_table(table.path, columns=list(table.contract.column_names))
            rows[name] = sorted(map(str, found.to_pylist()))
        if source.problems or rows != known:
            with panel_of(source, opened, "state", SILENT):
                pass
        return rows, source.notes


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    folder = tmp_path_factory.mktemp("whole") / "x"
    mapping = write_exports(folder, accented())
    return read(folder, mapping)[0]


def judged(may: str, folder: Path, mapping: Path, expected: Rows) -> None:
    """Holds what comes of the files to what may come of them."""
    try:
        tables, notes = read(folder, mapping, expected)
    except LeapdashError as error:
        _is_told_well(error, may, folder, mapping)
        return
    if may == SAME:
        assert tables == expected
    elif may == REFUSED:
        pytest.fail("it was built")
    elif may == NOTED and tables != expected:
        assert any(said in note for note in notes for said in _NOTES), notes
    if may in (SAME, ANY):
        counts = {name: len(rows) for name, rows in tables.items()}
        assert counts == {name: len(rows) for name, rows in expected.items()}


def _is_told_well(refused: LeapdashError, may: str, folder: Path, mapping: Path) -> None:
    message = str(refused)
    assert refused.exit_code == 2, message
    assert may != SAME, message
    names = [*(path.name for path in folder.iterdir()), mapping.name]
    assert any(name in message for name in names), message
    assert re.search(r"\bExpected\b|\bFound\b", message), message
    assert not re.search(r"\bS\d\d\b", message), message


@examples.slow(20, 3_000)
@given(
    seed=st.integers(0, 2**32),
    mutation=st.sampled_from(MUTATIONS),
    file=st.sampled_from(FILES),
)
def test_a_spoilt_export_gives_the_same_tables_or_is_refused(expected, seed, mutation, file):
    with TemporaryDirectory() as name:
        folder = Path(name) / "x"
        mapping = write_exports(folder, accented())
        may = mutation(Export.read(folder / file), Random(seed))
        judged(may, folder, mapping, expected)


@examples.slow(3, 200)
@given(seed=st.integers(0, 2**32), is_cut=st.booleans())
def test_a_spoilt_workbook_gives_the_same_tables_or_is_refused(expected, seed, is_cut):
    random = Random(seed)
    with TemporaryDirectory() as name:
        folder = Path(name) / "x"
        mapping = write_book(folder, accented())
        path = folder / "state.xlsx"
        data = bytearray(path.read_bytes())
        if is_cut:
            data = data[: random.randrange(len(data))]
        else:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path.write_bytes(bytes(data))
        try:
            assert read(folder, mapping, expected)[0] == expected
        except LeapdashError as error:
            refused = error
        else:
            return
        assert refused.exit_code == 2
        assert "state.xlsx" in str(refused)
