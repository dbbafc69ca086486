"""A small made-up state as a release: three districts, six schools, 600 students, three years.

Built straight as summary tables, so that the pages can be tested without the pipeline. Seeded:
the same tables every time.
"""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from leapdash.contract import GROUPS, SPREAD, school_year_of
from leapdash.release import BuildFacts, Release, SourceFact, publish
from tests.lib.small_effects import effect_tables

HARTFORD, NEW_HAVEN, AVON = "0640011", "0930011", "0040011"
DISTRICTS = {HARTFORD: "Hartford", NEW_HAVEN: "New Haven", AVON: "Avon"}
LEAP = (HARTFORD, NEW_HAVEN)
HOSTILE = "<script>alert(\"x\")</script><img src=x onerror=alert(1)> & 'Sons'"
MONTHS = [
    date(year + (month < 7), month, 1)
    for year in (2020, 2021, 2022)
    for month in (9, 10, 11, 12, 1, 2, 3, 4, 5, 6)
]
PUBLISHED = {
    (HARTFORD, "2019-20"): 0.9082,
    (HARTFORD, "2020-21"): 0.8325,
    (HARTFORD, "2021-22"): 0.8564,
    ("00000CT", "2019-20"): 0.9479,
    ("00000CT", "2020-21"): 0.9294,
    ("00000CT", "2021-22"): 0.9169,
}
EFFECT_TABLES = (
    *("effects", "effects_covariance", "effects_schools", "balance"),
    *("effects_recent", "effects_recent_covariance"),
    *("chronic_effects", "chronic_effects_covariance", "chronic_effects_schools"),
    *("to_june_effects", "to_june_effects_covariance", "to_june_effects_schools"),
    *("visited_days", "visited_compared", "spillover"),
)
_SEED = 7
_MEASURES = [
    "students",
    "days_enrolled",
    "days_attended",
    "chronic_base",
    "chronically_absent",
    "students_absent",
    *(column.name for column in SPREAD),
]


def make(
    store: Path,
    synthetic: bool = True,
    published: bool = True,
    without: Collection[str] = (),
    changed: Mapping[str, pd.DataFrame] | None = None,
) -> Release:
    """Publish the small state to a store and return the release; `without` some optional tables,
    with others `changed`.
    """
    tables = small_tables() | {
        name: pa.Table.from_pandas(frame, preserve_index=False)
        for name, frame in (changed or {}).items()
    }
    for name in (*without, *(() if published else ("published",))):
        del tables[name]
    facts = BuildFacts(
        synthetic=synthetic,
        half_day="state",
        sources=(SourceFact("a small state", 600, "made up for tests", "CC0-1.0"),),
    )
    return publish(store, tables, facts)


def hostile_schools(name: str = HOSTILE) -> pd.DataFrame:
    """The table of schools with `name` in the names of a district and its schools."""
    schools = small_tables()["schools"].to_pandas()
    own = schools["district_code"] == HARTFORD
    schools.loc[own, "district_name"] = name
    schools.loc[own, "school_name"] = name + schools.loc[own, "school_code"]
    return schools


def student_months() -> pd.DataFrame:
    """The small state student by student: a row for each and every month enrolled."""
    rng = np.random.default_rng(_SEED)
    return _months(_students(rng), rng)


def small_tables() -> dict[str, pa.Table]:
    """Every summary table of the small state."""
    return dict(_tables_once())


