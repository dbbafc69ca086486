"""The small state of `input_files` in every form the contract allows: the same tables in all."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.lib.input_files import Row, rows, write_csv, write_csv_file, write_parquet

Write = Callable[[Path], object]


def as_many_parquet_files(folder: Path) -> None:
    write_parquet(folder)
    for name in ("attendance", "enrollment"):
        whole = pq.read_table(folder / f"{name}.parquet")
        (folder / f"{name}.parquet").unlink()
        (folder / name).mkdir()
        half = whole.num_rows // 2
        pq.write_table(whole.slice(half), folder / name / "2.parquet")
        # Another order of columns in another file.
        turned = whole.slice(0, half).select(whole.column_names[::-1])
        pq.write_table(turned, folder / name / "1.parquet")


def as_many_csv_files(folder: Path) -> None:
    write_csv(folder)
    (folder / "attendance.csv").unlink()
    data = rows()["attendance"]
    turned = [dict(reversed(row.items())) for row in data[30:]]
    write_csv_file(folder / "attendance" / "2021.csv", data[:30])
    write_csv_file(folder / "attendance" / "2022.csv.gz", turned)


def as_gzipped_csv(folder: Path) -> None:
    for name, table in rows().items():
        write_csv_file(folder / f"{name}.csv.gz", table)


def as_a_spreadsheet_leaves_it(folder: Path) -> None:
    """A mark in front, carriage returns, no leading zeros, months without days, Y and N."""

    def changed(row: Row) -> Row:
        row = dict(row)
        for name in ("school_code", "district_code"):
            if name in row:
                row[name] = row[name].lstrip("0")
        for name in ("english_learner", "disability", "homeless"):
            if name in row:
                row[name] = "Y" if row[name] else "n"
        if "month" in row:
            row["month"] = f"{row['month']:%Y-%m}"
        if row.get("leap_from"):
            row["leap_from"] = f"{row['leap_from']} 00:00:00"
        return row

    write_csv(folder, {name: [changed(row) for row in table] for name, table in rows().items()})
    for path in folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))


def as_loosely_typed_parquet(folder: Path) -> None:
    """Codes as whole numbers, dates as time stamps or text, true and false as 1 and 0."""
    write_parquet(folder)
    for path in folder.iterdir():
        table = pq.read_table(path)
        for place, field in enumerate(table.schema):
            wanted = {
                "school_code": pa.int64(),
                "district_code": pa.int64(),
                "month": pa.timestamp("us"),
                "visit_date": pa.string(),
                "homeless": pa.int8(),
                "days_enrolled": pa.int16(),
                "grade": pa.dictionary(pa.int8(), pa.string()),
            }.get(field.name)
            if wanted is not None:
                column = (
                    table[field.name].cast(wanted)
                    if not pa.types.is_dictionary(wanted)
                    else (table[field.name].dictionary_encode())
                )
                table = table.set_column(place, field.name, column)
        pq.write_table(table, path)


def as_other_systems_leave_it(folder: Path) -> None:
    """Names in upper case, a column without a name, hidden files, a header without rows."""
    write_csv(folder)
    for name in ("visits", "programme"):
        path = folder / f"{name}.csv"
        lines = path.read_text().splitlines()
        path.unlink()
        (folder / f"{name.upper()}.CSV").write_text("".join(f"{line},\n" for line in lines))
    data = rows()["attendance"]
    (folder / "attendance.csv").rename(folder / "whole.csv")
    write_csv_file(folder / "Attendance" / "1.CSV", data[:30])
    write_csv_file(folder / "Attendance" / "2.csv", data[30:])
    header = (folder / "whole.csv").read_text().splitlines()[0]
    (folder / "Attendance" / "3.csv").write_text(header + "\n")
    (folder / "whole.csv").unlink()
    for hidden in (".DS_Store", "._visits.csv", "Attendance/._1.CSV"):
        (folder / hidden).write_bytes(bytes(20))


def as_parquet_of_short_texts(folder: Path) -> None:
    write_parquet(folder)
    for path in folder.iterdir():
        table = pq.read_table(path)
        types = [pa.string_view() if pa.types.is_string(t) else t for t in table.schema.types]
        schema = pa.schema(list(zip(table.column_names, types, strict=True)))
        pq.write_table(table.cast(schema), path)


FORMATS: Mapping[str, Write] = {
    "CSV": write_csv,
    "Parquet": write_parquet,
    "CSV of other systems": as_other_systems_leave_it,
    "Parquet of short texts": as_parquet_of_short_texts,
    "gzipped CSV": as_gzipped_csv,
    "many CSV files": as_many_csv_files,
    "many Parquet files": as_many_parquet_files,
    "a spreadsheet's CSV": as_a_spreadsheet_leaves_it,
    "loosely typed Parquet": as_loosely_typed_parquet,
}
"""What writes the state into a folder that isn't there yet, by the form's name."""
