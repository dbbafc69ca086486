"""What an effect is judged by: four checks, each with its table and a verdict by a stated rule.

Differences of rates are fractions. A verdict is `holds`, `mind` (something to bear in mind),
`beside` (told beside the effect, which it doesn't judge) or `unknown` (too few to say).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from leapdash.checks import failed_checks, pooled_balance, stayed_apart, unlike
from leapdash.contract import (
    ALL_LEVELS,
    ALL_SCHOOLS,
    BALANCE,
    FEW_VISITED_SCHOOLS,
    FOLLOWED,
    GROUPS,
    LEFT_OUT,
    MANY_VISITED_SCHOOLS,
    SHARES_VISITED,
    STATE_CODE,
    cohort_periods_of,
)
from leapdash.contract.thresholds import (
    A_GAIN,
    BEFORE_VISIT,
    ENOUGH_SCHOOLMATES,
    MANY_VISITED,
    MINIMUM_SCHOOLS,
    MOST,
    SIGNIFICANT,
    SOME_VISITED,
    percent,
)
from leapdash.inference import Interval, interval
from leapdash.show.choice import AREA, VISITS, Choice, kept
from leapdash.show.effects.arrays import slice_data
from leapdash.show.effects.recent import RecentStudy, recent_study
from leapdash.show.effects.studies import (
    EffectStudy,
    Headline,
    Headlines,
    difference,
    slice_studies,
)
from leapdash.show.effects.unions import chosen
from leapdash.show.filters import Filters
from leapdash.show.language import N_, _
from leapdash.show.views.base import conditions, require_known, share, sums
from leapdash.show.views.effects import effect_on
from leapdash.show.views.public_effects import failed_in_cell

Verdict = Literal["holds", "mind", "beside", "unknown"]

_DAYS = ("days_enrolled", "days_attended", "days_enrolled_before", "days_attended_before")
_BALANCED = (
    *("measure", "visited", "visited_mean", "visited_sd"),
    *("comparison_before", "comparison_after"),
)
_HISTORY = dict(
    zip(
        BALANCE,
        (
            N_("Attendance, last month"),
            N_("Attendance, three months"),
            N_("Attendance, all before those"),
            N_("No month before those"),
            N_("Attendance, last school year"),
            N_("Not there last school year"),
            N_("The school's, last month"),
            N_("The school's, three months"),
        ),
        strict=False,
    )
)

# --- would three months of history have been enough? ---------------------------------------------


@kept(*VISITS)
def recent(choice: Choice) -> RecentStudy | None:
    """The effects with three months of history alone, for the visited students the filters mean;
    None where the release holds none.
    """
    if not choice.release.has("effects_recent"):
        return None
    filters, data = choice.filters, choice.release.recent
    periods = cohort_periods_of(filters.years) or None
    return recent_study(data, chosen(data, choice.codes, filters.levels or None, periods))


def rang(study: RecentStudy | None) -> bool | None:
    """Whether the joint test of months -6 to -4 rejects at 5%; None where there is none.

    It speaks of three months of history alone: it marks no failure of the estimate, and where it is
    quiet it proves nothing.
    """
    if study is None or study.test is None:
        return None
    return study.test.p_value < SIGNIFICANT


def largest_before(study: RecentStudy) -> float:
    """The largest difference between visited and compared in months -6 to -4, without its sign."""
    times, effect = study.table["event_time"].to_numpy(), study.table["effect"].to_numpy()
    return float(np.abs(effect[np.isin(times, BEFORE_VISIT)]).max(initial=0.0))


# --- were the compared alike, and how many? ------------------------------------------------------


@kept(*AREA)
def balance(choice: Choice) -> pd.DataFrame:
    """How alike visited and compared were when the trials began, for districts and levels.

    Columns: those of `pooled_balance`, and series (the measure's words).
    """
    table = choice.release.table("balance", columns=_BALANCED, where=conditions(choice))
    require_known(table["measure"].to_pylist(), BALANCE, "a measure of the balance")
    frame = pooled_balance(table.to_pandas())
    frame.insert(1, "series", [_measure_words(name) for name in frame["measure"]])
    return frame


def were_alike(table: pd.DataFrame, study: EffectStudy) -> Verdict:
    """`holds` where, after weighting, past attendance, needs and the school's attendance differ by
    under 0.1 standard deviations and no other student group by 0.25 or more, at most 5% of the
    weight was cut off, and the shares still observed differ by at most 5 points up to month 9;
    `unknown` without a balance.
    """
    if not len(table) or study.withheld:
        return "unknown"
    measures = unlike(table)["measure"]
    wrong = failed_checks(measures, weights_cut(study), largest_apart(study), None)
    return "mind" if wrong else "holds"


def weights_cut(study: EffectStudy) -> float:
    """The largest share of the comparison's weight that was cut off in any month shown."""
    cut = study.table["weights_cut"].to_numpy()
    return float(cut[study.table["shown"].to_numpy()].max(initial=0.0))


def still_observed(study: EffectStudy) -> pd.DataFrame:
    """Share of visited and of compared still observed: event_time, visited_observed (of those for
    whom the month is in the data at all), comparison_observed. Months shown only.
    """
    shown = study.table[study.table["shown"]]
    return pd.DataFrame(
        {
            "event_time": shown["event_time"],
            "visited": shown["visited"],
            "visited_observed": share(shown["visited"], shown["visited_due"]),
            "comparison_observed": shown["comparison_observed"],
        }
    ).reset_index(drop=True)


def largest_apart(study: EffectStudy) -> float:
    """The largest difference of the shares still observed up to month 9, without its sign."""
    rows = study.table[study.table["shown"]]
    names = ("visited", "visited_due", "comparison_observed")
    columns = (rows[name].to_numpy(np.float64) for name in names)
    return float(stayed_apart(rows["event_time"], *columns).max(initial=0.0))


def failed(choice: Choice, found: Headlines, headline: Headline) -> tuple[str, ...]:
    """The checks that the comparison behind a headline fails, by their codes; none where it is
    withheld. `found`: of visited students of the choice's districts and levels.
    """
    if headline.effect is None:
        return ()
    if choice.release.public:
        return failed_in_cell(choice).get(headline.event_times, ())
    # A school's slice has no month before the visit, in which all compared are counted.
    compared = found.visited / found.visited_all if found.visited else None
    return failed_checks(_unlike(choice), headline.weights_cut, headline.apart, compared)


@kept(*AREA)
def _unlike(choice: Choice) -> tuple[str, ...]:
    """The measures in which visited and compared differ by more than counts as alike."""
    return tuple(unlike(balance(choice))["measure"])


def followed(choice: Choice) -> EffectStudy | None:
    """The effects on those visited so early that they could be followed to month 9, in the area the
    choice is in (see `area_of`); None where nobody was.
    """
    found = slice_studies(slice_data(choice.release, "followed", *area_of(choice)))
    return found.get(FOLLOWED)


# --- did unvisited schoolmates gain too? ---------------------------------------------------------


@kept(*AREA)
def schoolmates(choice: Choice) -> pd.DataFrame:
    """Never visited students' attendance this year and the year before, by share of their school
    visited, for districts and levels.

    Columns: school_year, share_visited (in words), students, before, after, change. Students
    without days enrolled in one of the years have no change and aren't there.
    """
    keys = ["school_year", "share_visited"]
    measures = ["students", *_DAYS]
    columns = [*keys, *measures]
    table = choice.release.table("spillover", columns=columns, where=conditions(choice))
    frame = sums(table, keys, measures)
    require_known(frame["share_visited"], SHARES_VISITED, "share_visited")
    frame["before"] = share(frame["days_attended_before"], frame["days_enrolled_before"])
    frame["after"] = share(frame["days_attended"], frame["days_enrolled"])
    frame["change"] = frame["after"] - frame["before"]
    frame["order"] = frame["share_visited"].map(list(SHARES_VISITED).index)
    frame = frame.dropna(subset="change").sort_values(["school_year", "order"], ignore_index=True)
    frame["share_visited"] = frame["share_visited"].map(shares_in_words())
    return frame[[*keys, "students", "before", "after", "change"]]


def shares_in_words() -> Mapping[str, str]:
    """The shares of a school visited in words, by their codes, from the least."""
    some, many = percent(SOME_VISITED), percent(MANY_VISITED)
    words = (
        _("none"),
        _("under {share}", share=some),
        _("{low} to {high}", low=some.removesuffix("%"), high=many),
        _("{share} or more", share=many),
    )
    return dict(zip(SHARES_VISITED, words, strict=True))


@dataclass(frozen=True)
class Spillover:
    """How much more unvisited students' attendance changed where many of the school were visited.

    `gain`: change from the year before in schools with 10% or more visited, less that in other
    schools, compared within school year, district and level and averaged with the former's
    students as weights; None where either side has under 100 students there. Its interval takes
    the years as independent, and schools where either side has at least 30 of them and this makes
    it wider, else students. `students`: unvisited students in schools with many visited, `others`
    in the schools beside them.
    """

    gain: Interval | None
    students: int
    others: int


@kept(*AREA)
def spillover(choice: Choice) -> Spillover:
    """Spillover among the unvisited of the districts and levels chosen."""
    place = ["school_year", "district_code", "level"]
    variances = ["variance_student", "variance_school"]
    columns = [*place, "share_visited", "students", "schools", *_DAYS, *variances]
    table = choice.release.table("spillover", columns=columns, where=conditions(choice)).to_pandas()
    require_known(table["share_visited"], SHARES_VISITED, "share_visited")
    table = table[(table["days_enrolled"] > 0) & (table["days_enrolled_before"] > 0)].copy()
    n = table["students"]
    now, before = (
        share(table[f"days_attended{when}"], table[f"days_enrolled{when}"])
        for when in ("", "_before")
    )
    table["change"] = n * (now - before)
    table[variances] = table[variances].mul(n**2, axis=0)
    many = table["share_visited"] == MANY_VISITED_SCHOOLS
    measures = ["students", "schools", "change", *variances]
    few, much = (table[own].groupby(place)[measures].sum() for own in (~many, many))
    both = few.index.intersection(much.index)
    few, much = few.loc[both], much.loc[both]
    students, others = int(much["students"].sum()), int(few["students"].sum())
    if min(students, others) < ENOUGH_SCHOOLMATES:
        return Spillover(None, students, others)
    weight = much["students"] / few["students"]
    gain = float((much["change"] - weight * few["change"]).sum()) / students
    student, school = (
        float((much[name] + weight**2 * few[name]).sum()) / students**2 for name in variances
    )
    schools = float(min(much["schools"].sum(), few["schools"].sum()))
    if schools < MINIMUM_SCHOOLS or school <= student:
        return Spillover(interval(gain, student), students, others)
    return Spillover(interval(gain, school, schools - 1), students, others)


@dataclass(frozen=True)
class Beside:
    """The effect as shown, and against students of schools under 10% visited only, in one area.

    `district`, `level`: the area, by code; the whole state, all levels where the choice is several
    districts or levels. Whatever the time of the first visit. `more`: by how much the effect
    after six to nine months is larger beside the few visited, with the interval of the difference
    (both rest on many of the same students); None where one of the two is withheld.
    """

    district: str
    level: str
    everyone: EffectStudy
    few_visited: EffectStudy | None
    more: Interval | None


def beside_few_visited(choice: Choice) -> Beside:
    """The effects of the area the choice is in (see `area_of`) beside either comparison."""
    district, level = area_of(choice)
    area = Filters(
        districts=() if district == STATE_CODE else (district,),
        levels=() if level == ALL_LEVELS else (level,),
    )
    return _beside(replace(choice, filters=area))


@kept(*AREA)
def _beside(choice: Choice) -> Beside:
    area = area_of(choice)
    data = slice_data(choice.release, "comparison", *area)
    found = slice_studies(data)
    more = None
    if {ALL_SCHOOLS, FEW_VISITED_SCHOOLS} <= set(found):
        more = difference(data, FEW_VISITED_SCHOOLS, ALL_SCHOOLS, "six_to_nine")
    return Beside(*area, effect_on(choice), found.get(FEW_VISITED_SCHOOLS), more)


def beside_table(beside: Beside) -> pd.DataFrame:
    """Both comparisons' headlines: series (whom the visited are compared with), months (after the
    visit), effect, low, high. Withheld ones have no row.
    """
    few = _("Schools under {share} visited", share=percent(MANY_VISITED))
    studies = {_("All not visited"): beside.everyone, few: beside.few_visited}
    rows = []
    for name, study in studies.items():
        for headline in () if study is None else (study.month_after, study.six_to_nine):
            found, times = headline.effect, headline.event_times
            if found is not None:
                months = (
                    str(times[0])
                    if len(times) == 1
                    else _("{first} to {last}", first=times[0], last=times[-1])
                )
                rows.append((name, months, found.effect, found.low, found.high))
    return pd.DataFrame(rows, columns=["series", "months", "effect", "low", "high"])


def area_of(choice: Choice) -> tuple[str, str]:
    """The area that slices are kept for and the choice is in: a district or the state, a level or
    all.
    """
    codes, levels = choice.codes, choice.filters.levels
    district = codes[0] if codes is not None and len(codes) == 1 else STATE_CODE
    return district, levels[0] if len(levels) == 1 else ALL_LEVELS


def schoolmates_gained(found: Spillover, beside: Beside) -> Verdict:
    """`holds` where unvisited schoolmates show no gain: under 1 point more than elsewhere, and the
    effect beside few visited schoolmates under 1 point larger; `mind` where one of these is 1 point
    or more; `unknown` where neither can be told.
    """
    told = [value.effect for value in (found.gain, beside.more) if value is not None]
    if not told:
        return "unknown"
    return "holds" if max(told) < A_GAIN else "mind"


# --- who could not be compared, and why? ---------------------------------------------------------


@kept(*VISITS)
def left_out(choice: Choice) -> pd.DataFrame | None:
    """Visited students by whether they could be compared, and if not, why, for the whole choice.

    Columns: reason, series (its words), students, share (of all visited). Every reason has a row.
    None where the release was built without effects.
    """
    if not choice.release.has("visited_compared"):
        return None
    where = conditions(choice, cohort_period=cohort_periods_of(choice.filters.years) or None)
    table = choice.release.table("visited_compared", ["reason", "students"], where)
    found = sums(table, ["reason"], ["students"]).set_index("reason")["students"]
    require_known(found.index, LEFT_OUT, "a reason for being left out")
    students = found.reindex(list(LEFT_OUT), fill_value=0).to_numpy()
    everyone = students.sum()
    shares = students / everyone if everyone else np.full(len(students), np.nan)
    return pd.DataFrame(
        {
            "reason": list(LEFT_OUT),
            "series": [_(words) for words in LEFT_OUT.values()],
            "students": students,
            "share": shares,
        }
    )


def most_compared(table: pd.DataFrame) -> Verdict:
    """`holds` where at least 80% of the visited could be compared; `unknown` where none was."""
    compared = table.loc[table["reason"] == "compared", "share"].iloc[0]
    if pd.isna(compared):
        return "unknown"
    return "holds" if compared >= MOST else "mind"


def _measure_words(measure: str) -> str:
    return _(_HISTORY.get(measure) or GROUPS[measure.removeprefix("group ")])
