"""The floor for `benchmarks.build`: the same summaries as DuckDB SQL written by hand.

    python -m benchmarks.build_floor INPUT OUT

No checks, no messages, no manifest: what an analyst in a hurry would run, as fast as we know how.
School months are found in the data; everything else follows the contract's definitions.
"""

import sys
from pathlib import Path

import duckdb

_DIMENSIONS = """
-- Grouping by these is as quick as by numbers.
CREATE TYPE level AS ENUM ('PK-5', '6-8', '9-12');
CREATE TYPE participation AS ENUM ('visited', 'eligible', 'other');

CREATE TEMP TABLE school AS
SELECT *, (row_number() OVER (ORDER BY school_code))::SMALLINT AS school,
       (dense_rank() OVER (ORDER BY district_code))::SMALLINT AS district
FROM '{input}/schools.parquet';

CREATE TEMP TABLE pupil AS
SELECT student_id, (row_number() OVER ())::INTEGER AS student
FROM (SELECT DISTINCT student_id FROM '{input}/enrollment.parquet');

CREATE TEMP TABLE enrolled AS
SELECT student, school, substr(school_year, 1, 4)::SMALLINT AS year,
       CASE WHEN grade IN ('PK', 'K', '1', '2', '3', '4', '5') THEN 'PK-5'
            WHEN grade IN ('6', '7', '8') THEN '6-8' ELSE '9-12' END::level AS level,
       grade = 'PK' AS pk,
       CASE WHEN race_ethnicity IN ('black', 'hispanic', 'white') THEN race_ethnicity
            ELSE 'other_races' END AS race,
       gender, english_learner, disability, homeless, meal_eligibility AS meals,
       english_learner OR disability OR meal_eligibility <> 'none' AS high_needs
FROM '{input}/enrollment.parquet' JOIN pupil USING (student_id) JOIN school USING (school_code);

CREATE TEMP TABLE group_set AS
SELECT (row_number() OVER ())::SMALLINT AS group_set, *
FROM (SELECT DISTINCT race, gender, english_learner, disability, homeless, meals, high_needs
      FROM enrolled);

CREATE TEMP TABLE member AS
SELECT group_set, unnest(list_filter([
    'all', if(high_needs, 'high_needs', 'not_high_needs'), race,
    CASE gender WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' END,
    if(meals = 'free', 'free_meals', NULL), if(meals = 'reduced', 'reduced_meals', NULL),
    if(meals <> 'none', 'free_or_reduced_meals', NULL),
    if(english_learner, 'english_learner', NULL), if(disability, 'disability', NULL),
    if(homeless, 'homeless', NULL)], lambda x: x IS NOT NULL)) AS "group"
FROM group_set;

CREATE TEMP TABLE enrollment AS
SELECT student, school, year, level, pk, group_set
FROM enrolled JOIN group_set
  USING (race, gender, english_learner, disability, homeless, meals, high_needs);

CREATE TEMP TABLE month AS
SELECT month, (row_number() OVER (ORDER BY month) - 1)::SMALLINT AS month_no, year,
       (row_number() OVER (PARTITION BY year ORDER BY month) - 1)::SMALLINT AS place
FROM (SELECT DISTINCT month, (year(month) - (month(month) < 7)::INT)::SMALLINT AS year
      FROM '{input}/attendance.parquet' WHERE days_enrolled > 0);

CREATE TEMP TABLE day AS
SELECT student, school, district, month_no, month.year, place,
       (2 * days_enrolled)::SMALLINT AS enrolled,
       (2 * (days_enrolled - days_attended))::SMALLINT AS absent
FROM '{input}/attendance.parquet' JOIN pupil USING (student_id) JOIN school USING (school_code)
     JOIN month USING (month)
WHERE days_enrolled > 0;
"""

