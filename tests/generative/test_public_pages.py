"""Pages on a public release, for random choices: every figure is the restricted release's own, or
is said to be hidden; and no page, chart or download tells more than the file.
"""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leapdash.contract import (
    ALL,
    GROUPS,
    LEAP,
    LEVELS,
    OTHER,
    PARTICIPATION,
    STATE_CODE,
    school_year_of,
)
from leapdash.release import open_release
from leapdash.show.answers.model import Answer, Figure, Table
from leapdash.show.answers.pages import PAGES, choice_on, offered
from leapdash.show.charts.base import Look
from leapdash.show.charts.palette import LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import speaking
from leapdash.show.opened import OpenedRelease
from leapdash.show.parameters import controls_on
from leapdash.show.views.attendance import attendance_trend, chronic_trend
from leapdash.show.views.cells import SHOWN, WITHHELD, not_offered
from leapdash.show.views.effects import headlines_on
from leapdash.show.views.groups import OTHERS
from leapdash.show.views.public_groups import attendance_of_both_shown
from leapdash.show.views.public_schools import schools_side_by_side
from tests.lib import examples
from tests.lib.paths import DEMO, DEMO_PUBLIC
from tests.lib.random_choices import some

EXAMPLES = settings(max_examples=examples.of(60, 1000))
BYS = ("all", "district", "level", "participation", "group")
PLACES = tuple(open_release(DEMO_PUBLIC).table("schools")["district_code"].unique().to_pylist())
YEARS = open_release(DEMO_PUBLIC).manifest.school_years
FILTERS = st.builds(
    Filters,
    districts=st.lists(st.sampled_from([*PLACES, LEAP, OTHER]), unique=True, max_size=3).map(tuple),
    levels=some(LEVELS),
    participation=some(PARTICIPATION),
    years=some(YEARS),
    group=st.sampled_from(sorted(GROUPS)),
)
NOT_WORDS = re.compile(r"\bnan\b|None|NaT|\bc\b(?= of)", re.IGNORECASE)


@pytest.fixture(scope="module")
def public() -> OpenedRelease:
    return OpenedRelease(open_release(DEMO_PUBLIC))


@pytest.fixture(scope="module")
def restricted() -> OpenedRelease:
    return OpenedRelease(open_release(DEMO))


def trends_of(release: OpenedRelease, **said: str) -> Answer:
    """Trends of the whole state."""
    return PAGES["trends"].answer(choice_on("trends", release, Filters(), said))


def parts_of(answer: Answer):
    """Every part of an answer, those of its sections made."""
    return [*answer.figures, *(part for one in answer.sections for part in one.make())]


@EXAMPLES
@given(
    filters=FILTERS,
    page=st.sampled_from(sorted(PAGES)),
    spoken=st.sampled_from(("en", "es")),
    data=st.data(),
)
def test_every_page_answers_every_choice_in_words(public, filters, page, spoken, data):
    """Whatever is chosen: a sentence without a hole in it, charts that can be drawn, tables."""
    said = {
        one.key: data.draw(st.sampled_from(sorted(one.words)), label=one.key)
        for one in controls_on(page, public.known)
        if one.words
    }
    with speaking(spoken):
        answer = PAGES[page].answer(choice_on(page, public, filters, said))
        assert answer.sentence
        told = [answer.sentence, answer.scope, *answer.notes]
        told += [f"{card.label}: {card.value} {card.unit}" for card in answer.cards]
        for part in parts_of(answer):
            if isinstance(part, Figure):
                json.loads(part.chart(Look(LIGHT, answer.stamp)).to_json())
                told += [part.title, part.alt, *part.notes]
    assert not [text for text in told if text and NOT_WORDS.search(text)]
    if page not in offered(public=True):
        assert answer.empty
        assert not answer.cards


@EXAMPLES
@given(
    filters=FILTERS,
    by=st.sampled_from(BYS),
    grain=st.sampled_from(("month", "year")),
)
def test_attendance_is_the_restricted_releases_own_or_hidden(
    public, restricted, filters, by, grain
):
    """By participation the public release counts where home visits are made by then, so whole
    areas are compared there: one district that takes part.
    """
    own = Choice(public, filters, by=by, grain=grain)
    if not_offered(own):
        return
    if filters.participation or by == "participation":
        own = own.filtered(districts=(sorted(public.known.leap)[0],))
    told = attendance_trend(own)
    true = attendance_trend(replace(own, release=restricted))
    both = told.merge(true, on=["code", "period"], suffixes=("", "_true"), how="left")
    shown = both[both["status"] == SHOWN]
    assert set(both["status"]) <= {SHOWN, WITHHELD}
    assert (shown["days_enrolled"] == shown["days_enrolled_true"]).all()
    assert (shown["days_attended"] == shown["days_attended_true"]).all()
    assert both.loc[both["status"] == WITHHELD, "attendance_rate"].isna().all()
    if by != "group" and not (filters.participation or by == "participation"):
        assert set(zip(told["code"], told["period"], strict=True)) == set(
            zip(true["code"], true["period"], strict=True)
        )


