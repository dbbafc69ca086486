"""Every summary counted again in plain Python, straight from the definitions, student by student.

Each function gives {key: {measure: value}} with the contract's names, the key in the order of the
contract's key. Written without a look at the pipeline: loops, dictionaries, whole half-days.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from leapdash.contract import LEVEL_OF_GRADE, school_year_of
from tests.lib.random_states import Row, State

Counts = dict[tuple[Any, ...], dict[str, Any]]


class Oracle:
    def __init__(self, state: State) -> None:
        self.state = state
        self.school = {row["school_code"]: row for row in state.rows("schools")}
        self.enrolled_as = {
            (row["student_id"], row["school_code"], row["school_year"]): row
            for row in state.rows("enrollment")
        }
        # (student, month) -> {school: (half-days enrolled, half-days absent)}
        self.days: dict[tuple[str, date], dict[str, tuple[int, int]]] = defaultdict(dict)
        for row in state.rows("attendance"):
            enrolled = int(2 * row["days_enrolled"])
            if enrolled:
                absent = enrolled - int(2 * row["days_attended"])
                at = self.days[row["student_id"], row["month"]]
                at[row["school_code"]] = (enrolled, absent)
        self.months = sorted({month for _, month in self.days})
        self.students = sorted({row["student_id"] for row in state.rows("enrollment")})
        self.eligible = {s: self._eligible_from(s) for s in self.students}
        self.visits = sorted(
            state.rows("visits"),
            key=lambda v: (v["visit_date"], v["place"], v["visitor"], v["language"]),
        )
        self.first: dict[str, Row] = {}
        for visit in self.visits:
            if visit["contact"] == "met":
                self.first.setdefault(visit["student_id"], visit)

    # --- students ------------------------------------------------------------------------------

    def _eligible_from(self, student: str) -> date | None:
        for a, b, c in zip(self.months, self.months[1:], self.months[2:], strict=False):
            if school_year_of(a) == school_year_of(c):
                pooled = [d for m in (a, b, c) for d in self.days.get((student, m), {}).values()]
                enrolled, absent = sum(e for e, _ in pooled), sum(a for _, a in pooled)
                if enrolled >= 20 and 10 * absent >= enrolled:
                    return c
        return None

    def school_month(self, visit: Row) -> date:
        month = visit["visit_date"].replace(day=1)
        return next(m for m in self.months if m >= month)

    def is_eligible(self, student: str, month: date) -> bool:
        since = self.eligible[student]
        return since is not None and since <= month

    def is_visited(self, student: str, month: date) -> bool:
        return student in self.first and self.school_month(self.first[student]) <= month

    def participation(self, student: str, month: date) -> str:
        if self.is_visited(student, month):
            return "visited"
        return "eligible" if self.is_eligible(student, month) else "other"

    def enrollment(self, student: str, school: str, month: date) -> Row:
        return self.enrolled_as[student, school, school_year_of(month)]

    def main_school(self, student: str, month: date, schools: dict[str, tuple[int, int]]) -> Row:
        """The enrollment at the school with most days that month, then the smallest code."""
        code = min(schools, key=lambda s: (-schools[s][0], s))
        return self.enrollment(student, code, month)

    def home(self, visit: Row) -> tuple[str, str]:
        """School and level at the time of a visit."""
        student, month = visit["student_id"], self.school_month(visit)
        known = [m for m in self.months if (student, m) in self.days]
        before = [m for m in known if m <= month]
        if known:
            at = before[-1] if before else known[0]
            row = self.main_school(student, at, self.days[student, at])
        else:
            year = int(school_year_of(visit["visit_date"])[:4])
            row = min(
                (r for r in self.enrolled_as.values() if r["student_id"] == student),
                key=lambda r: (
                    abs(int(r["school_year"][:4]) - year),
                    r["school_year"],
                    r["school_code"],
                ),
            )
        return row["school_code"], LEVEL_OF_GRADE[row["grade"]]

    # --- summaries -----------------------------------------------------------------------------

    def attendance(self) -> Counts:
        counts = _counts()
        for (student, month), schools in self.days.items():
            for code, (enrolled, absent) in schools.items():
                row = self.enrollment(student, code, month)
                key = (
                    month,
                    self.school[code]["district_code"],
                    code,
                    LEVEL_OF_GRADE[row["grade"]],
                    self.participation(student, month),
                )
                _add_month(counts[key], row["grade"], enrolled, absent)
        return counts

    def attendance_by_group(self) -> Counts:
        counts = _counts()
        for (student, month), schools in self.days.items():
            for district in {self.school[code]["district_code"] for code in schools}:
                here = {
                    code: days
                    for code, days in schools.items()
                    if self.school[code]["district_code"] == district
                }
                row = self.main_school(student, month, here)
                for group in groups_of(row):
                    key = (
                        month,
                        district,
                        LEVEL_OF_GRADE[row["grade"]],
                        self.participation(student, month),
                        group,
                    )
                    enrolled = sum(e for e, _ in here.values())
                    absent = sum(a for _, a in here.values())
                    _add_month(counts[key], row["grade"], enrolled, absent)
        return counts

    def chronic_absence(self) -> Counts:
        return self.by_band(None)

    def chronic_to_date(self) -> Counts:
        counts = _counts()
        for month in self.months:
            year = school_year_of(month)
            for (of_year, *rest), cell in self.by_band(month).items():
                if of_year == year:
                    counts[(month, *rest)] = cell
        return counts

    def by_band(self, through: date | None) -> Counts:
        """By school year, of all its months or of those up to one."""
        places: dict[tuple[Any, ...], dict[date, dict[str, tuple[int, int]]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for (student, month), schools in self.days.items():
            if through is not None and month > through:
                continue
            for code, days in schools.items():
                district = self.school[code]["district_code"]
                for own in (
                    ("school", district, code),
                    ("district", district, None),
                    ("state", "00000CT", None),
                ):
                    places[student, school_year_of(month), *own][month][code] = days
        counts = _counts()
        for (student, year, *place), months in places.items():
            enrolled = sum(e for schools in months.values() for e, _ in schools.values())
            absent = sum(a for schools in months.values() for _, a in schools.values())
            last = max(months)
            row = self.main_school(student, last, months[last])
            if row["grade"] == "PK" or enrolled < 20:
                continue
            band = (
                "absent_under_5"
                if 20 * absent < enrolled
                else "absent_5_to_10"
                if 10 * absent < enrolled
                else "absent_10_to_20"
                if 5 * absent < enrolled
                else "absent_20_or_more"
            )
            groups = ["all"] if place[0] == "school" else groups_of(row)
            for group in groups:
                level = LEVEL_OF_GRADE[row["grade"]]
                cell = counts[(year, *place, level, self.participation(student, last), group)]
                for name in ("under_5", "5_to_10", "10_to_20", "20_or_more"):
                    cell[f"absent_{name}"] += 0
                cell["chronic_base"] += 1
                cell[band] += 1
        return counts

    def visits_table(self) -> Counts:
        return self._count_visits(
            lambda visit, school, level: [
                (visit["visit_date"].replace(day=1), school, level, visit["contact"])
            ]
        )

    def visits_by_kind(self) -> Counts:
        def keys(visit: Row, school: str, level: str) -> list[tuple[Any, ...]]:
            district = self.school[school]["district_code"]
            year = school_year_of(visit["visit_date"])
            kinds = {**visit, "language": language(visit)}
            return [
                (year, district, level, kind, kinds[kind])
                for kind in ("place", "visitor", "language")
            ]

        return self._count_visits(keys)

    def _count_visits(self, keys: Any) -> Counts:
        counts = _counts()
        students: dict[tuple[Any, ...], set[str]] = defaultdict(set)
        for visit in self.visits:
            for key in keys(visit, *self.home(visit)):
                students[key].add(visit["student_id"])
                counts[key]["visits"] += 1
                counts[key]["students"] = len(students[key])
                counts[key]["first_visits"] += visit is self.first.get(visit["student_id"])
        return counts

    def reach(self) -> Counts:
        counts = _counts()
        for (student, month), schools in self.days.items():
            for code in schools:
                row = self.enrollment(student, code, month)
                for group in groups_of(row):
                    cell = counts[month, code, LEVEL_OF_GRADE[row["grade"]], group]
                    facts = self._reach_of(student, month)
                    part = self._takes_part(code, month)
                    for name, holds in facts.items():
                        cell[name] = cell[name] + holds if part else None
        return counts

    def _reach_of(self, student: str, month: date) -> dict[str, bool]:
        eligible, visited = self.is_eligible(student, month), self.is_visited(student, month)
        tried = any(
            v["contact"] == "no contact" and self.school_month(v) <= month
            for v in self.visits
            if v["student_id"] == student
        )
        facts = {
            "ever_eligible": eligible,
            "ever_eligible_visited": eligible and visited,
            "waiting": eligible and not visited,
            "tried": eligible and not visited and tried,
            "visited_not_eligible": visited and not eligible,
        }
        waited = None
        first, since = self.first.get(student), self.eligible[student]
        if first and since and self.school_month(first) == month:
            waited = (first["visit_date"] - end_of(since)).days
        for name, low, high in (
            ("30", 0, 30),
            ("60", 31, 60),
            ("120", 61, 120),
            ("over_120", 121, 10_000),
        ):
            facts[f"first_visits_{name}"] = waited is not None and low <= waited <= high
            still = (end_of(month) - end_of(since)).days if since and facts["waiting"] else None
            facts[f"waiting_{name}"] = still is not None and low <= still <= high
        return facts

    def _takes_part(self, code: str, month: date) -> bool:
        start, until = self.school[code]["leap_from"], self.school[code]["leap_until"]
        return bool(start and start <= end_of(month) and (until is None or until >= month))

    def paths(self) -> Counts:
        counts = _counts()
        for student, visit in self.first.items():
            school, level = self.home(visit)
            start = self.months.index(self.school_month(visit))
            day = visit["visit_date"]
            summer = day.month in (7, 8) and day.replace(day=1) not in self.months
            period = f"summer {day.year}" if summer else school_year_of(day)
            for number, month in enumerate(self.months):
                if (student, month) in self.days and -6 <= number - start <= 9:
                    days = self.days[student, month].values()
                    key = (
                        self.school[school]["district_code"],
                        school,
                        level,
                        period,
                        language(visit),
                        number - start,
                    )
                    counts[key]["students"] += 1
                    counts[key]["days_enrolled"] += sum(e for e, _ in days) / 2
                    counts[key]["days_attended"] += sum(e - a for e, a in days) / 2
        return counts

    def school_profile(self) -> Counts:
        counts = _counts()
        for row in self.state.rows("enrollment"):
            cell = counts[row["school_year"], row["school_code"], LEVEL_OF_GRADE[row["grade"]]]
            groups = groups_of(row)
            cell["students"] += 1
            for name in (
                "high_needs",
                "english_learner",
                "disability",
                "free_or_reduced_meals",
                "homeless",
            ):
                cell[name] += name in groups
        return counts


def groups_of(row: Row) -> set[str]:
    """The contract's groups an enrollment belongs to."""
    groups = {"all"}
    race = row["race_ethnicity"]
    groups.add(race if race in ("black", "hispanic", "white") else "other_races")
    groups |= {"F": {"female"}, "M": {"male"}, "X": set()}[row["gender"]]
    groups |= {flag for flag in ("english_learner", "disability", "homeless") if row[flag]}
    if row["meal_eligibility"] == "free":
        groups |= {"free_meals", "free_or_reduced_meals"}
    if row["meal_eligibility"] == "reduced":
        groups |= {"reduced_meals", "free_or_reduced_meals"}
    needs = groups & {"english_learner", "disability", "free_or_reduced_meals"}
    return groups | {"high_needs" if needs else "not_high_needs"}


def language(visit: Row) -> str:
    return visit["language"] if visit["language"] in ("en", "es") else "other"


def end_of(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _counts() -> Counts:
    return defaultdict(lambda: defaultdict(int))


def _add_month(cell: dict[str, Any], grade: str, enrolled: int, absent: int) -> None:
    counted = grade != "PK" and enrolled >= 20
    cell["students"] += 1
    cell["days_enrolled"] += enrolled / 2
    cell["days_attended"] += (enrolled - absent) / 2
    cell["chronic_base"] += counted
    cell["chronically_absent"] += counted and 10 * absent >= enrolled
    cell["students_absent"] += absent > 0
    cell["largest_student_days"] = max(cell["largest_student_days"], enrolled / 2)
    cell["absent_squared"] += (absent / 2) ** 2
    cell["absent_enrolled"] += (absent / 2) * (enrolled / 2)
    cell["enrolled_squared"] += (enrolled / 2) ** 2
