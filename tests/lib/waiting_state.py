"""A state of students of whom some wait for a visit, and its list recounted in plain Python."""

import random
from datetime import date
from typing import Any

from tests.lib.input_files import Row, rows
from tests.lib.random_states import State
from tests.lib.summaries_oracle import Oracle, end_of

HARTFORD, TORRINGTON, AVON = "0640011", "1430011", "0040011"
NORTH, SOUTH, HILL, LAKE = "0640111", "0640211", "1430111", "0040111"
NAMES = {NORTH: "=HYPERLINK(A1)", SOUTH: "South School", HILL: "Hill School", LAKE: "Lake School"}
DISTRICT_OF = {NORTH: HARTFORD, SOUTH: HARTFORD, HILL: TORRINGTON, LAKE: AVON}
MONTHS = [
    *(date(2021, month, 1) for month in (9, 10, 11, 12)),
    *(date(2022, month, 1) for month in (1, 2, 3, 4, 5, 6, 9, 10, 11)),
]
LAST = MONTHS[-1]
YEAR = "2022-23"
MARK = "QZX"
"""Stands in every student's id, and nowhere else."""
# What a spreadsheet would take for formulas, or for other cells.
_HOSTILE = (
    f"={MARK}1+1",
    f"+{MARK}",
    f"-{MARK}",
    f"@{MARK}",
    f"\t={MARK}",
    f"\t{MARK}",
    f"{MARK};=1+1",
    f'{MARK},"=1+1',
    f" ={MARK}",
    f"00{MARK}",
    f"{MARK}’s ＝1",
)


def ids(number: int) -> list[str]:
    """So many students' ids, those first that are no harmless texts."""
    return [*_HOSTILE, *(f"{MARK}{n:04d}" for n in range(number - len(_HOSTILE)))]


def state(students: int = 200, seed: int = 2) -> State:
    """Students who are often absent or not, at one school or two, who move, leave, are visited or
    looked for in vain; three districts, of which Avon takes no part. The first eleven wait.
    """
    draw = random.Random(seed)
    tables: dict[str, list[Row]] = {"enrollment": [], "attendance": [], "visits": []}
    template = rows()
    tables["schools"] = [
        {
            "school_code": code,
            "school_name": NAMES[code],
            "district_code": district,
            "district_name": {HARTFORD: "Hartford School District"}.get(district, district),
            "leap_from": None if district == AVON else date(2021, 4, 1),
            "leap_until": None,
        }
        for code, district in DISTRICT_OF.items()
    ]
    for number, student in enumerate(ids(students)):
        sure = number < len(_HOSTILE)
        usual = 0.2 if sure else draw.choice((0.0, 0.05, 0.15, 0.3))
        homes = [NORTH if sure else draw.choice((NORTH, NORTH, SOUTH, HILL, LAKE))]
        if draw.random() < 0.25:
            homes.append(SOUTH if homes[0] == NORTH else draw.choice((NORTH, HILL)))
        first = 0 if sure else draw.choice((0, 0, 0, 4, 10))
        last = len(MONTHS) if sure else draw.choice((13, 13, 13, 13, 11, 8))
        grade = draw.randrange(1, 12)
        for place, code in enumerate(dict.fromkeys(homes)):
            for year, step in (("2021-22", 0), (YEAR, 1)):
                tables["enrollment"].append(
                    template["enrollment"][0]
                    | {
                        "student_id": student,
                        "school_year": year,
                        "school_code": code,
                        "grade": str(grade + step),
                        "home_language": draw.choice(("es", "en", "pt", None)),
                    }
                )
            # The second school: at the same time, or after the first.
            months = MONTHS[first:last] if place == 0 or draw.random() < 0.5 else MONTHS[last:]
            tables["attendance"] += [_month(draw, student, code, month, usual) for month in months]
        if not sure:
            for _ in range(draw.choice((0, 0, 0, 1, 2))):
                tables["visits"].append(_visit(draw, student, draw.choice(("met", "no contact"))))
    tried = [*ids(students)[:11:2], *ids(students)[:11:4]]
    tables["visits"] += [_visit(draw, student, "no contact") for student in tried]
    # A month after the last in which nobody was enrolled for a day.
    tables["attendance"].append(
        _month(draw, ids(students)[0], NORTH, date(2022, 12, 1), 0.0)
        | {"days_enrolled": 0.0, "days_attended": 0.0}
    )
    return State(tables)


def expected(of: State, district: str) -> list[dict[str, Any]]:
    """The rows of a district's list in order, counted from the definitions."""
    oracle = Oracle(of)
    found = []
    for (student, month), schools in oracle.days.items():
        if month != LAST or oracle.participation(student, LAST) != "eligible":
            continue
        found += [
            _row(oracle, student, code, sorted(set(schools) - {code}))
            for code in schools
            if DISTRICT_OF[code] == district
        ]
    return sorted(
        found,
        key=lambda row: (
            -row["days_waited"],
            -row["year"][1] / row["year"][0],
            row["student_id"],
            row["school_code"],
        ),
    )


def gone(of: State, district: str) -> int:
    """How many wait and were enrolled in the district this school year, but not at its end."""
    oracle = Oracle(of)
    here = {
        (student, month)
        for (student, month), schools in oracle.days.items()
        if any(DISTRICT_OF[code] == district for code in schools)
    }
    return sum(
        oracle.participation(student, LAST) == "eligible"
        and (student, LAST) not in here
        and any((student, month) in here for month in MONTHS[-3:])
        for student in oracle.students
    )


def _row(oracle: Oracle, student: str, code: str, others: list[str]) -> dict[str, Any]:
    record = oracle.enrollment(student, code, LAST)
    since = oracle.eligible[student]
    tries = [v["visit_date"] for v in oracle.visits if v["student_id"] == student]

    def days(*months: date) -> tuple[float, float] | None:
        own = [d for m in months for d in oracle.days.get((student, m), {}).values()]
        return (sum(e for e, _ in own) / 2, sum(a for _, a in own) / 2) if own else None

    return {
        "student_id": student,
        "school_code": code,
        "school_name": NAMES[code],
        "also_at": "; ".join(NAMES[other] for other in others),
        "grade": record["grade"],
        "home_language": record["home_language"],
        "eligible_since": since,
        "days_waited": (end_of(LAST) - end_of(since)).days,
        "months": [days(month) for month in MONTHS[-4:]],
        "year": days(*MONTHS[-3:]),
        "visits_tried": len(tries),
        "last_tried": max(tries, default=None),
    }


def _month(draw: random.Random, student: str, code: str, month: date, usual: float) -> Row:
    enrolled = draw.choice((20.0, 18.0, 4.5))
    absent = round(2 * enrolled * min(1.0, usual * draw.uniform(0.6, 1.4))) / 2
    return {
        "student_id": student,
        "school_code": code,
        "month": month,
        "days_enrolled": enrolled,
        "days_attended": enrolled - absent,
    }


def _visit(draw: random.Random, student: str, contact: str) -> Row:
    day = date(2021, 8, 1).toordinal() + draw.randrange(480)
    visit = rows()["visits"][0]
    return visit | {
        "student_id": student,
        "visit_date": date.fromordinal(day),
        "contact": contact,
    }
