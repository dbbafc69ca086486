"""Ed-Fi resources for tests: a small state written out by hand, and any state of the contract's
tables as the days and events it came from.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from leapdash.build.sources.opening import open_source
from leapdash.build.sources.source import InputTable
from leapdash.engines import open_engine

Row = dict[str, Any]
Resources = dict[str, list[Row]]

SCHOOL, OTHER_SCHOOL, FAR_SCHOOL = 640111, 640211, 1430111
DISTRICT, FAR_DISTRICT = 640011, 1430011
YEAR = 2022
PEOPLE = {5: "studentEducationOrganizationAssociations", 6: "studentDemographics"}
EVENTS = "studentSchoolAttendanceEvents"
SPELLS = "studentSchoolAssociations"

_GRADES = {
    "PK": "Prekindergarten",
    "K": "Kindergarten",
    **{
        str(number): f"{name} grade"
        for number, name in enumerate(
            (
                *("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth"),
                *("Ninth", "Tenth", "Eleventh", "Twelfth"),
            ),
            start=1,
        )
    },
}
_SEXES = {"F": "Female", "M": "Male", "X": "Non-binary"}
_RACES = {
    "asian": ("Asian",),
    "black": ("Black - African American",),
    "hispanic": ("White",),
    "native": ("American Indian - Alaska Native",),
    "pacific": ("Native Hawaiian - Pacific Islander",),
    "two_or_more": ("Asian", "White"),
    "white": ("White",),
}
_MEALS = {"free": "Free Lunch", "reduced": "Reduced Price Lunch", "none": "Full Price Lunch"}
_LANGUAGES = {"en": "eng", "es": "spa"}


def descriptor(kind: str, code: str, namespace: str = "uri://ed-fi.org") -> str:
    """A descriptor, as resources name codes."""
    return f"{namespace}/{kind}Descriptor#{code}"


def days_of(first: date, last: date) -> list[date]:
    """The weekdays from one day to another."""
    found = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in found if day.weekday() < 5]


SCHOOL_DAYS = days_of(date(2021, 9, 1), date(2021, 11, 30))
"""The school days of the small state: 22, 21 and 22 by month."""


def small(standard: int = 5) -> Resources:
    """Three schools in two districts, six students, three months, two absences."""
    students = [f"S{number}" for number in range(1, 7)]
    schools = [SCHOOL, SCHOOL, SCHOOL, OTHER_SCHOOL, OTHER_SCHOOL, FAR_SCHOOL]
    resources: Resources = {
        "localEducationAgencies": [
            agency(DISTRICT, "Hartford School District"),
            agency(FAR_DISTRICT, "Torrington School District"),
        ],
        "schools": [
            school(SCHOOL, "North School", DISTRICT),
            school(OTHER_SCHOOL, "South School", DISTRICT),
            school(FAR_SCHOOL, "Hill School", FAR_DISTRICT),
        ],
        "sessions": [session(one) for one in (SCHOOL, OTHER_SCHOOL, FAR_SCHOOL)],
        "calendarDates": [
            calendar_date(one, day)
            for one in (SCHOOL, OTHER_SCHOOL, FAR_SCHOOL)
            for day in SCHOOL_DAYS
        ],
        SPELLS: [spell(s, where) for s, where in zip(students, schools, strict=True)],
        PEOPLE[standard]: [person(s, where) for s, where in zip(students, schools, strict=True)],
        EVENTS: [
            event("S1", SCHOOL, date(2021, 10, 5)),
            event("S1", SCHOOL, date(2021, 10, 6)),
            # Every school sends all through its year, and to the end.
            *(
                event(s, where, day, "In Attendance")
                for s, where in (("S2", SCHOOL), ("S4", OTHER_SCHOOL), ("S6", FAR_SCHOOL))
                for day in SCHOOL_DAYS[12::13]
            ),
        ],
        "studentInterventionAttendanceEvents": [intervention_event("S1", date(2021, 10, 20))],
    }
    return resources


def agency(code: int, name: str) -> Row:
    """A local education agency."""
    return {"localEducationAgencyId": code, "nameOfInstitution": name}


def school(code: int, name: str, district: int) -> Row:
    """A school."""
    return {
        "schoolId": code,
        "nameOfInstitution": name,
        "localEducationAgencyReference": {
            "localEducationAgencyId": district,
            "link": {
                "rel": "LocalEducationAgency",
                "href": f"/ed-fi/localEducationAgencies/{code}",
            },
        },
        "gradeLevels": [{"gradeLevelDescriptor": descriptor("GradeLevel", "Fifth grade")}],
    }


def session(code: int, name: str = "Year", year: int = YEAR) -> Row:
    """A session of a school."""
    return {
        "schoolReference": {"schoolId": code},
        "schoolYearTypeReference": {"schoolYear": year},
        "sessionName": name,
        "beginDate": f"{year - 1}-09-01",
        "endDate": f"{year}-06-30",
    }


def calendar_date(code: int, day: date, *events: str, calendar: str = "A", year: int = YEAR) -> Row:
    """A date of a school's calendar; a school day unless something else is said."""
    return {
        "calendarReference": {"calendarCode": calendar, "schoolId": code, "schoolYear": year},
        "date": day.isoformat(),
        "calendarEvents": [
            {"calendarEventDescriptor": descriptor("CalendarEvent", event)}
            for event in events or ("Instructional day",)
        ],
    }


