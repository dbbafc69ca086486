"""Values that aren't as they should be: each is told with its place, and ends with 2."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.lib.input_files import rows, write_csv, write_csv_file
from tests.lib.spoilt import (
    Spoil,
    add,
    change,
    column,
    daily_instead,
    fault,
    parquet,
    parts,
    run,
    text,
)

NAN = float("nan")
LARGEST_DATE = 2**31 - 1


def number(values: dict[int, object], of: int, kind: pa.DataType | None = None) -> pa.Array:
    """Numbers from 1 to 20, but for those given by their place."""
    plain = [float(1 + place % 20) for place in range(of)]
    return pa.array([values.get(place, plain[place]) for place in range(of)], kind)


def daily_with(values: list[float]) -> Spoil:
    """Daily attendance as Parquet."""

    def apply(folder: Path) -> None:
        (folder / "attendance.csv").unlink()
        count = len(values)
        table = pa.table(
            {
                "student_id": ["S00"] * count,
                "school_code": ["0640111"] * count,
                "date": [date(2021, 9, day + 1) for day in range(count)],
                "attended": values,
            }
        )
        pq.write_table(table, folder / "attendance_daily.parquet")

    return apply


VALUES = {
    "no number among the numbers of a Parquet file": fault(
        column("attendance", "days_enrolled", lambda _: number({3: NAN}, of=72)),
        "attendance.parquet, row 4, column days_enrolled: 'nan'.",
        "Expected a number.",
    ),
    "no number in a Parquet file, other columns being empty": fault(
        parquet("schools", lambda t: t.append_column("latitude", number({0: NAN}, of=3))),
        "schools.parquet, row 1, column latitude: 'nan'.",
    ),
    "no number among daily shares": fault(
        daily_with([NAN, 0.5, 1.0]), "attendance_daily.parquet, row 1, column attended: 'nan'."
    ),
    "infinity": fault(
        column("attendance", "days_enrolled", lambda _: number({3: float("inf")}, of=72)),
        "attendance.parquet, row 4, column days_enrolled: 'inf'.",
    ),
    "a number no month has days for": fault(
        change("attendance", 3, days_enrolled="1e308"),
        "attendance.csv, row 5, column days_enrolled: '1e308'.",
        "Expected at most 31.",
    ),
    "a number too large for a computer": fault(
        change("attendance", 3, days_enrolled="1e999"),
        "attendance.csv, row 5, column days_enrolled: '1e999'.",
        "Expected a number.",
    ),
    "a cost too large for a computer": fault(
        change("programme", 0, cost="1e999"), "programme.csv, row 2, column cost: '1e999'."
    ),
    "a whole number too large": fault(
        column(
            "attendance",
            "days_enrolled",
            lambda _: pa.array([20] * 71 + [2**64 - 1], pa.uint64()),
        ),
        "attendance.parquet, row 72, column days_enrolled: '18446744073709551615'.",
    ),
    "a decimal comma": fault(
        change("attendance", 3, days_attended="19,5"),
        "attendance.csv, row 5, column days_attended: '19,5'.",
    ),
    "bytes for text": fault(
        column("attendance", "student_id", lambda v: v.cast(pa.binary())),
        "attendance.parquet, column student_id: values of type binary.",
        "Convert the column",
    ),
    "codes as decimal numbers": fault(
        column("schools", "school_code", lambda _: pa.array([640111.0, 640211.0, 1430111.0])),
        "schools.parquet, column school_code: values of type double.",
    ),
    "a time of day for a month": fault(
        column("attendance", "month", lambda v: pa.array([1] * len(v), pa.time64("us"))),
        "attendance.parquet, column month: values of type time64[us].",
    ),
    "a list for a number": fault(
        column("programme", "cost", lambda _: pa.array([[1.0]])),
        "programme.parquet, column cost: values of type list<",
    ),
    "a date no calendar has": fault(
        column(
            "visits",
            "visit_date",
            lambda _: pa.array([LARGEST_DATE] * 3).cast(pa.int32()).cast(pa.date32()),
        ),
        "visits.parquet, row 1, column visit_date:",
        "Expected a date written 2021-09-01.",
    ),
    "a date of the year 10000": fault(
        column(
            "schools",
            "leap_until",
            lambda _: pa.array([2_932_897] * 3, pa.int32()).cast(pa.date32()),
        ),
        "schools.parquet, row 1, column leap_until: '10000-01-01'.",
    ),
    "a month of the year 9999": fault(
        change("attendance", 0, month="9999-12-01"),
        "attendance.csv, row 2, column month: '9999-12-01'.",
        "Expected a day from 2000-07-01 to 2100-06-30.",
    ),
    "a month of the year 1": fault(
        change("attendance", 0, month="0001-01-01"),
        "attendance.csv, row 2, column month: '0001-01-01'.",
    ),
    "a day of the year 9999": fault(
        daily_instead("S00,0640111,9999-12-01,1"),
        "attendance_daily.csv, row 2, column date: '9999-12-01'.",
    ),
    "the 30th of February": fault(
        change("visits", 0, visit_date="2021-02-30"),
        "visits.csv, row 2, column visit_date: '2021-02-30'.",
    ),
    "a date in American order": fault(
        change("visits", 0, visit_date="11/20/2021"),
        "visits.csv, row 2, column visit_date: '11/20/2021'.",
        "Expected a date written 2021-09-01.",
    ),
    "a visit in the future": fault(
        change("visits", 0, visit_date="2090-01-01"),
        "visits.csv, row 2, column visit_date: '2090-01-01'.",
        "Expected no visit after 2022-11-30",
    ),
    "a school year in full": fault(
        change("enrollment", 0, school_year="2021-2022"),
        "enrollment.csv, row 2, column school_year: '2021-2022'.",
        "written 2021-22",
    ),
    "a code with a space behind it": fault(
        change("schools", 2, school_code="1430111 "),
        "schools.csv, row 4, column school_code: '1430111 '.",
        "Expected the school's state code, 7 characters.",
    ),
    "the state's code for a district": fault(
        text("schools.csv", lambda s: s.replace("1430011", "00000CT")),
        "schools.csv, row 4, column district_code: '00000CT'.",
        "stands for the whole state",
    ),
    "a NUL byte in a name": fault(
        text("schools.csv", lambda s: s.replace("North School", "North\0School")),
        "schools.csv, row 2, column school_name: 'North\\x00School'.",
        "Expected text without control characters.",
    ),
    "a NUL byte in a student's id": fault(
        text("enrollment.csv", lambda s: s.replace("S03", "S03\0")),
        "enrollment.csv, row 8, column student_id:",
        "Expected text without control characters.",
    ),
    "no student": fault(
        change("visits", 1, student_id=""), "visits.csv, row 3, column student_id: empty."
    ),
    "no school": fault(
        change("enrollment", 3, school_code=""), "enrollment.csv, row 5, column school_code: empty."
    ),
    "rows of commas at the end": fault(
        text("programme.csv", lambda s: s + ",,,,\n"),
        "programme.csv, row 3, column district_code: empty.",
    ),
    "negative cost": fault(
        change("programme", 0, cost=-1), "programme.csv, row 2, column cost: '-1'."
    ),
    "a latitude beyond the pole": fault(
        parquet("schools", lambda t: t.append_column("latitude", pa.array([91, 41, 41]))),
        "schools.parquet, row 1, column latitude: '91'.",
    ),
    "neither yes nor no": fault(
        change("enrollment", 5, disability="2"),
        "enrollment.csv, row 7, column disability: '2'.",
        "Expected true or false",
    ),
    "a language by its name": fault(
        change("visits", 0, language="Spanish"), "visits.csv, row 2, column language: 'Spanish'."
    ),
    "a school twice": fault(
        add("schools", lambda data: data[0]),
        "schools.csv, row 2: its school_code stands in 2 rows.",
        "they are 2, 5. Keep one of the rows.\n",
    ),
    "a month twice, in two files": fault(
        parts(a=lambda h, s: "\n".join([h, *s]), b=lambda h, s: "\n".join([h, s[10]])),
        "attendance/a.csv, row 12: its student_id, school_code and month stand in 2 rows.",
        "they are 12 of attendance/a.csv, 2 of attendance/b.csv.",
        "or add their days up.",
    ),
    "a month a thousand times": fault(
        text("attendance.csv", lambda s: s + "S00,0640111,2021-09-01,20,20\n" * 1000),
        "attendance.csv, row 2: its student_id, school_code and month stand in 1001 rows.",
    ),
    "a day twenty thousand times": fault(
        daily_instead(*["S00,0640111,2021-09-01,1"] * 20_000),
        "attendance_daily.csv, row 2: its student_id, school_code and date stand in 20000 rows.",
        "Keep one of the rows.\n",
    ),
    "a district that takes part from two days": fault(
        change("schools", 1, leap_from=date(2021, 9, 1)),
        "schools.csv, row 3, column leap_from: '2021-09-01', and '2021-04-01' in an earlier row",
        "Expected one leap_from for all schools of a district.",
    ),
    "a district that takes part with some of its schools": fault(
        change("schools", 1, leap_from=""),
        "schools.csv, row 3, column leap_from: empty, and '2021-04-01' in an earlier row",
    ),
    "a district that stops on two days": fault(
        change("schools", 1, leap_until=date(2022, 6, 30)),
        "schools.csv, row 3, column leap_until: '2022-06-30', and empty in an earlier row",
    ),
    "a district with two names": fault(
        change("schools", 1, district_name="Hartford"),
        "schools.csv, row 3, column district_name: 'Hartford', and 'Hartford School District' in",
        "an earlier row of 0640011.",
    ),
    "attendance with no one enrolled": fault(
        lambda f: write_csv_file(f / "enrollment.csv", rows()["enrollment"][:2]),
        "attendance.csv, row 8, column student_id: enrollment has no row with this student_id",
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_breaks_a_rule_is_told_with_its_place(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = VALUES[name]
    folder, store = write_csv(tmp_path / "input"), tmp_path / "store"
    wrong.spoil(folder)
    code, message = run(capsys, monkeypatch, "build", "--input", folder, "--out", store)
    assert wrong.place in message
    assert [part for part in wrong.says if part not in message] == []
    assert (code, "Traceback" in message, store.exists()) == (2, False, False)
