"""By which rules an effect's comparison is judged: one place for the build and for the pages.

Shares and differences of rates are fractions; numbers stand in `contract.thresholds`, the codes of
what fails in `contract.CHECKS`.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from leapdash.contract import BALANCE, CHECKS, NEEDS
from leapdash.contract.thresholds import (
    ALIKE,
    GROUPS_ALIKE,
    MOST,
    MUCH_CUT,
    STAYED_ALIKE,
    STAYED_UNTIL,
)

Floats = npt.NDArray[np.float64]

_NO_VARIANCE = 1e-12
_GROUP = "group "
_NOT_WEIGHTED = {
    name for name in BALANCE if name.startswith(_GROUP) and name.removeprefix(_GROUP) not in NEEDS
}


def pooled_balance(rows: pd.DataFrame) -> pd.DataFrame:
    """How alike visited and compared were, for rows of table `balance` taken as one group.

    Columns: measure, visited, visited_mean, comparison_before, comparison_after, difference_before,
    difference_after (visited less comparison, in standard deviations of the visited; missing where
    these don't vary). In the order of the contract; means and squares are pooled with the visited
    as weights. Raises KeyError where a measure is none of the contract's.
    """
    position = {name: k for k, name in enumerate(BALANCE)}
    row = np.array([position[name] for name in rows["measure"]], dtype=np.intp)
    columns = ["visited", "visited_mean", "visited_sd", "comparison_before", "comparison_after"]
    n, mean, spread, *sides = (rows[name].to_numpy(np.float64) for name in columns)
    visited = np.bincount(row, n, minlength=len(BALANCE))
    over = np.where(visited > 0, visited, 1.0)

    def pooled(values: Floats) -> Floats:
        totals: Floats = np.bincount(row, n * values, minlength=len(BALANCE)) / over
        return totals

    overall = pooled(mean)
    variance = pooled(spread**2 + mean**2) - overall**2
    sd = np.sqrt(np.where(variance > _NO_VARIANCE, variance, np.nan))
    before, after = (pooled(side) for side in sides)
    frame = pd.DataFrame(
        {
            "measure": list(BALANCE),
            "visited": visited.astype(int),
            "visited_mean": overall,
            "comparison_before": before,
            "comparison_after": after,
            "difference_before": (overall - before) / sd,
            "difference_after": (overall - after) / sd,
        }
    )
    return frame[visited > 0].reset_index(drop=True)


def unlike(balance: pd.DataFrame) -> pd.DataFrame:
    """The rows of `pooled_balance` that differ by more than counts as alike, the largest first."""
    limits = [GROUPS_ALIKE if name in _NOT_WEIGHTED else ALIKE for name in balance["measure"]]
    size = np.abs(balance["difference_after"].to_numpy())
    order = np.argsort(-size, kind="stable")
    rows: pd.DataFrame = balance.iloc[order[(size >= limits)[order]]]
    return rows


def stayed_apart(
    event_times: npt.ArrayLike, visited: Floats, due: Floats, comparison_observed: Floats
) -> Floats:
    """By how much the shares of visited and compared still observed differ, without its sign; 0
    after month STAYED_UNTIL, and where nobody is due.
    """
    counted = (np.asarray(event_times) <= STAYED_UNTIL) & (due > 0)
    share = visited / np.where(counted, due, 1.0)
    apart: Floats = np.where(counted, np.abs(share - comparison_observed), 0.0)
    return apart


def failed_checks(
    unlike: Collection[str], weights_cut: float, apart: float, compared: float | None
) -> tuple[str, ...]:
    """The codes of the checks that a comparison fails, in the order of CHECKS.

    `unlike`: the measures of `unlike`. `weights_cut`: the share of the weight cut off. `apart`: see
    `stayed_apart`. `compared`: the share of the visited that could be compared, None where unknown.
    """
    failed = {
        "attendance": not all(map(_of_group, unlike)),
        "groups": any(map(_of_group, unlike)),
        "weights": weights_cut > MUCH_CUT,
        "observed": apart > STAYED_ALIKE,
        "compared": compared is not None and compared < MOST,
    }
    return tuple(code for code in CHECKS if failed[code])


def _of_group(measure: str) -> bool:
    return measure.startswith(_GROUP)
