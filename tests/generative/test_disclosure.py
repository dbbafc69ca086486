"""What the disclosure control says of small tables, held against every table of whole numbers."""

from datetime import date
from fractions import Fraction
from itertools import combinations, product

import highspy
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leapdash.build.disclosure.audit import audited, tasks_of
from leapdash.build.disclosure.cells import GROUP_FAMILIES, Cell
from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.limit import NO_LIMIT
from leapdash.build.disclosure.occasions import Measured, Source, parts_of
from leapdash.build.disclosure.owners import narrow_for_owners
from leapdash.build.disclosure.protect import protected
from leapdash.build.disclosure.published import Published
from leapdash.build.disclosure.ranges import narrow
from leapdash.build.disclosure.rules import STATE_RULES
from leapdash.build.disclosure.sections import Section
from leapdash.build.disclosure.span import Span

ROWS = range(4)
SUMS = st.lists(
    st.sets(st.sampled_from(ROWS), min_size=1).map(lambda rows: dict.fromkeys(sorted(rows), 1)),
    min_size=1,
    max_size=5,
)
TIMES = st.lists(
    st.dictionaries(st.sampled_from(ROWS), st.integers(1, 3), min_size=1), min_size=1, max_size=5
)
"""Sums in which a row may count several times."""
MOST = 3
PAIRS = [(s, a) for s in range(MOST + 1) for a in range(s + 1)]
"""Students of a row and the absent among them."""


def rank(vectors):
    """The rank of some sums, by fractions."""
    left = [[Fraction(v.get(row, 0)) for row in ROWS] for v in vectors]
    found = 0
    for row in ROWS:
        pivot = next((v for v in left if v[row]), None)
        if pivot is None:
            continue
        found += 1
        left.remove(pivot)
        left = [[x - v[row] / pivot[row] * p for x, p in zip(v, pivot, strict=True)] for v in left]
    return found


def follows(asked, known):
    return rank([*known, asked]) == rank(known)


@given(TIMES, TIMES)
def test_a_sum_is_told_exactly_where_it_is_a_combination_of_known_ones(known, kept):
    span = Span(kept)
    for sum_ in known:
        if rest := span.rest(sum_):
            span.add(rest)
    for one in kept:
        assert (not span.rest(one)) == follows(one, known)
    own = {0, 1}
    also = [{row: 1} for row in own]
    told = span.follows_with(own, [span.rest(one) for one in kept])
    assert told == [n for n, one in enumerate(kept) if follows(one, [*known, *also])]


@given(TIMES, TIMES, TIMES.map(lambda sums: sums[0]))
def test_one_more_sum_gives_away_a_kept_one_exactly_where_it_makes_it_follow(known, kept, one):
    kept = [sum_ for sum_ in kept if not follows(sum_, known)]
    span = Span(kept)
    for sum_ in known:
        if rest := span.rest(sum_):
            span.add(rest)
    rest = span.rest(one)
    assume(rest)
    assert span.gives_away(rest) == any(follows(sum_, [*known, one]) for sum_ in kept)


def whole_tables(sums, values):
    """Every table of whole numbers that agrees: for every row its students and absent."""
    most = [
        max((v[0] for s, v in zip(sums, values, strict=True) if r in s), default=0) for r in ROWS
    ]
    pairs = [[(s, a) for s in range(top + 1) for a in range(s + 1)] for top in most]
    for table in product(*pairs):
        if all(
            (sum(table[r][0] for r in s), sum(table[r][1] for r in s)) == v
            for s, v in zip(sums, values, strict=True)
        ):
            yield table


@given(SUMS, st.tuples(*[st.sampled_from(PAIRS) for _row in ROWS]))
def test_no_table_of_whole_numbers_lies_outside_the_range_that_is_found(sums, table):
    values = [tuple(sum(table[r][kind] for r in s) for kind in (0, 1)) for s in sums]
    assume(all(v[0] <= 5 for v in values))
    students, absent = np.array(values, np.int64).T
    published = Published(sums, Counts(students, students, absent))
    asked = [dict.fromkeys(rows, 1) for size in (1, 2) for rows in combinations(ROWS, size)]
    asked = [one for one in asked if all(any(r in s for s in sums) for r in one)]
    found = narrow(published, asked, [True] * len(asked), least=100)
    tables = list(whole_tables(sums, values))
    assert tables
    for number, one in enumerate(asked):
        whole = [tuple(sum(t[r][kind] for r in one) for kind in (0, 1)) for t in tables]
        if number not in found:
            # All its rows are published one by one.
            assert all(dict.fromkeys((r,), 1) in sums for r in one)
            continue
        own = found[number]
        for kind, ends in enumerate((own.students, own.absent)):
            assert ends.low <= min(w[kind] for w in whole) + 1e-6
            assert ends.high >= max(w[kind] for w in whole) - 1e-6
        if follows(one, sums):
            assert own.students.width < 1e-6
            assert len(set(whole)) == 1


