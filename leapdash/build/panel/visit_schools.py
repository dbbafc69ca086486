"""Where a visited student was at school: which school and level a visit belongs to."""

import ibis
import ibis.expr.types as ir


def with_schools(visits: ir.Table, rows: ir.Table, enrollment: ir.Table) -> ir.Table:
    """Every visit with the student's school and level at that time; none is left out.

    Adds school, level to the columns of `panel.dated_visits`: of the panel's latest month up to
    the visit's school month (in that month the school with most days enrolled, then the smallest
    code), else of the first month after it; for a student without any attendance, of the
    enrollment nearest in school year (the earlier one of two, then the smallest code).
    """
    when = visits.select("visit", "student", "month_no", "year")
    attended = when.join(
        rows.select("student", "school", "level", "enrolled", at="month_no"), "student"
    )
    best = ibis.row_number().over(
        group_by=attended.visit,
        order_by=[
            attended.at > attended.month_no,
            (attended.at - attended.month_no).abs(),
            attended.enrolled.desc(),
            attended.school,
        ],
    )
    known = attended.filter(best == 0).select("visit", "school", "level")
    enrolled = when.anti_join(known, "visit").join(
        enrollment.select("student", "school", "level", at="year"), "student"
    )
    nearest = ibis.row_number().over(
        group_by=enrolled.visit,
        order_by=[(enrolled.at - enrolled.year).abs(), enrolled["at"], enrolled.school],
    )
    rest = enrolled.filter(nearest == 0).select("visit", "school", "level")
    return visits.join(known.union(rest), "visit")
