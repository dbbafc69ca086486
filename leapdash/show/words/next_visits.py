"""Words of where the next visits would win most: always with what is taken for granted."""

import math

import pandas as pd

from leapdash.contract import LEVELS, MONTHS_AFTER
from leapdash.contract.thresholds import CONFIDENCE, percent
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.effects.per_visit import PerVisit
from leapdash.show.language import N_, _, _n
from leapdash.show.views.next_visits import (
    GROUPS,
    LESS,
    MORE,
    NOT_APART,
    VISITS_AHEAD,
    NextVisits,
    of_group,
)
from leapdash.show.words.filters import whom
from leapdash.show.words.numbers import count, in_words, month, rounded, tenths

TITLE = N_("School days a visit won, by district and level")
NOBODY = N_("No district of this choice takes part in home visits in that month.")
TAKEN_FOR_GRANTED = N_(
    "What is to come rests on this: that the next visited are like those visited so far in the "
    "same district and level, that effects don’t fall as more are visited, and that each visit "
    "meets the family. None of it can be shown from these data."
)
_NAMED = 4


def axis() -> str:
    """The title of the axis of days."""
    return _("School days a visit won<br>in the {months} school months after", months=_months())


def read_the_rows() -> str:
    """How the figure is read."""
    return _(
        "Squares: school days won in the {months} school months after the first visit, each "
        "month’s effect times the days enrolled in it; lines: where that lies with {confidence} "
        "certainty.",
        months=_months(),
        confidence=percent(CONFIDENCE),
    )


def not_shown() -> str:
    """What days won leave out, and how they differ from days regained."""
    return _(
        "Not shown: costs, later months, gains of unvisited schoolmates. The card’s days regained "
        "end where the data end; these are of {months} full months.",
        months=_months(),
    )


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
    return _(
        "All visited students: {days} days ({low} to {high})",
        days=tenths(days.effect),
        low=tenths(days.low),
        high=tenths(days.high),
    )


def groups_note(found: NextVisits) -> str:
    """What parts the rows, and why it isn't a ranking."""
    number = found.compared
    if not number:
        return _(
            "Too few others were visited to set these beside all other visited students of the "
            "state."
        )
    than = _("More or less than elsewhere: than all other visited students of the state.")
    if number == 1:
        return than
    chance = round((1 - CONFIDENCE) * number)
    values = {"n": number, "confidence": percent(CONFIDENCE)}
    stand_out = (
        _n(
            "{n} districts’ levels are set beside them: by chance alone about {chance} would stand "
            "out, so the ranges of these differences are so wide that all hold at once with "
            "{confidence} certainty (Bonferroni).",
            "{n} districts’ levels are set beside them: by chance alone about {chance} would stand "
            "out, so the ranges of these differences are so wide that all hold at once with "
            "{confidence} certainty (Bonferroni).",
            chance,
            chance=chance,
            **values,
        )
        if chance
        else _(
            "{n} districts’ levels are set beside them: by chance alone one might stand out, so "
            "the ranges of these differences are so wide that all hold at once with {confidence} "
            "certainty (Bonferroni).",
            **values,
        )
    )
    order = _("Within a group those where most wait come first: their days are not ranked.")
    return f"{than} {stand_out} {order}"


def waiting_note(found: NextVisits) -> str:
    """Who waits, and when."""
    return _("Waiting: eligible and not visited in {month}.", month=month(found.month))


def checks_note(rows: pd.DataFrame) -> str:
    """How many of the rows rest on a comparison that fails a check; empty for none."""
    told = rows[rows["days_per_visit"].notna()]
    number = int((told["checks_failed"] != "").sum())
    if not number:
        return ""
    return _(
        "Hollow: in {n} of {all} the comparison fails a check (the table says which); few are "
        "seldom alike in everything.",
        n=number,
        all=len(told),
    )


