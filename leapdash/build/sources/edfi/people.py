"""Who the enrolled students are: the contract's columns of `enrollment`, by student, school, year.

A student may have a record at the school and one at the district, with some of what there is to say
in each: the school's comes first, then the district's, then any other.
"""

from typing import Any

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.edfi.calendars import school_year
from leapdash.build.sources.edfi.configuration import EXPECTED
from leapdash.build.sources.edfi.defaults import ENGLISH_LEARNER, HOMELESS, MISSING
from leapdash.build.sources.edfi.identities import identified
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import (
    ENGLISH_LEARNERS,
    MEALS,
    SPECIAL_EDUCATION,
    Items,
    Resource,
)
from leapdash.build.sources.edfi.resources import HOMELESS as HOMELESS_PROGRAMS
from leapdash.contract import MEALS as MEAL_CODES

_SPELL = ("student", "school", "year")
_HISPANIC, _SEVERAL = "hispanic", "two_or_more"
_STATED = ("sex", "race", "english", "disability", "language", "characteristics")


def enrollment(
    reading: Reading,
    spells: ir.Table,
    places: ir.Table,
    people: ir.Table,
    identities: ir.Table | None,
    resource: Resource,
) -> ir.Table:
    """The contract's `enrollment`, one row per student, school and year with a spell that counts.

    The grade is that of the latest entry. `people`: the rows of `resource`.
    """
    t = spells.filter(spells.counted).join(
        places.select("school", "school_code", "agency"), "school"
    )
    t = t.group_by(_SPELL).agg(
        grade=t.grade.argmax(t.entry), school_code=t.school_code.min(), agency=t.agency.min()
    )
    t = reading.space.keep(t)
    own = identified(people, identities)
    t = t.left_join(_of_person(reading, t, own, resource), _SPELL)
    t = t.select(*(name for name in t.columns if not name.endswith("_right")))
    # Kept, as what follows looks at it more than once.
    t = reading.space.keep(t)
    race = _race(reading, t)
    _check(reading, t, race, resource)
    t = t.mutate(race_ethnicity=race)
    for name, of in (
        ("learns", ENGLISH_LEARNERS),
        ("special", SPECIAL_EDUCATION),
        ("without_home", HOMELESS_PROGRAMS),
    ):
        t = _with_programme(reading, t, name, of, identities)
    t = _with_meals(reading, t, identities)
    no = ibis.literal(False)
    return t.select(
        "student",
        "school",
        "year",
        "grade",
        "school_code",
        student_id=t.student,
        school_year=school_year(t.year),
        gender=t.sex,
        race_ethnicity="race_ethnicity",
        english_learner=t.english.fill_null(no)
        | t.learns
        | t.characteristics.contains(ENGLISH_LEARNER).fill_null(no),
        disability=t.disability.fill_null(no) | t.special,
        meal_eligibility=t.meals,
        homeless=t.without_home | t.characteristics.contains(HOMELESS).fill_null(no),
        home_language=t.language,
    )


def _of_person(reading: Reading, t: ir.Table, people: ir.Table, resource: Resource) -> ir.Table:
    """What the records say of each spell's student: the first that says it, school's first."""
    people = reading.space.keep(_stated(reading, people, resource))
    joined = t.select(*_SPELL, "agency").join(people, "student")
    rank = ibis.cases(
        (joined.organisation == joined.school, 0),
        (joined.organisation == joined.agency, 1),
        else_=2,
    )
    # Records of one rank in order of their organisation, whatever the order of the rows.
    joined = joined.mutate(rank=rank.cast("string") + joined.organisation)
    first = {
        name: joined[name].argmin(joined["rank"], where=joined[name].notnull()) for name in _STATED
    }
    return joined.group_by(_SPELL).agg(
        known=joined.student.notnull().any(),
        hispanic=joined.hispanic.fill_null(False).any(),
        **first,
    )


def _stated(reading: Reading, people: ir.Table, resource: Resource) -> ir.Table:
    """One row per record: what its codes stand for, null where it doesn't say."""
    t = reading.space.keep(people.mutate(number=ibis.row_number()))
    sexes = reading.mapped(t, "sex", "sexes", resource, "sexDescriptor")
    english = reading.mapped(
        t, "english", "english_learners", resource, "limitedEnglishProficiencyDescriptor"
    )
    found = t.select("number", "student", "organisation", "hispanic", said="sex", spoken="english")
    found = reading.with_meaning(found, "said", sexes, "sex", "string")
    found = reading.with_meaning(found, "spoken", english, "english", "boolean")
    # A record without a code says nothing, where another does.
    found = found.mutate(
        nothing=found.said.isnull(),
        english=ibis.ifelse(found.spoken.isnull(), ibis.null("boolean"), found.english),
    )
    found = found.mutate(sex=ibis.ifelse(found.nothing, ibis.null("string"), found.sex))
    for items, table, type_, add_up in (
        ("races", "races", "string", _one_race),
        ("languages", "languages", "string", _first),
        ("disabilities", "disabilities", "boolean", _any),
        ("characteristics", "characteristics", "string", _all),
    ):
        of = next(one for one in resource.items if one.name == items)
        rows = _item_meanings(reading, t, of, table, type_, resource)
        found = found.left_join(add_up(rows), "number").drop("number_right")
    return found


