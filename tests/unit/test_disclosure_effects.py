"""The effects of a public release: withheld where few stand behind them, or would be told."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from leapdash.build.disclosure.effects import Effects, public_effects
from leapdash.build.disclosure.effects_audit import audited_effects
from leapdash.build.disclosure.rules import STATE_RULES
from leapdash.contract import ALL_LEVELS, EVENT_TIMES, LEVELS, STATE_CODE
from leapdash.release import Release
from leapdash.show.words.about import _RULES_SAY
from tests.lib.small_release import LEAP as TAKING_PART
from tests.lib.small_release import make

LEVEL_NAMES = tuple(LEVELS)
MANY = dict.fromkeys(LEVEL_NAMES, 200)
DISTRICTS = ("0010011", "0020011", "0030011", "0040011")
BY_GROUP = pd.DataFrame(
    {"month": [date(2023, 6, 1)], "district_code": [STATE_CODE], "level": [ALL_LEVELS]}
).assign(participation="all", status="shown")
FIGURES = ("effect", "low", "high", "visited", "visited_rate", "naive_change")


def effects_of(visited: dict[str, dict[str, int]], compared: float = 500.0) -> Effects:
    """The effects where so many of each district and level were visited, in every month."""
    cells = {(code, level): n for code, own in visited.items() for level, n in own.items()}
    places = {
        (area, level): sum(
            n
            for (code, own), n in cells.items()
            if area in (STATE_CODE, code) and level in (ALL_LEVELS, own)
        )
        for area in (STATE_CODE, *visited)
        for level in (ALL_LEVELS, *LEVEL_NAMES)
    }
    paths, headlines = [], []
    for (area, level), n in places.items():
        if not n:
            continue
        own = {"district_code": area, "level": level, "visited": n}
        own |= {"comparison_effective": compared, "naive_change": 0.15234, "effect": 0.10123}
        own |= {"low": 0.09012, "high": 0.11234}
        told = {"band_low": 0.08, "band_high": 0.12, "visited_rate": 0.77777}
        told["shown"] = n >= 20 and compared >= 20
        paths += [{**own, **told, "event_time": e} for e in EVENT_TIMES]
        more = {"std_error": 0.00523, "compared": n, "visited_all": n, "checks_failed": ""}
        headlines += [{**own, **more, "headline": h} for h in ("month_after", "six_to_nine")]
    return Effects(pd.DataFrame(paths), pd.DataFrame(headlines))


def published(visited: dict[str, dict[str, int]], **of: float) -> dict[str, pd.DataFrame]:
    made = public_effects(effects_of(visited, **of), frozenset(visited), STATE_RULES, BY_GROUP)
    return {name: table.to_pandas() for name, table in made.tables.items()}


def hidden(visited: dict[str, dict[str, int]], **of: float) -> set[tuple[str, str]]:
    table = published(visited, **of)["effects"]
    away = table[table["status"] == "c"]
    return set(zip(away["district_code"], away["level"], strict=True))


def test_where_many_stand_behind_everything_nothing_is_withheld():
    assert hidden(dict.fromkeys(DISTRICTS, MANY)) == set()


def test_a_level_of_few_takes_another_of_its_district_with_it():
    few = {**MANY, "6-8": 19}
    away = hidden({**dict.fromkeys(DISTRICTS, MANY), "0010011": few})
    levels = {level for code, level in away if code == "0010011"}
    assert "6-8" in levels
    assert len(levels) > 1, "else it is the district's less its other levels'"


def test_a_district_of_few_takes_another_with_it_at_its_level():
    """Else the level's effect for the state less all others' is its own."""
    away = hidden({**dict.fromkeys(DISTRICTS, MANY), "0010011": {**MANY, "6-8": 19}})
    assert {code for code, level in away if level == "6-8"} - {"0010011"}


def test_what_a_district_knows_of_itself_tells_it_of_no_other():
    """Two withheld districts alone would know each other from the state's less their own."""
    small = dict.fromkeys(LEVEL_NAMES, 4)
    visited = dict.fromkeys(DISTRICTS, MANY) | {"0010011": small, "0020011": small}
    away = hidden(visited)
    assert len({code for code, level in away if level == ALL_LEVELS and code != STATE_CODE}) > 2


