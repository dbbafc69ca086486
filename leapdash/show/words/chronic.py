"""Sentences about chronic absence: how many fewer of the visited are absent for a tenth or more.

Of one month, and of all days from the visit to June. Effects are differences of shares, written in
points and in students.
"""

from collections.abc import Callable
from functools import partial

from leapdash.inference import Interval
from leapdash.show.effects.studies import EffectStudy, ToJune
from leapdash.show.words.effects import both_paths, leading
from leapdash.show.words.numbers import count, per_cent, points, students, visited_students

MONTH_NOTE = (
    "A month counts where the student is enrolled for at least 10 days of it. This is not the "
    "official status of a school year, which pools all its days: a student may miss a tenth of one "
    "month and not of the year. The same students are compared as for attendance, and count as "
    "much."
)
TO_JUNE_NOTE = (
    "Days count from the month of the visit to the end of its school year, for who is enrolled for "
    "at least 10 of them; school years whose data end before June are left out. Compared with "
    "students alike who were not visited by then either."
)
_TENTH = "10%"


def month_sentence(study: EffectStudy) -> str:
    """How many fewer of the visited are absent for a tenth or more of a month than would have been.

    Six to nine months after the visit; else in the month after; else why there is none.
    """
    for found, when in (
        (study.six_to_nine, "In months six to nine after the visit"),
        (study.month_after, "In the month after the visit"),
    ):
        if found.effect is None:
            continue
        rows = study.table.set_index("event_time").loc[list(found.event_times)]
        now, without = (float(rows[name].mean()) for name in ("visited_rate", "without_visit"))
        everyone = students(found.visited)
        in_students = partial(_students_of, found.visited)
        return (
            f"{when}, {per_cent(now)} of the visited were absent for {_TENTH} or more of a month’s "
            f"days; without the visit it would have been {per_cent(without)}. That is "
            f"{_fewer(found.effect, points, '{} points {}')}, or "
            f"{_fewer(found.effect, in_students, f'{{}} {{}} of {everyone}')}."
        )
    return study.withheld or study.month_after.withheld or ""


def to_june_sentence(found: ToJune) -> str:
    """How many fewer of the visited are absent for a tenth or more of the days from the visit to
    June than would have been; or that it can't be told.
    """
    own = found.headline
    if own.effect is None:
        return (
            f"From the visit to June: too few to tell ({visited_students(own.visited)} to a "
            f"June in the data, with a comparison worth {count(round(own.comparison_effective))})."
        )
    without = found.visited_rate - own.effect.effect
    in_students = partial(_students_of, own.visited)
    return (
        f"From the visit to June, {per_cent(found.visited_rate)} of the visited were absent for "
        f"{_TENTH} or more of their days; without the visit it would have been "
        f"{per_cent(without)}. That is {_fewer(own.effect, points, '{} points {}')}, or "
        f"{_fewer(own.effect, in_students, f'{{}} {{}} of {students(own.visited)}')}."
    )


def whole_year_sentence(found: ToJune) -> str:
    """How the share to June differs from the official status of the year; empty where it isn't
    told.
    """
    if found.headline.effect is None:
        return ""
    return (
        f"Over their whole school year {per_cent(found.whole_year_rate)} of the same students were "
        f"absent for {_TENTH} or more. That is what the official status counts: with the months "
        "before the visit, which no visit can change."
    )


def _students_of(everyone: int, share: float) -> str:
    return count(round(share * everyone))


def _fewer(effect: Interval, number: Callable[[float], str], shape: str) -> str:
    """How many fewer, or more, an effect on a share makes, and in its range there may be.

    `shape`: with room for the number, and for which of the two it is.
    """

    def told(value: float, shape: str = "{} {}") -> str:
        return shape.format(number(abs(value)), "more" if value > 0 else "fewer")

    if effect.low < 0 < effect.high:
        span = f"{told(effect.low)} and {told(effect.high)}"
    else:
        least, most = sorted((abs(effect.low), abs(effect.high)))
        span = f"{number(least)} and {number(most)}"
    return f"{told(effect.effect, shape)} (between {span})"


def plain_sentence(study: EffectStudy) -> str:
    """The plain change in the same share, which isn't the effect; empty where there is none."""
    found = leading(study)
    if found.effect is None or found.naive is None:
        return ""
    return (
        f"The plain change of the same students’ share since the month before the visit is "
        f"{points(found.naive, signed=True)} points. It is not the effect: students are visited "
        "when they miss much."
    )


def alt_months(study: EffectStudy) -> str:
    """What the chart of both shares shows, for who can't see it."""
    return (
        f"Visited students absent for {_TENTH} or more of the month, and without the visit: line "
        f"chart over school months since the first visit. {both_paths(study)}."
    )
