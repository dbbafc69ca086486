"""The effects a public release holds: those of fixed cells, looked up."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from leapdash.contract import ALL_LEVELS, HEADLINES, STATE_CODE
from leapdash.inference import Interval, Serving
from leapdash.show.choice import AREA, Choice, kept
from leapdash.show.effects.studies import EffectStudy, Headline
from leapdash.show.language import N_, _
from leapdash.show.views.cells import HIDDEN, WITHHELD

ONE_CELL = N_(
    "Effects are told here for one district or for all, and for one level or for all. Choose one, "
    "or all."
)
NO_VISITS = N_("No home visit that could be compared is recorded here.")
_MEASURED = ("effect", "low", "high", "band_low", "band_high", "visited_rate", "naive_change")


@kept(*AREA)
def effect_of_cell(choice: Choice) -> EffectStudy:
    """The effect on the visited students of the choice's districts and levels, all years of visits
    together; withheld with its reason where the release hides it, or tells no such effect.

    Numbers of students are to the nearest ten; weights cut and shares observed aren't told.
    """
    place = _place(choice)
    if place is None:
        return _nothing(_(ONE_CELL))
    where = {"district_code": (place[0],), "level": (place[1],)}
    table = choice.release.table("effects", where=where).to_pandas()
    told = choice.release.table("effects_headlines", where=where).to_pandas()
    if not len(table):
        return _nothing(_(NO_VISITS))
    if (table["status"] == WITHHELD).any():
        return _nothing(_(HIDDEN))
    rows = {str(row["headline"]): row for row in told.to_dict("records")}
    first = rows["six_to_nine"]
    return EffectStudy(
        month_after=_headline("month_after", rows["month_after"]),
        six_to_nine=_headline("six_to_nine", first),
        serving=Serving("student", np.inf),
        visited=int(first["compared"]),
        visited_all=int(first["visited_all"]),
        withheld=None,
        table=_path(table),
        covariance=np.zeros((0, 0)),
    )


@kept(*AREA)
def failed_in_cell(choice: Choice) -> dict[tuple[int, ...], tuple[str, ...]]:
    """The checks that the comparison behind each headline fails, by its months."""
    place = _place(choice)
    if place is None:
        return {}
    where = {"district_code": (place[0],), "level": (place[1],)}
    table = choice.release.table("effects_headlines", ["headline", "checks_failed"], where)
    return {
        HEADLINES[row["headline"]]: tuple(filter(None, (row["checks_failed"] or "").split(", ")))
        for row in table.to_pylist()
    }


def visited_in_districts(choice: Choice) -> dict[str, int]:
    """The visited students of every district whose effect is shown, to the nearest ten."""
    if not choice.release.has_effects:
        return {}
    where = {"level": (ALL_LEVELS,), "headline": ("six_to_nine",)}
    table = choice.release.table("effects_headlines", ["district_code", "visited_all"], where)
    return {
        row["district_code"]: int(row["visited_all"])
        for row in table.to_pylist()
        if row["visited_all"] is not None and row["district_code"] != STATE_CODE
    }


def most_visited_of(choice: Choice, codes: Sequence[str]) -> str:
    """Of some districts that with most visited students, of those shown; else the first."""
    visited = visited_in_districts(choice)
    return max(codes, key=lambda code: visited.get(code, 0))


def _place(choice: Choice) -> tuple[str, str] | None:
    """The cell the choice's districts and levels are; None where they are several."""
    codes, levels = choice.codes, choice.filters.levels
    if (codes is not None and len(codes) != 1) or len(levels) > 1:
        return None
    return STATE_CODE if codes is None else codes[0], levels[0] if levels else ALL_LEVELS


def _headline(name: str, row: dict[str, Any]) -> Headline:
    ends = (float(row[key]) for key in ("effect", "std_error", "low", "high"))
    return Headline(
        event_times=HEADLINES[name],
        effect=Interval(*ends),
        withheld=None,
        naive=float(row["naive_change"]),
        visited=int(row["visited"]),
        comparison_effective=float(row["comparison_effective"]),
        weights_cut=0.0,
        apart=0.0,
    )


def _path(table: pd.DataFrame) -> pd.DataFrame:
    """The cell by event time, with the columns of `EffectStudy.table` that are told."""
    table = table.sort_values("event_time", ignore_index=True)
    table = table.astype(dict.fromkeys(_MEASURED, "float64") | {"visited": "int64"})
    table["without_visit"] = table["visited_rate"] - table["effect"]
    return table.assign(shown=True).drop(columns=["district_code", "level", "status"])


def _nothing(reason: str) -> EffectStudy:
    headlines = [Headline(t, None, reason, None, 0, 0.0, 0.0, 0.0) for t in HEADLINES.values()]
    return EffectStudy(
        month_after=headlines[0],
        six_to_nine=headlines[1],
        serving=Serving("student", np.inf),
        visited=0,
        visited_all=0,
        withheld=reason,
        table=pd.DataFrame({"shown": pd.Series(dtype=bool)}),
        covariance=np.zeros((0, 0)),
    )
