"""What a briefing says beside its answer: what its data are, how to read it, where it is from."""

from leapdash.contract.thresholds import CONFIDENCE, percent
from leapdash.release import Manifest
from leapdash.show.language import N_, _
from leapdash.show.words.about import INVENTED, RECORDED
from leapdash.show.words.numbers import month

NOT_DRAWN = N_("The chart is drawn by a script in this file, which was not run here.")


def how_to_read() -> str:
    """What the ranges mean that a briefing tells."""
    return _(
        "“Between a and b” is a {certainty} confidence interval: such ranges hold the truth "
        "{times} times in 100, and where one holds zero, there may as well be none.",
        certainty=percent(CONFIDENCE),
        times=round(100 * CONFIDENCE),
    )


def kind_of_data(manifest: Manifest) -> str:
    """Whether the students are real: Simulated: these students are invented."""
    return _(INVENTED if manifest.synthetic else RECORDED)


def edition(manifest: Manifest) -> str:
    """Which release, and how far it runs: release 2026-11-24T060000 · data through June 2023."""
    said = (
        N_("public release {release} · data through {month}")
        if manifest.tier == "public"
        else N_("release {release} · data through {month}")
    )
    return _(
        said,
        release=manifest.release_id,
        month=month(manifest.through),
    )


def foot(manifest: Manifest) -> str:
    """What stands at the foot of every sheet."""
    return f"leapdash · {kind_of_data(manifest)} · {edition(manifest)}"