def spell(student: str, code: int, entry: str = "2021-09-01", **more: Any) -> Row:
    """An enrollment."""
    return {
        "studentReference": {"studentUniqueId": student},
        "schoolReference": {"schoolId": code},
        "schoolYearTypeReference": {"schoolYear": YEAR},
        "entryDate": entry,
        "entryGradeLevelDescriptor": descriptor("GradeLevel", "Fifth grade"),
        "primarySchool": True,
        **more,
    }


def exit_type(code: str) -> str:
    """The descriptor of an exit."""
    return descriptor("ExitWithdrawType", code)


def person(student: str, organisation: int, **more: Any) -> Row:
    """Who a student is, at a school or a district."""
    return {
        "studentReference": {"studentUniqueId": student},
        "educationOrganizationReference": {
            "educationOrganizationId": organisation,
            "link": {"rel": "School", "href": "/ed-fi/schools/1"},
        },
        "hispanicLatinoEthnicity": False,
        "races": [{"raceDescriptor": descriptor("Race", "White")}],
        "sexDescriptor": descriptor("Sex", "Female"),
        **more,
    }


def event(
    student: str, code: int, day: date, category: str = "Unexcused Absence", **more: Any
) -> Row:
    """An attendance event."""
    return {
        "id": f"{student}{code}{day:%Y%m%d}{category}",
        "studentReference": {"studentUniqueId": student},
        "schoolReference": {"schoolId": code},
        "sessionReference": {"schoolId": code, "schoolYear": YEAR, "sessionName": "Year"},
        "eventDate": day.isoformat(),
        "attendanceEventCategoryDescriptor": descriptor("AttendanceEventCategory", category),
        **more,
    }


def intervention_event(student: str, day: date, category: str = "In Attendance") -> Row:
    """A home visit."""
    return {
        "studentReference": {"studentUniqueId": student},
        "interventionReference": {
            "educationOrganizationId": DISTRICT,
            "interventionIdentificationCode": "Home Visit",
        },
        "eventDate": day.isoformat(),
        "attendanceEventCategoryDescriptor": descriptor("AttendanceEventCategory", category),
        "interventionDuration": 45,
    }


def write(folder: Path, resources: Mapping[str, list[Row]], form: str = ".json") -> Path:
    """The resources as files in a folder: `.json`, `.jsonl`, gzipped, or pages (`pages`)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in resources.items():
        if form == "pages":
            (folder / name).mkdir()
            half = len(rows) // 2
            for number, part in enumerate((rows[:half], rows[half:])):
                write_file(folder / name / f"page-{number}.json", part)
        else:
            write_file(folder / f"{name}{form}", rows)
    return folder


def write_file(path: Path, rows: list[Row]) -> None:
    """Rows as one file, in the form its name says."""
    if ".jsonl" in path.name:
        text = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        text = json.dumps(rows)
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)


# --- any state, as the events it came from ----------------------------------------------------


def whole_days(attendance: list[Row]) -> list[Row]:
    """A state's attendance with whole days enrolled: by day, nobody is enrolled for half of one."""
    found = []
    for row in attendance:
        days = float(int(row["days_enrolled"] + 0.5))
        found.append({**row, "days_enrolled": days})
    return found


