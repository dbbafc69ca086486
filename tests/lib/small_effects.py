"""Effect tables for the small state: made up, but adding up as real ones do.

The effect grows from 2 points in the month of the visit to 8 in month six and stays there, 1 point
more at level 9-12; the plain change is 10 points larger from the month of the visit on. Students of
different districts, levels and values of a slice are independent. With three months of history
alone the effect is 1 point smaller after the visit, and visited and compared are 2 points apart in
months -6 to -4. No check fails.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from leapdash.contract import (
    ALL_LEVELS,
    ALL_SCHOOLS,
    BALANCE,
    EFFECT_GROUPS,
    EVENT_TIMES,
    FEW_VISITED_SCHOOLS,
    FOLLOWED,
    LEFT_OUT,
    STATE_CODE,
    school_year_of,
)

EVENTS = np.array(list(EVENT_TIMES))
SPREAD = 0.25
LAST_MONTH = 29
"""The last of the small state's months, counted from 0."""


def true_effect(event_time: int, level: str) -> float:
    """The made-up effect, a fraction; small and of either sign before the visit, 0 at the base."""
    if event_time == -1:
        return 0.0
    if event_time < 0:
        return 0.001 * (-1) ** event_time
    return min(0.02 + 0.01 * event_time, 0.08) + 0.01 * (level == "9-12")


def effect_tables(
    students: pd.DataFrame, months: pd.DataFrame, period_of: Callable[[pd.Series], str]
) -> dict[str, pd.DataFrame]:
    """Every effect table of the small state. `students`: visit 99 for never visited."""
    visited = students[students["visit"] < 99].copy()
    visited["cohort_period"] = visited.apply(period_of, axis=1)
    visited["compared"] = visited["student"] % 15 != 0
    atoms = _cells(visited, "cohort_period")
    own_slices = {
        "language": visited["language"],
        "place": pd.Series(np.where(visited["student"] % 3, "home", "virtual"), visited.index),
        "visitor": pd.Series(
            np.where(visited["student"] % 4, "school staff", "community partner"), visited.index
        ),
        "visits": pd.Series(
            np.choose(visited["student"] % 3, ["1", "2", "3 or more"]), visited.index
        ),
        "followed": pd.Series(FOLLOWED, visited.index),
    }
    beside = pd.concat([visited.assign(value=v) for v in (ALL_SCHOOLS, FEW_VISITED_SCHOOLS)])
    effects, covariance = [_rows("cohort_period", atoms)], [_pairs("cohort_period", atoms)]
    everyone = _cells(visited.assign(one="all"), "one")
    effects.append(_rows("all", everyone))
    groups = pd.concat(
        [visited.assign(value=group)[_belongs(visited, group)] for group in EFFECT_GROUPS]
    )
    early = visited["visit"] <= LAST_MONTH - 9
    for name, cells in (
        *(
            (n, _cells(visited.assign(value=v)[early | (n != "followed")], "value"))
            for n, v in own_slices.items()
        ),
        ("group", _cells(groups, "value")),
        ("comparison", _cells(beside, "value")),
    ):
        unions = _with_unions(cells)
        effects.append(_rows(name, unions))
        covariance.append(_pairs(name, unions))
    schools = _cells(visited.assign(value=visited["school_code"]), "value")
    schools = schools[schools["event_time"].isin([1, 6, 7, 8, 9])]
    effects.append(_rows("school", schools))
    covariance.append(_pairs("school", schools))
    return {
        **_on_chronic_absence(everyone, atoms, _schools(visited, atoms)),
        **_to_june(everyone, atoms, _schools(visited, atoms)),
        "effects": pd.concat(effects, ignore_index=True),
        "effects_covariance": pd.concat(covariance, ignore_index=True),
        "effects_schools": _schools(visited, atoms),
        "effects_recent": _recent(atoms),
        "effects_recent_covariance": _recent_pairs(atoms),
        "balance": _balance(visited),
        "visited_days": _days(visited, months),
        "visited_compared": _left_out(visited),
        "spillover": _spillover(months),
    }


