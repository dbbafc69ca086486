"""The four checks of an effect in words: question, finding, and what the evidence shows."""

from dataclasses import dataclass

import pandas as pd

from leapdash.checks import unlike
from leapdash.contract import ALL_LEVELS, FEW_VISITED_SCHOOLS, STATE_CODE
from leapdash.contract.thresholds import (
    BEFORE_VISIT,
    FOLLOWED_UNTIL,
    MANY_VISITED,
    MUCH_CUT,
    POWER,
    STAYED_ALIKE,
    percent,
)
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.effects.recent import RecentStudy
from leapdash.show.effects.studies import EffectStudy, HeadlineName
from leapdash.show.views.checks import (
    Beside,
    Spillover,
    Verdict,
    area_of,
    largest_apart,
    largest_before,
    most_compared,
    rang,
    schoolmates_gained,
    weights_cut,
    were_alike,
)
from leapdash.show.words.effects import between, too_small_to_tell
from leapdash.show.words.numbers import count, per_cent, points, signed_month

_MANY = percent(MANY_VISITED)

TITLE = "Can this comparison be trusted?"
AREAS = "Follows districts and levels; first visits of all years."
STEP_BEFORE = "the largest step between one month and the next before it"
FOLLOWED_TITLE = f"The path of those who could be followed to month {FOLLOWED_UNTIL}"
_RECENT = "Would three months of history have been enough?"


@dataclass(frozen=True)
class Line:
    """A check as one plain line: its question, its verdict, and the finding in words."""

    question: str
    verdict: Verdict
    finding: str


def recent_line(recent: RecentStudy | None, study: EffectStudy) -> Line:
    """What three months of history alone would have made of it, and whether the test rang."""
    rings = rang(recent)
    if recent is None or rings is None:
        return Line(_RECENT, "unknown", f"This can’t be said: {_no_test(recent)}")
    apart = f"at most {points(largest_before(recent))} points"
    if rings:
        told = (
            f"No: in the sixth to fourth month before the visit, both would have been {apart} "
            f"apart, more than chance brings about.{_differs(recent, study)} The effect shown "
            "takes in all earlier months; whether that is enough, this can’t tell."
        )
    else:
        told = f"No sign against it, which is no proof: {_missed(recent)}{_differs(recent, study)}"
    return Line(_RECENT, "beside", told)


def recent_evidence(recent: RecentStudy | None, study: EffectStudy) -> str:
    """The joint test, what it could have found, and how much departure would undo the finding."""
    told = (
        "Here the comparison is made alike in the last three months before the visit only, and the "
        "three months before those are the test. It speaks of three months’ history alone: it "
        "doesn’t judge the effect shown, whose comparison is alike in the mean of all earlier "
        "months too. It finds a difference where last year decides who is visited, which is then "
        "taken in, and where something does that no record shows; where it finds none, that proves "
        "nothing. "
    )
    if recent is None or recent.test is None:
        return told + _no_test(recent)[:1].upper() + _no_test(recent)[1:]
    test = recent.test
    told += (
        "Were there no difference in truth, differences this large would come up in "
        f"{_in_hundred(test.p_value)} studies (joint test of months −6 to −4, students taken as "
        f"independent: χ² = {test.statistic:.1f}, {test.degrees} degrees of freedom, p = "
        f"{_p(test.p_value)}). "
    )
    if recent.smallest is not None:
        told += (
            f"A difference of {points(recent.smallest)} points in all three months it would have "
            f"found in {100 * POWER:.0f} of 100 studies, a smaller one in fewer. "
        )
    return told + _breakdown(recent, study)


def alike_line(balance: pd.DataFrame, study: EffectStudy) -> Line:
    """Whether those compared were like the visited, and how many they are."""
    verdict = were_alike(balance, study)
    worth = f"as precise as {count(_effective(study))} students of equal weight"
    match verdict:
        case "holds":
            told = (
                "Yes, once weighted, in attendance, their school’s attendance and every student "
                f"group; {worth}."
            )
        case "mind":
            told = f"Not in everything: {_and(_unlike(balance, study))}; {worth}."
        case "unknown":
            told = "This can’t be said: too few could be compared."
    return Line("Were the compared alike, and how many?", verdict, told)


def alike_evidence(study: EffectStudy) -> str:
    """What the balance shows and what it leaves, and what the number of students means."""
    return (
        "Students not visited count for more the likelier a visit was for them. What difference in "
        "attendance, needs and the school’s attendance is left after that is taken out by "
        f"regression; race and gender are not aimed at. {per_cent(weights_cut(study))} of the "
        "weight was cut off. “Worth” means: as precise as so many students of equal weight; a "
        "student counts in the trial of each month."
    )


