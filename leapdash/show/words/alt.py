"""What charts show, for who can't see them."""

import pandas as pd

from leapdash.show.words.numbers import count, per_cent


def of_lines(title: str, table: pd.DataFrame, rate: str, over: str) -> str:
    """What a line chart shows, for who can't see it: each line's first and last value."""
    parts = []
    for _, line in table[table[rate].notna()].groupby("code", sort=False):
        first, last = line.iloc[0], line.iloc[-1]
        parts.append(f"{last['series']} from {per_cent(first[rate])} to {per_cent(last[rate])}")
    return f"Line chart over {over}: {title}. " + "; ".join(parts[:8]) + "."


def of_rows(title: str, table: pd.DataFrame, name: str, value: str) -> str:
    """What a chart with many rows shows: how many, the lowest and the highest."""
    rows = table[table[value].notna()].sort_values(value)
    if not len(rows):
        return f"{title}. No rows."
    low, high = rows.iloc[0], rows.iloc[-1]
    show = per_cent if rows[value].abs().max() <= 1 else count
    return (
        f"{title}. {len(rows)} rows, from {low[name]} ({show(low[value])}) to {high[name]} "
        f"({show(high[value])})."
    )
