"""The variance of unvisited students' change, by hand."""

import ibis
import numpy as np
import pytest

from leapdash.build.effects.checks import variances_of_change

ROWS = [
    # school, days enrolled and absent this year, and the year before
    (1, 180, 20, 170, 30),
    (1, 90, 0, 180, 9),
    (2, 180, 60, 180, 10),
    (2, 100, 5, 90, 5),
    (3, 170, 17, 60, 20),
]
COLUMNS = ("school", "enrolled", "absent", "enrolled_before", "absent_before")


def variances(rows):
    table = ibis.memtable([dict(zip(COLUMNS, row, strict=True)) | {"cell": 1} for row in rows])
    (found,) = variances_of_change(table, ["cell"]).to_pyarrow().to_pylist()
    return found


def test_students_add_what_they_were_absent_beyond_their_cell_s_share():
    school, enrolled, absent, enrolled_before, absent_before = np.array(ROWS, dtype=float).T
    now = (absent - absent.sum() / enrolled.sum() * enrolled) / enrolled.sum()
    before = absent_before - absent_before.sum() / enrolled_before.sum() * enrolled_before
    x = before / enrolled_before.sum() - now
    found = variances(ROWS)
    assert found["schools"] == 3
    assert found["variance_student"] == pytest.approx((x**2).sum() * 5 / 4)
    by_school = np.array([x[school == k].sum() for k in (1, 2, 3)])
    assert found["variance_school"] == pytest.approx((by_school**2).sum() * 3 / 2)


def test_it_is_the_variance_that_draws_of_students_show():
    rng = np.random.default_rng(1)
    rate, rate_before = rng.beta(9, 1, 400), rng.beta(9, 1, 400)
    rows = [
        (k, 180, round(180 * (1 - now)), 170, round(170 * (1 - before)))
        for k, (now, before) in enumerate(zip(rate, rate_before, strict=True))
    ]
    values = np.array(rows, dtype=float)

    def change(chosen):
        _, enrolled, absent, enrolled_before, absent_before = values[chosen].sum(axis=0)
        return absent_before / enrolled_before - absent / enrolled

    drawn = [change(rng.integers(0, 400, 400)) for _ in range(2_000)]
    assert variances(rows)["variance_student"] == pytest.approx(np.var(drawn), rel=0.15)


def test_a_student_alone_has_no_variance():
    found = variances(ROWS[:1])
    assert (found["variance_student"], found["variance_school"]) == (0, 0)
