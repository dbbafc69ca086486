"""Which files are given, and which sheets of them each part of a mapping means."""

import hashlib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path

from leapdash.build.sources.about import FILE, TRUTH
from leapdash.build.sources.exports.mapping import TableSource
from leapdash.build.sources.exports.sheet import Sheet
from leapdash.build.sources.exports.stored import database_sheets, parquet_sheet
from leapdash.build.sources.exports.text import text_sheet
from leapdash.build.sources.exports.workbook import workbook_sheets
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath, not_a_file

WORKBOOKS = (".xlsx", ".xlsm")
DATABASES = (".duckdb", ".ddb", ".db")
TEXTS = (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz")
_OLD = {
    b"PAR1": "Parquet",
    b"PK\x03\x04": "a workbook or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls)",
    b"%PDF": "a PDF",
}
_PART = 1 << 20


def files_given(given: Sequence[InputPath]) -> list[InputPath]:
    """The files given, those of folders by name. Raises InputError where one isn't there, or is
    given twice.
    """
    files: list[InputPath] = []
    for path in given:
        if path.is_dir():
            inside = (p for p in path.iterdir() if not p.name.startswith((".", "~$")))
            files += sorted((p for p in inside if not p.is_dir()), key=lambda p: p.name)
        elif found := not_a_file(path):
            raise InputError(f"{path}: {found}.\nExpected a file, or a folder of files.")
        else:
            files.append(path)
    files = [file for file in files if file.name not in (FILE, TRUTH)]
    places = [str(f.resolve()) if isinstance(f, Path) else str(f) for f in files]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise InputError(
                f"{files[number].name}: the same file is given twice.\nExpected each once. Leave "
                "one out."
            )
    return files


def files_of(source: TableSource, files: Sequence[InputPath]) -> list[InputPath]:
    """The files a part of the mapping means. Raises InputError where there is none, or two of them
    have the same content.
    """
    found: list[InputPath] = []
    for pattern in source.files:
        exact = [f for f in files if f.name.lower() == pattern.lower()]
        fitting = exact or [f for f in files if fnmatch(f.name.lower(), pattern.lower())]
        if not fitting:
            names = [file.name for file in files]
            near = get_close_matches(pattern, names, n=1)
            hint = f" {near[0]} looks like it." if near else ""
            raise InputError(
                f"{source.place}: no file {pattern!r} is given.\nExpected one of the files given: "
                f"{shortened(', '.join(names), 300) or 'there are none'}.{hint}"
            )
        found += [file for file in fitting if file not in found]
    return found


def same_content(files: Sequence[InputPath]) -> Iterator[tuple[InputPath, InputPath]]:
    """Pairs of files that hold the same bytes."""
    if len(files) < 2:
        return
    met: dict[bytes, InputPath] = {}
    for file in files:
        digest = hashlib.sha256()
        with file.open("rb") as opened:
            while part := opened.read(_PART):
                digest.update(part)
        first = met.setdefault(digest.digest(), file)
        if first is not file:
            yield first, file


def sheets_of(path: InputPath, encoding: str = "", separator: str = "") -> Sequence[Sheet]:
    """The tables in a file, by its name's ending. Raises InputError where it can't be read."""
    label, name = path.name, path.name.lower()
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise InputError(f"{label}: the file is empty.\nExpected a table. Export it again.")
    if name.endswith(WORKBOOKS):
        return workbook_sheets(path, label)
    if name.endswith(".parquet"):
        return [parquet_sheet(path, label)]
    if name.endswith(DATABASES) and isinstance(path, Path):
        return database_sheets(path, label)
    if name.endswith(TEXTS):
        for mark, kind in _OLD.items():
            if start.startswith(mark):
                raise InputError(f"{label}: {kind}.\nExpected text, as the name says. Rename it.")
        return [text_sheet(path, label, encoding, separator)]
    raise InputError(
        f"{label}: a kind of file that isn't read.\nExpected a name ending in .csv, .tsv, .txt, "
        ".parquet, .xlsx or .duckdb. Export it as one of these."
    )


def sheet_of(source: TableSource, path: InputPath) -> Sheet:
    """The sheet of a file that a part of the mapping means. Raises InputError where none is it, or
    it doesn't say which of several.
    """
    sheets = sheets_of(path, source.encoding, source.delimiter)
    names = [sheet.sheet for sheet in sheets]
    if source.sheet:
        for sheet in sheets:
            if sheet.sheet.strip().casefold() == source.sheet.strip().casefold():
                return sheet
        there = shortened(", ".join(filter(None, names)), 300)
        raise InputError(
            f"{path.name}: no sheet or table {source.sheet!r}.\nExpected "
            f"{f'one of {there}' if there else 'none to be named: the file has one table only'}. "
            f"Correct `sheet` in {source.place}."
        )
    if len(sheets) == 1:
        return sheets[0]
    if not sheets:
        raise InputError(f"{path.name}: no sheet holds anything.\nExpected a table.")
    raise InputError(
        f"{path.name}: {len(sheets)} sheets or tables, and {source.place} doesn't say which.\n"
        f'Write sheet = "…", one of {shortened(", ".join(names), 300)}.'
    )
