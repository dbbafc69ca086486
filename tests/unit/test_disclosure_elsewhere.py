"""What the state tells elsewhere of a school year: a reader may know it, too."""

from datetime import date

import pandas as pd
import pytest

from leapdash.build.disclosure.audit import audited
from leapdash.build.disclosure.cells import EVERYONE, Cell
from leapdash.build.disclosure.elsewhere import following, may_be_told, told_elsewhere
from leapdash.build.disclosure.occasions import ATTENDANCE, TO_DATE, Source, parts_of
from leapdash.build.disclosure.protect import protected
from leapdash.build.disclosure.published import Published
from leapdash.build.disclosure.ranges import narrow
from leapdash.build.disclosure.rules import STATE_RULES
from leapdash.build.disclosure.sections import Section
from leapdash.contract import ALL
from leapdash.release import open_release
from tests.lib.paths import DEMO

JUNE = date(2022, 6, 1)
HERE = "0010011"
BLACK, HISPANIC, WHITE, OTHER = "black", "hispanic", "white", "other_races"
# In PK-5 few of the white students are absent. What is withheld beside them and the few black ones
# keeps them, unless the state tells of a race in all grades that we withhold.
LOW = {BLACK: (10, 10), HISPANIC: (50, 20), WHITE: (60, 3), OTHER: (70, 20)}
HIGH = {BLACK: (10, 8), HISPANIC: (60, 8), WHITE: (40, 12), OTHER: (60, 12)}
KEPT = Cell(HERE, "PK-5", "race", WHITE)


def month_of(measured=TO_DATE, day=JUNE):
    rows, schools = [], []
    for level, races in (("PK-5", LOW), ("6-8", HIGH)):
        whole = tuple(sum(own[n] for own in races.values()) for n in (0, 1))
        for race, (students, absent) in {ALL: whole, **races}.items():
            row = {
                "district_code": HERE,
                "level": level,
                "participation": "other",
                "group": race,
                "students": students,
                "days_enrolled": 10.0 * students,
                "days_attended": 9.0 * students,
                "chronic_base": students,
                "chronically_absent": absent,
                "students_absent": students,
                "largest_student_days": 10.0,
            }
            rows.append(row)
            if race == ALL:
                schools.append({**row, "school_code": "0010101"})
    return Source(day, measured, pd.DataFrame(rows), pd.DataFrame(schools), frozenset())


def races_hidden(lattice, place=0):
    (hidden,) = protected([lattice], STATE_RULES)
    return hidden[place]


def told(lattice, shown):
    sums = lattice.sums
    return {lattice.cells[n] for n in following(sums, shown, range(len(sums))) - set(shown)}


def shown_of(lattice, hidden):
    return [n for n, cell in enumerate(lattice.cells) if cell.named and n not in hidden]


def known_at_the_end():
    """What the state may tell of the district in June."""
    lattice = parts_of([month_of()], STATE_RULES)["race"].lattice
    return frozenset(cell for n in lattice.elsewhere if (cell := lattice.cells[n]).area == HERE)


def test_without_it_a_small_cell_would_follow_from_what_is_shown_and_what_the_state_tells():
    """Else the next test would test nothing."""
    lattice = parts_of([month_of(ATTENDANCE)], STATE_RULES)["race"].lattice
    assert lattice.elsewhere == frozenset()
    shown = shown_of(lattice, races_hidden(lattice))
    known = [n for n, cell in enumerate(lattice.cells) if cell in known_at_the_end()]
    assert KEPT not in told(lattice, shown)
    assert KEPT not in told(lattice, known)
    assert KEPT in told(lattice, [*shown, *known])


@pytest.mark.parametrize("published", [True, False])
def test_nothing_small_follows_from_what_is_shown_and_what_the_state_tells(published):
    """Told by its published figures, or because it may tell what isn't small at the year's end."""
    measured, cells = (ATTENDANCE, known_at_the_end()) if published else (TO_DATE, ())
    lattice = parts_of([month_of(measured)], STATE_RULES, elsewhere=cells)["race"].lattice
    shown = shown_of(lattice, races_hidden(lattice))
    assert lattice.elsewhere
    assert KEPT not in told(lattice, [*shown, *lattice.elsewhere])