def from_state(tables: Mapping[str, list[Row]], standard: int) -> Resources:
    """Resources of which a build makes these tables again, with `--half-day fraction`.

    Each school has a calendar of as many school days a month as any of its students has; a student
    is enrolled from the first of a month's days on and absent on the last of them, half a day by
    half a day. The first, the middle and the last day of every school's month has an event of
    someone who came.
    """
    writer = _Writer(tables)
    return {
        "localEducationAgencies": writer.agencies(),
        "schools": writer.schools(),
        "sessions": writer.sessions(),
        "calendarDates": writer.calendar_dates(),
        SPELLS: list(writer.spells()),
        PEOPLE[standard]: list(writer.people()),
        **writer.programmes(),
        EVENTS: list(writer.events()),
    }


class _Writer:
    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        self._tables = tables
        self._most: dict[tuple[str, date], int] = defaultdict(int)
        for row in tables["attendance"]:
            key = row["school_code"], row["month"]
            self._most[key] = max(self._most[key], int(row["days_enrolled"]))
        self._days = {key: _weekdays(key[1])[:most] for key, most in self._most.items()}
        self._ids = {
            code: number
            for number, code in enumerate(
                sorted({row["school_code"] for row in tables["schools"]}), start=255_901_001
            )
        }
        self._agencies = {
            code: number
            for number, code in enumerate(
                sorted({row["district_code"] for row in tables["schools"]}), start=255_901
            )
        }
        self._grades = {
            (row["student_id"], row["school_code"], row["school_year"]): row["grade"]
            for row in tables["enrollment"]
        }

    def agencies(self) -> list[Row]:
        names = {row["district_code"]: row["district_name"] for row in self._tables["schools"]}
        return [
            agency(self._agencies[code], name) | {"identificationCodes": _identified(code)}
            for code, name in names.items()
        ]

    def schools(self) -> list[Row]:
        return [
            school(
                self._ids[row["school_code"]],
                row["school_name"],
                self._agencies[row["district_code"]],
            )
            | {
                "identificationCodes": _identified(row["school_code"]),
                "addresses": [
                    {
                        "addressTypeDescriptor": descriptor("AddressType", "Physical"),
                        "latitude": repr(row["latitude"]),
                        "longitude": repr(row["longitude"]),
                    }
                ],
            }
            for row in self._tables["schools"]
        ]

    def sessions(self) -> list[Row]:
        years = {(code, _spring(month)) for code, month in self._days}
        return [session(self._ids[code], "Year", year) for code, year in sorted(years)]

    def calendar_dates(self) -> list[Row]:
        return [
            calendar_date(self._ids[code], day, year=_spring(month))
            for (code, month), days in self._days.items()
            for day in days
        ]

    def spells(self) -> Iterator[Row]:
        """One spell for each run of whole months, and one for each part of a month."""
        runs: dict[tuple[str, str, int], list[tuple[date, date]]] = defaultdict(list)
        for row in sorted(self._tables["attendance"], key=lambda row: row["month"]):
            code, month = row["school_code"], row["month"]
            days = self._days[code, month]
            count = int(row["days_enrolled"])
            mine = runs[row["student_id"], code, _spring(month)]
            if count == len(days):
                end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
                if mine and mine[-1][1] + timedelta(days=1) == month:
                    mine[-1] = (mine[-1][0], end)
                else:
                    mine.append((month, end))
            elif count:
                mine.append((days[0], days[count - 1]))
        for (student, code, year), spans in runs.items():
            grade = self._grades[student, code, f"{year - 1}-{year % 100:02d}"]
            for entry, last in spans:
                yield {
                    "studentReference": {"studentUniqueId": student},
                    "schoolReference": {"schoolId": self._ids[code]},
                    "schoolYearTypeReference": {"schoolYear": year},
                    "entryDate": entry.isoformat(),
                    "exitWithdrawDate": last.isoformat(),
                    "exitWithdrawTypeDescriptor": exit_type("Transferred"),
                    "entryGradeLevelDescriptor": descriptor("GradeLevel", _GRADES[grade]),
                }

    def people(self) -> Iterator[Row]:
        seen = set()
        districts = {r["school_code"]: r["district_code"] for r in self._tables["schools"]}
        for row in self._tables["enrollment"]:
            where = self._agencies[districts[row["school_code"]]]
            if (row["student_id"], where) in seen:
                continue
            seen.add((row["student_id"], where))
            race, language = row["race_ethnicity"], row["home_language"]
            yield person(
                row["student_id"],
                where,
                hispanicLatinoEthnicity=race == "hispanic",
                races=[{"raceDescriptor": descriptor("Race", one)} for one in _RACES[race]],
                sexDescriptor=descriptor("Sex", _SEXES[row["gender"]]),
                languages=[
                    {
                        "languageDescriptor": descriptor(
                            "Language", _LANGUAGES.get(language, language)
                        )
                    }
                ],
            )

    def programmes(self) -> Resources:
        found: Resources = {
            "studentSchoolFoodServiceProgramAssociations": [],
            "studentHomelessProgramAssociations": [],
            "studentSpecialEducationProgramAssociations": [],
            "studentLanguageInstructionProgramAssociations": [],
        }
        meals, homeless, special, english = found.values()
        for row in self._tables["enrollment"]:
            begin = int(row["school_year"][:4])
            base = {
                "studentReference": {"studentUniqueId": row["student_id"]},
                "beginDate": f"{begin}-08-15",
                "endDate": f"{begin + 1}-06-20",
            }
            service = descriptor("SchoolFoodServiceProgramService", _MEALS[row["meal_eligibility"]])
            meals.append(
                base
                | {
                    "schoolFoodServiceProgramServices": [
                        {"schoolFoodServiceProgramServiceDescriptor": service}
                    ]
                }
            )
            for wanted, rows in (
                (row["homeless"], homeless),
                (row["disability"], special),
                (row["english_learner"], english),
            ):
                if wanted:
                    rows.append(base)
        return found

    def events(self) -> Iterator[Row]:
        closed = set()
        for row in self._tables["attendance"]:
            code, month = row["school_code"], row["month"]
            days = self._days[code, month][: int(row["days_enrolled"])]
            absent = row["days_enrolled"] - row["days_attended"]
            whole = int(absent)
            for day in days[len(days) - whole :]:
                yield self._event(row, day, "Excused Absence")
            if absent % 1:
                half = days[len(days) - whole - 1]
                yield self._event(row, half, "Unexcused Absence", eventDuration=0.5)
            if (code, month) not in closed and days and days == self._days[code, month]:
                closed.add((code, month))
                for day in sorted({days[0], days[len(days) // 2], days[-1]}):
                    yield self._event(row, day, "In Attendance")

    def _event(self, row: Row, day: date, category: str, **more: Any) -> Row:
        code = self._ids[row["school_code"]]
        found = event(row["student_id"], code, day, category, **more)
        found["sessionReference"]["schoolYear"] = _spring(row["month"])
        return found


def read(
    folder: Path, toml: str = "", half_day: str = "state"
) -> tuple[dict[str, list[Row]], tuple[str, ...]]:
    """The contract's tables made from a folder of resources, their rows in order, and the notes.

    `toml`: what its `edfi.toml` says.
    """
    if toml:
        (folder / "edfi.toml").write_text(toml)
    with open_source(folder, half_day=half_day) as source, open_engine() as engine:
        tables = {
            name: engine.fetch(table.read(engine).select(list(columns_of(table)))).to_pylist()
            for name, table in source.tables.items()
        }
    ordered = {name: sorted(rows, key=repr) for name, rows in tables.items()}
    return ordered, source.notes


def columns_of(table: InputTable) -> tuple[str, ...]:
    """The names of a table's columns in the contract."""
    return table.contract.column_names


def days_of_student(tables: Mapping[str, list[Row]], student: str) -> dict[str, tuple[float, ...]]:
    """Days enrolled and attended by month, `2021-09`, and where they are several schools, by school
    too: `2021-09 0640111`.
    """
    rows = [row for row in tables["attendance"] if row["student_id"] == student]
    several = len({row["school_code"] for row in rows}) > 1
    return {
        f"{row['month']:%Y-%m}" + (f" {row['school_code']}" if several else ""): (
            row["days_enrolled"],
            row["days_attended"],
        )
        for row in sorted(rows, key=lambda row: (row["month"], row["school_code"]))
    }


def _identified(code: str) -> list[Row]:
    system = descriptor("EducationOrganizationIdentificationSystem", "SEA")
    return [
        {
            "educationOrganizationIdentificationSystemDescriptor": system,
            "identificationCode": code,
        }
    ]


def _spring(month: date) -> int:
    return month.year + (month.month > 6)


def _weekdays(month: date) -> list[date]:
    return [day for day in days_of(month, month + timedelta(days=31)) if day.month == month.month]