OWNERS = "aabbcd"
SIX = st.sets(st.sampled_from(range(len(OWNERS))), min_size=2, max_size=5)


@given(
    st.lists(SIX, min_size=2, max_size=4, unique_by=frozenset),
    st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=6, max_size=6),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_owners_are_told_what_is_narrow_where_their_own_rows_are_published(sums, kinds, counted):
    """By whatever short cut: as if every owner in turn had the rows published one by one."""
    sums = [dict.fromkeys(sorted(own), 1) for own in sums]
    table = np.array(kinds)
    base = table[:, 1:].sum(axis=1)
    of_rows = Counts(table.sum(axis=1), base, table[:, 2])

    def published(own):
        rows = [list(one) for one in own]
        return Published(own, Counts(*(np.array([c[r].sum() for r in rows]) for c in of_rows)))

    asked = [{row: 1} for row in sorted(set().union(*sums))]
    among = [counted[next(iter(own))] for own in asked]
    everybody = narrow(published(sums), asked, among, STATE_RULES.narrowest)
    wide = {n: own for n, own in enumerate(asked) if n not in everybody}
    rows = {row: (owner, table[row].astype(float)) for row, owner in enumerate(OWNERS)}
    found = narrow_for_owners(
        published(sums), wide, dict(enumerate(among)), rows, STATE_RULES.narrowest, {}, NO_LIMIT
    )
    told = set()
    for owner in set(OWNERS):
        own = [{row: 1} for row, other in enumerate(OWNERS) if other == owner]
        others = {n: one for n, one in wide.items() if rows[next(iter(one))][0] != owner}
        known = narrow(
            published([*sums, *own]),
            [*others.values()],
            [among[n] for n in others],
            STATE_RULES.narrowest,
        )
        told |= {[*others][n] for n in known}
    assert set(found) == told


# --- random states: whatever is withheld for its own sake stays open -----------------------------

MEASURES = ("students", "chronic_base", "chronically_absent")
THREE = Measured("attendance", MEASURES, MEASURES)
MONTHS = (date(2021, 10, 1), date(2021, 11, 1))
COUNTS = st.integers(0, 60).flatmap(
    lambda n: st.integers(0, n).flatmap(
        lambda b: st.tuples(st.just(n), st.just(b), st.integers(0, b))
    )
)


@st.composite
def months(draw):
    """What there is of one or two months of a small state: rows by district, level, participation
    and group, and by school. A month has the students of the one before, or others; districts begin
    to take part, and a level may be there in one month only.
    """
    districts = [f"{number}000011"[:7] for number in range(1, draw(st.integers(2, 4)) + 1)]
    levels = draw(st.sampled_from([("6-8",), ("6-8", "9-12")]))
    taking_part = draw(st.integers(0, len(districts)))
    sources: list[Source] = []
    for number in range(draw(st.integers(1, 2))):
        taking_part = draw(st.integers(taking_part, len(districts)))
        leap = frozenset(districts[:taking_part])
        if sources and draw(st.booleans()):
            before = sources[-1]
            sources.append(Source(MONTHS[number], THREE, before.by_group, before.by_school, leap))
        else:
            places = [p for p in product(districts, levels) if p[1] == "6-8" or draw(st.booleans())]
            by_group, by_school = draw(states(places))
            sources.append(Source(MONTHS[number], THREE, by_group, by_school, leap))
    return sources


@st.composite
def states(draw, places):
    """Rows of one month by district, level, participation and group, and by school."""
    rows, schools = [], []
    for district, level in places:
        races = {race: draw(COUNTS) for race in GROUP_FAMILIES["race"]}
        whole = np.sum(list(races.values()), axis=0)
        first = [draw(st.integers(0, int(n))) for n in whole]
        first[1] = min(first[1], first[0])
        first[2] = min(first[2], first[1])
        parts = {"visited": first, "other": whole - first}
        if any(parts["other"][kind] < parts["other"][kind + 1] for kind in (0, 1)):
            parts = {"visited": np.zeros(3, int), "other": whole}
        for part, counts in parts.items():
            rows.append((district, level, part, "all", *counts))
        # Which of a race take part in visits is never published: one part stands for all.
        rows += [(district, level, "other", race, *counts) for race, counts in races.items()]
        schools += [(district, level, f"{district[:5]}S{level[0]}", *whole)]
    columns = ["district_code", "level"]
    by_group = pd.DataFrame(rows, columns=[*columns, "participation", "group", *MEASURES])
    by_school = pd.DataFrame(schools, columns=[*columns, "school_code", *MEASURES])
    return by_group, by_school


