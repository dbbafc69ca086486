"""What a briefing says beside its answer: what its data are, how to read it, where it is from."""

from leapdash.contract.thresholds import CONFIDENCE, percent
from leapdash.release import Manifest
from leapdash.show.words.about import INVENTED, RECORDED
from leapdash.show.words.numbers import month

HOW_TO_READ = (
    f"“Between a and b” is a {percent(CONFIDENCE)} confidence interval: such ranges hold the truth "
    f"{100 * CONFIDENCE:.0f} times in 100, and where one holds zero, there may as well be none."
)
NOT_DRAWN = "The chart is drawn by a script in this file, which was not run here."


def kind_of_data(manifest: Manifest) -> str:
    """Whether the students are real: Simulated: these students are invented."""
    return INVENTED if manifest.synthetic else RECORDED


def edition(manifest: Manifest) -> str:
    """Which release, and how far it runs: release 2026-11-24T060000 · data through June 2023."""
    return f"release {manifest.release_id} · data through {month(manifest.through)}"


def foot(manifest: Manifest) -> str:
    """What stands at the foot of every sheet."""
    return f"leapdash · {kind_of_data(manifest)} · {edition(manifest)}"
