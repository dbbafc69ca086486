"""Random states of some hundred students, of whom enough are visited to estimate effects."""

from datetime import date, timedelta

import numpy as np

from leapdash.contract import GENDERS, MEALS, RACES
from tests.lib.random_states import Row, State

_DISTRICTS = {"0010011": ("0010111", "0010211", "0010311"), "0640011": ("0640111", "0640211")}
_MONTHS = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6)
_FIRST_YEAR = 2020


def random_programme(seed: int, students: int = 160, years: int = 2) -> State:
    """A state in which poor attendance brings visits and visits mend it. Students change school,
    attend two at once, miss months, and a few are enrolled for less than five days.
    """
    rng = np.random.default_rng(seed)
    tables: dict[str, list[Row]] = {"schools": _schools(), "enrollment": [], "attendance": []}
    tables["visits"] = []
    months = [
        (year, date(year + (month < 7), month, 1))
        for year in range(_FIRST_YEAR, _FIRST_YEAR + years)
        for month in _MONTHS
    ]
    for number in range(students):
        _add_student(rng, f"s{number:04d}", months, tables)
    for rows in (tables["enrollment"], tables["attendance"]):
        rng.shuffle(rows)
    return State(tables)


def _add_student(
    rng: np.random.Generator,
    student: str,
    months: list[tuple[int, date]],
    tables: dict[str, list[Row]],
) -> None:
    district = str(rng.choice(list(_DISTRICTS)))
    school = str(rng.choice(_DISTRICTS[district]))
    likely, level, grade = rng.normal(0.84, 0.09), 0.0, int(rng.integers(0, 12))
    properties = {
        "gender": str(rng.choice(list(GENDERS))),
        "race_ethnicity": str(rng.choice(list(RACES))),
        "english_learner": bool(rng.random() < 0.3),
        "disability": bool(rng.random() < 0.2),
        "meal_eligibility": str(rng.choice(list(MEALS))),
        "homeless": bool(rng.random() < 0.1),
        "home_language": "en",
    }
    recent: list[float] = []
    visited, enrolled_in = False, set()
    for year, month in months:
        if rng.random() < 0.03:
            district = str(rng.choice(list(_DISTRICTS)))
            school = str(rng.choice(_DISTRICTS[district]))
        here = [school]
        if rng.random() < 0.05:
            here.append(str(rng.choice([s for s in _DISTRICTS[district] if s != school])))
        poor = 1 - float(np.mean(recent[-3:])) if recent else 0.0
        if rng.random() < 0.35 * max(poor - 0.05, 0.0) * (4 if not visited else 1):
            visit = _visit(rng, student, month)
            tables["visits"].append(visit)
            if visit["contact"] == "met" and not visited:
                visited, level = True, 0.06
        if rng.random() < 0.04:
            continue
        for code in here:
            if (code, year) not in enrolled_in:
                enrolled_in.add((code, year))
                name = f"{year}-{(year + 1) % 100:02d}"
                own = {"student_id": student, "school_year": name, "school_code": code}
                now = min(12, grade + year - _FIRST_YEAR)
                tables["enrollment"].append({**own, "grade": str(now or "K"), **properties})
            days = 3.0 if rng.random() < 0.03 else float(rng.integers(8, 22))
            chance = float(np.clip(likely + level + rng.normal(0, 0.1), 0, 1))
            attended = float(np.round(2 * days * chance) / 2)
            tables["attendance"].append(
                {
                    "student_id": student,
                    "school_code": code,
                    "month": month,
                    "days_enrolled": days,
                    "days_attended": attended,
                }
            )
            recent.append(attended / days)


def _visit(rng: np.random.Generator, student: str, month: date) -> Row:
    # A summer visit now and then: it counts from September.
    back = 40 if month.month == 9 and month.year > _FIRST_YEAR and rng.random() < 0.5 else 0
    return {
        "student_id": student,
        "visit_date": month + timedelta(days=int(rng.integers(0, 28)) - back),
        "place": str(rng.choice(["home", "other", "virtual"])),
        "contact": str(rng.choice(["met", "met", "met", "no contact"])),
        "visitor": str(rng.choice(["school staff", "community partner"])),
        "language": str(rng.choice(["en", "en", "es", "pt"])),
    }


def _schools() -> list[Row]:
    return [
        {
            "school_code": code,
            "school_name": f"School {code}",
            "district_code": district,
            "district_name": f"District {district}",
            "leap_from": date(_FIRST_YEAR, 10, 1),
            "leap_until": None,
            "latitude": None,
            "longitude": -72.5,
        }
        for district, codes in _DISTRICTS.items()
        for code in codes
    ]
