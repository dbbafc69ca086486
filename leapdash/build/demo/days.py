"""The demonstration's attendance by day: its months, spread over school days, with reasons.

The month's days attended and absent are the record's; which days they are, and why the student was
absent, is drawn. Half a day of membership is a day here.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leapdash.build.demo.calendar import MONTHS
from leapdash.build.demo.draws import I64, Draws

REASONS = ("illness", "other excused", "unexcused", "suspension", None)
"""As a school records them; the last is a day without one."""

_SCHEMA = pa.schema(
    {
        "student_id": pa.string(),
        "school_code": pa.string(),
        "date": pa.date32(),
        "attended": pa.float64(),
        "reason": pa.string(),
    }
)
# Invented: who misses a fifth of a month or more does so without excuse more often.
_SHARES, _SHARES_OF_MANY = (0.52, 0.24, 0.17, 0.01, 0.06), (0.27, 0.18, 0.44, 0.03, 0.08)
_MANY = 0.2


def school_days(month: int, wanted: int) -> list[date]:
    """So many days of a school month: weekdays, evenly spread."""
    first = MONTHS[month]
    days = (first + timedelta(days=number) for number in range(31))
    weekdays = [day for day in days if day.month == first.month and day.weekday() < 5]
    return [weekdays[(2 * n + 1) * len(weekdays) // (2 * wanted)] for n in range(wanted)]


def by_day(attendance: pa.Table, draws: Draws) -> Iterator[pa.Table]:
    """The contract's `attendance_daily`, month after month, from its `attendance`."""
    for number, month in enumerate(MONTHS):
        rows = attendance.filter(pc.equal(attendance["month"], month))
        if rows.num_rows:
            yield _days_of(rows, number, draws)


def _days_of(rows: pa.Table, month: int, draws: Draws) -> pa.Table:
    enrolled = _half_days(rows["days_enrolled"])
    attended = _half_days(rows["days_attended"])
    n = rows.num_rows
    members = (enrolled + 1) // 2
    dates = school_days(month, int(members.max()))
    begins = _begins(rows, members, len(dates), draws.chance(0.5, (n,), "joins late", month))
    place = np.arange(len(dates))
    there = (place >= begins[:, None]) & (place < (begins + members)[:, None])
    drawn = draws.bits16(there.shape, "days present", month).astype(np.int64)
    order = np.where(there, drawn, 1 << 16)
    rank = np.argsort(np.argsort(order, axis=1, kind="stable"), axis=1, kind="stable")
    # The first in a random order are attended: whole days, then a half.
    shares = np.clip(attended[:, None] - 2 * rank, 0, 2)
    row, day = np.nonzero(there)
    share = shares[row, day]
    return pa.table(
        {
            "student_id": rows["student_id"].take(row),
            "school_code": rows["school_code"].take(row),
            "date": pa.array(dates, pa.date32()).take(pa.array(day)),
            "attended": pa.array(share / 2, pa.float64()),
            "reason": _reasons(share, (attended < (1 - _MANY) * enrolled)[row], month, draws),
        },
        schema=_SCHEMA,
    )


def _half_days(days: pa.ChunkedArray) -> I64:
    half: I64 = (2 * days.to_numpy()).astype(np.int64)
    return half


def _begins(rows: pa.Table, members: I64, days: int, late: npt.NDArray[np.bool_]) -> I64:
    """The first of a row's days: of two schools in a month the first of the table is left."""
    ids = rows["student_id"].combine_chunks()
    again = np.zeros(len(ids), bool)
    again[1:] = pc.equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    leaves = np.append(again[1:], False)
    last = (late & ~leaves) | again
    return np.where(last, days - members, 0)


def _reasons(share: I64, many: npt.NDArray[np.bool_], month: int, draws: Draws) -> pa.Array:
    shape = share.shape
    few_, many_ = (
        draws.pick(shares, shape, name, month)
        for shares, name in ((_SHARES, "reason"), (_SHARES_OF_MANY, "reason of many days"))
    )
    reason = pa.array(REASONS, pa.string()).take(pa.array(np.where(many, many_, few_)))
    return pc.if_else(pa.array(share < 2), reason, pa.scalar(None, pa.string()))
