"""Words of one check: would three months of history have been enough? And what would undo the
finding.
"""

from leapdash.contract.thresholds import BEFORE_VISIT, POWER
from leapdash.inference import Breakdown, JointTest
from leapdash.show.effects.recent import RecentStudy
from leapdash.show.effects.studies import EffectStudy, HeadlineName
from leapdash.show.language import N_, _
from leapdash.show.views.checks import largest_before, rang
from leapdash.show.words.checks import Line, joined
from leapdash.show.words.effects import too_small_to_tell
from leapdash.show.words.numbers import points, tenths

_CANT_TEST = {
    "no release": N_(
        "This can’t be said: the release holds no comparison with three months of history alone."
    ),
    "too few": N_(
        "This can’t be said: too few students were observed in the sixth to fourth month before "
        "the visit."
    ),
    "nothing varies": N_("This can’t be said: attendance does not vary enough to judge by."),
}
_NO_TEST = {
    "no release": N_("The release holds no comparison with three months of history alone."),
    "too few": N_("Too few students were observed in the sixth to fourth month before the visit."),
    "nothing varies": N_("Attendance does not vary enough to judge by."),
}


def recent_line(recent: RecentStudy | None, study: EffectStudy) -> Line:
    """What three months of history alone would have made of it, and whether the test rang."""
    question, rings = _("Would three months of history have been enough?"), rang(recent)
    if recent is None or rings is None:
        return Line(question, "unknown", _(_CANT_TEST[_no_test(recent)]))
    if rings:
        parts = [
            _(
                "No: in the sixth to fourth month before the visit, both would have been at most "
                "{points} points apart, more than chance brings about.",
                points=points(largest_before(recent)),
            ),
            _differs(recent, study),
            _(
                "The effect shown takes in all earlier months; whether that is enough, this can’t "
                "tell."
            ),
        ]
    else:
        parts = [_no_sign(recent), _differs(recent, study)]
    return Line(question, "beside", joined(parts))


def recent_evidence(recent: RecentStudy | None, study: EffectStudy) -> str:
    """The joint test, what it could have found, and how much departure would undo the finding."""
    parts = [
        _(
            "Here the comparison is made alike in the last three months before the visit only, and "
            "the three months before those are the test. It speaks of three months’ history alone: "
            "it doesn’t judge the effect shown, whose comparison is alike in the mean of all "
            "earlier months too. It finds a difference where last year decides who is visited, "
            "which is then taken in, and where something does that no record shows; where it finds "
            "none, that proves nothing."
        )
    ]
    if recent is None or recent.test is None:
        return joined([*parts, _(_NO_TEST[_no_test(recent)])])
    parts.append(_test_in_words(recent.test))
    if recent.smallest is not None:
        parts.append(
            _(
                "A difference of {points} points in all three months it would have found in {n} of "
                "100 studies, a smaller one in fewer.",
                points=points(recent.smallest),
                n=round(100 * POWER),
            )
        )
    return joined([*parts, _breakdown(recent, study)])


def _no_sign(recent: RecentStudy) -> str:
    if recent.smallest is None:
        return _(
            "No sign against it, which is no proof: no difference that lasts could have been found."
        )
    return _(
        "No sign against it, which is no proof: a lasting difference of under {points} points may "
        "well be missed.",
        points=points(recent.smallest),
    )


def _differs(recent: RecentStudy, study: EffectStudy) -> str:
    """By how much three months alone would move the effect; empty where one of both isn't there."""
    names: tuple[HeadlineName, ...] = ("six_to_nine", "month_after")
    for name in names:
        change = recent.differs(name, getattr(study, name))
        if change is None:
            continue
        size = points(change)
        if size == "0.0":
            return _("Three months alone would give the same effect.")
        if change > 0:
            return _("Three months alone would put the effect {points} points higher.", points=size)
        return _("Three months alone would put the effect {points} points lower.", points=size)
    return ""


def _no_test(recent: RecentStudy | None) -> str:
    """Why there is no test: which of `_NO_TEST`."""
    if recent is None:
        return "no release"
    table = recent.table[recent.table["event_time"].isin(BEFORE_VISIT)]
    if len(table) < len(BEFORE_VISIT) or not table["shown"].all():
        return "too few"
    return "nothing varies"


def _test_in_words(test: JointTest) -> str:
    """What the joint test found: how often chance alone would bring about as much."""
    tiny = test.p_value < 0.001
    said = {
        "statistic": f"{test.statistic:.1f}",
        "degrees": test.degrees,
        "p": _("less than 0.001") if tiny else f"{test.p_value:.3f}",
    }
    if test.p_value < 0.01:
        return _(
            "Were there no difference in truth, differences this large would come up in fewer than "
            "1 of 100 studies (joint test of months −6 to −4, students taken as independent: χ² = "
            "{statistic}, {degrees} degrees of freedom, p = {p}).",
            **said,
        )
    return _(
        "Were there no difference in truth, differences this large would come up in {n} of 100 "
        "studies (joint test of months −6 to −4, students taken as independent: χ² = {statistic}, "
        "{degrees} degrees of freedom, p = {p}).",
        n=round(100 * test.p_value),
        **said,
    )


def undone_line(recent: RecentStudy | None, study: EffectStudy) -> Line:
    """How far what nobody recorded would have to part the two to undo the finding."""
    told = "" if recent is None else _to_undo(recent, study)
    return Line(
        _("How wrong could it be?"),
        "beside" if told else "unknown",
        told or _("That can’t be said: too few are there to tell."),
    )


def _to_undo(recent: RecentStudy, study: EffectStudy) -> str:
    """The sentence of it; empty where it can't be told."""
    effect, found = study.six_to_nine.effect, _drift(recent, study)
    if effect is not None and too_small_to_tell(effect):
        return _("There is no finding that a later drift could undo: the effect holds zero.")
    if found is None:
        return ""
    return _(
        "To undo the finding, visited and compared would have to drift apart by {points} points "
        "more in every month after the visit.",
        points=points(found.drift),
    )


def _drift(recent: RecentStudy, study: EffectStudy) -> Breakdown | None:
    """What would undo the finding; None where there is none to undo, or it can't be told."""
    effect = study.six_to_nine.effect
    if effect is None or too_small_to_tell(effect):
        return None
    return recent.breakdown(study.six_to_nine)


def _breakdown(recent: RecentStudy, study: EffectStudy) -> str:
    told, found = _to_undo(recent, study), _drift(recent, study)
    if found is None:
        return told
    if found.times == float("inf"):
        return joined([told, _("They did not drift apart at all before it.")])
    beside = _(
        "That is {times} times the largest step between one month and the next before it, seen "
        "with three months of history: {step} points, with its uncertainty up to {most} (relative "
        "magnitudes, Rambachan and Roth 2023).",
        times=tenths(found.times),
        step=points(found.step),
        most=points(found.step_up_to),
    )
    return joined([told, beside])
