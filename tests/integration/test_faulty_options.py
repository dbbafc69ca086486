"""Published files and options that mean nothing: each is told, and ends with 2."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lib.input_files import write_csv
from tests.lib.spoilt import Spoil, fault, run

# --- published figures -----------------------------------------------------------------------

STATE_FILE = """\
District code,District name,Category,Student group,2021-2022 student count - year to date,\
2021-2022 attendance rate - year to date,2020-2021 student count,2020-2021 attendance rate,\
Reporting period,Date update
00000CT,Connecticut,,All Students,500285,0.9169,496092.0,0.9294,June 2022,2022-07-22
"""
EDSIGHT = [
    '"Chronic Absenteeism, 2018-19"',
    '"All Districts, Grade"',
    "",
    '"",,,"Chronically Absent",',
    '"District","District Code","Grade","Student Count","%"',
    '"Ansonia School District","=""0020011""","Kindergarten",7,7.7',
]
EDSIGHT_TREND = [
    '"Chronic Absenteeism, Trend"',
    '", Grade"',
    "",
    '"",,,"% Chronically Absent",',
    '"District","District Code","Grade","2011-12","2012-13"',
    '"Ansonia School District","=""0020011""","Kindergarten","*",7.7',
]
_WANTED = "Expected a file of Connecticut Open Data, School Attendance by Student Group and"


def figures(change: Callable[[str], str | bytes]) -> Spoil:
    """The file of published figures, from the state's file."""

    def apply(path: Path) -> None:
        made = change(STATE_FILE)
        path.write_bytes(made if isinstance(made, bytes) else made.encode())

    return apply


PUBLISHED = {
    "another report of EdSight": fault(
        figures(lambda _: "\r\n".join(EDSIGHT).replace("Chronic Absenteeism", "Sanctions")),
        "figures.csv, row 5: Sanctions, 2018-19, District, District Code, Grade",
        "Expected a report of EdSight, Chronic Absenteeism of all districts by grade",
    ),
    "a trend without years": fault(
        figures(lambda _: "\r\n".join(EDSIGHT_TREND).replace("2011-12", "2011")),
        "figures.csv, row 5: 2011, 2012-13, under the title 'Chronic Absenteeism, Trend'",
        "or a column for every school year",
    ),
    "a directory of schools": fault(
        figures(lambda _: "District Name,Organization Code,Town\nAnsonia,0020011,Ansonia\n"),
        "figures.csv, row 1: columns of another file: District Name, Organization Code, Town.",
        _WANTED,
    ),
    "a title above the header": fault(
        figures(lambda s: "School attendance\n\n" + s),
        "figures.csv, row 1: 'School attendance'; the columns' names stand in row 3.",
    ),
    "a folder": fault(lambda path: path.mkdir(), "figures.csv: a folder.", _WANTED),
    "a link to itself": fault(
        lambda path: path.symlink_to(path), "figures.csv: a link that leads nowhere"
    ),
    "an empty file": fault(figures(lambda _: ""), "figures.csv, row 1: the file is empty."),
    "a header only": fault(
        figures(lambda s: s.splitlines()[0]), "figures.csv, row 2: a header and no rows."
    ),
    "a workbook": fault(
        figures(lambda _: b"PK\x03\x04" + bytes(99)), "figures.csv: a spreadsheet or ZIP archive."
    ),
    "Parquet": fault(figures(lambda _: b"PAR1" + bytes(99)), "figures.csv: Parquet."),
    "UTF-16": fault(figures(lambda s: s.encode("utf-16")), "figures.csv, row 1: text in UTF-16."),
    "Latin-1": fault(
        figures(lambda s: s.replace("Connecticut,", "Conn\xe9cticut,").encode("latin-1")),
        "figures.csv, row 2: bytes that are not UTF-8",
    ),
    "tabs": fault(
        figures(lambda s: s.replace(",", "\t")), "figures.csv, row 1: values separated by tabs."
    ),
    "a column twice": fault(
        figures(lambda s: s.replace("Category", "Student Group")),
        "figures.csv, row 1: the column 'student group' stands there 2 times.",
    ),
    "years that no school year has": fault(
        figures(lambda s: s.replace("2020-2021", "0000-0001").replace("2021-2022", "9998-9999")),
        "figures.csv: columns of student counts and attendance rates by school year: none.",
    ),
    "a count of students beyond measure": fault(
        figures(lambda s: s.replace("500285", "9" * 30)),
        "figures.csv, row 2, column 2021-2022 student count - year to date: '9999999",
        "Expected a whole number",
    ),
    "a count longer than Python reads": fault(
        figures(lambda s: s.replace("500285", "9" * 5000)),
        "figures.csv, row 2, column 2021-2022 student count - year to date: '9999999",
    ),
    "a NUL byte in a name": fault(
        figures(lambda s: s.replace("Connecticut,", "Connec\0ticut,")),
        "figures.csv, row 2, column District name: 'Connec\\x00ticut'",
    ),
    "a quote that never closes": fault(
        figures(lambda s: s.replace("Connecticut", '"Connecticut')), "figures.csv, row 2:"
    ),
}
# --- options ---------------------------------------------------------------------------------