def alt_next(found: NextVisits) -> str:
    """What the figure shows: the groups with how many rows and who waits, and those that stand out
    by name.
    """
    rows, parts = found.rows, []
    for group in GROUPS:
        own = of_group(rows, group)
        if len(own):
            waiting = int(own["waiting"].sum())
            parts.append(
                _n(
                    "{group}: {places}, {n} waiting student",
                    "{group}: {places}, {n} waiting students",
                    waiting,
                    group=_(group),
                    places=_named(own) if group in (MORE, LESS) else len(own),
                    n=count(waiting),
                )
            )
    number = _n("{n} row", "{n} rows", len(rows), n=len(rows))
    told = [_(TITLE), number, "; ".join(parts), whole_name(found.whole)]
    return " ".join(f"{part}." for part in told if part)


def _ahead_sentence(found: NextVisits, choice: Choice) -> str:
    """What the next visits would win, and what that rests on."""
    rows, who, when = found.rows, whom(choice), month(found.month)
    waiting = int(rows["waiting"].sum())
    if waiting == 0:
        return _("{whom}: nobody waited for a first visit in {month}.", whom=who, month=when)
    if found.ahead is None:
        return _n(
            "{whom}: too few visited students could be followed for {months} school months to say "
            "what visits to the {n} student waiting in {month} would win.",
            "{whom}: too few visited students could be followed for {months} school months to say "
            "what visits to the {n} students waiting in {month} would win.",
            waiting,
            whom=who,
            months=_months(),
            n=count(waiting),
            month=when,
        )
    untold = int(rows.loc[rows["days_per_visit"].isna(), "waiting"].sum())
    if untold:
        # Of several: where the one who waits can't be told of, nothing can.
        waited = _n(
            "In {month}, {n} students were waiting, {untold} of them where too few were visited to "
            "say: they are left out.",
            "In {month}, {n} students were waiting, {untold} of them where too few were visited to "
            "say: they are left out.",
            untold,
            month=when,
            n=count(waiting),
            untold=count(untold),
        )
    else:
        waited = _n(
            "In {month}, {n} student was waiting.",
            "In {month}, {n} students were waiting.",
            waiting,
            month=when,
            n=count(waiting),
        )
    return f"{_won(found.ahead, who)} {waited}"


def _won(ahead: Interval, who: str) -> str:
    """What the next visits would win or lose, if they can be said to."""
    values = {"whom": who, "visits": count(VISITS_AHEAD)}
    if ahead.low <= 0 <= ahead.high:
        return _(
            "{whom}: if the next visited are like those visited so far in their district and "
            "level, {visits} more visits, spread as those who wait are, can’t be said to win "
            "school days (between {lost} lost and {won} won).",
            lost=rounded(-ahead.low),
            won=rounded(ahead.high),
            **values,
        )
    low, high = sorted((abs(ahead.low), abs(ahead.high)))
    values |= {"days": rounded(abs(ahead.effect)), "low": rounded(low), "high": rounded(high)}
    if ahead.effect > 0:
        return _(
            "{whom}: if the next visited are like those visited so far in their district and "
            "level, {visits} more visits, spread as those who wait are, would win about {days} "
            "school days (between {low} and {high}).",
            **values,
        )
    return _(
        "{whom}: if the next visited are like those visited so far in their district and level, "
        "{visits} more visits, spread as those who wait are, would lose about {days} school days "
        "(between {low} and {high}).",
        **values,
    )


def _beside_sentence(rows: pd.DataFrame) -> str:
    """Where a visit won more or less than elsewhere, and where that can't be told; empty where
    nothing is told.
    """
    more, less, alike = (of_group(rows, group) for group in (MORE, LESS, NOT_APART))
    told = len(more) + len(less) + len(alike)
    if not told:
        return ""
    if len(alike) == told == 1:
        return _(
            "The days a visit won here can’t be told from those elsewhere, so nothing says where "
            "the next would win most."
        )
    if len(alike) == told:
        return _(
            "The days a visit won in any of these {n} places can’t be told from those elsewhere, "
            "so nothing says where the next would win most.",
            n=told,
        )
    if told == 1:
        return (
            _("So far a visit won more days here than elsewhere.")
            if len(more)
            else _("So far a visit won fewer days here than elsewhere.")
        )
    return _apart(more, less, len(alike))


