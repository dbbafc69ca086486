"""Briefings as files: of the state, of a district, or a folder of many. Never half a file."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from leapdash.districts import district_code
from leapdash.errors import StoreError, UsageError, shortened
from leapdash.paths import check_out
from leapdash.progress import SILENT, Progress
from leapdash.release import open_release
from leapdash.show.briefing.chromium import chromium, drawn, need_chromium, printed
from leapdash.show.briefing.contents import briefing_of
from leapdash.show.briefing.document import document
from leapdash.show.choice import Choice
from leapdash.show.language import DEFAULT, LANGUAGES, speaking
from leapdash.show.opened import OpenedRelease

FORMATS = ("html", "pdf")
_THE_STATE = "the state"


def write_briefings(
    store: str,
    out: Path,
    districts: Sequence[str] = (),
    all_districts: bool = False,
    format: str | None = None,
    language: str = DEFAULT,
    progress: Progress = SILENT,
) -> list[Path]:
    """Write the briefing of the release on show in a store; the files written.

    `districts`: their codes or names. None: the state's Impact, as the file `out`; one: its, as the
    file `out`; several, or all: one file each in the folder `out`, named by code, in `format` (HTML
    where it isn't given). A file's own ending says its format. `language`: what they are written
    in, by its code.

    Raises UsageError where what is asked can't be made, ReleaseError where the release can't be
    opened, StoreError where a file can't be written.
    """
    if districts and all_districts:
        raise UsageError("--district and --all-districts: expected one of them.")
    _check(language)
    many = all_districts or len(districts) > 1
    ending = _format_of_folder(out, format) if many else _format_of_file(out, format)
    make = _maker(ending)
    release = OpenedRelease(open_release(store))
    known = release.known
    codes = (
        list(known.districts)
        if all_districts
        else [district_code(name, known.districts, "the release") for name in districts]
    )
    if not many:
        code = codes[0] if codes else ""
        files = {out: code}
    else:
        files = {out / f"{code}.{ending}": code for code in codes}
    for number, (file, code) in enumerate(files.items(), start=1):
        name = known.districts[code] if code else _THE_STATE
        count = f"{number} of {len(files)}: " if many else "briefing of "
        with progress.step(count + name):
            choice = Choice(release, district=code)
            with speaking(language):
                html = document(briefing_of("district" if code else "impact", choice))
            _write(file, make(html))
    return list(files)


def _check(language: str) -> None:
    """Raises UsageError where there is no such language."""
    if language not in LANGUAGES:
        known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        raise UsageError(
            f"--language {shortened(language)}: leapdash doesn't speak it.\n"
            f"Expected one of: {known}."
        )


def _maker(ending: str) -> Callable[[str], bytes]:
    """What makes a file of that format of a document. Raises UsageError where nothing can."""
    if ending == "pdf":
        need_chromium()
        return printed
    found = chromium()
    return str.encode if found is None else lambda html: drawn(html, found).encode()


def _format_of_file(out: Path, format: str | None) -> str:
    if format is not None:
        raise UsageError(
            f"--format {shortened(format)}: a file's ending says its format.\n"
            "Expected --format only with --all-districts or several --district."
        )
    ending = out.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise UsageError(
            f"--out {out}: a file ending in {f'.{ending}' if ending else 'nothing'}.\n"
            f"Expected one in {' or '.join(f'.{one}' for one in FORMATS)}."
        )
    if out.is_dir():
        raise UsageError(f"--out {out}: a folder.\nExpected the name of a file.")
    check_out(out.parent)
    return ending


def _format_of_folder(out: Path, format: str | None) -> str:
    if format is not None and format not in FORMATS:
        raise UsageError(
            f"--format {shortened(format)}: not a format of a briefing.\n"
            f"Expected {' or '.join(FORMATS)}."
        )
    check_out(out)
    return format or FORMATS[0]


def _write(file: Path, content: bytes) -> None:
    """Write the file beside its place, and put it there once it is whole."""
    beside = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(content)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{file} can't be written: {error.strerror}.\n"
            "Expected a place this user may write to, with room left."
        ) from error