_STATUS = """
CREATE TEMP TABLE wide AS
SELECT student, school, year, {wide_sums} FROM day GROUP BY ALL;

CREATE TEMP TABLE eligible AS
SELECT student, min(start + ending)::SMALLINT AS eligible_no
FROM (SELECT student, year, CASE {windows} END AS ending
      FROM (SELECT student, year, {pooled} FROM wide GROUP BY ALL)
      JOIN (SELECT year, count(*) AS months FROM month GROUP BY year) USING (year))
     JOIN (SELECT year, min(month_no) AS start FROM month GROUP BY year) USING (year)
WHERE ending IS NOT NULL GROUP BY student;

CREATE TEMP TABLE visit AS
SELECT row_number() OVER () AS visit, student, v.*, date_trunc('month', visit_date)::DATE AS month,
       (SELECT min(month_no) FROM month WHERE month.month >= date_trunc('month', visit_date))
           AS month_no,
       (year(visit_date) - (month(visit_date) < 7)::INT)::SMALLINT AS year,
       contact = 'met' AND row_number() OVER (
           PARTITION BY student_id, contact ORDER BY visit_date, place, visitor, language
       ) = 1 AS first
FROM '{input}/visits.parquet' v JOIN pupil USING (student_id);

CREATE TEMP TABLE status AS
SELECT student, eligible_no, visited_no, tried_no,
       date_diff('day', last_day((SELECT month FROM month WHERE month_no = eligible_no)),
                 visit_date) AS waited
FROM eligible
     FULL JOIN (SELECT student, month_no AS visited_no, visit_date FROM visit WHERE first)
       USING (student)
     FULL JOIN (SELECT student, min(month_no) AS tried_no FROM visit
                WHERE contact = 'no contact' GROUP BY student) USING (student);

CREATE TEMP TABLE panel AS
SELECT student, school, district, month_no, year, level, pk, group_set, enrolled, absent,
       several, visited_no, eligible_no,
       CASE WHEN visited_no <= month_no THEN 'visited' WHEN eligible_no <= month_no THEN 'eligible'
            ELSE 'other' END::participation AS participation,
       coalesce(eligible_no <= month_no, false) AS eligible,
       coalesce(tried_no <= month_no, false) AS tried,
       if(visited_no = month_no AND waited >= 0, waited, NULL) AS waited,
       date_diff('day', last_day((SELECT month FROM month WHERE month.month_no = eligible_no)),
                 last_day((SELECT month FROM month WHERE month.month_no = day.month_no))) AS waits
FROM day JOIN enrollment USING (student, school, year)
     JOIN (SELECT student, year, count(*) > 1 AS several FROM wide GROUP BY ALL)
       USING (student, year)
     LEFT JOIN status USING (student);

CREATE TEMP TABLE home AS
WITH near AS (
    SELECT visit, school, level, row_number() OVER (
        PARTITION BY visit ORDER BY p.month_no > v.month_no, abs(p.month_no - v.month_no),
                     enrolled DESC, school) AS n
    FROM visit v JOIN panel p USING (student)
), known AS (SELECT visit, school, level FROM near WHERE n = 1), rest AS (
    SELECT visit, school, level, row_number() OVER (
        PARTITION BY visit ORDER BY abs(e.year - v.year), e.year, school) AS n
    FROM (SELECT * FROM visit ANTI JOIN known USING (visit)) v JOIN enrollment e USING (student)
)
SELECT * FROM visit JOIN (FROM known UNION ALL SELECT visit, school, level FROM rest WHERE n = 1)
  USING (visit);
"""

_MEASURES = """
    count(*) AS students, sum(enrolled) / 2 AS days_enrolled,
    sum(enrolled - absent) / 2 AS days_attended,
    count(*) FILTER (NOT pk AND enrolled >= 20) AS chronic_base,
    count(*) FILTER (NOT pk AND enrolled >= 20 AND 10 * absent >= enrolled) AS chronically_absent,
    count(*) FILTER (absent > 0) AS students_absent, max(enrolled) / 2 AS largest_student_days,
    sum(absent * absent) / 4 AS absent_squared, sum(absent * enrolled) / 4 AS absent_enrolled,
    sum(enrolled * enrolled) / 4 AS enrolled_squared
"""

_SUMMED = ", ".join(
    f"sum({name}) AS {name}"
    for name in (
        "students",
        "days_enrolled",
        "days_attended",
        "chronic_base",
        "chronically_absent",
        "students_absent",
        "absent_squared",
        "absent_enrolled",
        "enrolled_squared",
    )
)

_BANDS = """
    count(*) AS chronic_base,
    count(*) FILTER (20 * absent < enrolled) AS absent_under_5,
    count(*) FILTER (20 * absent >= enrolled AND 10 * absent < enrolled) AS absent_5_to_10,
    count(*) FILTER (10 * absent >= enrolled AND 5 * absent < enrolled) AS absent_10_to_20,
    count(*) FILTER (5 * absent >= enrolled) AS absent_20_or_more
"""