def whole_range(lattice, occasion, shown, asked, kind):
    """The least and the most a cell's count may be in whole numbers, by an integer program."""
    solver = highspy.Highs()
    solver.silent()
    rows = range(len(lattice.owners))
    tables = [[solver.addIntegral(lb=0, ub=5000) for _row in rows] for _kind in range(3)]
    for row in rows:
        solver.addConstr(tables[1][row] <= tables[0][row])
        solver.addConstr(tables[2][row] <= tables[1][row])
    for number in shown:
        for table, counts in zip(tables, occasion.counts, strict=True):
            total = sum(table[row] for row in occasion.sums[number])
            solver.addConstr(total == int(counts[number]))
    objective = sum(tables[kind][row] for row in occasion.sums[asked])
    solver.minimize(objective)
    low = solver.getObjectiveValue()
    solver.maximize(objective)
    return round(low), round(solver.getObjectiveValue())


def check(sources):
    """Nothing small is told by a month, nor by all months of a year to who takes them for the same;
    nor is it known to a few, in whole numbers.
    """
    lattices = [part.lattice for part in parts_of(sources, STATE_RULES).values()]
    for lattice, hidden in zip(lattices, protected(lattices, STATE_RULES), strict=True):
        ever, never = set[int](), set[int]()
        for occasion, numbers in zip(lattice.occasions, hidden, strict=True):
            there = [n for n, sum_ in enumerate(occasion.sums) if sum_]
            shown = [n for n in there if lattice.cells[n].named and n not in numbers]
            small = np.flatnonzero(occasion.small).tolist()
            assert set(small) <= numbers
            ever |= set(shown)
            never |= numbers
            assert_untold(lattice, occasion.sums, shown, small)
            for number in small[:: max(1, len(small) // 3)]:
                counted = [0] if not occasion.counts.base[number] else [0, 2]
                for kind in counted:
                    low, high = whole_range(lattice, occasion, shown, number, kind)
                    assert low <= occasion.counts[kind][number] <= high
                    assert high - low >= STATE_RULES.narrowest - 1
        assert_untold(lattice, lattice.sums, sorted(ever), sorted(never - ever))


def assert_untold(lattice, sums, shown, small):
    """No small cell is a combination of those shown, for anybody, or who knows their own; what is
    left of it without one's own and is told to everybody, as another cell, is no more than that.
    """
    public = [sums[n] for n in shown]
    of_public = matrix_rank(public, lattice)
    for owner in ("", *set(lattice.owners)):
        seen = [lattice.hidden_from(owner, sums[n]) for n in shown]
        before = matrix_rank(seen, lattice)
        for number in small:
            rest = lattice.hidden_from(owner, sums[number])
            known = owner and matrix_rank([*public, rest], lattice) == of_public
            assert not rest or known or matrix_rank([*seen, rest], lattice) == before + 1


def matrix_rank(sums, lattice):
    matrix = np.zeros((len(sums) + 1, len(lattice.owners)))
    for place, sum_ in enumerate(sums):
        matrix[place, list(sum_)] = 1
    return np.linalg.matrix_rank(matrix)


@given(months())
def test_of_a_random_state_nothing_small_is_told_to_anybody_nor_known_to_a_few(sources):
    check(sources)


@pytest.mark.full
@settings(max_examples=300)
@given(months())
def test_nor_of_three_hundred_random_states(sources):
    check(sources)


# --- what the audit finds ------------------------------------------------------------------------

MOST_TRIED = 3


@given(months())
def test_what_the_audit_works_out_are_the_only_whole_numbers_left(sources):
    """Of a month whose small cells alone are withheld."""
    lattices = [part.lattice for part in parts_of(sources[:1], STATE_RULES).values()]
    small = {
        lattice.cells[number]
        for lattice in lattices
        for number in np.flatnonzero(lattice.occasions[0].small).tolist()
    }
    counts: dict[Cell, tuple[int, int, int] | None] = {}
    for lattice in lattices:
        (occasion,) = lattice.occasions
        own = np.column_stack(occasion.counts).tolist()
        for cell, (students, base, absent) in zip(lattice.cells, own, strict=True):
            if cell.named:
                counts[cell] = None if cell in small else (students, base, absent)
    section = Section("attendance_by_group", MONTHS[0], sources[0].leap, counts)
    findings = [f for task in tasks_of([section]) for f in audited(*task, STATE_RULES).findings]
    exact = {f.cell for f in findings if f.found == "follows from figures shown"}
    for cell in sorted(exact)[:MOST_TRIED]:
        assert any(only_one_left(lattice, cell, small) for lattice in lattices)
    assert not [f for f in findings if f.found == "is small, and shown"]


def only_one_left(lattice, cell, small):
    """Whether all whole tables that agree with what a family shows have the same students there."""
    if cell not in lattice.cells:
        return False
    (occasion,) = lattice.occasions
    shown = [n for n, other in enumerate(lattice.cells) if other.named and other not in small]
    low, high = whole_range(lattice, occasion, shown, lattice.cells.index(cell), 0)
    return low == high == occasion.counts.students[lattice.cells.index(cell)]
