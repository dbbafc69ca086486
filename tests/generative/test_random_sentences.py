"""The sentence each page leads with, for random choices: whom it is about, its numbers, what they
rest on and which way they go, against the release's rows in plain Python.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leapdash.contract import GROUPS, LEVELS, PARTICIPATION, school_year_of
from leapdash.show.answers import before_after, district, impact, trends
from leapdash.show.filters import LEAP, OTHER, Filters
from tests.lib import examples
from tests.lib.by_hand import keeps, rate, rows_of, total
from tests.lib.random_choices import FILTERS
from tests.lib.small_release import DISTRICTS

NAMES = {**DISTRICTS, LEAP: "LEAP districts", OTHER: "Other districts"}
TOLD_OF = {
    "visited": "visited",
    "eligible": "eligible and not visited",
    "other": "neither visited nor eligible",
}
EVENTS = (6, 7, 8, 9)
EXAMPLES = settings(max_examples=examples.of(40, 500))


@pytest.fixture(scope="module")
def tables(release):
    names = [
        *("attendance_by_group", "chronic_absence", "chronic_to_date", "effects"),
        "visited_compared",
    ]
    return {name: rows_of(release, name) for name in names}


def places(filters, known):
    """The words for the districts chosen."""
    codes = {code for item in filters.districts for code in known.codes(item)}
    if not codes or {LEAP, OTHER} <= set(filters.districts):
        return "All districts"
    if len(filters.districts) <= 2:
        return " and ".join(NAMES[item] for item in filters.districts)
    named = len(codes) if {LEAP, OTHER} & set(filters.districts) else len(filters.districts)
    return f"{named} districts"


def whom(filters, known):
    """Whom a sentence must say it is about."""
    parts = [places(filters, known)]
    if filters.levels:
        parts.append(f"grades {' and '.join(filters.levels)}")
    if filters.participation:
        parts.append(" or ".join(TOLD_OF[part] for part in filters.participation))
    if filters.group != "all":
        parts.append(GROUPS[filters.group])
    return ", ".join(parts)


def years_of(filters):
    """The words for the school years chosen: those in a row as a range."""
    starts = [int(year[:4]) for year in filters.years]
    if len(starts) > 1 and starts[-1] - starts[0] == len(starts) - 1:
        return f"{filters.years[0]} to {filters.years[-1]}"
    return " and ".join(filters.years)


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
)
def test_an_effect_s_sentence_is_true_of_exactly_its_choice(
    choose, known, tables, filters, page, place
):
    districts = (place,) if page is district else filters.districts
    filters = Filters(districts, filters.levels, (), filters.years)
    answer = page.answer(choose(filters, district=place))
    keep = keeps(filters, known)
    rows = [
        row
        for row in tables["effects"]
        if row["slice"] == "cohort_period" and keep({**row, "cohort_period": row["slice_value"]})
    ]
    everyone = total([row for row in tables["visited_compared"] if keep(row)], "students")
    text = answer.sentence
    years = f", first visited in {years_of(filters)}" if filters.years else ""
    who = f"{whom(filters, known)}{years}"
    found = re.search(
        r"(?:Six|six) to nine school months after the first visit, (.*?)attended (\S+) points "
        r"(more|less) of their days",
        text,
    )
    effect, visited = effect_of(rows, EVENTS)
    if visited < 20:
        assert found is None
        return
    assert found is not None
    assert found[2] == one_decimal(effect)
    assert (found[3] == "more") == (effect > 0)
    if page is district:
        assert f"the visited students of {who}" in found[1]
    else:
        assert text.startswith(f"{who}: ")
    based = re.search(r"ased on ([\d,]+) of ([\d,]+) visited student", answer.scope)
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
@given(filters=FILTERS, grain=st.sampled_from(["month", "year"]), by=st.sampled_from(sorted(LINES)))
def test_the_sentence_of_trends_is_true_of_exactly_its_line(
    choose, known, tables, filters, grain, by
):
    text = trends.answer(choose(filters, grain=grain, by=by)).sentence

    def rows_of_line(line):
        keep, wanted = keeps(line, known), keeps(filters, known)
        lets = keep if by == "group" else lambda row: keep(row) and wanted(row)
        return [row for row in tables["attendance_by_group"] if lets(row)]

    lines = [(line, rows) for line in LINES[by](filters) if (rows := rows_of_line(line))]
    if not lines:
        assert "No student stands behind this choice" in text
        return
    line, rows = lines[0]
    last = max(row["month"] for row in rows)
    year = school_year_of(last)
    period = f"{last:%B %Y}" if grain == "month" else year
    own = [
        row
        for row in rows
        if (row["month"] == last if grain == "month" else school_year_of(row["month"]) == year)
    ]
    who = whom(line, known)
    months = len({row["month"] for row in own})
    # The mean number of students of a year's months is rounded half to even.
    if round(total(own, "students") / months) < 10:
        assert text.startswith(f"{who}: only ")
        assert f"in {period}, too few to say how they attended" in text
        return
    assert text.startswith(f"{who}: students attended ")
    told = re.search(r"attended (\S+)% of their days in ([^,.]+)", text)
    attended = rate(own, "days_attended", "days_enrolled")
    assert float(told[1]) == pytest.approx(100 * attended, abs=0.0501)
    assert told[2] == period
    chronic = chronic_rows(tables, known, line, grain, by)
    absent = re.search(r"(\S+)% of ([\d,]+) students? were chronically absent", text)
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