def _item_meanings(
    reading: Reading, t: ir.Table, items: Items, table: str, type_: str, resource: Resource
) -> ir.Table:
    (field,) = items.fields
    rows = reading.space.keep(reading.items(t, items, "number"))
    path = f"{items.path}[].{field.path}"
    meanings = reading.mapped(rows, field.name, table, resource, path)
    return reading.with_meaning(rows, field.name, meanings, "meant", type_)


def _one_race(rows: ir.Table) -> ir.Table:
    hispanic = (rows.meant == _HISPANIC).any()
    one = rows.meant.nunique() == 1
    race = ibis.cases((hispanic, _HISPANIC), (one, rows.meant.min()), else_=_SEVERAL)
    return rows.group_by("number").agg(race=race)


def _first(rows: ir.Table) -> ir.Table:
    return rows.group_by("number").agg(language=rows.meant.first())


def _any(rows: ir.Table) -> ir.Table:
    return rows.group_by("number").agg(disability=rows.meant.any())


def _all(rows: ir.Table) -> ir.Table:
    return rows.group_by("number").agg(characteristics=rows.meant.group_concat(";"))


def _race(reading: Reading, t: ir.Table) -> ir.StringValue:
    """The race, Hispanic of any race first; null for who has none and isn't mapped."""
    race = ibis.ifelse(t.hispanic.fill_null(False), _HISPANIC, t.race)
    otherwise = reading.configuration.codes["races"].get(MISSING)
    return race if otherwise is None else race.fill_null(str(otherwise))


def _check(reading: Reading, t: ir.Table, race: ir.StringValue, resource: Resource) -> None:
    """Every enrolled student has a record, and a race."""
    found = reading.space.row(
        t.agg(
            unknown=t.student.nunique(where=t.known.isnull()),
            without=t.student.nunique(where=race.isnull() & t.known.notnull()),
        )
    )
    if found["unknown"]:
        reading.problems.append(
            f"{resource.name}: {found['unknown']:,} enrolled students have no record there.\n"
            "Expected one for each, at the school or the district. Fetch the resource again."
        )
    if found["without"]:
        reading.problems.append(
            f"{resource.name}, field races: {found['without']:,} students have none, and aren't "
            f"stated to be Hispanic.\nExpected {EXPECTED['races']}. Correct it in the system it "
            f"comes from; or say in {reading.configuration.name} what they count as:\n"
            f'[races]\n"" = "two_or_more"'
        )


def _in_year(t: ir.Table, programme: ir.Table) -> list[Any]:
    """That a programme reaches into a school year, of the same student."""
    begins = ibis.date(t.year - 1, 7, 1)
    ends = ibis.date(t.year, 6, 30)
    return [
        t.student == programme.student,
        programme.begin <= ends,
        programme.end.isnull() | (programme.end >= begins),
    ]


def _with_programme(
    reading: Reading, t: ir.Table, name: str, resource: Resource, identities: ir.Table | None
) -> ir.Table:
    """The rows with whether the student was in a programme in the school year."""
    if not reading.has(resource):
        return t.mutate(**{name: ibis.literal(False)})
    programme = identified(reading.table(resource), identities)
    years = t.select("student", "year").distinct()
    found = years.join(programme.select("student", "begin", "end"), _in_year(years, programme))
    flagged = found.select("student", "year").distinct().mutate(**{name: ibis.literal(True)})
    joined = t.left_join(flagged, ["student", "year"])
    joined = joined.drop("student_right", "year_right")
    return joined.mutate(**{name: joined[name].fill_null(False)})


def _with_meals(reading: Reading, t: ir.Table, identities: ir.Table | None) -> ir.Table:
    """The rows with the best meals the student was eligible for in the school year."""
    if not reading.has(MEALS):
        reading.notes.append(
            f"no {MEALS.name}: every student counts as not eligible for free or reduced price meals"
        )
        return t.mutate(meals=ibis.literal("none"))
    programme = identified(reading.table(MEALS), identities)
    (services,) = MEALS.items
    rows = reading.space.keep(reading.items(programme, services, "student", "begin", "end"))
    (field,) = services.fields
    meanings = reading.mapped(rows, "service", "meals", MEALS, f"{services.path}[].{field.path}")
    order = list(MEAL_CODES)
    ranks = {code: order.index(meant) for code, meant in meanings.items()}
    rows = reading.with_meaning(rows, "service", ranks, "meal_rank", "int8")
    years = t.select("student", "year").distinct()
    found = years.join(rows, _in_year(years, rows))
    best = found.group_by("student", "year").agg(meal_rank=found.meal_rank.min())
    joined = t.left_join(best, ["student", "year"])
    joined = joined.drop("student_right", "year_right")
    cases = [(joined.meal_rank == number, code) for number, code in enumerate(order)]
    return joined.mutate(meals=ibis.cases(*cases, else_="none"))
