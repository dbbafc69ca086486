"""`leapdash brief`: a file by its ending, a folder of districts, and what can't be made is told."""

from pathlib import Path

import pytest

from leapdash.release import Release
from leapdash.show.briefing.chromium import CHROMIUM_VARIABLE
from leapdash.show.on_show import STORE_VARIABLE
from tests.lib.small_release import AVON, DISTRICTS, HARTFORD, NEW_HAVEN
from tests.lib.spoilt import run


@pytest.fixture(autouse=True)
def no_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without one: files are the same on every machine, and quickly made."""
    monkeypatch.setenv(CHROMIUM_VARIABLE, "/nowhere/chromium")


@pytest.fixture
def brief(release: Release, capsys, monkeypatch):
    """Runs the command on the small release; its exit code and what it said."""

    def of(*arguments):
        return run(capsys, monkeypatch, "brief", "--store", release.path.parents[1], *arguments)

    return of


def test_without_a_district_the_file_is_of_the_state(brief, tmp_path, release):
    out = tmp_path / "state.html"
    code, said = brief("--out", out)
    assert code == 0, said
    text = out.read_text("utf-8")
    assert "<h1>What did visits change, where and for whom, and who was reached?</h1>" in text
    assert f"release {release.manifest.release_id}" in text
    assert [path.name for path in tmp_path.iterdir()] == ["state.html"]


@pytest.mark.parametrize("asked", [HARTFORD, "Hartford", "hartford"])
def test_a_district_is_named_by_code_or_name(brief, tmp_path, asked):
    out = tmp_path / "new" / "district.HTML"
    code, said = brief("--district", asked, "--out", out)
    assert code == 0, said
    assert "In Hartford, students attended" in out.read_text("utf-8")


def test_a_briefing_is_written_in_the_language_asked_for(brief, tmp_path, bracketed):
    out = tmp_path / "hartford.html"
    code, said = brief("--district", "Hartford", "--language", "es", "--out", out)
    assert code == 0, said
    text = out.read_text("utf-8")
    assert '<html lang="es">' in text
    assert "⟦In Hartford, students attended" in text
    assert brief("--out", out)[0] == 0
    assert '<html lang="en">' in out.read_text("utf-8")
    assert "⟦" not in out.read_text("utf-8")


def test_the_store_on_show_is_the_one_told_of(release, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv(STORE_VARIABLE, str(release.path.parents[1]))
    out = tmp_path / "state.html"
    assert run(capsys, monkeypatch, "brief", "--out", out)[0] == 0
    assert release.manifest.release_id in out.read_text("utf-8")


def test_all_districts_are_a_file_each_named_by_code_and_told_as_they_are_made(brief, tmp_path):
    out = tmp_path / "districts"
    code, said = brief("--all-districts", "--out", out)
    assert code == 0, said
    assert {path.name for path in out.iterdir()} == {f"{code}.html" for code in DISTRICTS}
    for code, name in DISTRICTS.items():
        assert f"In {name}, students attended" in (out / f"{code}.html").read_text("utf-8")
    steps = [line.split("  ")[0] for line in said.splitlines()]
    assert steps == ["1 of 3: Avon", "2 of 3: Hartford", "3 of 3: New Haven"]


def test_several_districts_are_a_folder_too(brief, tmp_path):
    code, said = brief("--district", "Avon", "--district", NEW_HAVEN, "--out", tmp_path)
    assert code == 0, said
    assert {path.name for path in tmp_path.iterdir()} == {f"{AVON}.html", f"{NEW_HAVEN}.html"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--out", "b.docx"), "--out b.docx: a file ending in .docx.\nExpected one in .html or"),
        (("--out", "b"), "--out b: a file ending in nothing.\nExpected one in .html or .pdf."),
        (
            ("--out", "b.html", "--district", "Hartfrod"),
            "--district Hartfrod: the release has no district of that name or code.\n"
            f"Nearest to it: Hartford ({HARTFORD}).",
        ),
        (
            ("--out", "b.html", "--district", "leap"),
            f"It has: Avon ({AVON}), Hartford ({HARTFORD}), New Haven ({NEW_HAVEN}).",
        ),
        (("--out", "b.pdf"), "A PDF is printed by Chromium or Chrome, and LEAPDASH_CHROMIUM is"),
        (
            ("--out", "b", "--all-districts", "--format", "docx"),
            "--format docx: not a format of a briefing.\nExpected html or pdf.",
        ),
        (
            ("--out", "b.html", "--format", "pdf"),
            "--format pdf: a file's ending says its format.",
        ),
        (
            ("--out", "b", "--all-districts", "--district", "Avon"),
            "--district and --all-districts: expected one of them.",
        ),
        (
            ("--out", "b.html", "--language", "xx"),
            "--language xx: leapdash doesn't speak it.\nExpected one of: en (English)",
        ),
        (("--out", "folder.html"), "--out folder.html: a folder.\nExpected the name of a file."),
        (("--out", "file/b.html"), "--out file can't be written: a file."),
        (("--out", "file", "--all-districts"), "--out file can't be written: a file."),
    ],
)
def test_what_can_t_be_made_is_told_and_nothing_is_written(
    brief, tmp_path, monkeypatch, arguments, says
):
    monkeypatch.chdir(tmp_path)
    Path("folder.html").mkdir()
    Path("file").write_text("mine", "utf-8")
    code, said = brief(*arguments)
    assert code == 2
    assert says in said
    assert {path.name for path in tmp_path.iterdir()} == {"folder.html", "file"}
    assert Path("file").read_text("utf-8") == "mine"
    assert not list(Path("folder.html").iterdir())


def test_a_store_that_can_t_be_opened_is_told_as_elsewhere(capsys, monkeypatch, tmp_path):
    out = tmp_path / "b.html"
    code, said = run(capsys, monkeypatch, "brief", "--store", tmp_path / "none", "--out", out)
    assert code == 2
    assert "holds no release.\nExpected a store with a file `current`." in said
    assert not out.exists()


def test_a_file_that_can_t_be_put_in_place_leaves_the_old_one_and_nothing_beside_it(
    brief, tmp_path, monkeypatch
):
    out = tmp_path / "b.html"
    out.write_text("the old one", "utf-8")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    code, said = brief("--out", out)
    assert code == 2
    assert f"{out} can't be written: No space left on device." in said
    assert out.read_text("utf-8") == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["b.html"]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 0", "its charts were not drawn"),
        ("echo no display >&2; exit 1", "no display"),
        ("exit 3", "it ended with 3"),
    ],
)
def test_a_browser_that_does_not_work_is_told(brief, tmp_path, monkeypatch, script, says):
    program = tmp_path / "chromium"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv(CHROMIUM_VARIABLE, str(program))
    out = tmp_path / "b.html"
    code, said = brief("--district", "Avon", "--out", out)
    assert code == 2
    assert f"{program}: {says}.\nExpected a Chromium or Chrome that works headless" in said
    assert not out.exists()
