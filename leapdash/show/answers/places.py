"""The districts on a map: a section of Impact, where a release knows where its schools are."""

from functools import partial

from leapdash.show.answers.model import Figure, Part, Section
from leapdash.show.answers.tables import led_by
from leapdash.show.charts.places import district_map
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views.places import district_places, districts_on_map, shaded_by
from leapdash.show.words import places as words

TITLE = N_("Map")


def map_section(choice: Choice) -> tuple[Section, ...]:
    """The section; none where fewer than two districts have a place."""
    known = set(district_places(choice)["district_code"]) & choice.known.leap
    if len(known & set(choice.codes or known)) < 2:
        return ()
    return (Section(TITLE, partial(_parts, choice), controls=("size", "shade")),)


def _parts(choice: Choice) -> tuple[Part, ...]:
    table, shade = districts_on_map(choice), shaded_by(choice)
    if not len(table):
        return ()
    chart = partial(district_map, table, choice.size, shade, choice.headline)
    own = ("effect", "low", "high") if shade == "effect" else ("reached",)
    return (
        Figure(
            "impact-map",
            _(words.TITLES[shade]),
            chart,
            led_by(table, "series", *own, choice.size),
            words.alt(table, shade),
            (words.note(shade),),
        ),
    )
