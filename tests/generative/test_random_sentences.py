"""The sentence each page leads with, for random choices: whom it is about, its numbers, what they
rest on and which way they go, against the release's rows in plain Python.
"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leapdash.contract import GROUPS, LEVELS, PARTICIPATION, school_year_of
from leapdash.show.answers import before_after, district, impact, trends
from leapdash.show.filters import LEAP, OTHER, Filters
from tests.lib import examples
from tests.lib.by_hand import keeps, rate, rows_of, total
from tests.lib.small_release import DISTRICTS

YEARS = ("2020-21", "2021-22", "2022-23")
NAMES = {**DISTRICTS, LEAP: "LEAP districts", OTHER: "Other districts"}
TOLD_OF = {
    "visited": "visited",
    "eligible": "eligible and not visited",
    "other": "neither visited nor eligible",
}
EVENTS = (6, 7, 8, 9)


def some(values):
    return st.lists(st.sampled_from(sorted(values)), unique=True).map(tuple)


FILTERS = st.builds(
    Filters,
    districts=some([*DISTRICTS, LEAP, OTHER]),
    levels=some(LEVELS),
    participation=some(PARTICIPATION),
    years=some(YEARS),
    group=st.sampled_from(sorted(GROUPS)),
)
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
    years = f", first visited in {' and '.join(filters.years)}" if filters.years else ""
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


@EXAMPLES
@given(filters=FILTERS, grain=st.sampled_from(["month", "year"]))
def test_the_sentence_of_trends_is_true_of_exactly_its_choice(
    choose, known, tables, filters, grain
):
    text = trends.answer(choose(filters, grain=grain, by="all")).sentence
    keep = keeps(filters, known)
    rows = [row for row in tables["attendance_by_group"] if keep(row)]
    if not rows:
        assert "No student stands behind this choice" in text
        return
    last = max(row["month"] for row in rows)
    year = school_year_of(last)
    period = f"{last:%B %Y}" if grain == "month" else year
    own = [
        row
        for row in rows
        if (row["month"] == last if grain == "month" else school_year_of(row["month"]) == year)
    ]
    months = len({row["month"] for row in own})
    if round(total(own, "students") / months) < 10:
        assert f"in {period}, too few to say how they attended" in text
        return
    assert text.startswith(f"{whom(filters, known)}: students attended ")
    told = re.search(r"attended (\S+)% of their days in ([^,.]+)", text)
    attended = rate(own, "days_attended", "days_enrolled")
    assert float(told[1]) == pytest.approx(100 * attended, abs=0.0501)
    assert told[2] == period
    codes = {code for item in filters.districts for code in known.codes(item)}
    statewide = not codes or {LEAP, OTHER} <= set(filters.districts)
    name, column, here = (
        ("chronic_to_date", "month", last)
        if grain == "month"
        else ("chronic_absence", "school_year", year)
    )
    anywhere = keeps(
        Filters((), filters.levels, filters.participation, filters.years, filters.group), known
    )
    chronic = [
        row
        for row in tables[name]
        if row[column] == here
        and row["geography"] == ("state" if statewide else "district")
        and (statewide or row["district_code"] in codes)
        and anywhere(row)
    ]
    base = total(chronic, "chronic_base")
    absent = re.search(r"(\S+)% of ([\d,]+) students? were chronically absent", text)
    if base < 10:
        assert absent is None or grain == "month"
        return
    share = (total(chronic, "absent_10_to_20") + total(chronic, "absent_20_or_more")) / base
    assert float(absent[1]) == pytest.approx(100 * share, abs=0.0501)
    assert int(absent[2].replace(",", "")) == base
