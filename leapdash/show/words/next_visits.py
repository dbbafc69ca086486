"""Words of where the next visits would win most: always with what is taken for granted."""

import math

import pandas as pd

from leapdash.contract import LEVELS, MONTHS_AFTER
from leapdash.contract.thresholds import CONFIDENCE, percent
from leapdash.show.choice import Choice
from leapdash.show.effects.per_visit import PerVisit
from leapdash.show.views.next_visits import (
    ALIKE,
    GROUPS,
    LESS,
    MORE,
    UNTOLD,
    VISITS_AHEAD,
    NextVisits,
)
from leapdash.show.words.filters import whom
from leapdash.show.words.numbers import count, in_words, month, rounded, students, tenths

TITLE = "School days a visit won, by district and level"
NOBODY = "No district of this choice takes part in home visits in that month."
_MONTHS = in_words(len(MONTHS_AFTER))
AXIS = f"School days a visit won<br>in the {_MONTHS} school months after"
READ_THE_ROWS = (
    f"Squares: school days won in the {_MONTHS} school months after the first visit, each month’s "
    f"effect times the days enrolled in it; lines: where that lies with {percent(CONFIDENCE)} "
    "certainty."
)
TAKEN_FOR_GRANTED = (
    "What is to come rests on this: that the next visited are like those visited so far in the "
    "same district and level, that effects don’t fall as more are visited, and that each visit "
    "meets the family. None of it can be shown from these data."
)
NOT_SHOWN = (
    "Not shown: costs, later months, gains of unvisited schoolmates. The card’s days regained end "
    f"where the data end; these are of {_MONTHS} full months."
)
_NAMED = 4


def next_answer(found: NextVisits, choice: Choice) -> str:
    """What the next visits would win, under what is taken for granted, and where more than
    elsewhere.
    """
    parts = [_ahead_sentence(found, choice), _beside_sentence(found.rows)]
    return " ".join(part for part in parts if part)


def whole_name(whole: PerVisit) -> str:
    """The line that rows are read against: all visited students, their days and the interval."""
    days = whole.days
    if days is None:
        return ""
    return (
        f"All visited students: {tenths(days.effect)} days "
        f"({tenths(days.low)} to {tenths(days.high)})"
    )


def groups_note(found: NextVisits) -> str:
    """What parts the rows, and why it isn't a ranking."""
    number, elsewhere = found.compared, "all other visited students of the state"
    if not number:
        return f"Too few others were visited to set these beside {elsewhere}."
    if number == 1:
        return f"More or less than elsewhere: than {elsewhere}."
    chance = round((1 - CONFIDENCE) * number)
    some = f"about {chance} would" if chance else "one might"
    return (
        f"More or less than elsewhere: than {elsewhere}. {number} districts’ levels are set beside "
        f"them: by chance alone {some} stand out, so the ranges of these differences are so wide "
        f"that all hold at once with {percent(CONFIDENCE)} certainty (Bonferroni). Within a group "
        "those where most wait come first: their days are not ranked."
    )


def waiting_note(found: NextVisits) -> str:
    """Who waits, and when."""
    return f"Waiting: eligible and not visited in {month(found.month)}."


def checks_note(rows: pd.DataFrame) -> str:
    """How many of the rows rest on a comparison that fails a check; empty for none."""
    told = rows[rows["days_per_visit"].notna()]
    number = int((told["checks_failed"] != "").sum())
    if not number:
        return ""
    return (
        f"Hollow: in {number} of {len(told)} the comparison fails a check (the table says which); "
        "few are seldom alike in everything."
    )


def alt_next(found: NextVisits) -> str:
    """What the figure shows: the groups with how many rows and who waits, and those that stand out
    by name.
    """
    rows, parts = found.rows, []
    for group in GROUPS:
        own = rows[rows["section"] == group]
        if len(own):
            names = _named(own) if group in (MORE, LESS) else str(len(own))
            waiting = f"{students(int(own['waiting'].sum()))} waiting"
            parts.append(f"{group}: {names}, {waiting}")
    whole = whole_name(found.whole)
    number = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    return f"{TITLE}. {number}. {'; '.join(parts)}.{f' {whole}.' if whole else ''}"


