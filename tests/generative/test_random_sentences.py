"""The sentence each page leads with, for random choices: whom it is about, its numbers, what they
rest on and which way they go, against the release's rows in plain Python, in each language.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leapdash.contract import GROUPS, LEAP, LEVELS, OTHER, PARTICIPATION, school_year_of
from leapdash.show.answers import (
    before_after,
    compare,
    district,
    groups,
    impact,
    school,
    start,
    trends,
    visits,
)
from leapdash.show.filters import Filters
from leapdash.show.language import _, speaking
from leapdash.show.views.groups import COMPARED
from leapdash.show.words.numbers import month
from tests.lib import examples
from tests.lib.by_hand import keeps, rate, rows_of, total
from tests.lib.random_choices import FILTERS
from tests.lib.small_release import DISTRICTS

GROUPED = {LEAP: "LEAP districts", OTHER: "Other districts"}
TOLD_OF = {
    "visited": "visited",
    "eligible": "eligible and not visited",
    "other": "neither visited nor eligible",
}
ENGLISH = {
    "all": "All districts",
    "and": " and ",
    "or": " or ",
    "grades": "grades",
    "to": " to ",
    "districts": "districts",
    "first visited": "first visited in",
    "effect": r"(?:Six|six) to nine school months after the first visit, (.*?)"
    r"attended (\S+) points (more|less) of their days",
    "more": "more",
    "visited of": "the visited students of {}",
    "based": r"ased on ([\d,]+) of ([\d,]+) visited student",
    "nobody": "No student stands behind this choice",
    "only": "{}: only ",
    "too few": "in {}, too few to say how they attended",
    "attended": "{}: students attended ",
    "rate": r"attended (\S+)% of their days in ([^,.]+)",
    "chronic": r"(\S+)% of ([\d,]+) students? were chronically absent",
}
SPANISH = {
    "all": "Todos los distritos",
    "and": " y ",
    "or": " o ",
    "grades": "grados",
    "to": " a ",
    "districts": "distritos",
    "first visited": "visitados por primera vez en",
    "effect": r"(?:De|de) seis a nueve meses de clases después de la primera visita, (.*?)"
    r"asistieron (\S+) puntos (más|menos) de sus días",
    "more": "más",
    "visited of": "los estudiantes visitados de {}",
    "based": r"e basa en ([\d,]+) de ([\d,]+) estudiantes? visitado",
    "nobody": "No hay ningún estudiante detrás de esta selección",
    "only": "{}: solo ",
    "too few": "en {}, muy pocos para saber cómo asistieron",
    "attended": "{}: los estudiantes asistieron ",
    "rate": r"asistieron el (\S+)% de sus días en ([^,.]+)",
    "chronic": r"el (\S+)% de ([\d,]+) estudiantes? (?:tenía|tuvo) ausentismo crónico",
}
SAYS = {"en": ENGLISH, "es": SPANISH}
SPOKEN = st.sampled_from(sorted(SAYS))
EVENTS = (6, 7, 8, 9)
EXAMPLES = settings(max_examples=examples.of(40, 500))


@pytest.fixture(scope="module")
def tables(release):
    names = [
        *("attendance_by_group", "chronic_absence", "chronic_to_date", "effects"),
        "visited_compared",
    ]
    return {name: rows_of(release, name) for name in names}


def places(filters, known, says):
    """The words for the districts chosen."""
    codes = {code for item in filters.districts for code in known.codes(item)}
    if not codes or {LEAP, OTHER} <= set(filters.districts):
        return says["all"]
    if len(filters.districts) <= 2:
        return says["and"].join(
            _(GROUPED[item]) if item in GROUPED else DISTRICTS[item] for item in filters.districts
        )
    named = len(codes) if {LEAP, OTHER} & set(filters.districts) else len(filters.districts)
    return f"{named} {says['districts']}"


def whom(filters, known, says):
    """Whom a sentence must say it is about."""
    parts = [places(filters, known, says)]
    if filters.levels:
        parts.append(f"{says['grades']} {says['and'].join(filters.levels)}")
    if filters.participation:
        parts.append(says["or"].join(_(TOLD_OF[part]) for part in filters.participation))
    if filters.group != "all":
        parts.append(_(GROUPS[filters.group]))
    return ", ".join(parts)


def years_of(filters, says):
    """The words for the school years chosen: those in a row as a range."""
    starts = [int(year[:4]) for year in filters.years]
    if len(starts) > 1 and starts[-1] - starts[0] == len(starts) - 1:
        return says["to"].join((filters.years[0], filters.years[-1]))
    return says["and"].join(filters.years)


def one_decimal(value):
    return f"{abs(value) * 100 + 1e-9:.1f}"


def effect_of(rows, events):
    """The mean effect of these months over these rows, and the fewest visited in one of them."""
    effects, visited = [], []
    for e in events:
        own = [row for row in rows if row["event_time"] == e]
        n = sum(row["visited"] for row in own)
        visited.append(n)
        effects.append(sum(row["visited"] * row["effect"] for row in own) / n if n else 0.0)
    return sum(effects) / len(effects), min(visited)


@EXAMPLES
@given(
    filters=FILTERS,
    page=st.sampled_from([impact, before_after, district]),
    place=st.sampled_from(sorted(DISTRICTS)),
    spoken=SPOKEN,
)
def test_an_effect_s_sentence_is_true_of_exactly_its_choice(
    choose, known, tables, filters, page, place, spoken
):
    districts = (place,) if page is district else filters.districts
    filters = Filters(districts, filters.levels, (), filters.years)
    says = SAYS[spoken]
    with speaking(spoken):
        answer = page.answer(choose(filters, district=place))
        years = f", {says['first visited']} {years_of(filters, says)}" if filters.years else ""
        who = f"{whom(filters, known, says)}{years}"
    keep = keeps(filters, known)
    rows = [
        row
        for row in tables["effects"]
        if row["slice"] == "cohort_period" and keep({**row, "cohort_period": row["slice_value"]})
    ]
    everyone = total([row for row in tables["visited_compared"] if keep(row)], "students")
    text = answer.sentence
    found = re.search(says["effect"], text)
    effect, visited = effect_of(rows, EVENTS)
    if visited < 20:
        assert found is None
        return
    assert found is not None
    assert found[2] == one_decimal(effect)
    assert (found[3] == says["more"]) == (effect > 0)
    if page is district:
        assert says["visited of"].format(who) in found[1]
    else:
        assert text.startswith(f"{who}: ")
    based = re.search(says["based"], answer.scope)
    assert [int(number.replace(",", "")) for number in based.groups()] == [visited, everyone]


LINES = {
    "all": lambda filters: [filters],
    "district": lambda filters: [
        replace(filters, districts=(item,)) for item in filters.districts or (LEAP, OTHER)
    ],
    "level": lambda filters: [replace(filters, levels=(level,)) for level in LEVELS],
    "participation": lambda filters: [
        replace(filters, participation=(part,)) for part in PARTICIPATION
    ],
    # The group chosen comes first, then all in their order.
    "group": lambda filters: [replace(filters, group=g) for g in (filters.group, *GROUPS)],
}
"""By what lines are drawn: the choices they are the one line of, in their order."""


@EXAMPLES
@given(
    filters=FILTERS,
    grain=st.sampled_from(["month", "year"]),
    by=st.sampled_from(sorted(LINES)),
    spoken=SPOKEN,
)
def test_the_sentence_of_trends_is_true_of_exactly_its_line(
    choose, known, tables, filters, grain, by, spoken
):
    says = SAYS[spoken]
    with speaking(spoken):
        text = trends.answer(choose(filters, grain=grain, by=by)).sentence

    def rows_of_line(line):
        keep, wanted = keeps(line, known), keeps(filters, known)
        lets = keep if by == "group" else lambda row: keep(row) and wanted(row)
        return [row for row in tables["attendance_by_group"] if lets(row)]

    lines = [(line, rows) for line in LINES[by](filters) if (rows := rows_of_line(line))]
    if not lines:
        assert says["nobody"] in text
        return
    line, rows = lines[0]
    last = max(row["month"] for row in rows)
    year = school_year_of(last)
    with speaking(spoken):
        period = month(last) if grain == "month" else year
        who = whom(line, known, says)
    own = [
        row
        for row in rows
        if (row["month"] == last if grain == "month" else school_year_of(row["month"]) == year)
    ]
    months = len({row["month"] for row in own})
    # The mean number of students of a year's months is rounded half to even.
    if round(total(own, "students") / months) < 10:
        assert text.startswith(says["only"].format(who))
        assert says["too few"].format(period) in text
        return
    assert text.startswith(says["attended"].format(who))
    told = re.search(says["rate"], text)
    attended = rate(own, "days_attended", "days_enrolled")
    assert float(told[1]) == pytest.approx(100 * attended, abs=0.0501)
    assert told[2] == period
    chronic = chronic_rows(tables, known, line, grain, by)
    absent = re.search(says["chronic"], text)
    told_of = [row for row in chronic if total(row, "chronic_base") >= 10]
    if not told_of:
        assert absent is None
        return
    counted = told_of[-1]
    base = total(counted, "chronic_base")
    share = (total(counted, "absent_10_to_20") + total(counted, "absent_20_or_more")) / base
    assert float(absent[1]) == pytest.approx(100 * share, abs=0.0501)
    assert int(absent[2].replace(",", "")) == base


def chronic_rows(tables, known, line, grain, by):
    """The rows of a line's chronic absence, period by period."""
    statewide = by != "district" and (not line.districts or {LEAP, OTHER} <= set(line.districts))
    keep = keeps(replace(line, districts=()) if statewide else line, known)
    geography = "state" if statewide else "district"
    name, column = (
        ("chronic_to_date", "month") if grain == "month" else ("chronic_absence", "school_year")
    )
    rows = [r for r in tables[name] if r["geography"] == geography and keep(r)]
    periods = sorted({row[column] for row in rows})
    return [[row for row in rows if row[column] == period] for period in periods]


