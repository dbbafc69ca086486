"""Is a school's chronic absence more than chance? Schools of a district within control limits.

Source: Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in
Medicine 24; and, for overdispersion, Handling over-dispersion of performance indicators, Quality
and Safety in Health Care 14.
"""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from leapdash.contract import LEVELS
from leapdash.contract.thresholds import CONFIDENCE
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.views.base import conditions, require_known, share, sums
from leapdash.show.views.district import last_year

Floats = npt.NDArray[np.float64]

FAR = 0.998
"""The outer limits hold that share of schools; the inner ones CONFIDENCE."""
INNER, OUTER = (NormalDist().inv_cdf((1 + held) / 2) for held in (CONFIDENCE, FAR))
_WINSORISED = 0.1
_LEVEL = ["district_code", "level"]


@kept(*VISITS, "district")
def schools_and_chance(choice: Choice) -> pd.DataFrame:
    """The district's schools by chronic absence, a row for each of a school's levels, beside what
    schools of its size would have by chance; of the last school year chosen.

    Columns: school_code, school_name, level, chronic_base, chronically_absent, chronic_share,
    expected (the share of all the district's schools of the level), spread (see `spread_of`),
    limit_low, limit_high (95% of schools lie within by chance), far_low, far_high (99.8%; all
    fractions, none below 0 or above 1), deviation (in units of the inner limits: beyond 1 or -1 is
    outside). By level, then by deviation, the highest first. Levels with a single school aren't
    there: it would be compared with itself.
    """
    table = _with_expected(choice)
    spread = {level: spread_of(own) for level, own in table.groupby("level")}
    table = table[table["district_code"] == choice.district].copy()
    table["spread"] = table["level"].map(spread).astype(float)
    error = standard_error(table["expected"], table["chronic_base"], table["spread"])
    for name, reach in (("limit", INNER), ("far", OUTER)):
        table[f"{name}_low"] = (table["expected"] - reach * error).clip(0, 1)
        table[f"{name}_high"] = (table["expected"] + reach * error).clip(0, 1)
    table["deviation"] = (table["chronic_share"] - table["expected"]) / (INNER * error)
    where = {"district_code": (choice.district,)}
    names = choice.release.table("schools", ["school_code", "school_name"], where).to_pandas()
    told = names.set_index("school_code")["school_name"]
    require_known(table["school_code"], told.index, "school_code")
    table.insert(1, "school_name", table["school_code"].map(told))
    place = table["level"].map(list(LEVELS).index)
    order = np.lexsort((table["school_name"], -table["deviation"], place))
    return table.iloc[order].drop(columns="district_code").reset_index(drop=True)


def standard_error(expected: pd.Series, base: pd.Series, spread: pd.Series) -> pd.Series:
    """How far a share of so many students strays from what is expected of it: as by the binomial
    distribution, times the root of the spread.
    """
    error: pd.Series = (spread * expected * (1 - expected) / base) ** 0.5
    return error


def spread_of(table: pd.DataFrame) -> float:
    """How many times as much schools vary about their district's share as by chance alone: the mean
    square of their deviations in standard errors, those beyond the 10th and the 90th percentile
    drawn in to these; 1 at least, and 1 where there is no telling.

    Takes chronic_share, expected, chronic_base and base_of_all of schools of one level.
    """
    of_all = table["chronic_base"] / table["base_of_all"]
    # A school is part of what it is compared with, which draws the two together.
    variance = table["expected"] * (1 - table["expected"]) / table["chronic_base"] * (1 - of_all)
    some = (variance > 0).to_numpy()
    if not some.any():
        return 1.0
    off = (table["chronic_share"] - table["expected"]).to_numpy(np.float64)[some]
    z = off / np.sqrt(variance.to_numpy(np.float64)[some])
    low, high = np.quantile(z, [_WINSORISED, 1 - _WINSORISED])
    return max(float(np.mean(np.clip(z, low, high) ** 2)), 1.0)


def _with_expected(choice: Choice) -> pd.DataFrame:
    """Every district's schools with at least one other of the level beside them."""
    measures = ["chronic_base", "absent_10_to_20", "absent_20_or_more"]
    keys = [*_LEVEL, "school_code"]
    where = conditions(
        choice.filtered(districts=()),
        school_year=(last_year(choice),),
        geography=("school",),
        group=(ALL_STUDENTS,),
    )
    table = sums(choice.release.table("chronic_absence", [*keys, *measures], where), keys, measures)
    require_known(table["level"], LEVELS, "level")
    table = table[table["chronic_base"] > 0].copy()
    table["chronically_absent"] = table["absent_10_to_20"] + table["absent_20_or_more"]
    table["chronic_share"] = share(table["chronically_absent"], table["chronic_base"])
    whole = table.groupby(_LEVEL)[["chronic_base", "chronically_absent"]].transform("sum")
    table["expected"] = share(whole["chronically_absent"], whole["chronic_base"])
    table["base_of_all"] = whole["chronic_base"]
    several = table.groupby(_LEVEL)["school_code"].transform("size") > 1
    wanted = ["school_code", *_LEVEL, "chronic_base", "chronically_absent", "chronic_share"]
    return table.loc[several, [*wanted, "expected", "base_of_all"]]
