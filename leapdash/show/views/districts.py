"""Districts side by side: how many miss much school, whom visits reached, what visits changed."""

from collections.abc import Sequence

import pandas as pd

from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.views.base import conditions, share, sums
from leapdash.show.views.district import last_year
from leapdash.show.views.effect_rows import district_rows
from leapdash.show.views.programme import districts_visited
from leapdash.show.views.spread import share_interval

_COUNTED = ("chronic_base", "absent_10_to_20", "absent_20_or_more")
_EFFECT = ("effect", "low", "high", "checks_failed", "reason")


@kept(*VISITS, "headline")
def districts_beside(choice: Choice) -> pd.DataFrame:
    """Every chosen district that takes part, most chronic absence first: need, reach and effect.

    Columns: district_code, series (its name), chronic_base, chronic_share, chronic_low,
    chronic_high (of the last school year chosen), ever_eligible, reached (visited among those),
    reached_low, reached_high, waiting, effect, low, high (of the choice's headline), checks_failed,
    reason (why the effect is withheld). Shares and effects are fractions, their intervals 95%; the
    last five columns only where the release has effects.
    """
    rows = districts_visited(choice)[
        ["district_code", "series", "ever_eligible", "reached", "waiting"]
    ]
    rows["reached_low"], rows["reached_high"] = _interval(rows, "reached", "ever_eligible")
    rows = rows.merge(_chronic(choice), on="district_code", how="left")
    if choice.release.has_effects:
        effects = district_rows(choice)[["code", *_EFFECT]]
        rows = rows.merge(effects.rename(columns={"code": "district_code"}), how="left")
    return rows.sort_values(["chronic_share", "series"], ascending=[False, True], ignore_index=True)


def _chronic(choice: Choice) -> pd.DataFrame:
    """Students counted and chronically absent by district, pooled within it."""
    where = conditions(
        choice, school_year=(last_year(choice),), geography=("district",), group=(ALL_STUDENTS,)
    )
    table = choice.release.table("chronic_absence", ["district_code", *_COUNTED], where)
    found = sums(table, ["district_code"], _COUNTED)
    absent = found.pop("absent_10_to_20") + found.pop("absent_20_or_more")
    found["chronic_share"] = share(absent, found["chronic_base"])
    found["chronic_low"], found["chronic_high"] = _interval(found, "chronic_share", "chronic_base")
    return found


def _interval(rows: pd.DataFrame, of: str, base: str) -> Sequence[pd.Series]:
    """The interval of a share; missing where nobody stands behind it."""
    told = rows[base] > 0
    return [side.where(told) for side in share_interval(rows[of], rows[base].where(told))]