_YEARS = """
CREATE TEMP TABLE student_year AS
SELECT student, school, district, year, sum(enrolled) AS enrolled, sum(absent) AS absent,
       max(month_no) AS last_no, arg_max(enrolled, month_no) AS last_enrolled,
       any_value(level) AS level, any_value(pk) AS pk, any_value(group_set) AS group_set,
       any_value(visited_no) AS visited_no, any_value(eligible_no) AS eligible_no
FROM panel GROUP BY student, school, district, year;
"""

_REACH = {
    "ever_eligible": "eligible",
    "ever_eligible_visited": "eligible AND participation = 'visited'",
    "waiting": "participation = 'eligible'",
    "tried": "participation = 'eligible' AND tried",
    "visited_not_eligible": "participation = 'visited' AND NOT eligible",
    "waiting_30": "participation = 'eligible' AND waits <= 30",
    "waiting_60": "participation = 'eligible' AND waits BETWEEN 31 AND 60",
    "waiting_120": "participation = 'eligible' AND waits BETWEEN 61 AND 120",
    "waiting_over_120": "participation = 'eligible' AND waits > 120",
    "first_visits_30": "waited <= 30",
    "first_visits_60": "waited BETWEEN 31 AND 60",
    "first_visits_120": "waited BETWEEN 61 AND 120",
    "first_visits_over_120": "waited > 120",
}

_LANGUAGE = "if(language IN ('en', 'es'), language, 'other')"
_YEAR = "printf('%d-%02d', year, (year + 1) % 100)"
_VISITS = "count(*) AS visits, count(DISTINCT student) AS students, count_if(first) AS first_visits"


def _chronic(geography: str) -> str:
    unit = {"school": "school, district", "district": "district", "state": ""}[geography]
    comma = "," if unit else ""
    code = "'00000CT'" if geography == "state" else "district_code"
    school = "school_code" if geography == "school" else "NULL::VARCHAR"
    group = "'all'" if geography == "school" else '"group"'
    names = {
        "school": "JOIN school USING (school, district)",
        "district": "JOIN (SELECT DISTINCT district, district_code FROM school) USING (district)",
        "state": "",
    }[geography]
    return f"""
    SELECT {_YEAR} AS school_year, '{geography}' AS geography, {code} AS district_code,
           {school} AS school_code, c.* EXCLUDE (year {comma} {unit})
    FROM (
        SELECT year {comma} {unit}, level, participation, {group} AS "group", {_BANDS}
        FROM (SELECT *, CASE WHEN visited_no <= last_no THEN 'visited'
                             WHEN eligible_no <= last_no THEN 'eligible' ELSE 'other'
                        END::participation AS participation
              FROM (SELECT * EXCLUDE (enrolled, absent),
                           sum(enrolled) OVER unit AS enrolled, sum(absent) OVER unit AS absent,
                           row_number() OVER (
                               PARTITION BY {unit} {comma} student, year
                               ORDER BY last_no DESC, last_enrolled DESC, school) AS n
                    FROM student_year
                    WINDOW unit AS (PARTITION BY {unit} {comma} student, year))
              WHERE n = 1 AND NOT pk AND enrolled >= 20)
             {"" if geography == "school" else "JOIN member USING (group_set)"}
        GROUP BY ALL
    ) c {names}"""