@cache
def _tables_once() -> Mapping[str, pa.Table]:
    rng = np.random.default_rng(_SEED)
    students = _students(rng)
    months = _months(students, rng)
    groups = _grouped(months, students)
    frames = {
        "schools": _schools(),
        "attendance": _attendance(
            months.assign(group="all"),
            ["month", "district_code", "school_code", "level", "participation"],
        ),
        "attendance_by_group": _attendance(
            groups, ["month", "district_code", "level", "participation", "group"]
        ),
        "chronic_absence": _chronic(months, groups),
        "chronic_to_date": pd.concat(
            [
                _chronic(*(t[t["month"].isin(_so_far(month))] for t in (months, groups)))
                .assign(month=month)
                .drop(columns="school_year")
                for month in MONTHS
            ],
            ignore_index=True,
        ),
        "visits": _visits(students),
        "visits_by_kind": _visits_by_kind(students),
        "reach": _reach(groups),
        "paths": _paths(months, students),
        "school_profile": _profile(months, students),
        "published": _published(),
        **effect_tables(students, months, _period),
        "programme": pd.DataFrame(
            {
                "district_code": [HARTFORD],
                "school_year": ["2021-22"],
                "cost": [250_000.0],
                "visit_capacity": [40.0],
                "source": ["made up for tests"],
            }
        ),
    }
    return {name: pa.Table.from_pandas(f, preserve_index=False) for name, f in frames.items()}


def _schools() -> pd.DataFrame:
    rows = [
        {
            "school_code": f"{code[:3]}{number}{code[4:]}",
            "school_name": f"{name} {kind}",
            "district_code": code,
            "district_name": name,
            "leap_from": date(2021, 7, 1) if code in LEAP else None,
            "leap_until": None,
        }
        for code, name in DISTRICTS.items()
        for number, kind in ((1, "Elm School"), (2, "River Academy"))
    ]
    return pd.DataFrame(rows)


def _students(rng: np.random.Generator) -> pd.DataFrame:
    count = 600
    district = rng.choice(list(DISTRICTS), count, p=[0.4, 0.3, 0.3])
    school = rng.integers(1, 3, count)
    level = np.where(
        school == 1, rng.choice(["PK-5", "6-8"], count), rng.choice(["6-8", "9-12"], count)
    )
    english_learner, disability = rng.random((2, count)) < 0.2
    meals = rng.choice(["free", "reduced", "none"], count, p=[0.4, 0.1, 0.5])
    frame = pd.DataFrame(
        {
            "student": np.arange(count),
            "district_code": district,
            "school_code": [f"{d[:3]}{s}{d[4:]}" for d, s in zip(district, school, strict=True)],
            "level": level,
            "english_learner": english_learner,
            "disability": disability,
            "meals": meals,
            "homeless": rng.random(count) < 0.05,
            "race": rng.choice(["black", "hispanic", "white", "other_races"], count),
            "gender": rng.choice(["female", "male"], count),
            "usual": np.clip(rng.beta(12, 1.6, count) - 0.04 * np.isin(district, LEAP), 0.3, 1),
            "language": rng.choice(["en", "es", "other"], count, p=[0.6, 0.3, 0.1]),
        }
    )
    low = (frame["usual"] < 0.88) & np.isin(district, LEAP)
    visited = low & (rng.random(count) < 0.7)
    # Months 8 and later: the visits begin in May 2021; month 10 is the first after that summer.
    frame["visit"] = np.where(visited, rng.integers(8, 24, count), 99)
    frame["summer"] = (frame["visit"] == 10) & (rng.random(count) < 0.6)
    return frame


