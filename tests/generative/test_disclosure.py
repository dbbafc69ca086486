"""What the disclosure control says of small tables, held against every table of whole numbers."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.ranges import Published, narrow
from leapdash.build.disclosure.span import Span

ROWS = range(4)
SUMS = st.lists(
    st.sets(st.sampled_from(ROWS), min_size=1).map(lambda rows: dict.fromkeys(sorted(rows), 1)),
    min_size=1,
    max_size=5,
)
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


@given(SUMS, SUMS)
def test_a_sum_is_told_exactly_where_it_is_a_combination_of_known_ones(known, kept):
    span = Span(kept)
    for sum_ in known:
        if rest := span.rest(sum_):
            span.add(rest)
    for number, one in enumerate(kept):
        assert (not span.rest(one)) == follows(one, known)
        assert (number in span.given_away()) == follows(one, known)


@given(SUMS, SUMS, SUMS.map(lambda sums: sums[0]))
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
