"""Sentences of student groups beside all who aren't in them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.inference import Interval
from leapdash.show.language import N_, _
from leapdash.show.words.effects import between
from leapdash.show.words.numbers import NO_FIGURE, count, per_cent, points

STUDENTS_OF: Mapping[str, tuple[str, str]] = {
    "high_needs": (N_("students with high needs"), N_("students without high needs")),
    "english_learner": (
        N_("students who are English learners"),
        N_("students who aren’t English learners"),
    ),
    "disability": (N_("students with disabilities"), N_("students without disabilities")),
    "free_meals": (
        N_("students eligible for free meals"),
        N_("students who aren’t eligible for free meals"),
    ),
    "reduced_meals": (
        N_("students eligible for reduced price meals"),
        N_("students who aren’t eligible for reduced price meals"),
    ),
    "free_or_reduced_meals": (
        N_("students eligible for free or reduced price meals"),
        N_("students who aren’t eligible for them"),
    ),
    "homeless": (
        N_("students experiencing homelessness"),
        N_("students who don’t experience homelessness"),
    ),
    "black": (N_("Black or African American students"), N_("all other students")),
    "hispanic": (N_("Hispanic or Latino students"), N_("all other students")),
    "white": (N_("White students"), N_("all other students")),
    "other_races": (N_("students of all other races"), N_("all other students")),
    "female": (N_("girls"), N_("all other students")),
    "male": (N_("boys"), N_("all other students")),
}
"""Each group compared, and who isn't in it, as they stand within a sentence."""

HOW_SURE = N_(
    "Dots: the group less all who aren’t in it; lines: where that lies with 95% certainty; an open "
    "dot can’t be told from no gap. Groups overlap: the rows don’t add up, and no gap says why."
)
MONTHS_TOGETHER = N_(
    "A student’s months hang together: the ranges allow for it as if they moved as one, which "
    "makes them too wide rather than too narrow."
)
OF_A_YEAR = N_("Students counted over the school year; ranges by Newcombe’s method.")
OF_THE_ELIGIBLE = N_(
    "Visited of those ever eligible by then and still enrolled; ranges by Newcombe’s method."
)
OF_EFFECTS = N_(
    "Effects on the visited of each side, beside unvisited students of the same side. Where the "
    "release holds no effect on all others together, the group’s own stands and no gap is given."
)
AXES: Mapping[str, str] = {
    "attendance": N_("Attendance: group less others,<br>in points"),
    "chronic": N_("Chronically absent: group less others,<br>in points"),
    "reach": N_("Visited of the eligible: group less others,<br>in points"),
    "effect": N_("Effect of visits: on the group less on others,<br>in points"),
}
TITLES: Mapping[str, str] = {
    "attendance": N_("Gaps in attendance, {when}"),
    "chronic": N_("Gaps in chronic absence, {when}"),
    "reach": N_("Gaps in whom visits reached, {when}"),
    "effect": N_("Gaps in what visits changed, {when}"),
}
NOTES: Mapping[str, str] = {
    "attendance": MONTHS_TOGETHER,
    "chronic": OF_A_YEAR,
    "reach": OF_THE_ELIGIBLE,
    "effect": OF_EFFECTS,
}
Row = Mapping[str, Any]


def who(group: str) -> str:
    """The students of a group, as a sentence names them."""
    return _(STUDENTS_OF[group][0])


def others(group: str) -> str:
    """The students who aren't in a group, as a sentence names them."""
    return _(STUDENTS_OF[group][1])


def alt(title: str, table: pd.DataFrame) -> str:
    """What the chart of gaps shows: how many rows, the smallest and the largest gap."""
    told = table[table["difference"].notna()].sort_values("difference")
    if not len(told):
        return _("{title}. No gap is given.", title=title)
    least, most = told.iloc[0], told.iloc[-1]
    return _(
        "{title}. {n} groups, from {low} points ({least}) to {high} points ({most}).",
        title=title,
        n=len(table),
        low=points(least["difference"], signed=True),
        high=points(most["difference"], signed=True),
        least=least["series"],
        most=most["series"],
    )


def gap_card(row: Row) -> tuple[str, str]:
    """A rate of the group, and how it differs from the others', for a card."""
    if row["reason"]:
        return NO_FIGURE, _("too few to tell")
    rest = per_cent(row["others_rate"])
    if row["low"] <= 0 <= row["high"]:
        return per_cent(row["group_rate"]), _("others {rate}: no gap can be told", rate=rest)
    gap = points(row["difference"], signed=True)
    return per_cent(row["group_rate"]), _("others {rate}: {gap} points", rate=rest, gap=gap)


