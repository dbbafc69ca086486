"""Ed-Fi's own codes and what they stand for here, where the configuration says nothing else.

Codes: Ed-Fi Data Standard, Descriptors/*.xml. One that isn't here and isn't in the configuration
stops a build: nothing unknown becomes present, or anything else.
"""

from collections.abc import Mapping

Value = str | float | bool

AS_LONG_AS_IT_LASTED = "duration"
"""Of an attendance category: absent for as much of the day as eventDuration says, else present."""
LEFT_OUT = "left out"
NEVER_CAME, LEFT = "never came", "left"
NOTHING, HOMELESS, ENGLISH_LEARNER = "nothing", "homeless", "english learner"
ANY = "*"
"""In a table of the configuration: every code that isn't there by itself."""
MISSING = ""
"""In a table of the configuration: no code at all."""

_ORDINALS = (
    *("First", "Second", "Third", "Fourth", "Fifth", "Sixth"),
    *("Seventh", "Eighth", "Ninth", "Tenth", "Eleventh", "Twelfth"),
)
_SERVICES = ("Breakfast", "Lunch", "Milk", "Snack", "Supper")

DEFAULTS: Mapping[str, Mapping[str, Value]] = {
    # The share of the day a student was absent, where eventDuration doesn't say.
    "attendance": {
        "In Attendance": 0.0,
        "Present": 0.0,
        "Excused Absence": 1.0,
        "Unexcused Absence": 1.0,
        "Partial": 0.5,
        "Tardy": AS_LONG_AS_IT_LASTED,
        "Early departure": AS_LONG_AS_IT_LASTED,
    },
    # Whether it is a school day.
    "calendar": {
        "Instructional day": True,
        "Make-up day": True,
        "Student late arrival/early dismissal": True,
        "Emergency day": False,
        "Holiday": False,
        "Non-instructional day": False,
        "Other": False,
        "Strike": False,
        "Teacher only day": False,
        "Weather day": False,
    },
    "exits": {
        "Invalid enrollment": NEVER_CAME,
        "No show": NEVER_CAME,
        **dict.fromkeys(
            (
                *("Completed", "Died or is permanently incapacitated", "Dropout"),
                *("End of school year", "Enrolled in a high school diploma program", "Expelled"),
                *("Graduated", "Incarcerated", "Involuntarily Removed", "Other"),
                *("Reached maximum age", "Transferred", "Withdrawn", MISSING),
            ),
            LEFT,
        ),
    },
    "grades": {
        "Infant/toddler": LEFT_OUT,
        "Preschool": "PK",
        "Prekindergarten": "PK",
        "Preschool/Prekindergarten": "PK",
        "Early Education": "PK",
        "Transitional Kindergarten": "K",
        "Kindergarten": "K",
        **{f"{name} grade": str(number) for number, name in enumerate(_ORDINALS, start=1)},
        **dict.fromkeys(
            ("Grade 13", "Postsecondary", "Adult Education", "Out of School"), LEFT_OUT
        ),
    },
    "races": {
        "American Indian - Alaska Native": "native",
        "Asian": "asian",
        "Black - African American": "black",
        "Hispanic or Latino": "hispanic",
        "Native Hawaiian - Pacific Islander": "pacific",
        "White": "white",
    },
    "sexes": {"Female": "F", "Male": "M", "Non-binary": "X", "Not Selected": "X", MISSING: "X"},
    # ISO 639-2 codes stand for themselves; those with a shorter code here are written by it.
    "languages": {"eng": "en", "spa": "es", "English": "en", "Spanish": "es"},
    "meals": {
        **{f"Free {service}": "free" for service in _SERVICES},
        **{f"Reduced Price {service}": "reduced" for service in _SERVICES},
        **{f"Full Price {service}": "none" for service in _SERVICES},
        "Other": "none",
    },
    # Whether it stands for an individualised education programme.
    "disabilities": {ANY: True},
    "english_learners": {
        "Limited": True,
        "Limited Monitored 1": False,
        "Limited Monitored 2": False,
        "NotLimited": False,
        MISSING: False,
    },
    "characteristics": {"Homeless": HOMELESS, ANY: NOTHING},
    # Of an intervention's attendance: whether the visitor met the family; and where.
    "contacts": {
        "In Attendance": "met",
        "Present": "met",
        "Tardy": "met",
        "Early departure": "met",
        "Partial": "met",
        "Excused Absence": "no contact",
        "Unexcused Absence": "no contact",
    },
    "places": {"Homebound": "home", "In-School": "other", MISSING: "home"},
}