def test_what_is_left_of_a_shown_sum_is_enough_to_be_shown_itself():
    tiny = dict.fromkeys(LEVEL_NAMES, 3)
    visited = dict.fromkeys(DISTRICTS, MANY)
    visited |= {f"00{n}0011": tiny for n in range(5, 8)}
    away = hidden(visited)
    for level in LEVEL_NAMES:
        left = sum(visited[code][level] for code in visited if (code, level) in away)
        assert left >= STATE_RULES.least_students or (STATE_CODE, level) in away


def test_no_district_is_most_of_the_states_figure():
    visited = {code: dict.fromkeys(LEVEL_NAMES, 25) for code in DISTRICTS}
    visited["0010011"] = dict.fromkeys(LEVEL_NAMES, 1000)
    assert (STATE_CODE, ALL_LEVELS) in hidden(visited)


def test_beside_too_few_others_nothing_is_shown():
    every = dict.fromkeys(DISTRICTS, MANY)
    assert len(hidden(every, compared=19.0)) == 5 * 4


def test_where_nothing_varies_nothing_is_shown():
    found = effects_of(dict.fromkeys(DISTRICTS, MANY))
    own = found.headlines["district_code"] == "0010011"
    found = replace(found, headlines=found.headlines.assign(std_error=0.005 * ~own))
    table = (
        public_effects(found, frozenset(DISTRICTS), STATE_RULES, BY_GROUP)
        .tables["effects"]
        .to_pandas()
    )
    assert set(table.loc[table["district_code"] == "0010011", "status"]) == {"c"}


def test_figures_are_told_as_precisely_as_they_may_be():
    tables = published(dict.fromkeys(DISTRICTS, MANY))
    row = tables["effects"].iloc[0]
    assert (row["effect"], row["visited_rate"], row["naive_change"]) == (0.101, 0.778, 0.152)
    headline = tables["effects_headlines"].iloc[0]
    assert (headline["std_error"], headline["low"]) == (0.0052, 0.09)
    assert headline["visited"] % 10 == headline["visited_all"] % 10 == 0


def test_a_district_that_takes_part_has_a_row_whether_or_not_anybody_was_visited():
    found = effects_of(dict.fromkeys(DISTRICTS[:3], MANY))
    table = (
        public_effects(found, frozenset(DISTRICTS), STATE_RULES, BY_GROUP)
        .tables["effects"]
        .to_pandas()
    )
    assert set(table.loc[table["district_code"] == DISTRICTS[3], "status"]) == {"c"}


def withheld_visited(code, level, month=date(2023, 5, 1)):
    """The public table where it withholds how many of a district's level are visited."""
    own = {"month": month, "district_code": code, "level": level}
    row = pd.DataFrame([own | {"participation": "visited", "status": "c"}])
    return pd.concat([BY_GROUP, row], ignore_index=True)


def test_an_effect_does_not_tell_how_many_are_visited_where_that_is_withheld():
    found, by_group = effects_of(dict.fromkeys(DISTRICTS, MANY)), withheld_visited("0010011", "6-8")
    tables = public_effects(found, frozenset(DISTRICTS), STATE_RULES, by_group).tables
    table = tables["effects"].to_pandas()
    own = (table["district_code"] == "0010011") & (table["level"] == "6-8")
    assert set(table.loc[own, "status"]) == {"c"}
    years_before = withheld_visited("0010011", "6-8", date(2021, 5, 1))
    tables = public_effects(found, frozenset(DISTRICTS), STATE_RULES, years_before).tables
    assert set(tables["effects"]["status"].to_pylist()) == {"shown"}


def test_stricter_rules_hold_for_visited_and_compared_alike():
    strict = replace(STATE_RULES, least_students=25)
    for of in ({"compared": 24.0}, {"visited": 24}):
        found = effects_of(
            dict.fromkeys(DISTRICTS, dict.fromkeys(LEVEL_NAMES, of.get("visited", 200))),
            of.get("compared", 500.0),
        )
        table = public_effects(found, frozenset(DISTRICTS), strict, BY_GROUP).tables["effects"]
        rows = table.to_pandas()
        assert set(rows.loc[rows["level"] == "6-8", "status"]) == {"c", "shown"} - (
            {"shown"} if "compared" in of else set()
        )


# --- the attack ----------------------------------------------------------------------------------

VISITED = {
    **dict.fromkeys(TAKING_PART, MANY),
    **dict.fromkeys(DISTRICTS, MANY),
    "0010011": {**MANY, "6-8": 19},
}


class _Stub:
    """A release that holds just the tables of effects."""

    def __init__(self, tables: dict[str, pd.DataFrame], release: Release) -> None:
        self._tables, self.manifest = tables, release.manifest

    def has(self, name: str) -> bool:
        return name in self._tables

    def table(self, name: str) -> pa.Table:
        return pa.Table.from_pandas(self._tables[name], preserve_index=False)


