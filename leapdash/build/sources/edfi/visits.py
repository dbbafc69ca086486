"""Home visits: of a file beside the resources, or of what Ed-Fi has room for."""

import re
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.edfi.configuration import code_of
from leapdash.build.sources.edfi.identities import identified
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import INTERVENTION_EVENTS, PROGRAMMES, Resource
from leapdash.errors import shortened

_HOME_VISIT = re.compile(r"home.?visit", re.IGNORECASE)


def has_visits(reading: Reading) -> Resource | None:
    """The resource that holds visits, None where none does; a setting of one that isn't read is a
    problem.
    """
    rules = reading.configuration.visits
    if rules.programmes and rules.interventions:
        reading.problems.append(
            f"{reading.configuration.name}, visits: interventions and programmes.\n"
            "Expected one of them, as visits are read from one resource. Take the other out."
        )
    if rules.programmes and not reading.has(PROGRAMMES):
        reading.problems.append(
            f"{reading.configuration.name}, visits.programmes: the resource {PROGRAMMES.name} "
            "isn't there.\nExpected it where programmes are visits. Fetch it, or take the line out."
        )
    if rules.programmes:
        return PROGRAMMES
    return INTERVENTION_EVENTS if reading.has(INTERVENTION_EVENTS) else None


def visits(reading: Reading, resource: Resource, identities: ir.Table | None) -> ir.Table:
    """The contract's `visits` from a resource (see `has_visits`).

    Of interventions those that the configuration names, else those whose code says "home visit".
    """
    rules = reading.configuration.visits
    t = identified(reading.table(resource), identities)
    if resource is PROGRAMMES:
        types = {
            row["type"] for row in reading.space.arrow(t.select("type").distinct()).to_pylist()
        }
        wanted = [one for one in types if {one, code_of(one)} & set(rules.programmes)]
        there = {name for one in types for name in (one, code_of(one))}
        lost = set(rules.programmes) - there
        _check_named(reading, resource, "programmes", lost, {code_of(one) for one in types})
        t = t.filter(t.type.isin(wanted)).mutate(
            day="begin", contact=ibis.literal("met"), place=ibis.literal("home")
        )
    else:
        t = _home_visits(reading, t)
        contacts = reading.mapped(
            t, "category", "contacts", resource, "attendanceEventCategoryDescriptor"
        )
        places = reading.mapped(
            t, "environment", "places", resource, "educationalEnvironmentDescriptor"
        )
        t = reading.with_meaning(t, "category", contacts, "contact", "string")
        t = reading.with_meaning(t, "environment", places, "place", "string")
    return t.select(
        "place",
        "contact",
        student_id="student",
        visit_date="day",
        visitor=ibis.literal(rules.visitor),
        language=ibis.literal(rules.language),
    )


def _home_visits(reading: Reading, t: ir.Table) -> ir.Table:
    named = set(reading.configuration.visits.interventions)
    counted = t.group_by("intervention").agg(count=t.count())
    rows = reading.space.arrow(counted).to_pylist()
    there = {row["intervention"] for row in rows}
    _check_named(reading, INTERVENTION_EVENTS, "interventions", named - there, there)
    if named:
        wanted = [row["intervention"] for row in rows if row["intervention"] in named]
    else:
        wanted = [row["intervention"] for row in rows if _HOME_VISIT.search(row["intervention"])]
    others = sum(row["count"] for row in rows if row["intervention"] not in wanted)
    if others:
        reading.notes.append(
            f"{others:,} intervention events are left out: no home visits by [visits] "
            f"interventions in {reading.configuration.name}"
        )
    return t.filter(t.intervention.isin(wanted))


def _check_named(
    reading: Reading,
    resource: Resource,
    setting: str,
    lost: Collection[str],
    there: Collection[str],
) -> None:
    """What the configuration names is in the resource; without any rows nothing can be told."""
    if lost and there:
        named = shortened(", ".join(sorted(lost)))
        reading.problems.append(
            f"{reading.configuration.name}, visits.{setting}: no {named} in "
            f"{resource.name}, so that its visits would be missing.\n"
            f"Expected some of those there are: {shortened(', '.join(sorted(there)), 300)}. "
            "Correct it."
        )
