"""What is compared with what."""

from dataclasses import dataclass
from typing import Literal

PAST = ("last", "mean", "earlier", "none")


@dataclass(frozen=True)
class Design:
    """What is compared with what; the build uses the defaults.

    `comparison`: units not visited yet by the month looked at, or never in the data. `base`: the
    month changes are counted from: `universal`, the month before the trial begins, or `varying`,
    before the visit the month before the one looked at. `history`: months of recent attendance
    that must be observed, used by `weights` and `slopes`; 0 for none. `earlier`: use attendance in
    all observed months before those as well, where a unit has any. `weights`: make comparison
    units like the visited, and make up for those who leave by being visited. `slopes`: adjust the
    changes for what difference in the past is left. `covariates`: columns of the panel that both
    use as well, as they stand in the month a trial begins. `small_samples`: residuals are
    enlarged by what their own mean took from them. `shares`: whether the mix of months and strata
    counts as fixed or as random. `compared`: how many comparison units are drawn for each one
    visited, see `trials.serving`. `drawn`: how many units not visited the propensity is fitted on
    for each one visited, in classes of past outcomes of this `width`, see `trials.drawn`.
    `event_times`: months since the visit to look at.
    """

    comparison: Literal["not_yet", "never"] = "not_yet"
    base: Literal["universal", "varying"] = "universal"
    history: int = 3
    earlier: bool = True
    weights: bool = True
    slopes: bool = True
    small_samples: bool = True
    shares: Literal["fixed", "random"] = "fixed"
    covariates: tuple[str, ...] = ()
    compared: int = 50
    drawn: int = 10
    width: float = 0.1
    event_times: tuple[int, ...] = tuple(range(-6, 10))

    @property
    def past(self) -> tuple[str, ...]:
        """What of past outcomes is balanced: `last`, the month before; `mean`, over the months of
        history; `earlier`, over all observed months before them, 0 where there is none; `none`, 1
        where there is none.
        """
        used = self.earlier and (self.weights or self.slopes)
        return PAST if used else PAST[:2]

    @property
    def measures(self) -> tuple[str, ...]:
        """What is balanced: `past`, then `covariates`."""
        return (*self.past, *self.covariates)
