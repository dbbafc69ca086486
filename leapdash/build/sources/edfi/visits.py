"""Home visits: of a file beside the resources, or of what Ed-Fi has room for."""

import re

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.edfi.configuration import code_of
from leapdash.build.sources.edfi.identities import identified
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import INTERVENTION_EVENTS, PROGRAMMES, Resource

_HOME_VISIT = re.compile(r"home.?visit", re.IGNORECASE)


def has_visits(reading: Reading) -> Resource | None:
    """The resource that holds visits, None where none does."""
    if reading.has(PROGRAMMES) and reading.configuration.visits.programmes:
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
    named = reading.configuration.visits.interventions
    counted = t.group_by("intervention").agg(count=t.count())
    rows = reading.space.arrow(counted).to_pylist()
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
