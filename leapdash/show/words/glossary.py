"""What the words on the pages mean: the one place, for the glossary, for help, for what is asked.

A meaning is a sentence or two that stands by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from leapdash.contract import LEVELS
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    CONFIDENCE,
    MINIMUM_EFFECTIVE,
    MINIMUM_VISITED,
    MONTHS_AFTER,
    MONTHS_BEFORE,
    SEVERE_SHARE_ABSENT,
    percent,
)
from leapdash.show.language import N_, _
from leapdash.show.words.numbers import in_words

Values = Mapping[str, object]


@dataclass(frozen=True)
class Term:
    """A word and its meaning, in English, to be said with `_`; `values` fills the meaning's gaps.

    `key`: its anchor. `titles`: labels of cards and titles of columns that it explains beside its
    own name. `heard`: parts of words, by commas, by which a sentence is known to use it.
    """

    key: str
    name: str
    meaning: str
    titles: tuple[str, ...] = ()
    heard: str = ""
    values: Callable[[], Values] = field(default=dict)

    @property
    def said(self) -> str:
        """The word in the language on show."""
        return _(self.name)

    @property
    def means(self) -> str:
        """Its meaning in the language on show."""
        return _(self.meaning, **self.values())


def _levels() -> Values:
    return {"levels": "; ".join(f"{level}: {_(meaning)}" for level, meaning in LEVELS.items())}


GLOSSARY = (
    Term(
        "attendance-rate",
        N_("Attendance rate"),
        N_("Days attended over days enrolled: add up first, divide last."),
        ("Attendance", "Before", "After", "In the whole school year"),
        # Translators: parts of words by which a sentence is known to be about this, by commas.
        N_("attended,attendance"),
    ),
    Term(
        "days-enrolled",
        N_("Days enrolled"),
        N_(
            "Days of school while a student was enrolled. On a day attended the student was there "
            "for half of it or more, as the state counts, unless the release says otherwise."
        ),
        ("Days attended",),
    ),
    Term(
        "chronic-absence",
        N_("Chronic absence"),
        N_(
            "Absent for {share} or more of the days enrolled, for any reason; students of "
            "kindergarten to grade 12 with at least {days} days enrolled. Exactly {attendance} "
            "attendance is chronic absence."
        ),
        ("Chronically absent", "Absent 10% or more", "Absent without the visit"),
        N_("chronic"),
        lambda: {
            "share": percent(CHRONIC_SHARE_ABSENT),
            "days": CHRONIC_MINIMUM_DAYS,
            "attendance": percent(1 - CHRONIC_SHARE_ABSENT),
        },
    ),
    Term(
        "severe-chronic-absence",
        N_("Severe chronic absence"),
        N_("Absent for {share} or more of the days enrolled."),
        values=lambda: {"share": percent(SEVERE_SHARE_ABSENT)},
    ),
    Term(
        "students-counted",
        N_("Students counted"),
        N_(
            "Those a share is of: for chronic absence, students of kindergarten to grade 12 with "
            "at least {days} days enrolled."
        ),
        values=lambda: {"days": CHRONIC_MINIMUM_DAYS},
    ),
    Term(
        "home-visit",
        N_("First visit"),
        N_(
            "The first home visit that met the family. In a month without school it counts from "
            "the next school month."
        ),
        (
            *("Visited", "Visited students", "Visited in all", "Students visited", "Students met"),
            *("First visits", "First visits within 30 days", "First visits after 31 to 60 days"),
            *("First visits after 61 to 120 days", "First visits later", "Within 30 days"),
            "No visit yet",
        ),
        N_("first visit"),
    ),
    Term(
        "visits",
        N_("Visits made"),
        N_("All visits, also those that met nobody, in the month and the school of the student."),
        ("Visits", "Visits that met the family", "Visits that met nobody"),
    ),
    Term(
        "capacity",
        N_("Visits that could be made"),
        N_("How many visits a month a district’s visitors can make, as the district says."),
    ),
    Term(
        "group",
        N_("Group"),
        N_(
            "One of the student groups the state publishes, beside all students who aren’t in it. "
            "A student may be in several."
        ),
        ("Students of the group", "All others", "Other students"),
    ),
    Term(
        "participation",
        N_("Participation"),
        N_("A student’s part in home visits as of a month: visited, eligible, or neither."),
    ),
    Term(
        "eligible",
        N_("Eligible"),
        N_(
            "Absent for {share} or more of three school months in a row by a month, and not "
            "visited by then."
        ),
        ("Ever eligible", "Of the eligible visited", "Visited, never eligible"),
        N_("eligible"),
        lambda: {"share": percent(CHRONIC_SHARE_ABSENT)},
    ),
    Term(
        "waiting",
        N_("Waiting"),
        N_(
            "Enrolled now, eligible, and not met by a visit yet: by days since the end of the "
            "month in which the student became eligible."
        ),
        (
            *("Waiting 30 days or less", "Waiting 31 to 60 days", "Waiting 61 to 120 days"),
            "Waiting more than 120 days",
        ),
        N_("waiting,waits,wait for"),
    ),
    Term(
        "tried",
        N_("Tried, nobody met"),
        N_("Students still waiting to whom a visit was made that met nobody."),
        heard=N_("tried"),
    ),
    Term(
        "reached",
        N_("Reached"),
        N_(
            "The share met by a visit, of the students enrolled now who have been eligible at any "
            "time."
        ),
        ("Reached from", "Reached to"),
    ),
    Term(
        "effect",
        N_("Effect of a visit"),
        N_(
            "Visited students’ attendance rate less the rate they would have had without the "
            "visit, taken from similar students not visited by then; a mean over the visited "
            "students."
        ),
        (
            *("Effect (points)", "Effect of visits", "Without the visit"),
            *("Effect on the group (points)", "Effect on all others (points)"),
            *("Six to nine months after", "Month after", "Months 6 to 9", "Difference (points)"),
        ),
        N_("effect,would have had,would have without"),
    ),
    Term(
        "points",
        N_("Points"),
        N_("The difference of two rates: from 80.0% to 84.0% is 4.0 points."),
        heard=N_("points"),
    ),
    Term(
        "interval",
        N_("Between a and b"),
        N_(
            "A {share} confidence interval: such ranges hold the true value {times} times in 100. "
            "Where one holds zero, there may as well be no difference."
        ),
        (
            *("From", "To", "Chronic absence from", "Chronic absence to"),
            *("Days from", "Days to", "More days from", "More days to"),
            *("On the group from", "On the group to", "On all others from", "On all others to"),
        ),
        N_("between"),
        lambda: {"share": percent(CONFIDENCE), "times": f"{100 * CONFIDENCE:.0f}"},
    ),
    Term(
        "all-months-at-once",
        N_("All months at once"),
        N_("A wider range, which holds the truth in every month together {times} times in 100."),
        ("From, all months at once", "To, all months at once"),
        values=lambda: {"times": f"{100 * CONFIDENCE:.0f}"},
    ),
    Term(
        "plain-before-and-after",
        N_("Plain before-and-after"),
        N_(
            "The visited’s change since the month before the visit, with nobody beside them. "
            "Students are visited when attendance is at its worst, so part of any rise would have "
            "come anyway."
        ),
        ("Plain change (points)", "Plain change", "Change (points)"),
        N_("before-and-after"),
    ),
    Term(
        "before-after",
        N_("Before, after"),
        N_(
            "The {before} school months before the month of the first visit, and the {after} "
            "after it. The month of the visit is on neither side."
        ),
        values=lambda: {
            "before": in_words(len(MONTHS_BEFORE)),
            "after": in_words(len(MONTHS_AFTER)),
        },
    ),
    Term(
        "months-since",
        N_("Months since the visit"),
        N_("School months counted from that of the first visit, which is 0; negative before it."),
        ("Months after",),
    ),
    Term(
        "compared",
        N_("Compared"),
        N_(
            "Students like the visited, not visited by then, weighted so that both were alike "
            "before. They are worth as many as so many of equal weight would be."
        ),
        (
            *("Compared, worth students", "Not visited, as they come", "Not visited, weighted"),
            *("Visited still observed", "Compared still observed", "Visited compared"),
        ),
        N_("compared"),
    ),
    Term(
        "apart",
        N_("Apart (SD)"),
        N_("How far two means are from each other, in standard deviations; below 0.1 is little."),
        ("Apart, as they come (SD)", "Apart, weighted (SD)"),
    ),
    Term(
        "checks",
        N_("Checks failed"),
        N_("What a comparison is judged by and didn’t hold to; the effect stands with a warning."),
        heard=N_("mind:"),
    ),
    Term(
        "withheld",
        N_("Withheld because"),
        N_(
            "No effect is shown for fewer than {visited} visited students, or beside a comparison "
            "worth fewer than {compared}."
        ),
        values=lambda: {"visited": MINIMUM_VISITED, "compared": MINIMUM_EFFECTIVE},
    ),
    Term(
        "hidden",
        N_("Hidden"),
        N_(
            "In a public release, figures of few students are hidden, and so are others that would "
            "tell them by subtraction. About says how many figures of each kind there are, and how "
            "many are hidden."
        ),
        (N_("Figures"),),
    ),
    Term(
        "days-regained",
        N_("School days regained"),
        N_(
            "The effect of each of the first {months} school months after the visit, times the "
            "days all visited students were enrolled in that month."
        ),
        (
            *("Days regained", "Days per visit", "Days more than elsewhere"),
            "Cost per day regained",
        ),
        N_("days in school,day in school"),
        lambda: {"months": in_words(len(MONTHS_AFTER))},
    ),
    Term(
        "school-month",
        N_("School months"),
        N_("Months with school, counted in order: summers are skipped."),
        heard=N_("school month"),
    ),
    Term(
        "school-year",
        N_("School year"),
        N_("July to June. A summer counts with the school year that follows."),
    ),
    Term("levels", N_("Level"), N_("By the student’s grade: {levels}."), values=_levels),
    Term(
        "high-needs",
        N_("High needs"),
        N_("English learner, disability, or eligible for free or reduced price meals."),
    ),
    Term(
        "distance",
        N_("Distance"),
        N_(
            "How unlike two schools of a level are in share of high needs students and in size, "
            "in standard deviations; 0 is the school itself."
        ),
    ),
    Term(
        "chance",
        N_("By chance"),
        N_(
            "Where the shares of 95% or 99.8% of schools of that size would lie if all were as "
            "the district’s others of the level. A school outside stands apart."
        ),
        (
            *("All the district’s of the level", "95% by chance, from", "95% by chance, to"),
            *("99.8% by chance, from", "99.8% by chance, to"),
        ),
        N_("chance"),
    ),
    Term(
        "schoolmates",
        N_("Share of school visited"),
        N_("How many of a school’s students had been visited; told for those who hadn’t been."),
    ),
    Term(
        "evaluation",
        N_("As reported (points)"),
        N_("What the programme’s own evaluation found, in its words, beside the nearest here."),
        ("Finding", "Nearest here"),
    ),
    Term(
        "leap-district",
        N_("LEAP districts"),
        N_("Districts that take part in home visits at some time of the release."),
    ),
    Term(
        "simulated",
        N_("Simulated"),
        N_("Students, families and visits are invented, and the effect of every visit is known."),
        heard=N_("simulated"),
    ),
    Term(
        "release",
        N_("Release"),
        N_("All figures on show, built and published together, and never changed again."),
        ("Source",),
        N_("release"),
    ),
    Term(
        "sources-of-definitions",
        N_("Sources of the definitions"),
        N_(
            "Attendance and chronic absence as the Connecticut State Department of Education "
            "defines them; severe chronic absence as Attendance Works does."
        ),
    ),
)
"""Every term, each once; the pages order them by name."""


def in_order() -> tuple[Term, ...]:
    """The terms by their names in the language on show."""
    return tuple(sorted(GLOSSARY, key=lambda term: term.said.casefold()))


def meaning_of(title: str) -> str | None:
    """What a card's label or a column's title means, both as said; None where it needs no word."""
    for term in GLOSSARY:
        if title == term.said or title in (_(own) for own in term.titles):
            return term.means
    return None


def heard_in(text: str) -> tuple[Term, ...]:
    """The terms that a text uses, in the order of the glossary."""
    heard = text.casefold()
    return tuple(
        term
        for term in GLOSSARY
        if term.heard and any(part in heard for part in _(term.heard).casefold().split(","))
    )
