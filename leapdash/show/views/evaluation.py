"""The evaluation's findings beside this release's nearest effects, whatever is chosen."""

import numpy as np
import pandas as pd

from leapdash.contract import ALL_LEVELS, STATE_CODE
from leapdash.contract.thresholds import FOLLOWED_UNTIL
from leapdash.inference import Interval
from leapdash.show.choice import Choice, kept
from leapdash.show.effects.arrays import slice_data
from leapdash.show.effects.studies import difference, headlines
from leapdash.show.language import _
from leapdash.show.published_findings import FINDINGS, Whose
from leapdash.show.views.effects import effect_on, headlines_on

_COLUMNS = ("finding", "reported", "nearest", "effect", "low", "high")


@kept()
def findings_beside(choice: Choice) -> pd.DataFrame:
    """Each finding of the evaluation that the release has something like, of all districts, levels
    and years but for those the finding is of.

    Columns: finding (when, whose), reported (in its words, points), nearest (what of the release
    stands beside it), effect, low, high (fractions; beside the finding on language a difference of
    two effects).
    """
    rows = []
    for finding in FINDINGS:
        nearest, found = _nearest(choice, finding.whose)
        if found is not None:
            told = f"{_(finding.when)}, {_(finding.who)}", _(finding.reported), nearest
            rows.append((*told, found.effect, found.low, found.high))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _nearest(choice: Choice, whose: Whose) -> tuple[str, Interval | None]:
    """What of the release is nearest to a finding, in words, and its effect; None where withheld
    or not there.
    """
    later, ninth = _("Months 6 to 9"), _("Month {month}", month=FOLLOWED_UNTIL)
    match whose:
        case "all":
            return _("Month {month}", month=1), headlines_on(choice).month_after.effect
        case "summer 2021" | "2021-22":
            chosen = [period == whose for period in choice.cohorts.periods]
            found = headlines(choice.cohorts, np.array(chosen, dtype=bool))
            return later, found.six_to_nine.effect
        case "PK-5":
            return ninth, _ninth(choice.filtered(levels=("PK-5",)))
        case "6-12":
            return ninth, _ninth(choice.filtered(levels=("6-8", "9-12")))
        case "Hartford":
            codes = [code for code, name in choice.known.districts.items() if name == whose]
            own = choice.filtered(districts=tuple(codes))
            return later, headlines_on(own).six_to_nine.effect if codes else None
        case "language":
            data = slice_data(choice.release, "language", STATE_CODE, ALL_LEVELS)
            both = {"es", "en"} <= set(data.values)
            nearest = _("Months 6 to 9, visited in Spanish less visited in English")
            return nearest, difference(data, "es", "en", "six_to_nine") if both else None


def _ninth(choice: Choice) -> Interval | None:
    """The effect in the ninth month; None where it is withheld."""
    table = effect_on(choice).table
    own = table[(table["event_time"] == FOLLOWED_UNTIL) & table["shown"]]
    if not len(own):
        return None
    effect, low, high = (float(own[name].iloc[0]) for name in ("effect", "low", "high"))
    return Interval(effect, float("nan"), low, high)
