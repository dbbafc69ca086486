"""The tables a build reads."""

from leapdash.contract.codes import CONTACTS, GENDERS, GRADES, MEALS, PLACES, RACES, VISITORS
from leapdash.contract.columns import DISTRICT, MONTH, SCHOOL, STUDENT, YEAR, days
from leapdash.contract.model import Column, Reference, Table

INPUT_TABLES: tuple[Table, ...] = (
    Table(
        "schools",
        "one row per school",
        "Schools and the districts they belong to. A district has one name, one leap_from and one "
        "leap_until: they are the same in all its rows.",
        (
            SCHOOL,
            Column("school_name", "text", "the school's name"),
            DISTRICT,
            Column("district_name", "text", "the district's name"),
            Column(
                "leap_from",
                "date",
                "first day the district takes part, its month counts whole; empty: never",
                nullable=True,
            ),
            Column(
                "leap_until",
                "date",
                "last day the district takes part, its month counts whole; empty: still",
                nullable=True,
            ),
            Column(
                "latitude",
                "number",
                "of the school",
                unit="degrees",
                minimum=-90,
                maximum=90,
                required=False,
                nullable=True,
            ),
            Column(
                "longitude",
                "number",
                "of the school",
                unit="degrees",
                minimum=-180,
                maximum=180,
                required=False,
                nullable=True,
            ),
        ),
        key=("school_code",),
    ),
    Table(
        "enrollment",
        "one row per student, school and school year",
        "Who was enrolled where, in which grade, and in which student groups.",
        (
            STUDENT,
            YEAR,
            SCHOOL,
            Column("grade", "text", "grade in that school year", codes=GRADES),
            Column("gender", "text", "as recorded", codes=GENDERS),
            Column(
                "race_ethnicity",
                "text",
                "as recorded; Hispanic/Latino of any race first",
                codes=RACES,
            ),
            Column("english_learner", "boolean", "learns English as a further language"),
            Column("disability", "boolean", "has an individualised education programme"),
            Column("meal_eligibility", "text", "for free or reduced price meals", codes=MEALS),
            Column("homeless", "boolean", "experiences homelessness"),
            Column(
                "home_language",
                "text",
                "ISO 639 code of the language spoken at home",
                pattern=r"[a-z]{2,3}",
                required=False,
                nullable=True,
            ),
        ),
        key=("student_id", "school_code", "school_year"),
        references=(Reference(("school_code",), "schools"),),
    ),
    Table(
        "attendance",
        "one row per student, school and month",
        "Days enrolled and days attended, by month.",
        (
            STUDENT,
            SCHOOL,
            MONTH,
            days(
                "days_enrolled",
                "days school was in session while the student was enrolled",
                maximum=31,
            ),
            days("days_attended", "of those, the days the student was present", maximum=31),
        ),
        key=("student_id", "school_code", "month"),
        references=(
            Reference(("school_code",), "schools"),
            Reference(("student_id", "school_code", "school_year"), "enrollment"),
        ),
    ),
    Table(
        "attendance_daily",
        "one row per student, school and day of membership",
        "Attendance by day; takes the place of `attendance` where it is given.",
        (
            STUDENT,
            SCHOOL,
            Column("date", "date", "a day school was in session and the student enrolled"),
            Column(
                "attended",
                "number",
                "share of the day the student was present",
                unit="fraction",
                minimum=0,
                maximum=1,
            ),
            Column(
                "reason",
                "text",
                "why the student was absent, as recorded",
                required=False,
                nullable=True,
            ),
        ),
        key=("student_id", "school_code", "date"),
        optional=True,
        references=(
            Reference(("school_code",), "schools"),
            Reference(("student_id", "school_code", "school_year"), "enrollment"),
        ),
    ),
    Table(
        "visits",
        "one row per home visit",
        "Home visits made or tried.",
        (
            STUDENT,
            Column("visit_date", "date", "day of the visit"),
            Column("place", "text", "where the visit took place", codes=PLACES),
            Column("contact", "text", "whether the visitor met the family", codes=CONTACTS),
            Column("visitor", "text", "who visited", codes=VISITORS),
            Column(
                "language",
                "text",
                "ISO 639 code of the language of the visit",
                pattern=r"[a-z]{2,3}",
            ),
        ),
        key=(),
        may_be_empty=True,
        references=(Reference(("student_id",), "enrollment"),),
    ),
    Table(
        "programme",
        "one row per district and school year",
        "What the programme cost, and how many visits it could make.",
        (
            DISTRICT,
            YEAR,
            Column(
                "cost", "number", "cost of the programme", unit="dollars", minimum=0, nullable=True
            ),
            Column(
                "visit_capacity",
                "number",
                "visits the district can make",
                unit="visits per month",
                minimum=0,
                nullable=True,
            ),
            Column("source", "text", "where these figures come from"),
        ),
        key=("district_code", "school_year"),
        optional=True,
        references=(Reference(("district_code",), "schools"),),
    ),
)
