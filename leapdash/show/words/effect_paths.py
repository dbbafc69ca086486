"""Words of the chart of both paths, with and without the visit, and of what its ranges rest on."""

from collections.abc import Sequence

from leapdash.contract.thresholds import (
    CONFIDENCE,
    MINIMUM_EFFECTIVE,
    MINIMUM_SCHOOLS,
    MINIMUM_VISITED,
)
from leapdash.show.effects.studies import EffectStudy
from leapdash.show.language import _, _n
from leapdash.show.words.numbers import count, per_cent, signed_month


def path_notes(study: EffectStudy) -> str:
    """What the chart of both paths says by construction, and which months are left out and why."""
    parts = [
        _(
            "The two lines meet in the month before the visit (−1) by construction. Grey: where "
            "the path without the visit may lie, all months at once, in {n} of 100 studies like "
            "this.",
            n=round(100 * CONFIDENCE),
        ),
        _mixed(study),
    ]
    hidden = study.table.loc[~study.table["shown"], "event_time"].tolist()
    if hidden:
        parts.append(
            _(
                "Left out: {months}, where fewer than {visited} visited students, or a comparison "
                "worth fewer than {worth}, could be followed.",
                months=_months(hidden),
                visited=MINIMUM_VISITED,
                worth=MINIMUM_EFFECTIVE,
            )
        )
    return " ".join(part for part in parts if part)


def alt_paths(study: EffectStudy) -> str:
    """What the chart of both paths shows, for who can't see it."""
    return _(
        "Line chart over school months since the first visit: attendance rate of visited students "
        "and the path they would have had without the visit. {months}.",
        months=both_paths(study),
    )


def both_paths(study: EffectStudy) -> str:
    """What the visited had and would have had, in a few months."""
    rows = study.table[study.table["shown"]].set_index("event_time")
    told = [
        _(
            "month {month}: {visited} visited, {without} without the visit",
            month=signed_month(time),
            visited=per_cent(row["visited_rate"]),
            without=per_cent(row["without_visit"]),
        )
        for time, row in rows.iterrows()
        if time in (-6, -1, 0, 1, 3, 6, 9)
    ]
    return "; ".join(told)


def independence_note(study: EffectStudy) -> str:
    """What the ranges take as independent, and why: students, or whole schools."""
    serving = study.serving
    # Rounded down: what is below the minimum must not look as if it reached it.
    number = max(int(serving.schools), 1)
    if serving.matrix == "school":
        return _n(
            "The ranges take whole schools as independent, the more careful way here: the visited "
            "students’ schools are worth {n} school of one size.",
            "The ranges take whole schools as independent, the more careful way here: the visited "
            "students’ schools are worth {n} schools of one size.",
            number,
            n=count(number),
        )
    if serving.schools < MINIMUM_SCHOOLS:
        return _n(
            "The ranges take students as independent: the visited students’ schools are worth {n} "
            "school of one size, too few to take whole schools instead.",
            "The ranges take students as independent: the visited students’ schools are worth {n} "
            "schools of one size, too few to take whole schools instead.",
            number,
            n=count(number),
        )
    return _n(
        "The ranges take students as independent; taking whole schools instead would not make them "
        "wider (the visited students’ schools are worth {n} school of one size).",
        "The ranges take students as independent; taking whole schools instead would not make them "
        "wider (the visited students’ schools are worth {n} schools of one size).",
        number,
        n=count(number),
    )


def _months(times: Sequence[int]) -> str:
    """Months in words, runs drawn together: months −6 to −4, month 9."""
    runs: list[list[int]] = []
    for time in times:
        if runs and time == runs[-1][-1] + 1:
            runs[-1].append(time)
        else:
            runs.append([time])
    return ", ".join(
        _("month {month}", month=signed_month(run[0]))
        if len(run) == 1
        else _("months {first} to {last}", first=signed_month(run[0]), last=signed_month(run[-1]))
        for run in runs
    )


def _mixed(study: EffectStudy) -> str:
    """That months are of different students, where the headlines are."""
    soon, later = study.month_after, study.six_to_nine
    if soon.effect is None or later.effect is None or later.visited == soon.visited:
        return ""
    return _(
        "Months are of different students: who was visited late isn’t followed as far (month +1: "
        "{soon}, months +6 to +9: {later} or more), so part of a line’s slope may be who is in it. "
        "The path of those who could all be followed is under “Were the compared alike”.",
        soon=count(soon.visited),
        later=count(later.visited),
    )