_BUILD = ("build", "--input", "{tmp}/input", "--out", "{tmp}/store")
OPTIONS = {
    "no such input": (
        ("build", "--input", "{tmp}/no", "--out", "{tmp}/store"),
        "{tmp}/no: no such folder.\nExpected a folder with schools, enrollment, attendance,",
    ),
    "a file for the input": (
        ("build", "--input", "{tmp}/file", "--out", "{tmp}/store"),
        "{tmp}/file: a file.",
    ),
    "an empty input": (("build", "--input", "", "--out", "{tmp}/store"), "--input"),
    "an empty store": (("build", "--input", "{tmp}/input", "--out", ""), "--out"),
    "a file for the store": (
        ("build", "--input", "{tmp}/input", "--out", "{tmp}/file"),
        "--out {tmp}/file can't be written: a file.",
    ),
    "a store below a file": (
        ("build", "--input", "{tmp}/input", "--out", "{tmp}/file/store"),
        "{tmp}/file: a file.",
    ),
    "no input named": (("build", "--out", "{tmp}/store"), "--input"),
    "a store on no file system": (
        (
            "build",
            "--input",
            "{tmp}/input",
            "--out",
            "post://me:secret@there/store",  # pragma: allowlist secret
        ),
        "post://there/store: not an address",
    ),
    "no release kept": ((*_BUILD, "--keep", "0"), "--keep"),
    "part of a release kept": ((*_BUILD, "--keep", "1.5"), "--keep"),
    "no thread": ((*_BUILD, "--threads", "0"), "--threads"),
    "more threads than a machine has": ((*_BUILD, "--threads", "100000"), "--threads 100000"),
    "memory below nothing": ((*_BUILD, "--memory-limit", "-1"), "--memory-limit -1"),
    "an unknown engine": ((*_BUILD, "--engine", "hadoop"), "--engine hadoop"),
    "a word for threads": ((*_BUILD, "--threads", "many"), "--threads"),
    "an unknown way to count": ((*_BUILD, "--half-day", "most"), "--half-day most"),
    "an unknown option": ((*_BUILD, "--quick"), "--quick"),
    "an unknown command": (("deploy",), "deploy"),
    "no published file": ((*_BUILD, "--published", "{tmp}/no.csv"), "{tmp}/no.csv: no such file."),
    "a folder of published files": (
        (*_BUILD, "--published", "{tmp}/input"),
        "{tmp}/input: a folder.",
    ),
    "too few students": (("demo", "--out", "{tmp}/demo", "--students", "5"), "--students"),
    "too many students": (("demo", "--out", "{tmp}/demo", "--students", "9" * 30), "--students"),
    "a negative seed": (("demo", "--out", "{tmp}/demo", "--seed", "-1"), "--seed"),
    "a seed beyond measure": (("demo", "--out", "{tmp}/demo", "--seed", "9" * 30), "--seed"),
    "a file for the state": (("demo", "--out", "{tmp}/file"), "--out {tmp}/file can't be written"),
    "another folder for the state": (("demo", "--out", "{tmp}/input"), "{tmp}/input: holds "),
    "a folder for the dictionary": (("dictionary", "--out", "{tmp}"), "--out {tmp} can't be"),
    "a dictionary in no folder": (
        ("dictionary", "--out", "{tmp}/no/file.md"),
        "--out {tmp}/no/file.md can't be written",
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_wrong_in_published_figures_is_told_with_its_place(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = PUBLISHED[name]
    folder, store, file = (
        write_csv(tmp_path / "input"),
        tmp_path / "store",
        tmp_path / "figures.csv",
    )
    wrong.spoil(file)
    code, message = run(
        capsys, monkeypatch, "build", "--input", folder, "--published", file, "--out", store
    )
    assert wrong.place in message
    assert [part for part in wrong.says if part not in message] == []
    assert (code, "Traceback" in message, store.exists()) == (2, False, False)


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_that_means_nothing_is_told(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments, told = OPTIONS[name]
    write_csv(tmp_path / "input")
    (tmp_path / "file").write_text("in the way")
    before = sorted(tmp_path.rglob("*"))
    given = [argument.format(tmp=tmp_path) for argument in arguments]
    code, message = run(capsys, monkeypatch, *given)
    assert told.format(tmp=tmp_path) in message
    assert (code, "Traceback" in message) == (2, False)
    assert sorted(tmp_path.rglob("*")) == before
