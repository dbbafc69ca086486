"""How many columns of usual layouts are recognised: rightly, wrongly, asked about, not at all.

python -m benchmarks.layouts
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from leapdash.build.sources.exports.inspect.tables import layouts_of
from tests.lib.layouts import LAYOUTS, Layout


@dataclass(frozen=True)
class Verdict:
    """What became of a column: `right`, `wrong`, `asked` or `missed`; `found`: what it was taken
    for.
    """

    file: str
    heading: str
    expected: str
    found: str
    verdict: str


def verdicts(layout: Layout, folder: Path) -> Iterator[Verdict]:
    """What became of every column of a layout."""
    looked_at = layouts_of([layout.write(folder)])
    found: dict[str, list[str]] = {}
    asked: dict[str, list[str]] = {}
    for table in (table for one in looked_at for table in one.tables):
        for heading, columns in table.by_heading().items():
            found.setdefault(heading, []).extend(columns)
        for column in table.columns:
            for heading in column.choices:
                asked.setdefault(heading, []).append(column.column)
            year = column.options.get("school_year")
            if year:
                found.setdefault(year, []).append(column.column)
    for heading, _, expected in layout.columns:
        taken = found.get(heading, [])
        if expected in taken or (not taken and not expected):
            verdict = "right"
        elif taken:
            verdict = "wrong"
        else:
            verdict = "asked" if expected in asked.get(heading, []) else "missed"
        yield Verdict(layout.file, heading, expected, ", ".join(taken), verdict)


def all_verdicts() -> list[Verdict]:
    """Those of all layouts."""
    with TemporaryDirectory() as folder:
        return [v for layout in LAYOUTS for v in verdicts(layout, Path(folder))]


if __name__ == "__main__":
    told = all_verdicts()
    counts = Counter(v.verdict for v in told)
    print(f"{len(LAYOUTS)} layouts, {len(told)} columns")
    for name, count in counts.most_common():
        print(f"{name:<8}{count:>5}{count / len(told):>8.1%}")
    for v in told:
        if v.verdict != "right":
            print(f"{v.verdict:<8}{v.file:<34}{v.heading:<34}{v.expected:<18}{v.found}")