def _apart(more: pd.DataFrame, less: pd.DataFrame, alike: int) -> str:
    """Where a visit won more, or less, than elsewhere; `alike`: how many other places can't be
    told from elsewhere.
    """
    values: dict[str, object] = {}
    for name, own in (("more", more), ("fewer", less)):
        values |= {name: _named(own), f"wait_{name}": count(int(own["waiting"].sum()))}
    values["n"] = alike
    if len(more) and len(less):
        if not alike:
            return _(
                "So far a visit won more days than elsewhere in {more}, where {wait_more} wait, "
                "and fewer than elsewhere in {fewer}, where {wait_fewer} wait.",
                **values,
            )
        return _n(
            "So far a visit won more days than elsewhere in {more}, where {wait_more} wait, and "
            "fewer than elsewhere in {fewer}, where {wait_fewer} wait; the other place can’t be "
            "told from elsewhere.",
            "So far a visit won more days than elsewhere in {more}, where {wait_more} wait, and "
            "fewer than elsewhere in {fewer}, where {wait_fewer} wait; the other {n} places can’t "
            "be told from elsewhere.",
            alike,
            **values,
        )
    if len(more):
        if not alike:
            return _(
                "So far a visit won more days than elsewhere in {more}, where {wait_more} wait.",
                **values,
            )
        return _n(
            "So far a visit won more days than elsewhere in {more}, where {wait_more} wait; the "
            "other place can’t be told from elsewhere.",
            "So far a visit won more days than elsewhere in {more}, where {wait_more} wait; the "
            "other {n} places can’t be told from elsewhere.",
            alike,
            **values,
        )
    if not alike:
        return _(
            "So far a visit won fewer days than elsewhere in {fewer}, where {wait_fewer} wait.",
            **values,
        )
    return _n(
        "So far a visit won fewer days than elsewhere in {fewer}, where {wait_fewer} wait; the "
        "other place can’t be told from elsewhere.",
        "So far a visit won fewer days than elsewhere in {fewer}, where {wait_fewer} wait; the "
        "other {n} places can’t be told from elsewhere.",
        alike,
        **values,
    )


def _named(rows: pd.DataFrame) -> str:
    """Districts by name with their levels, or how many places of which levels where they are more
    than a few.
    """
    if rows["district_code"].nunique() > _NAMED:
        levels = ", ".join(
            _("{n} of {level}", n=int((rows["level"] == level).sum()), level=level)
            for level in LEVELS
            if (rows["level"] == level).any()
        )
        return _("{n} places ({levels})", n=len(rows), levels=levels)
    names = []
    for _code, own in rows.groupby("district_code", sort=False):
        name = str(own["series"].iloc[0]).rsplit(", ", 1)[0]
        here = [level for level in LEVELS if (own["level"] == level).any()]
        names.append(f"{name} ({', '.join(here)})")
    if len(names) < 2:
        return "".join(names)
    return _("{one} and {other}", one=", ".join(names[:-1]), other=names[-1])


def hover(row: pd.Series) -> str:
    """What a row says when it is pointed at: its days, those beside elsewhere, who waits."""
    days, low, high = (tenths(row[name]) for name in ("days_per_visit", "days_low", "days_high"))
    lines = [
        f"<b>{row['series']}</b>",
        _("{days} days a visit, between {low} and {high}", days=days, low=low, high=high),
    ]
    if not math.isnan(row["days_beside"]):
        low, high = _signed(row["days_beside_low"]), _signed(row["days_beside_high"])
        lines.append(_("Beside elsewhere: {low} to {high} days", low=low, high=high))
    waiting, visited = count(row["waiting"]), count(row["visited"])
    # Translators: either number may be 1.
    lines.append(_("{n} wait; {visited} visited were followed", n=waiting, visited=visited))
    return "<br>".join(lines)


def _months() -> str:
    return in_words(len(MONTHS_AFTER))


def _signed(number: float) -> str:
    text = tenths(number)
    return text if text.startswith("−") or text == "0.0" else f"+{text}"