@EXAMPLES
@given(district=st.sampled_from(PLACES), levels=some(LEVELS), group=st.sampled_from(sorted(GROUPS)))
def test_chronic_absence_of_a_district_is_the_restricted_releases_own_or_hidden(
    public, restricted, district, levels, group
):
    own = Choice(public, Filters((district,), levels, group=group), by="all", grain="year")
    if not_offered(own, chronic=True):
        return
    told, true = chronic_trend(own), chronic_trend(replace(own, release=restricted))
    both = told.merge(true, on="period", suffixes=("", "_true"), how="left")
    shown = both[both["status"] == SHOWN]
    assert (shown["chronic_base"] == shown["chronic_base_true"].fillna(0)).all()
    assert (shown["chronically_absent"] == shown["chronically_absent_true"].fillna(0)).all()


@pytest.mark.parametrize("level", [ALL, *LEVELS])
@pytest.mark.parametrize("district", [STATE_CODE, *PLACES])
def test_effects_are_the_restricted_releases_own_to_a_tenth_of_a_point(
    public, restricted, district, level
):
    filters = Filters(
        () if district == STATE_CODE else (district,), () if level == ALL else (level,)
    )
    told, true = (headlines_on(Choice(release, filters)) for release in (public, restricted))
    if told.withheld:
        return
    for name in ("month_after", "six_to_nine"):
        shown, own = getattr(told, name), getattr(true, name)
        assert shown.effect.effect == pytest.approx(own.effect.effect, abs=0.0005001)
        assert shown.effect.low == pytest.approx(own.effect.low, abs=0.0005001)
        assert shown.naive == pytest.approx(own.naive, abs=0.0005001)
        assert abs(shown.visited - own.visited) <= 5


def test_schools_are_the_restricted_releases_own_or_hidden(public, restricted):
    rows = restricted.table("attendance").to_pandas()
    years = rows["month"].map(lambda month: f"{month.year - (month.month < 7)}")
    last = rows[years == YEARS[-1][:4]]
    true = last.groupby(["school_code", "level"])[["days_enrolled", "days_attended"]].sum()
    seen = 0
    for district in PLACES:
        table = schools_side_by_side(replace(Choice(public), district=district))
        shown = table[table["attendance_rate"].notna()].set_index(["school_code", "level"])
        own = true.loc[shown.index]
        assert (own["days_attended"] == shown["days_attended"]).all()
        seen += len(shown)
    assert seen > 200


def test_a_school_s_year_with_a_hidden_month_is_hidden(public):
    """Its other months together would be another figure, told as the year's."""
    table = public.table("attendance").to_pandas()
    away = table[(table["status"] == WITHHELD) & table["level"].isin(LEVELS)]
    assert len(away)
    for row in away.drop_duplicates(["school_code", "level"]).to_dict("records"):
        own = Choice(public, Filters(years=(school_year_of(row["month"]),)))
        rows = schools_side_by_side(replace(own, district=row["district_code"]))
        here = rows[(rows["school_code"] == row["school_code"]) & (rows["level"] == row["level"])]
        assert set(here["status"]) == {WITHHELD}
        assert here[["students", "days_attended", "attendance_rate"]].isna().all(axis=None)


def test_all_others_are_hidden_where_the_group_is(public):
    table = public.table("attendance_by_group").to_pandas()
    homeless = table[(table["group"] == "homeless") & (table["level"] == ALL)]
    codes = sorted(set(homeless.loc[homeless["status"] == WITHHELD, "district_code"]) & set(PLACES))
    assert codes
    for code in codes[:5]:
        both = attendance_of_both_shown(Choice(public, Filters((code,)), of_group="homeless"))
        sides = {side: rows.set_index("period") for side, rows in both.groupby("code")}
        group, others = sides["homeless"], sides[OTHERS]
        assert (group["status"] == others["status"]).all()
        assert others.loc[others["status"] == WITHHELD, "attendance_rate"].isna().all()
        assert others.loc[others["status"] == SHOWN, "attendance_rate"].notna().all()


def test_by_participation_the_state_is_the_districts_that_take_part_and_is_said_to_be(public):
    answer = PAGES["trends"].answer(
        choice_on("trends", public, Filters(), {"lines": "participation"})
    )
    assert answer.sentence.startswith("LEAP districts, visited: ")
    assert "All districts" not in answer.sentence


def test_a_school_year_without_all_its_months_is_not_told(public):
    """Districts take part from the midst of a school year on."""
    answer = trends_of(public, lines="participation", points="year")
    first = min(public.table("schools")["leap_from"].drop_null().to_pylist())
    assert first.month not in (8, 9)
    assert min(answer.figures[0].table["period"]) > school_year_of(first)
    months = trends_of(public, lines="participation", points="month")
    assert min(months.figures[0].table["period"]) >= first.replace(day=1)


def figures_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that are hidden."""
    return frame[frame["status"] == WITHHELD]


@EXAMPLES
@given(filters=FILTERS, page=st.sampled_from(("trends", "district", "school", "groups", "impact")))
def test_no_chart_or_table_has_a_figure_where_one_is_hidden(public, filters, page):
    """Tables and charts leave hidden figures out: as many points are drawn as rows are shown."""
    answer = PAGES[page].answer(choice_on(page, public, filters, {}))
    for part in parts_of(answer):
        if not isinstance(part, Figure | Table) or "status" not in part.table:
            continue
        away = figures_of(part.table)
        numbers = away.select_dtypes("number").drop(columns=["event_time"], errors="ignore")
        if "school_name" in away:
            numbers = numbers[["attendance_rate", "days_attended"]]
        assert numbers.isna().all(axis=None)
        if len(away) and isinstance(part, Figure):
            assert any("Hidden" in note for note in part.notes)
