"""What the data are, from when and from where."""

from collections.abc import Mapping

from leapdash.contract import tables_of
from leapdash.release import Manifest, SourceFact
from leapdash.show.language import N_, _, _n
from leapdash.show.words.numbers import count, month

INVENTED = N_("Simulated: these students are invented")
RECORDED = N_("Recorded data")
CORRECTED = N_(
    "A wrong figure is corrected in the records it comes from, and a new release takes this one’s "
    "place, under a name of its own. Every chart, file and briefing says which release it is from."
)
LICENCES = N_("Each source of the figures has a licence of its own, which stands beside it below.")

_RULE_NAMES: Mapping[str, str] = {
    "half_day": N_("Half day"),
    "chronic_absence": N_("Chronic absence"),
    "eligible": N_("Eligible"),
    "waiting": N_("Waiting"),
    "few_students": N_("Few students"),
    "observed_month": N_("Observed month"),
    "effects_shown": N_("Effects shown"),
    "event_times": N_("Event times"),
    "headlines": N_("Headlines"),
    "intervals": N_("Intervals"),
    "covariances": N_("Covariances"),
    "recent_history": N_("Recent history"),
    "were_alike": N_("Were alike"),
    "schoolmates": N_("Schoolmates"),
    "could_be_compared": N_("Could be compared"),
    "days_regained": N_("Days regained"),
    "suppression": N_("Suppression"),
}
"""The rules of a release: what each is called."""
_RULES_SAY: Mapping[str, str] = {
    "state": N_("half a day or more counts as present"),
    "fraction": N_("the fraction of the day attended counts"),
    **{
        text: text
        for text in (
            N_("as in the monthly input"),
            N_("none: this release is for people who may see small numbers"),
            N_(
                "cells of fewer than 20 students, or with fewer than 6 counted or not counted, and "
                "whatever would tell them: no withheld figure can be worked out, nor narrowed down "
                "to fewer than 6; attendance also where one student has more than 15% of the days"
            ),
        )
    },
}
"""What rules say that isn't written in the contract."""
_TIERS: Mapping[str, str] = {
    "restricted": N_("restricted: holds small numbers, for those who may see them"),
    "district": N_("one district’s: holds small numbers of it, for those who may see them"),
    "public": N_("public: small numbers are withheld"),
}


def answer(manifest: Manifest) -> str:
    """Whether the data are real, from when, and how far they run."""
    told = {
        "first": manifest.school_years[0],
        "last": manifest.school_years[-1],
        "month": month(manifest.through),
    }
    if manifest.synthetic:
        return _(
            "These students are simulated: no figure here but the published ones is about a real "
            "child. The release covers the school years {first} to {last}, through {month}.",
            **told,
        )
    return _(
        "These figures are from the districts' own records. The release covers the school years "
        "{first} to {last}, through {month}.",
        **told,
    )


def release_facts(manifest: Manifest) -> list[tuple[str, str]]:
    """What a release says of itself, as pairs of a name and words."""
    return [
        (_("Name"), manifest.release_id),
        (_("Built"), manifest.created.replace("T", " ").replace("+00:00", " UTC")),
        (_("Data"), _("simulated") if manifest.synthetic else _("recorded")),
        (_("Data through"), month(manifest.through)),
        (_("Tier"), _(_TIERS[manifest.tier])),
        (_("Built with"), f"leapdash {manifest.leapdash_version}"),
        (_("Contract version"), manifest.contract_version),
        *((_rule(name), _(_RULES_SAY.get(text, text))) for name, text in manifest.rules.items()),
    ]


def source_facts(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """Where a release's figures come from, as pairs of a name and words."""
    return tuple((source.name, _source(source)) for source in manifest.sources)


def _source(source: SourceFact) -> str:
    origin, licence = source.origin, source.licence
    if source.rows is None:
        return _("{origin}. Licence: {licence}.", origin=origin, licence=licence)
    return _n(
        "{origin}. Licence: {licence}. {n} row.",
        "{origin}. Licence: {licence}. {n} rows.",
        source.rows,
        origin=origin,
        licence=licence,
        n=count(source.rows),
    )


def table_facts(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """What tables a release holds, as pairs of a name and words; plain text, without the marks that
    the data dictionary sets names in.
    """
    tables = tables_of(manifest.tier)
    return tuple(
        (
            name,
            _n(
                "{meaning} Grain: {grain}; {n} row.",
                "{meaning} Grain: {grain}; {n} rows.",
                facts.rows,
                meaning=_(tables[name].meaning).replace("`", ""),
                grain=_(tables[name].grain),
                n=count(facts.rows),
            ),
        )
        for name, facts in manifest.tables.items()
    )


def _rule(name: str) -> str:
    """What a rule is called; one of another version by its name in the manifest."""
    return _(_RULE_NAMES[name]) if name in _RULE_NAMES else name.replace("_", " ").capitalize()


def _begun(text: str) -> str:
    """The text as it stands at the beginning of a sentence."""
    return f"{text[:1].upper()}{text[1:]}"
