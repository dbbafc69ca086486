"""What changed since the release before: months that came, figures that were revised."""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from leapdash.inference import Interval
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.filters import Known
from leapdash.show.views import effects
from leapdash.show.views.base import conditions
from leapdash.show.views.programme import last_month, reach_now, visits_made

_KEY = ["month", "school_code", "level", "participation"]
_DAYS = ["students", "days_enrolled", "days_attended"]


@dataclass(frozen=True)
class State:
    """What a release says of a choice. `effect`: months 6 to 9 after the visit, where told."""

    release_id: str
    through: date
    visits: int
    waiting: int
    effect: Interval | None


@dataclass(frozen=True)
class Since:
    """Two releases beside each other.

    `months`: with attendance now and not before. `common`: rows of attendance (a month, school,
    level and participation) that both hold; `revised`: those of them whose students or days
    differ.
    """

    before: State
    now: State
    months: tuple[date, ...]
    common: int
    revised: int


@kept(*VISITS)
def since_last(choice: Choice) -> Since | None:
    """What changed for the choice since the release before; None where there is none, or it knows
    none of the districts chosen.
    """
    earlier = choice.release.before
    if earlier is None:
        return None
    filters = choice.filters.still_in(earlier.known)
    if filters != choice.filters and not _some_left(choice, earlier.known):
        return None
    then = replace(choice, release=earlier, filters=filters)
    now_rows, then_rows = _attendance(choice), _attendance(then)
    both = now_rows.merge(then_rows, left_index=True, right_index=True, suffixes=("_now", "_then"))
    differs = pd.Series(False, index=both.index)
    for name in _DAYS:
        differs |= both[f"{name}_now"] != both[f"{name}_then"]
    months = set(now_rows.index.get_level_values("month"))
    months -= set(then_rows.index.get_level_values("month"))
    return Since(_state(then), _state(choice), tuple(sorted(months)), len(both), int(differs.sum()))


def _some_left(choice: Choice, known: Known) -> bool:
    codes = choice.codes
    return codes is None or any(code in known.districts for code in codes)


def _attendance(choice: Choice) -> pd.DataFrame:
    table = choice.release.table("attendance", [*_KEY, *_DAYS], conditions(choice))
    frame: pd.DataFrame = table.to_pandas()
    return frame.set_index(_KEY)


def _state(choice: Choice) -> State:
    effect = None
    if choice.release.has_effects:
        effect = effects.headlines_on(choice).six_to_nine.effect
    return State(
        choice.release.manifest.release_id,
        last_month(choice),
        visits_made(choice).visits,
        reach_now(choice).waiting,
        effect,
    )