@pytest.fixture(scope="module")
def any_release(tmp_path_factory):
    return make(tmp_path_factory.mktemp("any"))


def attacked(tables, release):
    return audited_effects(_Stub({"attendance_by_group": BY_GROUP, **tables}, release), STATE_RULES)


def of_place(table, place):
    return (table["district_code"] == place[0]) & (table["level"] == place[1])


def test_what_was_made_withstands_the_attack(any_release):
    number, fell = attacked(published(VISITED), any_release)
    assert number == len(hidden(VISITED)) > 0
    assert fell == []


@pytest.mark.parametrize("place", sorted(hidden(VISITED)), ids="-".join)
def test_every_withheld_effect_shown_again_is_found(any_release, place):
    """Alone, each is of few or tells another."""
    shown = published(dict.fromkeys(VISITED, MANY))
    tables = published(VISITED)
    for name, table in tables.items():
        own = of_place(table, place)
        table.loc[own] = shown[name].loc[own]
        if VISITED.get(place[0], {}).get(place[1], 200) < 20:
            table.loc[own, "visited"] = 10
    assert attacked(tables, any_release)[1]


@pytest.mark.parametrize("column", FIGURES)
def test_a_figure_left_under_its_mark_is_found(any_release, column):
    tables = published(VISITED)
    away = tables["effects"].index[tables["effects"]["status"] == "c"][0]
    tables["effects"].loc[away, column] = 0.1
    assert "left under" in attacked(tables, any_release)[1][0].found


@pytest.mark.parametrize(("column", "value"), [("effect", 0.1234), ("visited", 127.0)])
def test_a_figure_told_too_precisely_is_found(any_release, column, value):
    tables = published(VISITED)
    shown = tables["effects"].index[tables["effects"]["status"] == "shown"][0]
    tables["effects"].loc[shown, column] = value
    assert "more precisely" in attacked(tables, any_release)[1][0].found


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("effects", "visited", 10.0),
        ("effects", "comparison_effective", 10.0),
        ("effects_headlines", "std_error", 0.0),
    ],
)
def test_an_effect_of_few_or_without_spread_is_found(any_release, name, column, value):
    tables = published(VISITED)
    shown = tables[name].index[tables[name]["status"] == "shown"][0]
    tables[name].loc[shown, column] = value
    assert attacked(tables, any_release)[1]


def test_a_month_shown_of_a_withheld_path_is_found(any_release):
    tables, shown = published(VISITED), published(dict.fromkeys(VISITED, MANY))
    away = tables["effects"].index[tables["effects"]["status"] == "c"][0]
    tables["effects"].loc[away] = shown["effects"].loc[away]
    assert any("another" in one.found for one in attacked(tables, any_release)[1])


def test_about_says_the_states_rule_in_the_words_of_the_manifest():
    """So that it can be said in every language."""
    assert STATE_RULES.in_words() in _RULES_SAY


def test_an_effect_that_tells_withheld_visited_is_found(any_release):
    tables = published(VISITED) | {"attendance_by_group": withheld_visited("0030011", "6-8")}
    assert any("how many are visited" in one.found for one in attacked(tables, any_release)[1])


def test_few_left_of_a_shown_cell_are_found(any_release):
    tables = published(VISITED)
    own = of_place(tables["effects"], (STATE_CODE, "6-8"))
    assert set(tables["effects"].loc[own, "status"]) == {"shown"}
    away = {place[0] for place in hidden(VISITED) if place[1] == "6-8"}
    shown = sum(VISITED[code]["6-8"] for code in VISITED if code not in away)
    tables["effects"].loc[own, "visited"] = shown + 10
    assert any("leaves few" in one.found for one in attacked(tables, any_release)[1])


def test_a_state_figure_that_is_mostly_one_district_s_is_found(any_release):
    tables = published(VISITED)
    own = of_place(tables["effects"], ("0030011", "all"))
    tables["effects"].loc[own, "visited"] = 100_000
    assert any("mostly one" in one.found for one in attacked(tables, any_release)[1])


@pytest.mark.parametrize("name", ["effects", "effects_headlines"])
def test_a_path_without_a_month_is_found(any_release, name):
    tables = published(VISITED)
    tables[name] = tables[name].iloc[1:]
    assert any("not all its months" in one.found for one in attacked(tables, any_release)[1])