def schoolmates_line(found: Spillover, beside: Beside) -> Line:
    """Whether unvisited students gained where many of their school were visited."""
    verdict = schoolmates_gained(found, beside)
    told = _schoolmates_found(found, beside)
    findings = {
        "holds": f"No sign of it: {told}.",
        "mind": f"Perhaps: {told}. The effect would then be larger than shown.",
        "unknown": "This can’t be said: too few unvisited schoolmates to compare.",
    }
    return Line("Did unvisited schoolmates gain too?", verdict, findings[verdict])


def schoolmates_evidence(found: Spillover, beside: Beside, choice: Choice) -> str:
    """How the two comparisons are made, and for which area."""
    told = (
        "Had visits helped unvisited schoolmates, the comparison would make the effect look too "
        "small. "
    )
    if found.gain is not None:
        told += (
            f"Within school year, district and level: {count(found.students)} unvisited students "
            f"where {_MANY} or more of the school were visited, beside {count(found.others)} where "
            "fewer were. "
        )
    if beside.more is not None and not _shows_nowhere(beside.more):
        told += (
            f"Compared with {FEW_VISITED_SCHOOLS} only, the effect six to nine school months after "
            f"the first visit differs by {points(beside.more.effect, signed=True)} points "
            f"({between(beside.more)}); both rest on many of the same students, which this range "
            "allows for. "
        )
    area = _area(beside.district, beside.level, choice)
    return f"{told}The effects beside each other are for {area}."


def followed_note(study: EffectStudy, choice: Choice) -> str:
    """Whom the path of those followed throughout is of."""
    return (
        f"{count(study.visited)} students visited so early that the data go on to month "
        f"+{FOLLOWED_UNTIL}: up to then the path mixes no others in, though some are no longer "
        f"observed. For {_area(*area_of(choice), choice)}."
    )


def left_out_line(table: pd.DataFrame) -> Line:
    """Who of the visited could not be compared. Takes the table of `left_out`."""
    verdict = most_compared(table)
    question = "Who could not be compared, and why?"
    counts = sorted(
        zip(table["students"].tolist(), table["reason"], table["series"], strict=True), reverse=True
    )
    everyone = sum(number for number, _, _ in counts)
    missing = [row for row in counts if row[0] > 0 and row[1] != "compared"]
    if everyone == 0:
        return Line(question, verdict, "Nobody was visited.")
    if not missing:
        return Line(question, verdict, f"Nobody: all {count(everyone)} visited students could be.")
    number = sum(row[0] for row in missing)
    share = per_cent(number / everyone)
    told = f"{count(number)} of {count(everyone)} visited students ({share})"
    _, reason, words = missing[0]
    were = "" if reason == "no comparison" else "they were "
    why = f"{'' if len(missing) == 1 else 'most '}because {were}{words}"
    only = "" if verdict == "holds" else " The effect speaks for the others only."
    return Line(question, verdict, f"{told}, {why}.{only}")


def left_out_note() -> str:
    """Why students without a comparison are left out, and what that means."""
    return (
        "Students are compared with others whose attendance ran alike in the three school months "
        "before the visit; without these months nobody can be found for them. The effect speaks "
        "for the students compared only. The table follows all filters of this page."
    )


def alt_effects(title: str, table: pd.DataFrame) -> str:
    """What the chart of differences before the visit shows, for who can't see it."""
    told = [
        f"month {signed_month(event_time)}: {points(effect, signed=True)}, from "
        f"{points(low, signed=True)} to {points(high, signed=True)}"
        for event_time, effect, low, high in zip(
            table["event_time"], table["effect"], table["low"], table["high"], strict=True
        )
    ]
    return f"{title}, in points. {'; '.join(told)}."


def alt_balance(title: str, table: pd.DataFrame) -> str:
    """What the chart of the balance shows, for who can't see it."""
    rows = table[table["difference_after"].notna()]
    told = [
        f"{row.series} from {row.difference_before:+.2f} to {row.difference_after:+.2f}"
        for row in rows.itertuples()
    ]
    return f"{title}, in standard deviations of the visited. {'; '.join(told)}."


def alt_observed(title: str, table: pd.DataFrame) -> str:
    """What the chart of students still observed shows, for who can't see it."""
    if not len(table):
        return f"{title}. No month."
    last = table.iloc[-1]
    return (
        f"{title}: in month {int(last['event_time'])}, {per_cent(last['visited_observed'])} of the "
        f"visited and {per_cent(last['comparison_observed'])} of the compared."
    )


def alt_schoolmates(title: str, table: pd.DataFrame) -> str:
    """What the chart of unvisited schoolmates shows, for who can't see it."""
    told = [
        f"{year}, {visited} visited: {points(change, signed=True)}"
        for year, visited, change in zip(
            table["school_year"], table["share_visited"], table["change"], strict=True
        )
    ]
    return f"{title}: change of attendance in points. {'; '.join(told)}."


