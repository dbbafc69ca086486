"""The resources of Ed-Fi that a build reads, and which fields of each.

Names are those of the Ed-Fi Data Standard 5.2 and 6.0. What isn't named here isn't read: no
student's name, birth date or address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "number", "boolean", "year"]

EXPECTED: Mapping[Kind, str] = {
    "text": "text or a number",
    "date": "a date written 2021-09-01",
    "number": "a number",
    "boolean": "true or false",
    "year": "the spring of the school year, 2022 for 2021-22",
}


@dataclass(frozen=True)
class Field:
    """A field by its place in the resource, `schoolReference.schoolId`; `name`: as a column."""

    name: str
    path: str
    kind: Kind = "text"
    required: bool = False


@dataclass(frozen=True)
class Items:
    """A field that is a list of objects, each with these fields; `name`: as a column."""

    name: str
    path: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Resource:
    """One resource. `needed`: a folder must hold it. `key`: the columns no two may share."""

    name: str
    fields: tuple[Field, ...]
    items: tuple[Items, ...] = ()
    needed: bool = False
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Field:
        """The field that is that column; KeyError where there is none."""
        return next(field for field in self.fields if field.name == name)


_STUDENT = Field("student", "studentReference.studentUniqueId", required=True)
_SCHOOL = Field("school", "schoolReference.schoolId", required=True)
_ORGANISATION = Field(
    "organisation", "educationOrganizationReference.educationOrganizationId", required=True
)
_BEGIN = Field("begin", "beginDate", "date", required=True)
_END = Field("end", "endDate", "date")
_CODES = Items(
    "codes",
    "identificationCodes",
    (
        Field("system", "educationOrganizationIdentificationSystemDescriptor", required=True),
        Field("code", "identificationCode", required=True),
    ),
)

LOCAL_EDUCATION_AGENCIES = Resource(
    "localEducationAgencies",
    (
        Field("agency", "localEducationAgencyId", required=True),
        Field("agency_name", "nameOfInstitution", required=True),
    ),
    (_CODES,),
    needed=True,
    key=("agency",),
)
SCHOOLS = Resource(
    "schools",
    (
        Field("school", "schoolId", required=True),
        Field("school_name", "nameOfInstitution", required=True),
        Field("agency", "localEducationAgencyReference.localEducationAgencyId", required=True),
    ),
    (
        _CODES,
        Items(
            "addresses",
            "addresses",
            (Field("latitude", "latitude", "number"), Field("longitude", "longitude", "number")),
        ),
    ),
    needed=True,
    key=("school",),
)
SESSIONS = Resource(
    "sessions",
    (
        _SCHOOL,
        Field("year", "schoolYearTypeReference.schoolYear", "year", required=True),
        Field("session", "sessionName", required=True),
    ),
    needed=True,
)
CALENDAR_DATES = Resource(
    "calendarDates",
    (
        Field("school", "calendarReference.schoolId", required=True),
        Field("year", "calendarReference.schoolYear", "year", required=True),
        Field("calendar", "calendarReference.calendarCode", required=True),
        Field("day", "date", "date", required=True),
    ),
    (
        Items(
            "events", "calendarEvents", (Field("event", "calendarEventDescriptor", required=True),)
        ),
    ),
    needed=True,
)
ENROLLMENTS = Resource(
    "studentSchoolAssociations",
    (
        _STUDENT,
        _SCHOOL,
        Field("stated_year", "schoolYearTypeReference.schoolYear", "year"),
        Field("calendar_year", "calendarReference.schoolYear", "year"),
        Field("calendar", "calendarReference.calendarCode"),
        Field("entry", "entryDate", "date", required=True),
        Field("exit", "exitWithdrawDate", "date"),
        Field("grade", "entryGradeLevelDescriptor", required=True),
        Field("exit_type", "exitWithdrawTypeDescriptor"),
        Field("full_time", "fullTimeEquivalency", "number"),
    ),
    needed=True,
)
ATTENDANCE_EVENTS = Resource(
    "studentSchoolAttendanceEvents",
    (
        _STUDENT,
        _SCHOOL,
        Field("session_school", "sessionReference.schoolId", required=True),
        Field("year", "sessionReference.schoolYear", "year", required=True),
        Field("session", "sessionReference.sessionName", required=True),
        Field("category", "attendanceEventCategoryDescriptor", required=True),
        Field("day", "eventDate", "date", required=True),
        Field("duration", "eventDuration", "number"),
    ),
    needed=True,
)

_PERSON_FIELDS = (
    _STUDENT,
    _ORGANISATION,
    Field("hispanic", "hispanicLatinoEthnicity", "boolean"),
    Field("sex", "sexDescriptor"),
    Field("english", "limitedEnglishProficiencyDescriptor"),
)
_PERIODS = (Field("begin", "beginDate", "date"), Field("end", "endDate", "date"))
_PERSON_ITEMS = (
    Items("races", "races", (Field("race", "raceDescriptor", required=True),)),
    Items("languages", "languages", (Field("language", "languageDescriptor", required=True),)),
    Items(
        "disabilities",
        "disabilities",
        (Field("disability", "disabilityDescriptor", required=True),),
    ),
    Items(
        "characteristics",
        "studentCharacteristics",
        (Field("characteristic", "studentCharacteristicDescriptor", required=True),),
    ),
    Items(
        "identities",
        "studentIdentificationCodes",
        (
            Field("system", "studentIdentificationSystemDescriptor", required=True),
            Field("code", "identificationCode", required=True),
        ),
    ),
)
PEOPLE_5 = Resource(
    "studentEducationOrganizationAssociations", _PERSON_FIELDS, _PERSON_ITEMS, needed=True
)
"""Who the students are, up to Data Standard 5."""
PEOPLE_6 = Resource("studentDemographics", _PERSON_FIELDS, _PERSON_ITEMS, needed=True)
"""The same in Data Standard 6."""

MEALS = Resource(
    "studentSchoolFoodServiceProgramAssociations",
    (_STUDENT, _BEGIN, _END),
    (
        Items(
            "services",
            "schoolFoodServiceProgramServices",
            (Field("service", "schoolFoodServiceProgramServiceDescriptor", required=True),),
        ),
    ),
)
HOMELESS = Resource("studentHomelessProgramAssociations", (_STUDENT, _BEGIN, _END))
SPECIAL_EDUCATION = Resource("studentSpecialEducationProgramAssociations", (_STUDENT, _BEGIN, _END))
ENGLISH_LEARNERS = Resource(
    "studentLanguageInstructionProgramAssociations", (_STUDENT, _BEGIN, _END)
)
INTERVENTION_EVENTS = Resource(
    "studentInterventionAttendanceEvents",
    (
        _STUDENT,
        Field(
            "intervention", "interventionReference.interventionIdentificationCode", required=True
        ),
        Field("category", "attendanceEventCategoryDescriptor", required=True),
        Field("day", "eventDate", "date", required=True),
        Field("environment", "educationalEnvironmentDescriptor"),
    ),
)
PROGRAMMES = Resource(
    "studentProgramAssociations",
    (_STUDENT, Field("type", "programReference.programTypeDescriptor", required=True), _BEGIN),
)

IN_BOTH = (
    *(LOCAL_EDUCATION_AGENCIES, SCHOOLS, SESSIONS, CALENDAR_DATES, ENROLLMENTS, ATTENDANCE_EVENTS),
    *(MEALS, HOMELESS, SPECIAL_EDUCATION, ENGLISH_LEARNERS, INTERVENTION_EVENTS, PROGRAMMES),
)


def people(standard: int) -> Resource:
    """Who the students are, by the Data Standard, 5 or 6."""
    return PEOPLE_6 if standard == 6 else PEOPLE_5


def resources(standard: int) -> tuple[Resource, ...]:
    """All resources that are read, by the Data Standard, 5 or 6."""
    return (*IN_BOTH, people(standard))
