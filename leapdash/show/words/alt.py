"""What charts show, for who can't see them."""

import pandas as pd

from leapdash.show.language import _, _n
from leapdash.show.words.numbers import count, per_cent


def of_lines(title: str, table: pd.DataFrame, rate: str, over: str) -> str:
    """What a line chart shows, for who can't see it: each line's first and last value.

    `over`: what its points are, in the language on show: months.
    """
    parts = []
    for _code, line in table[table[rate].notna()].groupby("code", sort=False):
        first, last = line.iloc[0], line.iloc[-1]
        parts.append(
            _(
                "{series} from {first} to {last}",
                series=last["series"],
                first=per_cent(first[rate]),
                last=per_cent(last[rate]),
            )
        )
    return _(
        "Line chart over {over}: {title}. {lines}.",
        over=over,
        title=title,
        lines="; ".join(parts[:8]),
    )


def of_rows(title: str, table: pd.DataFrame, name: str, value: str) -> str:
    """What a chart with many rows shows: how many, the lowest and the highest."""
    rows = table[table[value].notna()].sort_values(value)
    if not len(rows):
        return _("{title}. No rows.", title=title)
    low, high = rows.iloc[0], rows.iloc[-1]
    show = per_cent if rows[value].abs().max() <= 1 else count
    return _n(
        "{title}. {n} row, from {one} ({low}) to {other} ({high}).",
        "{title}. {n} rows, from {one} ({low}) to {other} ({high}).",
        len(rows),
        title=title,
        n=len(rows),
        one=low[name],
        low=show(low[value]),
        other=high[name],
        high=show(high[value]),
    )
