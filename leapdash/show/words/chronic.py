"""Sentences about chronic absence: how many fewer of the visited are absent for a tenth or more.

Of one month, and of all days from the visit to June. Effects are differences of shares, written in
points and in students.
"""

from leapdash.inference import Interval
from leapdash.show.effects.studies import EffectStudy, ToJune
from leapdash.show.language import N_, _
from leapdash.show.words.effect_paths import both_paths
from leapdash.show.words.effects import leading
from leapdash.show.words.numbers import count, per_cent, points, students, visited_students

MONTH_NOTE = N_(
    "A month counts where the student is enrolled for at least 10 days of it. This is not the "
    "official status of a school year, which pools all its days: a student may miss a tenth of one "
    "month and not of the year. The same students are compared as for attendance, and count as "
    "much."
)
TO_JUNE_NOTE = N_(
    "Days count from the month of the visit to the end of its school year, for who is enrolled for "
    "at least 10 of them; school years whose data end before June are left out. Compared with "
    "students alike who were not visited by then either."
)
_OF_A_MONTH = {
    "six_to_nine": N_(
        "In months six to nine after the visit, {now} of the visited were absent for 10% or more "
        "of a month’s days; without the visit it would have been {without}."
    ),
    "month_after": N_(
        "In the month after the visit, {now} of the visited were absent for 10% or more of a "
        "month’s days; without the visit it would have been {without}."
    ),
}


def month_sentence(study: EffectStudy) -> str:
    """How many fewer of the visited are absent for a tenth or more of a month than would have been.

    Six to nine months after the visit; else in the month after; else why there is none.
    """
    for name, told in _OF_A_MONTH.items():
        found = getattr(study, name)
        if found.effect is None:
            continue
        rows = study.table.set_index("event_time").loc[list(found.event_times)]
        now, without = (float(rows[column].mean()) for column in ("visited_rate", "without_visit"))
        shares = _(told, now=per_cent(now), without=per_cent(without))
        return f"{shares} {_fewer(found.effect, found.visited)}"
    return study.withheld or study.month_after.withheld or ""


def to_june_sentence(found: ToJune) -> str:
    """How many fewer of the visited are absent for a tenth or more of the days from the visit to
    June than would have been; or that it can't be told.
    """
    own = found.headline
    if own.effect is None:
        return _(
            "From the visit to June: too few to tell ({visited} to a June in the data, with a "
            "comparison worth {worth}).",
            visited=visited_students(own.visited),
            worth=count(round(own.comparison_effective)),
        )
    shares = _(
        "From the visit to June, {now} of the visited were absent for 10% or more of their days; "
        "without the visit it would have been {without}.",
        now=per_cent(found.visited_rate),
        without=per_cent(found.visited_rate - own.effect.effect),
    )
    return f"{shares} {_fewer(own.effect, own.visited)}"


def whole_year_sentence(found: ToJune) -> str:
    """How the share to June differs from the official status of the year; empty where it isn't
    told.
    """
    if found.headline.effect is None:
        return ""
    return _(
        "Over their whole school year {share} of the same students were absent for 10% or more. "
        "That is what the official status counts: with the months before the visit, which no visit "
        "can change.",
        share=per_cent(found.whole_year_rate),
    )


def _fewer(effect: Interval, visited: int) -> str:
    """How many fewer, or more, of the visited an effect on their share makes, and in its range
    there may be: in points, and in students.
    """

    def of(share: float) -> str:
        return count(round(abs(share) * visited))

    size, low, high = effect.effect, effect.low, effect.high
    either = low < 0 < high
    # Where zero is between them the lower end is of fewer; else the nearer to zero comes first.
    first, last = (low, high) if either else sorted((low, high), key=abs)
    said = {
        "points": points(size),
        "from_points": points(first),
        "to_points": points(last),
        "n": of(size),
        "from_n": of(first),
        "to_n": of(last),
        "students": students(visited),
    }
    if either and size > 0:
        return _(
            "That is {points} points more (between {from_points} fewer and {to_points} more), or "
            "{n} more of {students} (between {from_n} fewer and {to_n} more).",
            **said,
        )
    if either:
        return _(
            "That is {points} points fewer (between {from_points} fewer and {to_points} more), or "
            "{n} fewer of {students} (between {from_n} fewer and {to_n} more).",
            **said,
        )
    if size > 0:
        return _(
            "That is {points} points more (between {from_points} and {to_points}), or {n} more of "
            "{students} (between {from_n} and {to_n}).",
            **said,
        )
    return _(
        "That is {points} points fewer (between {from_points} and {to_points}), or {n} fewer of "
        "{students} (between {from_n} and {to_n}).",
        **said,
    )


def plain_sentence(study: EffectStudy) -> str:
    """The plain change in the same share, which isn't the effect; empty where there is none."""
    found = leading(study)
    if found.effect is None or found.naive is None:
        return ""
    return _(
        "The plain change of the same students’ share since the month before the visit is {points} "
        "points. It is not the effect: students are visited when they miss much.",
        points=points(found.naive, signed=True),
    )


def alt_months(study: EffectStudy) -> str:
    """What the chart of both shares shows, for who can't see it."""
    return _(
        "Visited students absent for 10% or more of the month, and without the visit: line chart "
        "over school months since the first visit. {months}.",
        months=both_paths(study),
    )
