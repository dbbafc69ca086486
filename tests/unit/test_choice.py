"""A choice and what is kept for it: by exactly what a view follows, with the release it is of."""

import pandas as pd
import pytest

from leapdash.show import opened
from leapdash.show.choice import Choice, kept
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.effects import headlines_on
from tests.lib.small_release import HARTFORD, make, small_tables


def counting(*follows):
    """A kept view that gives the choice it sees, and the list of those it was worked out for."""
    seen = []

    @kept(*follows)
    def view(choice):
        seen.append(choice)
        return choice

    return view, seen


def test_the_same_choice_is_worked_out_once(choose):
    view, seen = counting("districts", "by")
    first = view(choose(Filters((HARTFORD,)), by="level"))
    assert view(choose(Filters((HARTFORD,)), by="level")) is first
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("other", "times"),
    [
        ({"filters": Filters((HARTFORD,))}, 2),
        ({"by": "level"}, 2),
        ({"filters": Filters(years=("2021-22",))}, 1),
        ({"headline": "month_after"}, 1),
    ],
)
def test_a_view_is_worked_out_anew_for_what_it_follows_and_sees_nothing_else(choose, other, times):
    view, seen = counting("districts", "by")
    view(choose())
    view(choose(**other))
    assert len(seen) == times
    assert all(choice.filters.years == () for choice in seen)
    assert all(choice.headline == "six_to_nine" for choice in seen)


def test_a_view_cannot_follow_what_a_choice_does_not_have():
    with pytest.raises(TypeError, match="A choice has no colour"):
        kept("colour")


def test_what_was_worked_out_for_one_release_is_never_given_for_another(tmp_path):
    effects = small_tables()["effects"].to_pandas()
    larger = effects.assign(effect=effects["effect"] + 0.5)
    one, other = (
        OpenedRelease(release)
        for release in (make(tmp_path), make(tmp_path, changed={"effects": larger}))
    )
    told = [headlines_on(Choice(release)).six_to_nine.effect.effect for release in (one, other)]
    assert told == pytest.approx([0.082, 0.582], abs=5e-4)
    assert headlines_on(Choice(one)).six_to_nine.effect.effect == told[0]


def test_a_table_may_be_changed_by_who_has_it_without_a_trace_for_others(choose):
    @kept()
    def view(choice):
        return pd.DataFrame({"number": [1, 2]})

    table = view(choose())
    table.loc[0, "number"] = 100
    table["more"] = 0
    assert view(choose()).to_dict("list") == {"number": [1, 2]}


def test_a_release_keeps_so_many_results_and_no_more(monkeypatch, release):
    monkeypatch.setattr(opened, "RESULTS_KEPT", 2)
    few = OpenedRelease(release)
    view, seen = counting("years")
    for year in ("2020-21", "2021-22", "2022-23", "2020-21"):
        view(Choice(few, Filters(years=(year,))))
    assert len(seen) == 4


def test_filters_are_set_anew_and_the_rest_of_the_choice_stays(choose):
    choice = choose(Filters((HARTFORD,), ("6-8",)), by="level").filtered(districts=())
    assert choice == choose(Filters((), ("6-8",)), by="level")
    assert choice.codes is None
