"""How far a plain before-and-after misleads, on the demonstration state, where the truth is known.

`python -m benchmarks.misleading STATE` prints, for several kinds of visited students, how far
their attendance rate rose from the month before the first visit to months 6 to 9 after it, how far
the visit itself raised it, and the difference, all in points. Rates are ratios of sums over the
same students' months; `docs/methods.md` shows the table.
"""

import sys
from pathlib import Path

import duckdb

from leapdash.build.demo.places import DISTRICTS

STUDENT_MONTHS = """
create view truth as select * from '{state}/truth.parquet';
create view visits as select * from '{state}/visits.parquet';
create view schools as select * from '{state}/schools.parquet';
create view enrolled as
  select a.student_id, a.month, a.days_enrolled, s.district_name,
    e.* exclude (student_id, school_code, school_year)
  from '{state}/attendance.parquet' a
  join '{state}/enrollment.parquet' e
    on a.student_id = e.student_id and a.school_code = e.school_code
    and e.school_year = (year(a.month) - (month(a.month) < 7)::int)
      || '-' || ((year(a.month) + (month(a.month) >= 7)::int) % 100)
  join schools s on a.school_code = s.school_code;
create table school_months as
  select month, row_number() over (order by month) as number
  from (select distinct month from enrolled where days_enrolled > 0);
create table first_visits as
  select student_id, visit_date, language, place, visitor,
    count(*) over (partition by student_id) as met,
    year(visit_date) - (month(visit_date) < 7)::int as school_year,
    (select min(number) from school_months
     where school_months.month >= date_trunc('month', visit_date)) as start,
    not exists (select 1 from school_months
                where school_months.month = date_trunc('month', visit_date)) as in_summer
  from visits where contact = 'met'
  qualify row_number() over (partition by student_id order by visit_date) = 1;
create table visited as
  select f.*, home.* exclude (student_id, number, next_number)
  from first_visits f
  join (
    select *, lead(number) over (partition by student_id order by number) as next_number
    from (select enrolled.* exclude (month, days_enrolled), m.number
          from enrolled join school_months m using (month)
          qualify row_number() over (
            partition by student_id, m.number order by days_enrolled desc, grade) = 1)
  ) home
    on f.student_id = home.student_id and home.number <= f.start
    and (home.next_number is null or home.next_number > f.start);
create table student_months as
  select v.*, m.number - v.start as event_time, m.month, t.days_enrolled,
    t.days_attended_with_visit as attended, t.days_attended_without_visit as without
  from visited v
  join truth t using (student_id)
  join school_months m using (month)
  where t.days_enrolled > 0;
"""

_SLICES = {
    "all visited students": "true",
    "first visit in summer 2021": "in_summer and year(visit_date) = 2021",
    "first visit in school year 2021-22": "not in_summer and school_year = 2021",
    "first visit in summer 2022": "in_summer and year(visit_date) = 2022",
    "first visit in school year 2022-23": "not in_summer and school_year = 2022",
    "PK-5": "grade in ('PK', 'K', '1', '2', '3', '4', '5')",
    "6-8": "grade in ('6', '7', '8')",
    "9-12": "grade in ('9', '10', '11', '12')",
    "Hartford": "district_name = 'Hartford'",
    "family speaks English": "language = 'en'",
    "family speaks another language": "language <> 'en'",
}

_RISE = """
with later as (
  select student_id, sum(attended) as attended, sum(without) as without, sum(days_enrolled) as days
  from student_months where event_time between 6 and 9 and ({slice}) group by student_id
), base as (
  select student_id, sum(attended) as attended, sum(days_enrolled) as days
  from student_months where event_time = -1 and ({slice}) group by student_id
)
select count(*),
  sum(later.attended) / sum(later.days) - sum(base.attended) / sum(base.days),
  (sum(later.attended) - sum(later.without)) / sum(later.days)
from later join base using (student_id)
"""


def misleading(state: Path) -> str:
    """A Markdown table: slice, students, plain before-and-after, truth, difference (points)."""
    engine = duckdb.connect()
    engine.execute(STUDENT_MONTHS.format(state=state))
    lines = [
        "| visited students | students | plain before-and-after | true effect | overstated by |",
        "|---|---:|---:|---:|---:|",
    ]
    canvassing = {
        f"{district.name} (canvasses)": f"district_name = '{district.name}'"
        for district in DISTRICTS
        if district.canvasses
    }
    for name, condition in {**_SLICES, **canvassing}.items():
        row = engine.execute(_RISE.format(slice=condition)).fetchone()
        assert row is not None
        students, plain, true = row
        lines.append(
            f"| {name} | {students:,} | {100 * plain:+.1f} | {100 * true:+.1f} "
            f"| {100 * (plain - true):+.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(misleading(Path(sys.argv[1])))
