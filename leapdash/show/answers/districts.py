"""Districts side by side on need, reach and effect: a section of Impact."""

from functools import partial

from leapdash.show.answers.model import Figure, Part, Section
from leapdash.show.answers.tables import led_by
from leapdash.show.charts.districts import districts_rows
from leapdash.show.choice import Choice
from leapdash.show.language import N_
from leapdash.show.views.districts import districts_beside
from leapdash.show.words import districts as words

TITLE = N_("Side by side")


def districts_section(choice: Choice) -> tuple[Section, ...]:
    """The section; none where fewer than two districts that take part are chosen."""
    taking_part = choice.known.leap & set(choice.codes or choice.known.leap)
    return (Section(TITLE, partial(_parts, choice)),) if len(taking_part) > 1 else ()


def _parts(choice: Choice) -> tuple[Part, ...]:
    table = districts_beside(choice)
    if not len(table):
        return ()
    panels = [name for name, panel in words.PANELS.items() if panel.columns[1] in table]
    shown = [words.PANELS[name].columns[end] for name in panels for end in (1, 0, 2)]
    return (
        Figure(
            "impact-districts",
            words.title(table),
            partial(districts_rows, table, panels),
            led_by(table, "series", *shown),
            words.alt(table),
            words.notes(table),
        ),
    )
