"""Tables below charts: the rows' names first, then what the chart shows, then all else."""

import pandas as pd


def led_by(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """The same table with the named columns first."""
    return table[[*names, *(name for name in table.columns if name not in names)]]