def _summaries(source: str) -> dict[str, str]:
    part = "leap_from <= last_day(month) AND (leap_until IS NULL OR leap_until >= month)"
    reach_sums = ", ".join(f"count(*) FILTER ({test}) AS {name}" for name, test in _REACH.items())
    reach = ", ".join(f"if({part}, {name}::BIGINT, NULL) AS {name}" for name in _REACH)
    reach_added = ", ".join(f"sum({name}) AS {name}" for name in _REACH)
    kinds = " UNION ALL ".join(
        f"""SELECT {_YEAR} AS school_year, district_code, level, '{kind}' AS kind,
                   {_LANGUAGE if kind == "language" else kind} AS value, {_VISITS}
            FROM home JOIN school USING (school) GROUP BY ALL"""
        for kind in ("place", "visitor", "language")
    )
    return {
        "attendance": f"""
            SELECT month, district_code, school_code, level, participation, m.* EXCLUDE
                   (month_no, school, level, participation)
            FROM (SELECT month_no, school, level, participation, {_MEASURES}
                  FROM panel GROUP BY ALL) m
                 JOIN school USING (school) JOIN month USING (month_no)""",
        "attendance_by_group": f"""
            WITH pooled AS (
                SELECT * EXCLUDE (enrolled, absent, n), total AS enrolled, missed AS absent
                FROM (SELECT *, sum(enrolled) OVER unit AS total, sum(absent) OVER unit AS missed,
                             row_number() OVER (PARTITION BY student, district, month_no
                                                ORDER BY enrolled DESC, school) AS n
                      FROM panel WHERE several
                      WINDOW unit AS (PARTITION BY student, district, month_no))
                WHERE n = 1
            ), unit AS (FROM panel WHERE NOT several UNION ALL BY NAME FROM pooled),
            by_set AS (SELECT month_no, district, level, participation, group_set, {_MEASURES}
                       FROM unit GROUP BY ALL)
            SELECT month, district_code, s.* EXCLUDE (month_no, district)
            FROM (SELECT month_no, district, level, participation, "group", {_SUMMED},
                         max(largest_student_days) AS largest_student_days
                  FROM by_set JOIN member USING (group_set) GROUP BY ALL) s
                 JOIN month USING (month_no)
                 JOIN (SELECT DISTINCT district, district_code FROM school) USING (district)""",
        "chronic_absence": " UNION ALL ".join(map(_chronic, ("school", "district", "state"))),
        "visits": f"""
            SELECT month, district_code, school_code, level, contact, {_VISITS}
            FROM home JOIN school USING (school) GROUP BY ALL""",
        "visits_by_kind": kinds,
        "reach": f"""
            SELECT month, district_code, school_code, level, "group", {reach}
            FROM (SELECT month_no, school, level, "group", {reach_added}
                  FROM (SELECT month_no, school, level, group_set, {reach_sums}
                        FROM panel GROUP BY ALL) JOIN member USING (group_set)
                  GROUP BY ALL)
                 JOIN month USING (month_no) JOIN school USING (school)""",
        "paths": f"""
            SELECT district_code, school_code, v.level,
                   if(month(visit_date) IN (7, 8) AND v.month NOT IN (SELECT month FROM month),
                      'summer ' || year(visit_date),
                      printf('%d-%02d', v.year, (v.year + 1) % 100)) AS cohort_period,
                   {_LANGUAGE} AS language, p.month_no - v.month_no AS event_time,
                   count(DISTINCT student) AS students, sum(enrolled) / 2 AS days_enrolled,
                   sum(enrolled - absent) / 2 AS days_attended
            FROM home v JOIN (SELECT student, month_no, enrolled, absent FROM panel) p
                 USING (student) JOIN school USING (school)
            WHERE first AND p.month_no - v.month_no BETWEEN -6 AND 12 GROUP BY ALL""",
        "school_profile": f"""
            SELECT {_YEAR} AS school_year, district_code, school_code, level,
                   count(*) AS students, count_if(high_needs) AS high_needs,
                   count_if(english_learner) AS english_learner,
                   count_if(disability) AS disability,
                   count_if(meals <> 'none') AS free_or_reduced_meals,
                   count_if(homeless) AS homeless
            FROM enrolled JOIN school USING (school) GROUP BY ALL""",
        "schools": "SELECT * EXCLUDE (school, district) FROM school",
        "programme": f"FROM '{source}/programme.parquet'",
    }


def run(source: Path, out: Path, memory_limit: str, threads: int) -> None:
    """Write every summary of the tables in `source` to `out` as Parquet."""
    out.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads})
    con.execute(_DIMENSIONS.format(input=source))
    con.execute("SELECT max(place) + 1 FROM month")
    (places,) = con.fetchone() or (0,)
    days = [f"{name}_{k}" for k in range(places) for name in ("enrolled", "absent")]
    windows = (
        f"WHEN {k} < months AND {_three('enrolled', k)} >= 20"
        f" AND 10 * ({_three('absent', k)}) >= {_three('enrolled', k)} THEN {k}"
        for k in range(2, places)
    )
    con.execute(
        _STATUS.format(
            input=source,
            wide_sums=", ".join(
                f"sum(if(place = {k}, {name}, 0))::SMALLINT AS {name}_{k}"
                for k in range(places)
                for name in ("enrolled", "absent")
            ),
            pooled=", ".join(f"sum({name}) AS {name}" for name in days),
            windows=" ".join(windows),
        )
    )
    con.execute(_YEARS)
    for name, query in _summaries(str(source)).items():
        path = out / f"{name}.parquet"
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def _three(name: str, last: int) -> str:
    return " + ".join(f"{name}_{k}" for k in range(last - 2, last + 1))


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
