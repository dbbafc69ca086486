"""What is compared with what."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Design:
    """What is compared with what; the build uses the defaults.

    `comparison`: units not visited yet by the month looked at, or never in the data. `base`: the
    month changes are counted from: `universal`, the month before the trial begins, or `varying`,
    before the visit the month before the one looked at. `history`: months of recent attendance
    that must be observed, used by `weights` and `slopes`; 0 for none. `weights`: make comparison
    units like the visited, and make up for those who leave by being visited. `slopes`: adjust the
    changes for what difference in recent attendance is left. `small_samples`: residuals are
    enlarged by what their own mean took from them. `shares`: whether the mix of months and strata
    counts as fixed or as random. `width`: of the classes of recent attendance that the propensity
    is fitted on. `event_times`: months since the visit to look at.
    """

    comparison: Literal["not_yet", "never"] = "not_yet"
    base: Literal["universal", "varying"] = "universal"
    history: int = 3
    weights: bool = True
    slopes: bool = True
    small_samples: bool = True
    shares: Literal["fixed", "random"] = "fixed"
    width: float = 0.05
    event_times: tuple[int, ...] = tuple(range(-6, 13))
