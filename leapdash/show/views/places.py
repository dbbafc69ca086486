"""Where districts are, and what visits changed and whom they reached there."""

import pandas as pd

from leapdash.contract import months_of
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.views.base import conditions, sums
from leapdash.show.views.effect_rows import district_rows
from leapdash.show.views.programme import districts_visited

_PLACE = ["latitude", "longitude"]
_EFFECT = ["effect", "low", "high", "checks_failed", "reason"]


@kept()
def district_places(choice: Choice) -> pd.DataFrame:
    """The mean of the coordinates of a district's schools, in degrees; columns district_code,
    latitude, longitude. Districts without a school whose place is known aren't there.
    """
    table: pd.DataFrame = choice.release.table("schools").to_pandas()
    if not set(_PLACE) <= set(table.columns):
        return pd.DataFrame(columns=["district_code", *_PLACE])
    known = table.dropna(subset=_PLACE).astype(dict.fromkeys(_PLACE, "float64"))
    return known.groupby("district_code", as_index=False)[_PLACE].mean()


@kept(*VISITS, "headline")
def districts_on_map(choice: Choice) -> pd.DataFrame:
    """Every chosen district that takes part and whose place is known, the one with most students
    visited first.

    Columns: district_code, series (its name), latitude, longitude (degrees), visited_all (students
    first visited in the school years chosen), waiting, reached (visited among those ever eligible,
    a fraction), effect, low, high (fractions, of the choice's headline), checks_failed, reason (why
    the effect is withheld); the last five only where the release has effects.
    """
    reach = districts_visited(choice)[["district_code", "series", "waiting", "reached"]]
    rows = reach.merge(district_places(choice), on="district_code")
    where = conditions(choice, month=months_of(choice.filters.years) or None)
    columns = ["district_code", "first_visits"]
    made = sums(choice.release.table("visits", columns, where), columns[:1], columns[1:])
    made = made.rename(columns={"first_visits": "visited_all"})
    rows = rows.merge(made, on="district_code", how="left")
    rows["visited_all"] = rows["visited_all"].fillna(0).astype("int64")
    told = ["district_code", "series", *_PLACE, "visited_all", "waiting", "reached"]
    rows = rows[told]
    if choice.release.has_effects:
        effects = district_rows(choice)[["code", *_EFFECT]]
        rows = rows.merge(effects, left_on="district_code", right_on="code", how="left")
        rows = rows.drop(columns="code")
    order = ["visited_all", "series"]
    return rows.sort_values(order, ascending=[False, True], ignore_index=True)


def shaded_by(choice: Choice) -> str:
    """What the map is shaded by: what is asked for, as far as the release has it."""
    return choice.shade if choice.release.has_effects else "reached"
