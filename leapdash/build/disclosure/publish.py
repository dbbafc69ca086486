"""From a restricted release to a public one, published only if it withstands the audit."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from leapdash.build.disclosure.audit import Finding, audited, sections_of
from leapdash.build.disclosure.rules import STATE_RULES, Rules
from leapdash.build.disclosure.tables import public_tables
from leapdash.errors import ContractError, ReleaseError, UsageError
from leapdash.progress import SILENT, Progress
from leapdash.release import BuildFacts, Release, open_release, publish

_MOST_TOLD = 5


def publish_public(
    store: str | Path,
    out: str | Path,
    *,
    rules: Rules = STATE_RULES,
    keep: int = 5,
    progress: Progress = SILENT,
) -> Release:
    """The public release made from the one on show in `store`, published in the store `out`."""
    release = open_release(store)
    return release
