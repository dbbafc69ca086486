"""How is one school doing, beside schools like it and its own last year?"""

from dataclasses import replace
from functools import partial

import pandas as pd

from leapdash.show.answers import waiting
from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Card, Part, Section, Table, Text, nothing
from leapdash.show.answers.public import school as public_school
from leapdash.show.answers.tables import led_by
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.measures import CHRONIC_ABSENCE
from leapdash.show.views import effects, funnel
from leapdash.show.views import school as views
from leapdash.show.views.checks import failed
from leapdash.show.views.district import last_year
from leapdash.show.views.programme import last_month
from leapdash.show.words import district as district_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import school as words
from leapdash.show.words.filters import whose_visits
from leapdash.show.words.numbers import count, month, per_cent

QUESTION = N_("How is one school doing, beside schools like it and its own last year?")
LIKE, CHRONIC = N_("Schools like it"), N_("Chronic absence")
VISITS, CHANCE = N_("Visits"), N_("Chance")


def answer(choice: Choice) -> Answer:
    """The choice's school: attendance, chronic absence, visits; each beside what is like it."""
    if choice.release.public:
        return public_school.answer(choice, _(QUESTION))
    like = views.schools_like_it(choice) if choice.school else pd.DataFrame()
    if not len(like):
        return nothing(choice, _(QUESTION))
    year, own = last_year(choice), like.iloc[0]
    change, reach = views.against_last_year(choice), views.school_reach(choice)
    name = words.name_of(choice, views.level_of(choice))
    cards = [
        Card(_("Attendance"), per_cent(own["attendance_rate"]), _("of days, {year}", year=year)),
        Card(
            _("Chronic absence"),
            per_cent(own["chronic_share"]),
            _("of students, {year}", year=year),
        ),
        Card(_("High needs"), per_cent(own["high_needs_share"]), _("of students")),
    ]
    if len(reach):
        share = reach["ever_eligible_visited"] / max(reach["ever_eligible"], 1)
        cards += [
            Card(_("Waiting"), count(reach["waiting"]), _("for a first visit")),
            Card(_("Reached"), per_cent(share), _("of those eligible")),
        ]
    short = choice.known.schools[choice.school].name
    months = views.school_months(choice)
    since = words.attendance_since(views.attendance_since_last_year(choice))
    return Answer(
        choice,
        _(QUESTION),
        words.answer(name, like, year, change),
        cards=tuple(cards),
        figures=(
            lines_of(
                choice,
                "school-months",
                _("{school} beside schools like it, attendance by month", school=short),
                months,
                notes=(since, _(words.INDEPENDENT) if since else ""),
            ),
        ),
        sections=(
            Section(LIKE, partial(_like, choice, like, short, year)),
            Section(CHRONIC, partial(_chronic, choice, short)),
            Section(VISITS, partial(_visits, choice, short)),
            Section(CHANCE, partial(_chance, choice, short)),
        ),
    )


def _like(choice: Choice, like: pd.DataFrame, short: str, year: str) -> tuple[Part, ...]:
    title = _("Schools like {school}, {year}", school=short, year=year)
    named = ("school_name", "attendance_rate", "chronic_share")
    note = words.like_note(like, bool(choice.known.own))
    return (Table("school-like", title, led_by(like, *named)), Text(note, small=True))


def _chronic(choice: Choice, short: str) -> tuple[Part, ...]:
    change = views.against_last_year(choice)
    title = _("{school}, chronic absence in the school year to date", school=short)
    figure = lines_of(
        choice,
        "school-chronic",
        title,
        views.school_to_date(choice),
        CHRONIC_ABSENCE,
        notes=(_(words.TO_DATE), _(words.INDEPENDENT) if change else ""),
    )
    bands = views.school_bands(choice)
    bands.insert(0, "series", [words.band_name(band) for band in bands.pop("band")])
    year = last_year(choice)
    missed = _("How much of {year} the students of {school} missed", year=year, school=short)
    return (
        Text(words.against_last_year(change)),
        figure,
        Table("school-bands", missed, bands),
    )


def _visits(choice: Choice, short: str) -> tuple[Part, ...]:
    """Whom the programme reached at the school, and what visits changed at its level there."""
    reach, when = views.school_reach(choice), month(last_month(choice))
    told = Text(words.visits(reach, when))
    if not len(reach):
        return (told,)
    rows = [(_(says), int(reach[name])) for name, says in words.COUNTED.items()]
    table = pd.DataFrame(rows, columns=["series", "students"])
    title = _("The programme at {school}, {month}", school=short, month=when)
    return (
        told,
        *waiting.by_month(choice, "school-waiting", short),
        Table("school-visits", title, table),
        Text(_(words.WAITS), small=True),
        *_effect(choice),
    )


def _effect(choice: Choice) -> tuple[Part, ...]:
    """What visits changed at the school's level in its district: too few are visited in one."""
    if not choice.release.has_effects:
        return ()
    district = choice.known.schools[choice.school].district
    around = choice.filtered(districts=(district,), levels=(views.level_of(choice),))
    found = effects.headlines_on(around)
    if not found.visited_all:
        return ()
    mind = effect_words.mind_sentence(failed(around, found, effect_words.leading(found)))
    told = district_words.effect(whose_visits(around), found, None)
    return (Text(" ".join(part for part in (told, mind) if part)),)


def _chance(choice: Choice, short: str) -> tuple[Part, ...]:
    """Whether the school stands apart from its district's others of the level."""
    district = choice.known.schools[choice.school].district
    table = funnel.schools_and_chance(
        replace(choice.filtered(levels=(views.level_of(choice),)), district=district)
    )
    own = table[table["school_code"] == choice.school]
    if not len(own):
        only = _("{school} is the only school of its level in its district.", school=short)
        return (Text(only),)
    place = choice.known.districts[district]
    row = own.iloc[0]
    return (
        Text(district_words.one_and_chance(row, short, place, last_year(choice))),
        Text(district_words.spread_note(table), small=True),
    )
