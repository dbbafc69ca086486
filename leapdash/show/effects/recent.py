"""The effects with three months of history alone, set beside the estimate for any choice.

A diagnosis, not another answer: how far a comparison that looks back three months only would
mislead, and how far visited and compared drift apart before the visit where they aren't made alike.
Students are taken as independent throughout: schools' sums would be a table as large again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from leapdash.contract.thresholds import (
    BASE_EVENT_TIME,
    BEFORE_VISIT,
    HEADLINES,
    MONTHS_BEFORE,
)
from leapdash.inference import (
    Breakdown,
    JointTest,
    breakdown,
    interval,
    joint_test,
    smallest_found,
)
from leapdash.show.effects.arrays import EVENTS, Flags, Floats, RecentData
from leapdash.show.effects.studies import Headline, HeadlineName
from leapdash.show.effects.unions import enough, shares, student_covariance

_BEFORE = [EVENTS.index(e) for e in MONTHS_BEFORE]
_TESTED = [EVENTS.index(e) for e in BEFORE_VISIT]


@dataclass(frozen=True)
class RecentStudy:
    """What a comparison with three months of history alone shows for one choice of visited.

    `table`: a row per month before the visit with somebody observed: event_time, visited, shown,
    effect, low, high (95% for that month; NaN where `shown` is false, as too few stand behind it).
    `test`: of months -6 to -4; None where these aren't all shown, or nothing varies. `smallest`:
    the smallest departure, the same in these months, it would have found. `effects`: the headlines,
    None where too few stand behind them. `covariance`: of the effects by event time.
    """

    table: pd.DataFrame
    test: JointTest | None
    smallest: float | None
    effects: dict[HeadlineName, float | None]
    covariance: Floats

    def differs(self, name: HeadlineName, headline: Headline) -> float | None:
        """By how much three months alone would put that headline higher; None where one of the two
        isn't there.
        """
        own = self.effects[name]
        if own is None or headline.effect is None:
            return None
        return own - headline.effect.effect

    def breakdown(self, headline: Headline) -> Breakdown | None:
        """What would undo the finding, measured by the steps before the visit seen here; None where
        there is no finding, or fewer than two months in a row up to the base month.
        """
        if headline.effect is None:
            return None
        effects = self.table.loc[self.table["shown"]].set_index("event_time")["effect"]
        first = BASE_EVENT_TIME
        while first - 1 in effects.index:
            first -= 1
        months = [e for e in range(first, BASE_EVENT_TIME + 1) if e in effects.index]
        at = [EVENTS.index(e) for e in months]
        before = effects.loc[months].to_numpy(np.float64)
        covariance = self.covariance[np.ix_(at, at)]
        return breakdown(headline.effect, headline.event_times, before, covariance)


def recent_study(data: RecentData, atoms: Flags) -> RecentStudy:
    """The effects with three months of history alone on the chosen atoms' visited (see `chosen`),
    exact in effect and variance.
    """
    weights = shares(data.visited, atoms)
    effect: Floats = (weights * data.effect).sum(axis=0)
    visited: Floats = data.visited[atoms].sum(axis=0)
    shown = enough(visited, data.squares[atoms].sum(axis=0))
    covariance = student_covariance(data, weights)
    half = interval(0.0, 1.0).high * np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    measured = {"effect": effect, "low": effect - half, "high": effect + half}
    table = pd.DataFrame(
        {
            "event_time": EVENTS,
            "visited": visited.astype(int),
            "shown": shown,
            **{name: np.where(shown, values, np.nan) for name, values in measured.items()},
        }
    ).iloc[_BEFORE]
    test, smallest = None, None
    if shown[_TESTED].all():
        own = covariance[np.ix_(_TESTED, _TESTED)]
        test, smallest = joint_test(effect[_TESTED], own), smallest_found(own)
    return RecentStudy(
        table[table["visited"] > 0].reset_index(drop=True),
        test,
        smallest,
        {
            "month_after": _mean(effect, shown, HEADLINES["month_after"]),
            "six_to_nine": _mean(effect, shown, HEADLINES["six_to_nine"]),
        },
        covariance,
    )


def _mean(effect: Floats, shown: Flags, event_times: Sequence[int]) -> float | None:
    at = [EVENTS.index(e) for e in event_times]
    return float(effect[at].mean()) if shown[at].all() else None