def _missed(recent: RecentStudy) -> str:
    if recent.smallest is None:
        return "no difference that lasts could have been found."
    return f"a lasting difference of under {points(recent.smallest)} points may well be missed."


def _differs(recent: RecentStudy, study: EffectStudy) -> str:
    """By how much three months alone would move the effect; empty where one of both isn't there."""
    names: tuple[HeadlineName, ...] = ("six_to_nine", "month_after")
    for name in names:
        change = recent.differs(name, getattr(study, name))
        if change is None:
            continue
        if points(change) == "0.0":
            return " Three months alone would give the same effect."
        side = "higher" if change > 0 else "lower"
        return f" Three months alone would put the effect {points(change)} points {side}."
    return ""


def _no_test(recent: RecentStudy | None) -> str:
    if recent is None:
        return "the release holds no comparison with three months of history alone."
    table = recent.table[recent.table["event_time"].isin(BEFORE_VISIT)]
    if len(table) < len(BEFORE_VISIT) or not table["shown"].all():
        return "too few students were observed in the sixth to fourth month before the visit."
    return "attendance does not vary enough to judge by."


def _breakdown(recent: RecentStudy, study: EffectStudy) -> str:
    headline = study.six_to_nine
    if headline.effect is None:
        return ""
    if too_small_to_tell(headline.effect):
        return "There is no finding that a later drift could undo: the effect holds zero."
    found = recent.breakdown(headline)
    if found is None:
        return ""
    told = (
        "To undo the finding, visited and compared would have to drift apart by "
        f"{points(found.drift)} points more in every month after the visit. "
    )
    if found.times == float("inf"):
        return f"{told}They did not drift apart at all before it."
    return (
        f"{told}That is {found.times:.1f} times {STEP_BEFORE}, seen with three months of history: "
        f"{points(found.step)} points, with its uncertainty up to "
        f"{points(found.step_up_to)} (relative magnitudes, Rambachan and Roth 2023)."
    )


def _unlike(balance: pd.DataFrame, study: EffectStudy) -> list[str]:
    told = []
    rows = unlike(balance)
    if len(rows):
        worst = rows.iloc[0]
        size = abs(worst["difference_after"])
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        told.append(
            f"once weighted, {size:.2f} standard deviations remain in “{worst['series']}”{more}"
        )
    if weights_cut(study) > MUCH_CUT:
        told.append(f"{per_cent(weights_cut(study))} of the weight was cut off")
    if largest_apart(study) > STAYED_ALIKE:
        told.append(
            f"the shares still observed later differ by up to {points(largest_apart(study))} points"
        )
    return told


def _schoolmates_found(found: Spillover, beside: Beside) -> str:
    if found.gain is not None:
        return (
            f"where {_MANY} or more of a school were visited, attendance of the unvisited changed "
            f"{_than(found.gain.effect)} in schools with fewer visits ({between(found.gain)})"
        )
    few, everyone = beside.few_visited, beside.everyone
    if beside.more is None or few is None or few.six_to_nine.effect is None:
        return "–"
    if _shows_nowhere(beside.more):
        return (
            f"without the schools where {_MANY} or more were visited, the effect would be the "
            "same, to a tenth of a point"
        )
    if points(beside.more.effect) == "0.0" or everyone.six_to_nine.effect is None:
        return (
            f"without the schools where {_MANY} or more were visited, the effect would be the same "
            f"(a difference {between(beside.more)} points)"
        )
    return (
        f"compared with {FEW_VISITED_SCHOOLS} only, the effect would be "
        f"{points(few.six_to_nine.effect.effect, signed=True)} instead of "
        f"{points(everyone.six_to_nine.effect.effect, signed=True)} points (a difference "
        f"{between(beside.more)})"
    )


def _shows_nowhere(difference: Interval) -> bool:
    """Whether a difference is nothing to a tenth of a point, wherever in its range it lies."""
    return {points(difference.low), points(difference.high)} == {"0.0"}


def _than(change: float) -> str:
    if points(change) == "0.0":
        return "as much as"
    return f"{points(change)} points {'more' if change > 0 else 'less'} than"


def _area(district: str, level: str, choice: Choice) -> str:
    where = "the whole state" if district == STATE_CODE else choice.known.label(district)
    levels = "all levels" if level == ALL_LEVELS else level
    return f"{where}, {levels}, whatever the year of the first visit"


def _effective(study: EffectStudy) -> float:
    later = study.six_to_nine if study.six_to_nine.effect else study.month_after
    return later.comparison_effective


def _in_hundred(share: float) -> str:
    return "fewer than 1 of 100" if share < 0.01 else f"{round(100 * share)} of 100"


def _p(value: float) -> str:
    return "less than 0.001" if value < 0.001 else f"{value:.3f}"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