def attendance(where: str, group: str, row: Row, year: str) -> str:
    """How a group attended beside all who aren't in it; a row of `attendance_gaps`."""
    if row["reason"]:
        few = min(int(row["group_counted"]), int(row["others_counted"]))
        return _(
            "{where}: {group} can’t be set beside {others} in {year}: one side has {n} students, "
            "and nothing is said of fewer than {least}.",
            where=where,
            group=who(group),
            others=others(group),
            year=year,
            n=count(few),
            least=FEW_STUDENTS,
        )
    if _may_be_none(row):
        told = N_(
            "{where}: {group} attended {rate} of their days in {year}, {others} {rest}: no gap can "
            "be told (between {low} and {high} points)."
        )
    elif row["difference"] < 0:
        told = N_(
            "{where}: {group} attended {rate} of their days in {year}, {others} {rest}: a gap of "
            "{gap} points (between {low} and {high})."
        )
    else:
        told = N_(
            "{where}: {group} attended {rate} of their days in {year}, {others} {rest}: {gap} "
            "points more (between {low} and {high})."
        )
    return _(told, where=where, group=who(group), others=others(group), year=year, **_figures(row))


def chronic(row: Row) -> str:
    """How many of the group are chronically absent, beside the others; a row of `chronic_gaps`.
    Empty where too few are counted.
    """
    if row["reason"]:
        return ""
    if _may_be_none(row):
        told = N_(
            "Of {n} of them, {rate} were chronically absent, of the others {rest}: no gap can be "
            "told (between {low} and {high} points)."
        )
    elif row["difference"] > 0:
        told = N_(
            "Of {n} of them, {rate} were chronically absent, of the others {rest}: {gap} points "
            "more (between {low} and {high})."
        )
    else:
        told = N_(
            "Of {n} of them, {rate} were chronically absent, of the others {rest}: {gap} points "
            "fewer (between {low} and {high})."
        )
    return _(told, n=count(row["group_counted"]), **_figures(row))


def reach(row: Row, when: str, taking_part: bool) -> str:
    """Whom visits reached in the group, beside the others; a row of `reach_gaps`."""
    if not taking_part:
        return _("No district here took part in home visits in {when}.", when=when)
    if row["group_counted"] + row["others_counted"] == 0:
        return _("Visits reached nobody by {when}: nobody here was eligible.", when=when)
    if row["reason"]:
        return _(
            "Too few of one side were eligible by {when} to tell whom visits reach.", when=when
        )
    if _may_be_none(row):
        told = N_(
            "By {when}, visits had reached {rate} of those of them who had been eligible, and "
            "{rest} of the others: no gap can be told (between {low} and {high} points)."
        )
    elif row["difference"] > 0:
        told = N_(
            "By {when}, visits had reached {rate} of those of them who had been eligible, and "
            "{rest} of the others: {gap} points more (between {low} and {high})."
        )
    else:
        told = N_(
            "By {when}, visits had reached {rate} of those of them who had been eligible, and "
            "{rest} of the others: {gap} points less (between {low} and {high})."
        )
    return _(told, when=when, **_figures(row))


def effect(group: str, row: Row) -> str:
    """What visits changed for the group, beside the others; a row of `effect_gaps`."""
    own = _interval(row, "group_effect", "group_low", "group_high")
    if own is None:
        return _(
            "What visits changed for {group} can’t be told: too few of them were visited or "
            "compared.",
            group=who(group),
        )
    first = _(
        "Six to nine school months after the first visit, its effect on {group} was {effect} "
        "points of attendance ({between}).",
        group=who(group),
        effect=points(own.effect, signed=True),
        between=between(own),
    )
    gap = _interval(row, "difference", "low", "high")
    rest = _interval(row, "others_effect", "others_low", "others_high")
    if gap is None or rest is None:
        return f"{first} {_no_gap(row)}"
    named = {
        "others": others(group),
        "effect": points(rest.effect, signed=True),
        "between": between(rest),
    }
    if gap.low <= 0 <= gap.high:
        low, high = points(gap.low, signed=True), points(gap.high, signed=True)
        second = _(
            "On {others} it was {effect} ({between}): the two can’t be told apart (between {low} "
            "and {high} points).",
            low=low,
            high=high,
            **named,
        )
    else:
        ends = sorted((abs(gap.low), abs(gap.high)))
        told = (
            N_(
                "On {others} it was {effect} ({between}): {gap} points less (between {low} and "
                "{high})."
            )
            if gap.effect > 0
            else N_(
                "On {others} it was {effect} ({between}): {gap} points more (between {low} and "
                "{high})."
            )
        )
        size = points(gap.effect)
        second = _(told, gap=size, low=points(ends[0]), high=points(ends[1]), **named)
    return f"{first} {second}"


def _no_gap(row: Row) -> str:
    if row["others_effect"] is None or row["reason"]:
        return str(row["reason"])
    return _("No gap between the two is given.")


def _may_be_none(row: Row) -> bool:
    return bool(row["low"] <= 0 <= row["high"])


def _figures(row: Row) -> dict[str, str]:
    """Rates, gap and range as words: signed where the range holds zero."""
    low, high = row["low"], row["high"]
    if not _may_be_none(row):
        low, high = sorted((abs(low), abs(high)))
    signed = _may_be_none(row)
    return {
        "rate": per_cent(row["group_rate"]),
        "rest": per_cent(row["others_rate"]),
        "gap": points(row["difference"]),
        "low": points(low, signed),
        "high": points(high, signed),
    }


def _interval(row: Row, *names: str) -> Interval | None:
    effect, low, high = (row[name] for name in names)
    if effect is None or effect != effect:
        return None
    return Interval(effect, 0.0, low, high)
