"""What the state publishes elsewhere of the same students: more that a reader may know.

A state tells attendance and chronic absence of a school year by district and student group, and
by district and grade; Connecticut withholds small counts there, and nothing beside them. It counts
nearly the same students in another way; a reader is taken to know the counts here from it, exactly.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from leapdash.build.disclosure.cells import EVERYONE, PARTS, SCHOOLS, Cell, cell_of
from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.span import Span, Sum
from leapdash.contract import ALL
from leapdash.release import Release

Elsewhere = Mapping[str, frozenset[Cell]]
"""By school year, the cells of which the state tells how many students they have."""


def told_elsewhere(release: Release) -> Elsewhere:
    """What the published figures that a release holds tell of, by its table `published`."""
    if not release.has("published"):
        return {}
    columns = ["school_year", "district_code", "group", "students"]
    rows = release.table("published", columns).to_pandas().dropna()
    found: dict[str, set[Cell]] = {}
    for year, district, group, _students in rows.itertuples(index=False):
        found.setdefault(year, set()).add(cell_of(district, ALL, None, ALL, group))
    return {year: frozenset(cells) for year, cells in found.items()}


def may_be_told(cells: Sequence[Cell], counts: Counts, rules: Rules) -> Iterator[int]:
    """The cells, by number, that a state tells of though nothing is withheld beside small ones: by
    group in all grades, and all students by level, where they aren't small at the year's end.
    """
    small = rules.small(counts.students, counts.absent, counts.base) | (counts.base == 0)
    for number, cell in enumerate(cells):
        alike = cell.family == EVERYONE or cell.level == ALL
        if alike and cell.named and cell.family not in (PARTS, SCHOOLS) and not small[number]:
            yield number


def following(sums: Sequence[Sum], known: Collection[int], asked: Collection[int]) -> set[int]:
    """Which of the sums asked, by number, follow from those known, without anything else."""
    span = Span()
    for number in sorted(known, key=lambda number: len(sums[number])):
        if rest := span.rest(sums[number]):
            span.add(rest)
    return {number for number in asked if not span.rest(sums[number])}
