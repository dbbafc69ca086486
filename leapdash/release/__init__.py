"""Where the build side and the show side meet: summary tables, published atomically, read-only."""

from leapdash.release.arrow_types import arrow_schema, arrow_type
from leapdash.release.manifest import BuildFacts, Manifest, SourceFact, TableFacts
from leapdash.release.store import (
    Release,
    check_kept_apart,
    current_id,
    id_before,
    on_show,
    open_release,
    publish,
)

__all__ = [
    "BuildFacts",
    "Manifest",
    "Release",
    "SourceFact",
    "TableFacts",
    "arrow_schema",
    "arrow_type",
    "check_kept_apart",
    "current_id",
    "id_before",
    "on_show",
    "open_release",
    "publish",
]
