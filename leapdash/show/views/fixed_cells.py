"""The effects of fixed cells (the state and districts, by level and together), all at once: what a
public release is made from.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from leapdash.contract import ALL_LEVELS, HEADLINES, LEVELS, STATE_CODE
from leapdash.release import Release
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.checks import failed
from leapdash.show.views.effects import effect_on

_COLUMNS = (
    *("district_code", "level", "headline", "effect", "std_error", "low", "high", "naive_change"),
    *("visited", "comparison_effective", "compared", "visited_all", "checks_failed"),
)


def effects_of_cells(release: Release) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By months since the first visit, and by headline, for every cell with somebody compared.

    Columns of the first: district_code (STATE_CODE for all), level (ALL_LEVELS for all), and those
    of `EffectStudy.table`; of the second: district_code, level, headline, effect, std_error, low,
    high, naive_change, visited, comparison_effective, compared, visited_all, checks_failed; NaN
    where an effect isn't shown. Both without rows where the release holds no effects.
    """
    opened = OpenedRelease(release)
    paths, headlines = [], []
    for choice, place in _cells(opened) if opened.has_effects else ():
        study = effect_on(choice)
        if not study.visited:
            continue
        paths.append(study.table.assign(**place))
        for name in HEADLINES:
            found = getattr(study, name)
            own: dict[str, Any] = asdict(found.effect) if found.effect else {}
            headlines.append(
                {
                    **place,
                    "headline": name,
                    **own,
                    "naive_change": found.naive,
                    "visited": found.visited,
                    "comparison_effective": found.comparison_effective,
                    "compared": study.visited,
                    "visited_all": study.visited_all,
                    "checks_failed": ", ".join(failed(choice, study, found)),
                }
            )
    nothing = pd.DataFrame(columns=["district_code", "level"])
    paths = paths or [nothing]
    return pd.concat(paths, ignore_index=True), pd.DataFrame(headlines, columns=list(_COLUMNS))


def _cells(release: OpenedRelease) -> Iterator[tuple[Choice, dict[str, str]]]:
    """Every cell as a choice, with its place."""
    for code in (STATE_CODE, *release.known.districts):
        districts = () if code == STATE_CODE else (code,)
        for level in (ALL_LEVELS, *LEVELS):
            levels = () if level == ALL_LEVELS else (level,)
            choice = Choice(release, replace(Filters(), districts=districts, levels=levels))
            yield choice, {"district_code": code, "level": level}