def narrowed(lattice, shown, asked):
    """What is narrowed down too far of the cells asked, by those shown."""
    (occasion,) = lattice.occasions
    found = narrow(
        Published([occasion.sums[n] for n in shown], occasion.counts.at(shown)),
        [occasion.sums[n] for n in asked],
        [True] * len(asked),
        STATE_RULES.narrowest,
    )
    return {asked[n] for n, one in found.items() if not one.harmless(STATE_RULES)}


def test_nor_is_it_narrowed_down_but_by_what_the_state_tells_alone():
    lattice = parts_of([month_of()], STATE_RULES)["race"].lattice
    hidden, known = races_hidden(lattice), sorted(lattice.elsewhere)
    shown = [*shown_of(lattice, hidden), *sorted(lattice.elsewhere & hidden)]
    asked = sorted(hidden - set(shown) - following(lattice.sums, known, hidden))
    assert asked
    assert narrowed(lattice, shown, asked) <= narrowed(lattice, known, asked)


def test_only_the_last_month_s_absence_to_date_is_what_the_state_tells_of():
    parts = parts_of([month_of(TO_DATE, date(2022, 5, 1)), month_of(ATTENDANCE)], STATE_RULES)
    assert (parts["race"].lattice.elsewhere, parts["race"].lattice.ends) == (frozenset(), None)
    both = parts_of([month_of(ATTENDANCE), month_of()], STATE_RULES)["race"].lattice
    assert both.ends == 1


def test_a_state_tells_neither_the_small_nor_levels_of_groups():
    lattice = parts_of([month_of()], STATE_RULES)["race"].lattice
    (occasion,) = lattice.occasions
    told_of = {lattice.cells[n] for n in may_be_told(lattice.cells, occasion.counts, STATE_RULES)}
    here = {cell for cell in told_of if cell.area == HERE}
    groups = {Cell(HERE, ALL, "race", race) for race in (HISPANIC, WHITE, OTHER)}
    assert here == groups | {Cell(HERE, level, EVERYONE, ALL) for level in (ALL, "PK-5", "6-8")}


def counts_of(hidden):
    counts = {}
    for level, of_level in (("PK-5", [LOW]), ("6-8", [HIGH]), (ALL, [LOW, HIGH])):
        for race in (BLACK, HISPANIC, WHITE, OTHER):
            students, absent = (sum(own[race][n] for own in of_level) for n in (0, 1))
            counts[Cell(HERE, level, "race", race)] = (students, students, absent)
        every = [own[race] for own in of_level for race in own]
        students, absent = (sum(own[n] for own in every) for n in (0, 1))
        counts[Cell(HERE, level, EVERYONE, ALL)] = (students, students, absent)
    return counts | dict.fromkeys(hidden)


def test_the_audit_finds_what_follows_with_what_the_state_tells_and_not_what_that_tells_alone():
    lattice = parts_of([month_of(ATTENDANCE)], STATE_RULES)["race"].lattice
    unaware = {lattice.cells[n] for n in races_hidden(lattice)}
    hidden = [cell for cell in unaware if cell.area == HERE]
    section = Section("chronic_absence", JUNE, frozenset(), counts_of(hidden))
    black = Cell(HERE, ALL, "race", BLACK)
    assert black in hidden
    assert audited([section], [], frozenset(), "race", STATE_RULES).findings == ()
    findings = audited([section], [], known_at_the_end(), "race", STATE_RULES).findings
    assert {one.found for one in findings} == {"follows with what the state tells elsewhere"}
    assert KEPT in {finding.cell for finding in findings}
    assert black not in {finding.cell for finding in findings}


def test_the_state_s_published_figures_say_of_whom_it_tells():
    release = open_release(DEMO)
    told_of = told_elsewhere(release)
    rows = release.table("published").to_pandas()
    assert sum(map(len, told_of.values())) == rows["students"].notna().sum()
    assert Cell("0640011", ALL, EVERYONE, ALL) in told_of["2021-22"]
    assert Cell("0640011", ALL, "english_learner", "english_learner") in told_of["2021-22"]
