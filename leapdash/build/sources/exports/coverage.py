"""How many of their school's days the students of a daily file have rows for."""

from collections import Counter, defaultdict
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

_MOST_STUDENTS = 20_000
_YEAR_AND_MONTH = len("2021-09")


class DaysCovered:
    """Counts rows of attendance_daily: of the first students met, which are enough to tell."""

    def __init__(self) -> None:
        self._dates: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._rows: dict[str, Counter[tuple[str, str]]] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Count rows, which have a student_id, a school_code and a date."""
        names = ("student_id", "school_code", "date")
        table = pa.Table.from_batches([batch.select(names)])
        month = pc.utf8_slice_codeunits(table["date"], 0, _YEAR_AND_MONTH)
        table = table.append_column("month", month)
        days = table.group_by(["school_code", "month", "date"]).aggregate([])
        for day in days.to_pylist():
            self._dates[day["school_code"], day["month"]].add(day["date"])
        rows = table.group_by(["student_id", "school_code", "month"]).aggregate([([], "count_all")])
        for row in rows.to_pylist():
            student = row["student_id"]
            if student in self._rows or len(self._rows) < _MOST_STUDENTS:
                of_student = self._rows.setdefault(student, Counter())
                of_student[row["school_code"], row["month"]] += row["count_all"]

    @property
    def median(self) -> float:
        """Of the median student: rows, as a share of the school's days in the months of these."""
        if not self._rows:
            return 1.0
        return median(
            rows.total() / sum(len(self._dates[month]) for month in rows)
            for rows in self._rows.values()
        )
