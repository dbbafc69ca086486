"""By which identifier a student is known: Ed-Fi's own, or the state's where districts have own."""

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import ENROLLMENTS, Resource


def read_identities(reading: Reading, people: ir.Table, resource: Resource) -> ir.Table | None:
    """The students' identifiers of the system that the configuration names: student, state_id.

    None where it names none: then studentUniqueId is the state's. A student with two of them is a
    problem; two students with the same are one, as who moves from district to district is.
    """
    system = reading.configuration.student_system
    if not system:
        return None
    items = next(one for one in resource.items if one.name == "identities")
    t = reading.items(people, items, "student")
    t = t.filter((t.system == system) | t.system.endswith(f"#{system}"))
    found = t.group_by("student").agg(state_id=t.code.min(), different=t.code.nunique())
    found = reading.space.keep(found)
    twice = found.filter(found.different > 1)
    if count := reading.space.count(twice):
        reading.problems.append(
            f"{resource.name}, field studentIdentificationCodes: {count:,} students have more than "
            f"one identifier of the system {system}.\nExpected one each. Correct them in the "
            "system they come from."
        )
    return found.select("student", "state_id")


def identified(t: ir.Table, identities: ir.Table | None) -> ir.Table:
    """The table with the state's identifiers as `student`, Ed-Fi's own where there is none."""
    if identities is None:
        return t
    joined = t.left_join(identities, "student")
    return joined.mutate(student=ibis.coalesce(joined.state_id, joined.student)).drop(
        "state_id", "student_right"
    )


def check_identities(reading: Reading, t: ir.Table, identities: ir.Table | None) -> None:
    """Every student of a table has one of the state's identifiers; who has none is a problem."""
    if identities is None:
        return
    without = t.anti_join(identities, "student")
    if count := reading.space.row(without.agg(count=without.student.nunique()))["count"]:
        reading.problems.append(
            f"{ENROLLMENTS.name}: {count:,} students have no identifier of the system "
            f"{reading.configuration.student_system}.\nExpected one among "
            "studentIdentificationCodes for each, or no [students] system in "
            f"{reading.configuration.name} where studentUniqueId is the state's."
        )


def tell_districts(reading: Reading, spells: ir.Table, places: ir.Table) -> None:
    """A note where no student was ever in two districts: then identifiers may be districts' own."""
    if reading.configuration.student_system:
        return
    t = spells.join(places.select("school", "agency"), "school")
    by_student = t.group_by("student").agg(districts=t.agency.nunique())
    found = reading.space.row(
        by_student.agg(students=by_student.count(), moved=(by_student.districts > 1).sum())
    )
    districts = reading.space.row(places.agg(count=places.agency.nunique()))["count"]
    if districts > 1 and found["students"] >= _MANY and not found["moved"]:
        reading.notes.append(
            f"no student was in two of the {districts:,} districts: where studentUniqueId is a "
            "district's own, name the state's system in [students]"
        )


_MANY = 1000
