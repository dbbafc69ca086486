"""The list as a file: an Excel workbook, or one CSV. No text in it can be taken for a formula."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from typing import Any, Literal

from xlsxwriter import Workbook

from leapdash.build.waitlist.students import Days, WaitingStudent, Waitlist
from leapdash.build.waitlist.words import (
    INVENTED,
    NOT_TRIED,
    NOTES,
    RECORDS,
    TRIED,
    Note,
    month,
)
from leapdash.errors import UsageError
from leapdash.spreadsheets import safe

Kind = Literal["text", "whole", "days", "share", "month", "date"]
_WIDTHS = {"text": 18, "whole": 8, "days": 10, "share": 10, "month": 16, "date": 12}
_HEAD_HEIGHT = 48
_FORMATS = {
    # As text also when somebody types in the cell.
    "text": "@",
    "whole": "0",
    "days": "0.0",
    "share": "0.0%",
    "month": "mmmm yyyy",
    "date": "yyyy-mm-dd",
}


@dataclass(frozen=True)
class _Column:
    """A column: its name in CSV, its title in a workbook, what it holds of a student, or None."""

    name: str
    title: str
    kind: Kind
    value: Callable[[WaitingStudent], Any]


def as_csv(found: Waitlist, synthetic: bool) -> bytes:
    """The list as one CSV: a column `list` says which of the two a row belongs to; shares are
    fractions, months as 2022-11.
    """
    columns = _columns(found, synthetic)
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["list", *(column.name for column in columns)])
    for name, students in ((NOT_TRIED, found.not_tried), (TRIED, found.tried)):
        for student in students:
            values = (_in_csv(column.value(student), column.kind) for column in columns)
            writer.writerow([name, *values])
    return text.getvalue().encode()


def as_workbook(found: Waitlist, synthetic: bool, notes: Sequence[Note]) -> bytes:
    """The list as an Excel workbook: two sheets of students, and one of notes.

    Raises UsageError where a text is longer, or the rows are more, than Excel has room for.
    """
    content = BytesIO()
    # Otherwise the parts of the workbook are written to temporary files first.
    book = Workbook(content, {"in_memory": True})
    book.set_properties({"comments": RECORDS, "author": "leapdash"})
    for name, students in ((NOT_TRIED, found.not_tried), (TRIED, found.tried)):
        _add_students(book, name, _columns(found, synthetic), students)
    _add_notes(book, notes)
    book.close()
    return content.getvalue()


def _columns(found: Waitlist, synthetic: bool) -> list[_Column]:
    columns = [
        _Column("student_id", "Student", "text", lambda s: s.student_id),
        _Column("school_code", "School code", "text", lambda s: s.school_code),
        _Column("school_name", "School", "text", lambda s: s.school_name),
        _Column("also_at", "Also at", "text", lambda s: "; ".join(s.also_at) or None),
        _Column("grade", "Grade", "text", lambda s: s.grade),
        _Column("home_language", "Home language", "text", lambda s: s.home_language),
        _Column("eligible_since", "Eligible since", "month", lambda s: s.eligible_since),
        _Column("days_waited", "Days waited", "whole", lambda s: s.days_waited),
    ]
    for place, of in enumerate(found.months):
        columns += _days_columns(f"{of:%Y-%m}", month(of), _of_month(place))
    columns += _days_columns("year", "School year", lambda s: s.year)
    columns += [
        _Column("visits_tried", "Visits tried", "whole", lambda s: s.tries),
        _Column("last_tried", "Last tried", "date", lambda s: s.last_try),
    ]
    if synthetic:
        columns.append(_Column("data", "Data", "text", lambda _: INVENTED))
    return columns


def _days_columns(
    name: str, title: str, days: Callable[[WaitingStudent], Days | None]
) -> list[_Column]:
    """Days enrolled, days absent and the share of some days, which a student may not have."""

    def part(of: Callable[[Days], float]) -> Callable[[WaitingStudent], float | None]:
        return lambda s: None if (own := days(s)) is None else of(own)

    return [
        _Column(f"days_enrolled_{name}", f"{title}: days enrolled", "days", part(_enrolled)),
        _Column(f"days_absent_{name}", f"{title}: days absent", "days", part(_absent)),
        _Column(f"share_absent_{name}", f"{title}: share absent", "share", part(_share)),
    ]


def _of_month(place: int) -> Callable[[WaitingStudent], Days | None]:
    return lambda s: s.months[place]


def _enrolled(days: Days) -> float:
    return days.enrolled


def _absent(days: Days) -> float:
    return days.absent


def _share(days: Days) -> float:
    return days.share_absent


def _in_csv(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    match kind:
        case "text":
            return safe(value)
        case "month":
            return f"{value:%Y-%m}"
        case "share":
            return f"{value:.4f}"
        case _:
            return str(value)


def _add_students(
    book: Any, name: str, columns: Sequence[_Column], students: Sequence[WaitingStudent]
) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.kind], formats[column.kind])
        _written(sheet.write_string(0, place, column.title, head))
        for row, student in enumerate(students, start=1):
            value = column.value(student)
            # Never `write`, which makes a formula of a text that looks like one.
            if value is None:
                continue
            if column.kind == "text":
                _written(sheet.write_string(row, place, value, formats["text"]))
            elif isinstance(value, date):
                _written(sheet.write_datetime(row, place, value, formats[column.kind]))
            else:
                _written(sheet.write_number(row, place, value, formats[column.kind]))
    end = max(len(students), 1)
    sheet.autofilter(0, 0, end, len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A2:F{end + 1}"})
    sheet.set_row(0, _HEAD_HEIGHT)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    _for_paper(sheet)


def _add_notes(book: Any, notes: Sequence[Note]) -> None:
    sheet = book.add_worksheet(NOTES)
    label = book.add_format({"bold": True, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top", "align": "left"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    for row, (name, said) in enumerate(notes):
        _written(sheet.write_string(row, 0, name, label))
        put = sheet.write_number if isinstance(said, int) else sheet.write_string
        _written(put(row, 1, said, body))
    _for_paper(sheet)


def _for_paper(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{RECORDS}&R&P / &N")


def _written(status: int) -> None:
    """Raises UsageError where XlsxWriter had to leave out a cell or cut off its text."""
    if status:
        raise UsageError(
            "--out: a workbook has room for 1,048,575 students on a sheet and for 32,767 letters "
            "in a cell, and there are more.\nExpected --out FILE.csv."
        )
