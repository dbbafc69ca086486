"""Are attendance, chronic absence, visits and effects alike for all groups of students?"""

from functools import partial
from typing import Any

import pandas as pd

from leapdash.contract import GROUPS
from leapdash.show.answers.forests import slices_of
from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Card, Figure, Part, Section, Text, nothing
from leapdash.show.answers.public import groups as public_groups
from leapdash.show.charts.gaps import gap_rows
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.measures import CHRONIC_ABSENCE, REACHED
from leapdash.show.views import effect_rows
from leapdash.show.views import groups as views
from leapdash.show.views.district import last_year
from leapdash.show.views.programme import last_month, reach_now
from leapdash.show.words import effect_rows as row_words
from leapdash.show.words import groups as words
from leapdash.show.words.attendance import chronic_note
from leapdash.show.words.filters import whom
from leapdash.show.words.numbers import NO_FIGURE, month, points

QUESTION = N_("Are attendance, chronic absence, visits and effects alike for all students?")
MONTHS, CHRONIC, REACH = N_("Attendance by month"), N_("Chronic absence"), N_("Reached")
EFFECT = N_("Effect of visits")


def answer(choice: Choice) -> Answer:
    """The choice's group beside all who aren't in it, and the gaps of all groups."""
    if choice.release.public:
        return public_groups.answer(choice, _(QUESTION))
    group, year = choice.of_group, last_year(choice)
    rates = _row(views.attendance_gaps(choice), group)
    if not rates["group_counted"] + rates["others_counted"]:
        return nothing(choice, _(QUESTION))
    absent, reached = _row(views.chronic_gaps(choice), group), _row(views.reach_gaps(choice), group)
    sentences = [words.attendance(whom(choice), group, rates, year)]
    cards = [Card(_("Attendance"), *words.gap_card(rates))]
    if rates["group_counted"]:
        when = month(last_month(choice))
        own = _effect_of(choice)
        part = reach_now(choice).taking_part
        sentences += [words.chronic(absent), words.reach(reached, when, part)]
        sentences += [] if own is None else [words.effect(group, own)]
        cards += [
            Card(_("Chronic absence"), *words.gap_card(absent)),
            *([Card(_("Reached"), *words.gap_card(reached))] if part else []),
            *([] if own is None else [_effect_card(own)]),
        ]
    return Answer(
        choice,
        _(QUESTION),
        " ".join(sentence for sentence in sentences if sentence),
        cards=tuple(cards),
        figures=(_gaps(choice),),
        sections=(
            Section(MONTHS, partial(_months, choice)),
            Section(CHRONIC, partial(_chronic, choice)),
            Section(REACH, partial(_reach, choice)),
            *([Section(EFFECT, partial(_effects, choice))] if choice.release.has_effects else []),
        ),
    )


def _row(table: pd.DataFrame, group: str) -> dict[str, Any]:
    (row,) = table[table["code"] == group].to_dict("records")
    return {str(name): value for name, value in row.items()}


def _effect_of(choice: Choice) -> dict[str, Any] | None:
    """The group's row of effects; None where there is none."""
    if not choice.release.has_effects:
        return None
    table = views.effect_gaps(choice)
    if table is None or choice.of_group not in set(table.get("code", ())):
        return None
    return _row(table, choice.of_group)


def _effect_card(row: dict[str, Any]) -> Card:
    if row["group_effect"] != row["group_effect"]:
        return Card(_("Effect of visits"), NO_FIGURE, _("too few to tell"))
    rest = points(row["others_effect"], signed=True)
    told = _("points; on the others {effect}", effect=rest)
    if rest == NO_FIGURE:
        told = _("points of attendance")
    return Card(_("Effect of visits"), points(row["group_effect"], signed=True), told)


def _gaps(choice: Choice) -> Part:
    """All groups' gaps in the measure chosen."""
    gap = choice.gap
    when = last_year(choice)
    if gap == "reach":
        when = month(last_month(choice))
    if gap == "effect":
        when = _("six to nine school months after")
        table = views.effect_gaps(choice) if choice.release.has_effects else None
        if table is None or not len(table):
            return Text(_why_no_effects(choice))
    else:
        table = views.GAPS[gap](choice)
    title = _(words.TITLES[gap], when=when)
    chart = partial(gap_rows, table, choice.of_group, _(words.AXES[gap]))
    notes = (_(words.HOW_SURE), _(words.NOTES[gap]))
    return Figure(f"groups-{gap}", title, chart, table, words.alt(title, table), notes)


def _why_no_effects(choice: Choice) -> str:
    if not choice.release.has_effects:
        return _("This release was built without the effects of visits.")
    if effect_rows.slice_area(choice) is None:
        return row_words.no_slices(choice)
    return _("Nobody of these groups was visited in this choice.")


def _title(choice: Choice, told: str) -> str:
    return _(told, group=_(GROUPS[choice.of_group]))


def _months(choice: Choice) -> tuple[Part, ...]:
    title = _title(choice, N_("{group} beside all others, attendance by month"))
    trend = views.attendance_of_both(choice)
    if not len(trend):
        return (Text(_("Nobody was enrolled in this choice.")),)
    return (lines_of(choice, "groups-months", title, trend),)


def _chronic(choice: Choice) -> tuple[Part, ...]:
    title = _title(choice, N_("{group} beside all others, chronic absence in the year to date"))
    trend = views.chronic_of_both(choice)
    if not len(trend):
        return (Text(_("Nobody was enrolled in this choice for long enough to be counted.")),)
    note = chronic_note("month")
    return (
        lines_of(choice, "groups-chronic-months", title, trend, CHRONIC_ABSENCE, notes=(note,)),
    )


def _reach(choice: Choice) -> tuple[Part, ...]:
    title = _title(choice, N_("{group} beside all others, visited of the eligible by month"))
    trend = views.reach_of_both(choice)
    if not len(trend):
        return (Text(_("Nobody here was eligible while the district took part.")),)
    note = _(words.OF_THE_ELIGIBLE)
    return (lines_of(choice, "groups-reach-months", title, trend, REACHED, notes=(note,)),)


def _effects(choice: Choice) -> tuple[Part, ...]:
    title = _("What visits changed, by student group")
    rows = effect_rows.group_rows(choice)
    return slices_of(choice, "groups-effects", title, rows, _(row_words.GROUPS_NOTE))
