"""What the data are and what the words mean."""

from leapdash.contract import LEVELS, PARTICIPATION
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    CONFIDENCE,
    MONTHS_AFTER,
    MONTHS_BEFORE,
    SEVERE_SHARE_ABSENT,
    percent,
)
from leapdash.release import Manifest
from leapdash.show.filters import PARTICIPATION_LABELS
from leapdash.show.language import N_
from leapdash.show.words.numbers import count, in_words, month

INVENTED = N_("Simulated: these students are invented")
RECORDED = N_("Recorded data")
_CHRONIC = percent(CHRONIC_SHARE_ABSENT)

DEFINITIONS = (
    ("Attendance rate", "Days attended over days enrolled: add up first, divide last."),
    (
        "Chronic absence",
        f"Absent for {_CHRONIC} or more of the days enrolled, for any reason; students of "
        f"kindergarten to grade 12 with at least {CHRONIC_MINIMUM_DAYS} days enrolled. Exactly "
        f"{percent(1 - CHRONIC_SHARE_ABSENT)} attendance is chronic absence.",
    ),
    (
        "Severe chronic absence",
        f"Absent for {percent(SEVERE_SHARE_ABSENT)} or more of the days enrolled.",
    ),
    (
        "First visit",
        "The first home visit that met the family. In a month without school it counts from the "
        "next school month.",
    ),
    (
        "Before, after",
        f"The {in_words(len(MONTHS_BEFORE))} school months before the month of the first visit, "
        f"and the {in_words(len(MONTHS_AFTER))} after it. The month of the visit is on neither "
        "side.",
    ),
    ("Points", "The difference of two rates: from 80.0% to 84.0% is 4.0 points."),
    (
        "Effect of a visit",
        "Visited students’ attendance rate less the rate they would have had without the visit, "
        "taken from similar students not visited by then; a mean over the visited students.",
    ),
    (
        "Between a and b",
        f"A {percent(CONFIDENCE)} confidence interval: such ranges hold the true effect "
        f"{100 * CONFIDENCE:.0f} times in 100.",
    ),
    (
        "School months",
        "Months with school, counted in order: summers are skipped.",
    ),
    (
        "School year",
        "July to June. A summer counts with the school year that follows.",
    ),
    ("Levels", "; ".join(f"{level}: {meaning}" for level, meaning in LEVELS.items()) + "."),
    *(
        (PARTICIPATION_LABELS[part], f"{text[:1].upper()}{text[1:]}.")
        for part, text in PARTICIPATION.items()
    ),
    (
        "High needs",
        "English learner, disability, or eligible for free or reduced price meals.",
    ),
    (
        "Sources of the definitions",
        "Attendance and chronic absence as the Connecticut State Department of Education defines "
        "them; severe chronic absence as Attendance Works does.",
    ),
)


def answer(manifest: Manifest) -> str:
    """Whether the data are real, from when, and how far they run."""
    kind = (
        "These students are simulated: no figure here but the published ones is about a real child"
        if manifest.synthetic
        else "These figures are from the districts' own records"
    )
    return (
        f"{kind}. The release covers the school years {manifest.school_years[0]} to "
        f"{manifest.school_years[-1]}, through {month(manifest.through)}."
    )


def release_facts(manifest: Manifest) -> list[tuple[str, str]]:
    """What a release says of itself, as pairs of a name and words."""
    tier = {
        "restricted": "restricted: holds small numbers, for those who may see them",
        "public": "public: small numbers are withheld",
    }
    half_days = {
        "state": "half a day or more counts as present",
        "fraction": "the fraction of the day attended counts",
    }
    rules = [
        (name.replace("_", " ").capitalize(), half_days.get(text, text))
        for name, text in manifest.rules.items()
    ]
    return [
        ("Name", manifest.release_id),
        ("Built", manifest.created.replace("T", " ").replace("+00:00", " UTC")),
        ("Data", "simulated" if manifest.synthetic else "recorded"),
        ("Data through", month(manifest.through)),
        ("Tier", tier[manifest.tier]),
        ("Built with", f"leapdash {manifest.leapdash_version}"),
        ("Contract version", manifest.contract_version),
        *rules,
    ]


def source_facts(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """Where a release's figures come from, as pairs of a name and words."""
    return tuple(
        (source.name, f"{source.origin}. Licence: {source.licence}. {count(source.rows)} rows.")
        for source in manifest.sources
    )
