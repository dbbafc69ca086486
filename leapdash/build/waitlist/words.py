"""What the list says of itself, and what the command says of it."""

from datetime import date
from pathlib import Path

from leapdash import __version__
from leapdash.build.sources.about import About
from leapdash.build.waitlist.students import Waitlist, counted
from leapdash.contract import RULES, school_year_of

NOT_TRIED, TRIED, NOTES = "Not tried", "Tried, not met", "Notes"
RECORDS = "Students’ records: must stay in the district"
INVENTED = "Simulated: these students are invented"

Note = tuple[str, str | int]


def month(day: date) -> str:
    """A month as words: June 2023."""
    return f"{day:%B %Y}"


def day(day: date) -> str:
    """A day as words: 30 June 2023."""
    return f"{day.day} {day:%B %Y}"


def notes(found: Waitlist, about: About) -> list[Note]:
    """What the list is, how many it has, and the rules behind it: a label and a text or number."""
    last, year = month(found.last_day), school_year_of(found.last_day)
    invented = [("These students", f"{INVENTED}.")] if about.synthetic else []
    return [
        (
            "The list",
            f"Students of {found.district_name} ({found.district_code}) who wait for a first home "
            f"visit at the end of {last}, the last month of the data.",
        ),
        *invented,
        (
            "Keep it here",
            f"{RECORDS}, with people who may see them. A release of leapdash holds none of this.",
        ),
        (NOT_TRIED, counted(found.not_tried)),
        (TRIED, counted(found.tried)),
        ("All who wait", counted(found.students)),
        ("Rows", len(found.students)),
        (
            "Rows and students",
            f"A student enrolled at several schools of the district in {last} has a row at each, "
            "as in the dashboard’s counts by school. “Also at” names the other schools.",
        ),
        ("Gone", found.gone),
        (
            "Who is gone",
            f"Students who wait too and were enrolled in the district earlier in {year}, but on no "
            f"day of {last}. They are counted here and not listed.",
        ),
        (
            "Eligible",
            f"{RULES['eligible'][:1].upper()}{RULES['eligible'][1:]}. Once eligible, a student "
            "stays so until visited, also where attendance is better by now.",
        ),
        (
            "Waiting",
            "Eligible, and no visit has met the family. Days waited run from the end of the month "
            f"a student became eligible to {day(found.last_day)}.",
        ),
        (
            "Tried",
            "Visits that met nobody, whenever they were. To try takes nobody off the list: a "
            "student moves to the other sheet, and leaves it once a visit has met the family.",
        ),
        (
            "Days",
            "Days enrolled and absent at all schools in the data together, as eligibility counts "
            f"them. Empty: on no day of that month enrolled. School year: {year}, to {last}.",
        ),
        ("Order", "Longest waiting first; of those, most absent in the school year first."),
        (
            "Grade, language",
            f"As enrolled at that school in {year}. The language spoken at home is empty where it "
            "is not recorded.",
        ),
        ("Data", f"Origin: {about.origin}. Made by leapdash {__version__}."),
    ]


def told(found: Waitlist, out: Path) -> str:
    """How many students were written, and how the file is to be kept."""
    where = f"in {found.district_name} at the end of {month(found.last_day)}"
    waiting, tried = counted(found.students), counted(found.tried)
    if waiting:
        verb = "student waits" if waiting == 1 else "students wait"
        counts = f"{waiting - tried:,} not tried, {tried:,} tried and not met"
        first = f"{waiting:,} {verb} for a first visit {where}: {counts}."
    else:
        first = f"Nobody waits for a first visit {where}; the list is empty."
    return (
        f"{first}\n{out} is written. It holds students' records and must stay in the district; "
        "nothing else was written."
    )