def _on_chronic_absence(
    everyone: pd.DataFrame, atoms: pd.DataFrame, schools: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Twice as large an effect as on attendance, and the other way round; the share falls from
    three quarters.
    """
    rows = pd.concat([_rows("cohort_period", atoms), _rows("all", everyone)], ignore_index=True)
    rows["naive_change"] *= -2
    rows["effect"] *= -2
    rows["visited_rate"] = 0.75 + rows["effect"]
    for error in ("std_error_student", "std_error_school"):
        rows[error] *= 2
    pairs = _pairs("cohort_period", atoms)
    return {
        "chronic_effects": rows,
        "chronic_effects_covariance": pairs.assign(covariance=4 * pairs["covariance"]),
        "chronic_effects_schools": schools.assign(influence=-2 * schools["influence"]),
    }


def _to_june(
    everyone: pd.DataFrame, atoms: pd.DataFrame, schools: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Of the days to June: half of the effect on chronic absence in the month after the visit."""
    found = _on_chronic_absence(everyone, atoms, schools)
    rows = found["chronic_effects"].query("event_time == 1").assign(event_time=0)
    rows["effect"] /= 2
    rows["visited_rate"] = 0.7 + rows["effect"]
    rows = rows.drop(columns="naive_change").assign(whole_year_rate=0.8)
    pairs = found["chronic_effects_covariance"].query("event_time == 1 and event_time_2 == 1")
    return {
        "to_june_effects": rows,
        "to_june_effects_covariance": pairs.assign(event_time=0, event_time_2=0),
        "to_june_effects_schools": found["chronic_effects_schools"]
        .query("event_time == 1")
        .assign(event_time=0),
    }


def _belongs(visited: pd.DataFrame, group: str) -> pd.Series:
    """A few groups by the student's own columns; the rest by chance."""
    if group.startswith("not_") and group != "not_high_needs":
        return ~_belongs(visited, group.removeprefix("not_"))
    if group in ("english_learner", "disability", "homeless"):
        return visited[group].astype(bool)
    return (visited["student"] * 7 + len(group)) % 5 < 3


def _cells(visited: pd.DataFrame, column: str) -> pd.DataFrame:
    """By value, district, level and event time: the counts of visited, effect and variance."""
    keys = [column, "district_code", "level"]
    counts = visited.groupby(keys, as_index=False).agg(
        visited_due=("compared", "sum"), visited_all=("compared", "size")
    )
    cells = counts[counts["visited_due"] > 0].merge(
        pd.DataFrame({"event_time": EVENTS}), how="cross"
    )
    left = 1 - 0.02 * cells["event_time"].clip(lower=0)
    cells["visited"] = np.maximum((left * cells["visited_due"]).round().astype(int), 1)
    cells["effect"] = [
        true_effect(e, level) for e, level in zip(cells["event_time"], cells["level"], strict=True)
    ]
    cells["variance"] = SPREAD**2 / cells["visited"] * (cells["event_time"] != -1)
    return cells.rename(columns={column: "value"})


def _with_unions(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells, and their unions by district, by level and for the state."""
    parts = [cells]
    for district, level in ((None, ALL_LEVELS), (STATE_CODE, None), (STATE_CODE, ALL_LEVELS)):
        part = cells.copy()
        if district:
            part["district_code"] = district
        if level:
            part["level"] = level
        part["effect"] *= part["visited"]
        part["variance"] *= part["visited"] ** 2
        part = part.groupby(["value", "district_code", "level", "event_time"], as_index=False).sum()
        part["effect"] /= part["visited"]
        part["variance"] /= part["visited"] ** 2
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _rows(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    after = (cells["event_time"] >= 0).astype(float)
    without = np.where(cells["event_time"] == -1, 0.62, 0.72)
    return pd.DataFrame(
        {
            "slice": name,
            "slice_value": cells["value"],
            "district_code": cells["district_code"],
            "level": cells["level"],
            "event_time": cells["event_time"],
            "effect": cells["effect"],
            "std_error_student": np.sqrt(cells["variance"]),
            "std_error_school": np.sqrt(cells["variance"]),
            "schools": 2.0,
            "visited": cells["visited"],
            "visited_due": cells["visited_due"],
            "visited_all": cells["visited_all"],
            "comparison": 10 * cells["visited"],
            "comparison_effective": 8.0 * cells["visited"],
            "comparison_observed": 1 - 0.02 * cells["event_time"].clip(lower=0),
            "weights_cut": 0.0,
            "visited_rate": without + cells["effect"],
            "naive_change": cells["effect"] + 0.1 * after,
            "checks_failed": "",
        }
    )


def _recent(atoms: pd.DataFrame) -> pd.DataFrame:
    """The effects with three months of history alone, before the visit and in the headlines'."""
    rows = atoms[atoms["event_time"].isin([*range(-6, 0), 1, 6, 7, 8, 9])]
    early, after = rows["event_time"] < -3, rows["event_time"] > 0
    return pd.DataFrame(
        {
            "district_code": rows["district_code"],
            "level": rows["level"],
            "cohort_period": rows["value"],
            "event_time": rows["event_time"],
            "effect": rows["effect"] - 0.02 * early - 0.01 * after,
            "std_error_student": np.sqrt(rows["variance"]),
            "visited": rows["visited"],
            "comparison_effective": 8.0 * rows["visited"],
        }
    )


def _recent_pairs(atoms: pd.DataFrame) -> pd.DataFrame:
    pairs = _pairs("cohort_period", atoms[atoms["event_time"] < -1])
    names = {"slice_value": "cohort_period", "slice_value_2": "cohort_period_2"}
    return pairs.rename(columns=names).drop(columns=["slice", "matrix"])


def _pairs(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Covariances within each cell: correlation 0.5 between any two months."""
    own = cells[cells["variance"] > 0]
    keys = ["value", "district_code", "level"]
    columns = [*keys, "event_time", "variance"]
    both = own[columns].merge(own[columns], on=keys, suffixes=("", "_2"))
    both = both[both["event_time"] >= both["event_time_2"]]
    same = both["event_time"] == both["event_time_2"]
    correlation = np.where(same, 1.0, 0.5)
    return pd.DataFrame(
        {
            "slice": name,
            "slice_value": both["value"],
            "district_code": both["district_code"],
            "level": both["level"],
            "event_time": both["event_time"],
            "slice_value_2": both["value"],
            "district_code_2": both["district_code"],
            "level_2": both["level"],
            "event_time_2": both["event_time_2"],
            "matrix": "student",
            "covariance": correlation * np.sqrt(both["variance"] * both["variance_2"]),
        }
    )


def _schools(visited: pd.DataFrame, atoms: pd.DataFrame) -> pd.DataFrame:
    """Each school's part by its number of students; squares add up to the variance."""
    keys = ["cohort_period", "district_code", "level"]
    sizes = visited.groupby([*keys, "school_code"], as_index=False).agg(n=("student", "size"))
    sizes["share"] = sizes["n"] / sizes.groupby(keys)["n"].transform("sum")
    rows = sizes.merge(atoms.rename(columns={"value": "cohort_period"}), on=keys)
    rows = rows[rows["variance"] > 0]
    rows["influence"] = np.sqrt(rows["variance"] * rows["share"])
    rows["visited"] = rows["n"]
    columns = ["school_code", "district_code", "level", "cohort_period", "event_time"]
    return rows[[*columns, "visited", "influence"]]


def _balance(visited: pd.DataFrame) -> pd.DataFrame:
    """Attendance far apart before weighting and 0.02 standard deviations after it; groups alike."""
    rows = []
    for (district, level), part in visited.groupby(["district_code", "level"]):
        for number, measure in enumerate(BALANCE):
            group = measure.startswith("group ")
            mean, spread = (0.4, 0.49) if group else (0.65, 0.2)
            before = mean + (0.02 if group else 0.25)
            after = mean + 0.02 * spread * (-1) ** number
            compared = int(part["compared"].sum())
            rows.append((district, level, measure, compared, mean, spread, before, after))
    names = ["district_code", "level", "measure", "visited", "visited_mean", "visited_sd"]
    return pd.DataFrame(rows, columns=[*names, "comparison_before", "comparison_after"])


def _days(visited: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    rows = months[months["event_time"].between(1, 9)].merge(
        visited[["student", "cohort_period"]], on="student"
    )
    rows["school_year"] = rows["month"].map(school_year_of)
    keys = ["district_code", "level", "school_year", "cohort_period", "event_time"]
    days = rows.groupby(keys, as_index=False)[["students", "days_enrolled"]].sum()
    days.insert(0, "slice_value", "all")
    days.insert(0, "slice", "all")
    return days


def _left_out(visited: pd.DataFrame) -> pd.DataFrame:
    reasons = list(LEFT_OUT)
    rows = visited.assign(reason=np.where(visited["compared"], reasons[0], reasons[2]))
    keys = ["district_code", "level", "cohort_period", "reason"]
    return rows.groupby(keys, as_index=False).agg(students=("student", "size"))


def _spillover(months: pd.DataFrame) -> pd.DataFrame:
    """Never visited students' own years; River Academies count as those where many were visited."""
    rows = months[months["visit"] == 99].copy()
    rows["year"] = rows["month"].map(lambda month: month.year - (month.month < 7))
    keys = ["student", "district_code", "level", "school_code", "year"]
    years = rows.groupby(keys, as_index=False)[["days_enrolled", "days_attended"]].sum()
    before = years.assign(year=years["year"] + 1)
    both = years.merge(before, on=keys, suffixes=("", "_before"))
    much = both["school_code"].str[3] == "2"
    both["share_visited"] = np.where(much, "10% or more", "under 5%")
    both["school_year"] = [f"{year}-{(year + 1) % 100:02d}" for year in both["year"]]
    both["students"] = 1
    measures = ["students", "days_enrolled", "days_attended"]
    measures += ["days_enrolled_before", "days_attended_before"]
    place = ["school_year", "district_code", "level", "share_visited"]
    sums = both.groupby(place, as_index=False)[measures].sum()
    sums["schools"] = 1
    sums["variance_student"] = 0.1 / sums["students"]
    sums["variance_school"] = 0.0
    return sums
