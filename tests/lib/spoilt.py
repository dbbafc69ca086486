"""Ways to spoil the small state's input files, and the command line run on what is left."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leapdash.cli import main
from tests.lib.input_files import Row, rows, write_csv_file

Spoil = Callable[[Path], object]


@dataclass(frozen=True)
class Fault:
    """What is done to the input, the place the message must name, and what else it must say."""

    spoil: Spoil
    place: str
    says: tuple[str, ...] = ()


def fault(spoil: Spoil, place: str, *says: str) -> Fault:
    """A fault, as it is written in a list of them."""
    return Fault(spoil, place, says)


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str | Path
) -> tuple[int, str]:
    """Exit code and what the command line said on the error stream."""
    code, _, error = run_for_both(capsys, monkeypatch, *arguments)
    return code, error


def run_for_both(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str | Path
) -> tuple[int, str, str]:
    """Exit code and what the command line said on the output and the error stream."""
    monkeypatch.setattr(sys, "argv", ["leapdash", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def each(*steps: Spoil) -> Spoil:
    """One after the other."""

    def apply(folder: Path) -> None:
        for step in steps:
            step(folder)

    return apply


def change(table: str, number: int, **values: object) -> Spoil:
    """Other values in one row of a table; number counts from 0."""

    def apply(folder: Path) -> None:
        data = rows()[table]
        data[number] |= values
        write_csv_file(folder / f"{table}.csv", data)

    return apply


def add(table: str, *more: Callable[[list[Row]], Row]) -> Spoil:
    """Further rows at the end of a table, made from its rows."""

    def apply(folder: Path) -> None:
        data = rows()[table]
        write_csv_file(folder / f"{table}.csv", data + [make(data) for make in more])

    return apply


def text(name: str, replace: Callable[[str], str]) -> Spoil:
    """Other text in a file."""

    def apply(folder: Path) -> None:
        path = folder / name
        path.write_text(replace(path.read_text(encoding="utf-8")), encoding="utf-8")

    return apply


def content(name: str, replace: Callable[[bytes], bytes]) -> Spoil:
    """Other bytes in a file."""

    def apply(folder: Path) -> None:
        path = folder / name
        path.write_bytes(replace(path.read_bytes()))

    return apply


def rename_column(table: str, old: str, new: str) -> Spoil:
    """Another name of a column."""
    return text(f"{table}.csv", lambda s: s.replace(old, new, 1))


def data(name: str, content: bytes, instead_of: str = "attendance.csv") -> Spoil:
    """A file of these bytes in the place of another."""

    def apply(folder: Path) -> None:
        (folder / instead_of).unlink()
        (folder / name).write_bytes(content)

    return apply


def parquet(table: str, replace: Callable[[pa.Table], pa.Table]) -> Spoil:
    """A table as Parquet in the place of its CSV, changed."""

    def apply(folder: Path) -> None:
        (folder / f"{table}.csv").unlink()
        changed = replace(pa.Table.from_pylist(rows()[table]))
        pq.write_table(changed, folder / f"{table}.parquet")

    return apply


def column(table: str, name: str, values: Callable[[pa.ChunkedArray], pa.Array]) -> Spoil:
    """A table as Parquet with other values, or another type, in one column."""

    def replaced(whole: pa.Table) -> pa.Table:
        place = whole.column_names.index(name)
        return whole.set_column(place, name, values(whole[name]))

    return parquet(table, replaced)


def parts(**files: Callable[[str, list[str]], str]) -> Spoil:
    """The attendance as a folder of CSV files, each made from the header and the lines."""

    def apply(folder: Path) -> None:
        path = folder / "attendance.csv"
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        path.unlink()
        (folder / "attendance").mkdir()
        for name, make in files.items():
            (folder / "attendance" / f"{name}.csv").write_text(make(header, lines) + "\n")

    return apply


def daily_instead(*lines: str) -> Spoil:
    """Daily attendance of these lines in the place of monthly attendance."""

    def apply(folder: Path) -> None:
        (folder / "attendance.csv").unlink()
        header = "student_id,school_code,date,attended"
        (folder / "attendance_daily.csv").write_text("\n".join([header, *lines]) + "\n")

    return apply