PAGES = (start, impact, before_after, district, school, groups, visits, compare, trends)
NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


@EXAMPLES
@given(
    filters=FILTERS,
    other=FILTERS,
    page=st.sampled_from(PAGES),
    place=st.sampled_from(sorted(DISTRICTS)),
    group=st.sampled_from(COMPARED),
    data=st.data(),
)
def test_every_page_says_the_same_numbers_in_each_language(
    choose, known, filters, other, page, place, group, data
):
    about_one = {"district": place} if page is district else {"of_group": group}
    if page is school:
        about_one = {"school": data.draw(st.sampled_from(sorted(known.schools)))}
    if page is compare:
        sides = (Filters(one.districts, one.levels, years=one.years) for one in (filters, other))
        about_one = dict(zip("ab", sides, strict=True))
    said = {}
    for spoken in SAYS:
        with speaking(spoken):
            answer = page.answer(
                choose(filters.meant_on(page.__name__.rsplit(".")[-1]), **about_one)
            )
        parts = [answer.sentence, answer.scope, *answer.notes, *answer.warnings]
        parts += [f"{card.value} {card.unit}" for card in answer.cards]
        parts += [getattr(part, "alt", "") for part in answer.figures]
        said[spoken] = [sorted(NUMBERS.findall(part)) for part in parts]
    assert said["es"] == said["en"]
