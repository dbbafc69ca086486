"""Tables below charts: the rows' names first, then what the chart shows, then all else."""

import pandas as pd

from leapdash.show.effects.studies import EffectStudy


def led_by(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """The same table with the named columns first."""
    return table[[*names, *(name for name in table.columns if name not in names)]]


def paths_first(study: EffectStudy) -> pd.DataFrame:
    """An effect's table, the months and their two paths first."""
    return led_by(study.table, "event_time", "visited_rate", "without_visit", "effect")
