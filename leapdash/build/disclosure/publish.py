"""From a restricted release to a public one, published only if it withstands the audit."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa

from leapdash.build.disclosure.audit import (
    Finding,
    Verdict,
    audited,
    disagreeing,
    tasks_of,
)
from leapdash.build.disclosure.effects import EffectsOf, public_effects
from leapdash.build.disclosure.effects_audit import audited_effects
from leapdash.build.disclosure.elsewhere import told_elsewhere
from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.occasions import taking_part
from leapdash.build.disclosure.revisions import changes
from leapdash.build.disclosure.rules import STATE_RULES, Rules
from leapdash.build.disclosure.sections import sections_of
from leapdash.build.disclosure.tables import public_tables
from leapdash.build.disclosure.workers import each
from leapdash.errors import ContractError, ReleaseError, StoreError, UsageError
from leapdash.paths import is_address
from leapdash.progress import SILENT, Progress
from leapdash.release import (
    BuildFacts,
    Release,
    SourceFact,
    check_kept_apart,
    current_id,
    id_before,
    on_show,
    open_release,
    publish,
)
from leapdash.spreadsheets import safe

_MOST_TOLD = 5
_FOR_A_REVIEWER = (
    "recorded data: whether it may go out is your state's to judge. What was attacked and what "
    "wasn't is in docs/decisions/0016-the-public-release.md."
)
_FEW = 24


def publish_public(
    store: str | Path,
    out: str | Path,
    *,
    rules: Rules = STATE_RULES,
    effects: EffectsOf | None = None,
    weaker: bool = False,
    report: Path | None = None,
    keep: int = 5,
    revise: bool = False,
    time_limit: float | None = None,
    workers: int | None = None,
    progress: Progress = SILENT,
) -> Release:
    """The public release made from the one on show in `store`, published in the store `out`.

    `effects`: what works out the effects that are published; without it, none are. `weaker`: rules
    that protect less than the state's are wanted. `report`: a file for every withheld cell with its
    reason and students (CSV), for those who may see the restricted release. `revise`: months that
    `out` shows already are made anew; else they stay as they are there. `time_limit`: the most
    minutes it may take; `workers`: the processes that share the work.

    Raises UsageError where the rules are weaker unasked, or `store` and `out` can't be what they
    are given for; ContractError where a cell can't be protected or the finished files don't
    withstand the audit: nothing is published then.
    """
    _check_rules(rules, weaker)
    release = open_release(store)
    before = _check_stores(release, out)
    _check_before(before, rules, revise, out)
    if report is not None:
        _check_report(report, out)
    limit = Limit.of(time_limit)
    made = public_tables(release, rules, progress, limit, workers, before, revise)
    if effects is not None and release.has("effects"):
        by_group = made.tables["attendance_by_group"].to_pandas()
        made = made.with_more(public_effects(effects(release), _leap(release), rules, by_group))
    facts = _facts(release, rules)
    with TemporaryDirectory(prefix="leapdash-") as scratch:
        finished = publish(scratch, made.tables, facts)
        verdict = audit(finished, rules, progress, limit, workers, before)
        if verdict.findings:
            raise ContractError(f"{told(verdict)}\n{on_show(out)}")
        hashes = {name: table.sha256 for name, table in finished.manifest.tables.items()}
    if report is not None:
        _write(report, made.withheld)
    public = publish(out, made.tables, facts, keep=keep)
    if hashes != {name: table.sha256 for name, table in public.manifest.tables.items()}:
        raise ContractError(f"{public.folder}: not the files that were audited. Remove it.")
    for line in _utility(made.tables):
        progress.say(line)
    if not release.manifest.synthetic:
        progress.note(_FOR_A_REVIEWER)
    return public


def audit(
    release: Release,
    rules: Rules = STATE_RULES,
    progress: Progress = SILENT,
    limit: Limit = NO_LIMIT,
    workers: int | None = None,
    before: Release | None = None,
) -> Verdict:
    """What can be worked out of a public release, from its files, from those of the one before
    beside it, and with what the state's published figures tell; ReleaseError where it is none.
    """
    if release.manifest.tier != "public":
        raise ReleaseError(
            f"{release.folder} is a restricted release: nothing of it is withheld.\n"
            "Expected a public one, made by: python -m leapdash publish STORE --out PUBLIC_STORE"
        )
    sections = list(sections_of(release))
    earlier = [] if before is None else list(sections_of(before))
    elsewhere = told_elsewhere(release)
    tasks = [(*task, rules, limit) for task in tasks_of(sections, earlier, elsewhere)]
    # Of little work, to start other processes takes the most.
    workers = 1 if workers is None and len(sections) <= _FEW else workers
    verdicts = []
    with progress.bar("attack what is withheld", len(tasks)) as done:
        for verdict in each(audited, tasks, workers):
            verdicts.append(verdict)
            done()
    attacked, fell = audited_effects(release, rules)
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    return Verdict(
        attacked + sum(verdict.attacked for verdict in verdicts),
        (*findings, *disagreeing(sections), *_changed(release, before, rules), *fell),
    )


def _changed(release: Release, before: Release | None, rules: Rules) -> Iterator[Finding]:
    if before is not None:
        for table, month, cell in changes(release, before, rules):
            found = f"differs by few students from release {before.manifest.release_id}"
            yield Finding(table, month, cell, found)


def public_before(store: str | Path, release: Release) -> Release | None:
    """The newest public release of a store that is older than this one; None without one that can
    be opened.
    """
    before = id_before(store, release.manifest.release_id)
    try:
        found = None if before is None else open_release(store, before)
    except ReleaseError:
        return None
    return found if found is not None and found.manifest.tier == "public" else None


def told(verdict: Verdict) -> str:
    """A verdict in words, with the first of what fell."""
    if not verdict.findings:
        return f"{verdict.attacked:,} withheld figures attacked: none could be worked out."
    first = [
        f"  {one.table}, {one.month:%B %Y}, {', '.join(one.cell)}: {one.found}"
        for one in verdict.findings[:_MOST_TOLD]
    ]
    more = len(verdict.findings) - len(first)
    found = f"{verdict.attacked:,} withheld figures attacked: {len(verdict.findings):,} fell."
    return "\n".join([found, *first, *([f"  and {more:,} more"] if more else [])])


def _check_rules(rules: Rules, weaker: bool) -> None:
    names = rules.weaker_than(STATE_RULES)
    if names and not weaker:
        raise UsageError(
            f"{', '.join(names)}: weaker than the state's rule ({STATE_RULES}).\n"
            "Expected a rule at least as strict, or --weaker, which the release then tells."
        )


def _check_before(before: Release | None, rules: Rules, revise: bool, out: str | Path) -> None:
    if before is None or revise:
        return
    if before.manifest.rules["suppression"] != _suppression(rules):
        raise UsageError(
            f"{out} shows months under another rule: {before.manifest.rules['suppression']}.\n"
            "Expected the same rule, or --revise, which makes those months anew."
        )


def _check_stores(release: Release, out: str | Path) -> Release | None:
    """The release on show in `out`, if there is one."""
    if release.manifest.tier != "restricted":
        raise UsageError(
            f"{release.folder} is a {release.manifest.tier} release.\n"
            "Expected a store with a restricted one, made by: python -m leapdash build"
        )
    check_kept_apart(out, "public")
    return None if current_id(out) is None else open_release(out)


def _check_report(report: Path, out: str | Path) -> None:
    if not is_address(out) and report.resolve().is_relative_to(Path(out).resolve()):
        raise UsageError(
            f"--report {report} is in the public store, and tells what is withheld.\n"
            "Expected a file where the restricted release is."
        )
    if report.is_dir() or not report.parent.is_dir():
        raise UsageError(
            f"--report {report} can't be written.\n"
            "Expected the name of a file, in a folder there is."
        )


def _leap(release: Release) -> frozenset[str]:
    """The districts that take part in home visits."""
    return taking_part(release.table("schools").to_pandas(), release.manifest.through)


def _facts(release: Release, rules: Rules) -> BuildFacts:
    manifest = release.manifest
    return BuildFacts(
        synthetic=manifest.synthetic,
        half_day=str(manifest.rules["half_day"]),
        sources=tuple(_without_rows(release)),
        tier="public",
        suppression=_suppression(rules),
    )


def _without_rows(release: Release) -> Iterator[SourceFact]:
    """The sources; of those that aren't public themselves not how many rows they have."""
    public = (
        set(release.table("published", ["source"])["source"].to_pylist())
        if release.has("published")
        else set()
    )
    for source in release.manifest.sources:
        yield source if source.name in public else replace(source, rows=None)


def _suppression(rules: Rules) -> str:
    weak = rules.weaker_than(STATE_RULES)
    warning = f" (weaker than the state's rule: {', '.join(weak)})" if weak else ""
    return rules.in_words() + warning


def _utility(tables: Mapping[str, pa.Table]) -> list[str]:
    """How much of every table is shown."""
    lines = []
    for name, table in tables.items():
        if "status" in table.column_names:
            status = table["status"].to_pandas()
            shown = int((status == "shown").sum())
            lines.append(f"{name:<44}{shown:>9,} of {len(status):>9,} cells shown")
    return lines


def _write(report: Path, withheld: pd.DataFrame) -> None:
    texts = [name for name in withheld if not pd.api.types.is_numeric_dtype(withheld[name])]
    safely = {str(name): withheld[name].map(lambda one: safe(str(one))) for name in texts}
    try:
        withheld.assign(**safely).to_csv(report, index=False)
    except OSError as error:
        raise StoreError(
            f"--report {report} can't be written: {error.strerror}.\nExpected the name of a file."
        ) from error