def _months(students: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for position, month in enumerate(MONTHS):
        part = students.copy()
        since = position - part["visit"]
        chance = part["usual"] + np.where(since >= 0, 0.01 * np.clip(since, 0, 8), 0)
        chance -= 0.08 * np.isin(since, [-1, 0])
        enrolled = np.where(rng.random(len(part)) < 0.03, 8, 18)
        part["month"], part["position"], part["event_time"] = month, position, since
        part["students"], part["days_enrolled"] = 1, enrolled.astype(float)
        halves = rng.binomial(2 * enrolled, np.clip(chance, 0, 1))
        part["days_attended"] = halves / 2
        base = (part["level"] != "PK-5") | (part["student"] % 6 != 0)
        part["chronic_base"] = (base & (enrolled >= 10)).astype(int)
        part["chronically_absent"] = part["chronic_base"] * (
            10 * (2 * enrolled - halves) >= 2 * enrolled
        )
        part["students_absent"] = (halves < 2 * enrolled).astype(int)
        part["largest_student_days"] = part["days_enrolled"]
        absent = part["days_enrolled"] - part["days_attended"]
        part["absent_squared"], part["absent_enrolled"] = absent**2, absent * part["days_enrolled"]
        part["enrolled_squared"] = part["days_enrolled"] ** 2
        parts.append(part[rng.random(len(part)) > 0.02])
    months = pd.concat(parts, ignore_index=True)
    eligible = (months["position"] >= 2) & (months["usual"] < 0.89)
    months["participation"] = np.select(
        [months["event_time"] >= 0, eligible], ["visited", "eligible"], "other"
    )
    return months


def _grouped(months: pd.DataFrame, students: pd.DataFrame) -> pd.DataFrame:
    high = students["english_learner"] | students["disability"] | (students["meals"] != "none")
    members = {
        "all": high | ~high,
        "high_needs": high,
        "not_high_needs": ~high,
        "english_learner": students["english_learner"],
        "disability": students["disability"],
        "free_meals": students["meals"] == "free",
        "reduced_meals": students["meals"] == "reduced",
        "free_or_reduced_meals": students["meals"] != "none",
        "homeless": students["homeless"],
        **{
            race: students["race"] == race for race in ("black", "hispanic", "white", "other_races")
        },
        **{gender: students["gender"] == gender for gender in ("female", "male")},
    }
    assert set(members) == set(GROUPS)
    return pd.concat(
        [
            months[months["student"].isin(students["student"][belongs])].assign(group=group)
            for group, belongs in members.items()
        ],
        ignore_index=True,
    )


def _attendance(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    totals = rows.groupby(keys, as_index=False)[_MEASURES].sum()
    largest = rows.groupby(keys, as_index=False)["largest_student_days"].max()
    return totals.merge(largest, on=keys)


def _so_far(month: date) -> list[date]:
    """The months of the school year up to this one."""
    year = school_year_of(month)
    return [m for m in MONTHS if school_year_of(m) == year and m <= month]


def _chronic(months: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    schools = months.assign(geography="school", group="all")
    districts = groups.assign(geography="district", school_code=None)
    state = districts.assign(geography="state", district_code="00000CT")
    rows = pd.concat([schools, districts, state], ignore_index=True)
    rows["school_year"] = rows["month"].map(school_year_of)
    # The small state's students don't move, so a student stands in one place a year.
    place = ["school_year", "geography", "district_code", "school_code", "level", "group"]
    rows = rows[rows["chronic_base"] > 0].sort_values("month")
    years = rows.groupby([*place, "student"], dropna=False, as_index=False).agg(
        enrolled=("days_enrolled", "sum"),
        attended=("days_attended", "sum"),
        participation=("participation", "last"),
    )
    absent = 1 - years["attended"] / years["enrolled"]
    years["chronic_base"] = 1
    years["absent_under_5"] = (absent < 0.05).astype(int)
    years["absent_5_to_10"] = ((absent >= 0.05) & (absent < 0.1)).astype(int)
    years["absent_10_to_20"] = ((absent >= 0.1) & (absent < 0.2)).astype(int)
    years["absent_20_or_more"] = (absent >= 0.2).astype(int)
    measures = [c for c in years.columns if c.startswith(("chronic", "absent"))]
    return years.groupby([*place, "participation"], dropna=False, as_index=False)[measures].sum()


def _visits(students: pd.DataFrame) -> pd.DataFrame:
    visited = students[students["visit"] < 99].copy()
    visited["month"] = [
        date(2021, 7, 1) if summer else MONTHS[visit]
        for visit, summer in zip(visited["visit"], visited["summer"], strict=True)
    ]
    keys = ["month", "district_code", "school_code", "level"]
    met = visited.groupby(keys, as_index=False).agg(visits=("student", "size"))
    met["contact"], met["students"], met["first_visits"] = "met", met["visits"], met["visits"]
    missed = met[::3].assign(contact="no contact", visits=1, students=1, first_visits=0)
    return pd.concat([met, missed], ignore_index=True)


def _visits_by_kind(students: pd.DataFrame) -> pd.DataFrame:
    visited = students[students["visit"] < 99].copy()
    visited["school_year"] = [
        "2021-22" if summer else school_year_of(MONTHS[visit])
        for visit, summer in zip(visited["visit"], visited["summer"], strict=True)
    ]
    keys = ["school_year", "district_code", "level", "language"]
    frame = visited.groupby(keys, as_index=False).agg(visits=("student", "size"))
    frame = frame.rename(columns={"language": "value"}).assign(kind="language")
    frame["students"] = frame["first_visits"] = frame["visits"]
    return frame


def _reach(groups: pd.DataFrame) -> pd.DataFrame:
    keys = ["month", "district_code", "school_code", "level", "group"]
    rows = groups.copy()
    ever = (rows["position"] >= 2) & (rows["usual"] < 0.89)
    visited = rows["event_time"] >= 0
    rows["ever_eligible"] = ever.astype(int)
    rows["ever_eligible_visited"] = (ever & visited).astype(int)
    rows["waiting"] = (ever & ~visited).astype(int)
    rows["tried"] = (ever & ~visited & (rows["student"] % 4 == 0)).astype(int)
    rows["visited_not_eligible"] = (~ever & visited).astype(int)
    # All who become eligible do so in the third month.
    waits = [(month - MONTHS[2]).days for month in rows["month"]]
    for low, high, name in (
        (-1, 30, "30"),
        (30, 60, "60"),
        (60, 120, "120"),
        (120, 9999, "over_120"),
    ):
        during = np.array([low < days <= high for days in waits])
        rows[f"waiting_{name}"] = (ever & ~visited & during).astype(int)
    first = ever & (rows["event_time"] == 0)
    for number, name in enumerate(("30", "60", "120", "over_120")):
        rows[f"first_visits_{name}"] = (first & (rows["student"] % 4 == number)).astype(int)
    measures = list(rows.columns[list(rows.columns).index("ever_eligible") :])
    frame = rows.groupby(keys, as_index=False)[measures].sum()
    part = frame["district_code"].isin(LEAP) & (frame["month"] >= date(2021, 7, 1))
    frame[measures] = frame[measures].astype("Int64").where(part)
    return frame


def _paths(months: pd.DataFrame, students: pd.DataFrame) -> pd.DataFrame:
    rows = months[(months["visit"] < 99) & months["event_time"].between(-6, 9)].copy()
    visited = students[students["visit"] < 99]
    period = {row["student"]: _period(row) for _, row in visited.iterrows()}
    rows["cohort_period"] = rows["student"].map(period)
    keys = ["district_code", "school_code", "level", "cohort_period", "language", "event_time"]
    return rows.groupby(keys, as_index=False)[_MEASURES[:3]].sum()


def _period(student: pd.Series) -> str:
    """The cohort period of a visited student."""
    return "summer 2021" if student["summer"] else school_year_of(MONTHS[student["visit"]])


def _profile(months: pd.DataFrame, students: pd.DataFrame) -> pd.DataFrame:
    rows = months.assign(school_year=months["month"].map(school_year_of))
    keys = ["school_year", "district_code", "school_code", "level"]
    rows = rows.drop_duplicates([*keys, "student"])
    meals = rows["meals"] != "none"
    rows["free_or_reduced_meals"] = meals
    rows["high_needs"] = rows["english_learner"] | rows["disability"] | meals
    measures = [
        "students",
        "high_needs",
        "english_learner",
        "disability",
        "free_or_reduced_meals",
        "homeless",
    ]
    return (
        rows.groupby(keys, as_index=False)[measures].sum().astype(dict.fromkeys(measures, "int64"))
    )


def _published() -> pd.DataFrame:
    rows = [
        {
            "school_year": year,
            "district_code": code,
            "district_name": DISTRICTS.get(code, "Connecticut"),
            "group": "all",
            "students": 500_285 if code == "00000CT" else 16_371,
            "attendance_rate": rate,
            "through": date(2022, 6, 1) if year == "2021-22" else None,
            "updated": date(2022, 7, 22),
            "source": "data.ct.gov t4hx-jd4c",
        }
        for (code, year), rate in PUBLISHED.items()
    ]
    return pd.DataFrame(rows)
