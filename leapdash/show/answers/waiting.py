"""Who waits for a first visit and how long, as figures: by month, and school by school."""

from functools import partial

from leapdash.contract import WAITING
from leapdash.show.answers.model import Figure, Part, Text
from leapdash.show.answers.tables import led_by
from leapdash.show.charts.waiting import waiting_months, waiting_schools
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.views import waiting as views
from leapdash.show.views.programme import last_month
from leapdash.show.words import waiting as words
from leapdash.show.words.numbers import month


def by_month(choice: Choice, name: str, whom: str) -> tuple[Part, ...]:
    """Who waited at the end of every month; nothing where no district of the choice takes part."""
    months = views.waiting_by_month(choice)
    if not len(months):
        return ()
    title = _("{whom}: students waiting for a first visit", whom=whom)
    return (
        Figure(
            name,
            title,
            partial(waiting_months, months),
            led_by(months, "period", *WAITING),
            words.alt_months(title, months),
            (_(words.HOW_LONG),),
        ),
    )


def by_school(choice: Choice, name: str, whom: str) -> tuple[Part, ...]:
    """How long students have waited at every school of the choice, the longest first."""
    months, schools = views.waiting_by_month(choice), views.waiting_at_schools(choice)
    if not len(months):
        return (Text(_("{whom} took no part in home visits.", whom=whom)),)
    when = month(last_month(choice))
    told = words.how_long(whom, when, months.iloc[-1])
    parts: list[Part] = [Text(" ".join(t for t in (told, words.where_longest(schools)) if t))]
    if len(schools):
        title = _("Who waits longest at {whom}’s schools, {month}", whom=whom, month=when)
        parts.append(
            Figure(
                name,
                title,
                partial(waiting_schools, schools),
                led_by(schools, "school_name", *WAITING),
                words.alt_schools(title, schools),
                (_(words.HOW_LONG),),
            )
        )
    return tuple(parts)