def _ahead_sentence(found: NextVisits, choice: Choice) -> str:
    """What the next visits would win, and what that rests on."""
    rows, who = found.rows, whom(choice)
    waiting = int(rows["waiting"].sum())
    untold = int(rows.loc[rows["days_per_visit"].isna(), "waiting"].sum())
    when = month(found.month)
    if waiting == 0:
        return f"{who}: nobody waited for a first visit in {when}."
    ahead = found.ahead
    if ahead is None:
        return (
            f"{who}: too few visited students could be followed for {_MONTHS} school months to say "
            f"what visits to the {students(waiting)} waiting in {when} would win."
        )
    told = (
        f"{who}: if the next visited are like those visited so far in their district and level, "
        f"{count(VISITS_AHEAD)} more visits, spread as those who wait are, "
    )
    if ahead.low <= 0 <= ahead.high:
        told += (
            f"can’t be said to win school days (between {rounded(-ahead.low)} lost and "
            f"{rounded(ahead.high)} won)."
        )
    else:
        verb = "win" if ahead.effect > 0 else "lose"
        low, high = sorted((abs(ahead.low), abs(ahead.high)))
        told += (
            f"would {verb} about {rounded(abs(ahead.effect))} school days "
            f"(between {rounded(low)} and {rounded(high)})."
        )
    if not untold:
        return f"{told} In {when}, {_waited(waiting)}."
    return (
        f"{told} In {when}, {_waited(waiting)}, {count(untold)} of them where too few were visited "
        "to say: they are left out."
    )


def _waited(number: int) -> str:
    return f"{students(number)} {'was' if number == 1 else 'were'} waiting"


def _beside_sentence(rows: pd.DataFrame) -> str:
    """Where a visit won more or less than elsewhere, and where that can't be told; empty where
    nothing is told.
    """
    own = {group: rows[rows["section"] == group] for group in GROUPS}
    told = len(rows) - len(own[UNTOLD])
    if not told:
        return ""
    if len(own[ALIKE]) == told:
        places = "here" if told == 1 else f"in any of these {told} places"
        return (
            f"The days a visit won {places} can’t be told from those elsewhere, so nothing says "
            "where the next would win most."
        )
    if told == 1:
        return (
            f"So far a visit won {'more' if len(own[MORE]) else 'fewer'} days here than elsewhere."
        )
    parts = [
        f"{word} than elsewhere in {_named(own[group])}, where "
        f"{count(int(own[group]['waiting'].sum()))} wait"
        for group, word in (
            (MORE, "more days"),
            (LESS, "fewer" if len(own[MORE]) else "fewer days"),
        )
        if len(own[group])
    ]
    first, *others = parts
    sentence = " and ".join([f"So far a visit won {first},", *others]).removesuffix(",")
    if alike := len(own[ALIKE]):
        rest = "the other place" if alike == 1 else f"the other {alike} places"
        sentence += f"; {rest} can’t be told from elsewhere"
    return f"{sentence}."


def _named(rows: pd.DataFrame) -> str:
    """Districts by name with their levels, or how many places of which levels where they are more
    than a few.
    """
    levels = {
        level: int((rows["level"] == level).sum())
        for level in LEVELS
        if (rows["level"] == level).any()
    }
    if rows["district_code"].nunique() > _NAMED:
        told = ", ".join(f"{number} of {level}" for level, number in levels.items())
        return f"{len(rows)} places ({told})"
    names = []
    for _, own in rows.groupby("district_code", sort=False):
        name = str(own["series"].iloc[0]).rsplit(", ", 1)[0]
        here = [level for level in LEVELS if (own["level"] == level).any()]
        names.append(f"{name} ({', '.join(here)})")
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def hover(row: pd.Series) -> str:
    """What a row says when it is pointed at: its days, those beside elsewhere, who waits."""
    lines = [
        f"<b>{row['series']}</b>",
        f"{tenths(row['days_per_visit'])} days a visit, between {tenths(row['days_low'])} and "
        f"{tenths(row['days_high'])}",
    ]
    if not math.isnan(row["days_beside"]):
        low, high = row["days_beside_low"], row["days_beside_high"]
        lines.append(f"Beside elsewhere: {_signed(low)} to {_signed(high)} days")
    lines.append(f"{count(row['waiting'])} wait; {count(row['visited'])} visited were followed")
    return "<br>".join(lines)


def _signed(number: float) -> str:
    text = tenths(number)
    return text if text.startswith("−") or text == "0.0" else f"+{text}"
