"""A release beside the one before it: months are final once published, or each change is a figure.

Who keeps both releases subtracts them. So a month that was published stays as it was, also where
late data came in; or, where months are to be replaced, a changed figure is shown only where the
change is of nobody or of many: else it would tell of the few who came, went or were put right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from leapdash.build.disclosure.cells import EVERYONE, GROUP_FAMILIES, REST, Cell, cell_of
from leapdash.build.disclosure.rules import Rules
from leapdash.contract import school_year_of
from leapdash.release import Release

_TABLES = {
    "attendance": ("attendance", "attendance_by_group"),
    "chronic_to_date": ("chronic_to_date",),
}
_COUNTS = ("students", "chronic_base", "chronically_absent")
_DAYS = ("days_enrolled", "days_attended")
_MOST_DAYS = 23
"""School days of a month at most: fewer students than the rule asks for have no more together."""

_Figures = Mapping[Cell, Mapping[str, float]]


@dataclass(frozen=True)
class Former:
    """What the release on show tells, by table and month: the figures of every cell shown, with
    those of a rest that follow. `final`: whether its months stay as they are.
    """

    figures: Mapping[tuple[str, date], _Figures]
    final: bool

    @property
    def months(self) -> set[date]:
        """The months it tells of."""
        return {month for _table, month in self.figures}

    def shown(self, month: date) -> set[Cell]:
        """The cells that any table of a month shows."""
        return {cell for (_t, m), own in self.figures.items() if m == month for cell in own}

    def of_year(self, year: str) -> "Former":
        """The same for one school year."""
        own = {k: figures for k, figures in self.figures.items() if school_year_of(k[1]) == year}
        return Former(own, self.final)

    def little_changed(
        self, table: str, month: date, cell: Cell, figures: Mapping[str, float], rules: Rules
    ) -> bool:
        """Whether a cell's figures differ from those shown before by those of a few students."""
        before = self.figures.get((table, month), {}).get(cell)
        return before is not None and _few(before, figures, rules)


NOTHING = Former({}, final=True)


def former(release: Release, final: bool = True) -> Former:
    """What a public release tells."""
    figures: dict[tuple[str, date], dict[Cell, Mapping[str, float]]] = {}
    for table, names in _TABLES.items():
        for name in names:
            rows = release.table(name).to_pandas()
            for month, own in rows.groupby("month"):
                at = figures.setdefault((table, month), {})
                at |= dict(_shown(own))
    for own_cells in figures.values():
        own_cells |= dict(_rests(own_cells))
    return Former(figures, final)


def _few(before: Mapping[str, float], after: Mapping[str, float], rules: Rules) -> bool:
    for name in before.keys() & after.keys():
        most = rules.least_counted - 1
        if name in _DAYS:
            most *= _MOST_DAYS
        if 0 < abs(after[name] - before[name]) <= most:
            return True
    return False


def _shown(rows: pd.DataFrame) -> Iterator[tuple[Cell, Mapping[str, float]]]:
    names = [name for name in rows if name in (*_COUNTS, *_DAYS)]
    shown = rows[rows["status"] == "shown"]
    keys = ["district_code", "level", "school_code", "participation", "group"]
    cells = shown.reindex(columns=keys).itertuples(index=False)
    figures = shown[names].itertuples(index=False)
    for key, own in zip(cells, figures, strict=True):
        yield cell_of(*key), dict(zip(names, map(float, own), strict=True))


def _rests(shown: _Figures) -> Iterator[tuple[Cell, Mapping[str, float]]]:
    """What a group's rest has, where all students and the other groups are shown."""
    for everyone, whole in shown.items():
        for family, members in GROUP_FAMILIES.items() if everyone.family == EVERYONE else ():
            parts = [everyone._replace(family=family, part=m) for m in members if m != REST]
            if REST in members and all(part in shown for part in parts):
                own = {k: v - sum(shown[part][k] for part in parts) for k, v in whole.items()}
                yield everyone._replace(family=family, part=REST), own


def changes(after: Release, before: Release, rules: Rules) -> Iterator[tuple[str, date, Cell]]:
    """The cells that both releases show, and whose figures differ by those of a few students."""
    told = former(before)
    for (table, month), figures in former(after).figures.items():
        for cell, own in figures.items():
            if told.little_changed(table, month, cell, own, rules):
                yield table, month, cell
