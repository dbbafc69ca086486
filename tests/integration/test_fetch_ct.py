"""Connecticut's public files fetched from a portal on this machine, which has its faults."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner
from urllib3.util import Retry

from leapdash.build.sources.published.fetch_ct import DATASETS, RECORD, fetch_ct
from leapdash.build.sources.published.read import read_published
from leapdash.build.sources.web import TRIES, UnreachableError
from leapdash.cli import app
from leapdash.errors import InputError, LeapdashError, StoreError, UsageError
from leapdash.release import open_release
from tests.lib.input_files import write_csv
from tests.lib.paths import ROOT
from tests.lib.portal import Portal, Rows, serving

YEARS = {"226r-dnit": 2020, "t4hx-jd4c": 2021, "he4h-bgqh": 2022}
DIRECTORY = "9k2y-kqxn"
PAGE = 4
AT_ONCE: Retry = TRIES.new(backoff_factor=0, backoff_jitter=0, total=3)


def attendance(year: int, districts: int = 9) -> Rows:
    name = f"{year}-{year + 1}"
    header = [
        "District code",
        "District name",
        "Category",
        "Student group",
        f"{name} student count - year to date",
        f"{name} attendance rate - year to date",
        "Reporting period",
        "Date update",
    ]
    rows = [
        [
            f"{number:03d}0011",
            f"District {number}, Ünited",
            "All",
            "All Students",
            str(100 + number),
            f"0.9{number:02d}",
            f"June {year + 1}",
            f"{year + 1}-07-22",
        ]
        for number in range(1, districts + 1)
    ]
    return [header, *rows]


@pytest.fixture
def portal() -> Iterator[Portal]:
    datasets = {dataset: attendance(year) for dataset, year in YEARS.items()}
    place = ["Hartford", "0640011", "1 Main St\nHartford, CT\n(41.7, -72.6)"]
    datasets[DIRECTORY] = [["District Name", "Organization Code", "Location"], place]
    with serving(Portal(datasets)) as served:
        yield served


def fetch(portal: Portal, out: Path) -> list[Path]:
    return fetch_ct(out, portal.url, page_rows=PAGE, tries=AT_ONCE)


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_row_arrives_once_under_the_names_people_read(portal: Portal, tmp_path: Path) -> None:
    files = fetch(portal, tmp_path / "ct")
    assert [file.name for file in files] == list(DATASETS.values())
    for dataset, name in DATASETS.items():
        assert rows_of(tmp_path / "ct" / name) == portal.datasets[dataset]
    table = read_published(tmp_path / "ct" / DATASETS["t4hx-jd4c"]).rows
    assert table["school_year"].to_pylist() == ["2021-22"] * 9
    record = json.loads((tmp_path / "ct" / RECORD).read_text())
    assert record["t4hx-jd4c"]["rows"] == 9
    assert len(record["t4hx-jd4c"]["sha256"]) == 64


def test_what_is_as_it_was_isn_t_read_again(portal: Portal, tmp_path: Path) -> None:
    fetch(portal, tmp_path)
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("*.csv")}
    portal.asked.clear()
    portal.datasets["he4h-bgqh"] = attendance(2022, districts=10)
    fetch(portal, tmp_path)
    assert set(portal.pages_read()) == {"he4h-bgqh"}
    after = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("*.csv")}
    assert {name for name in after if after[name] != before[name]} == {DATASETS["he4h-bgqh"]}
    assert len(rows_of(tmp_path / DATASETS["he4h-bgqh"])) == 11


def test_a_row_that_begins_another_page_is_noticed(portal: Portal, tmp_path: Path) -> None:
    portal.datasets["he4h-bgqh"] = attendance(2022, districts=2 * PAGE)
    fetch(portal, tmp_path)
    portal.datasets["he4h-bgqh"] = attendance(2022, districts=2 * PAGE + 1)
    fetch(portal, tmp_path)
    assert rows_of(tmp_path / DATASETS["he4h-bgqh"]) == portal.datasets["he4h-bgqh"]


def test_a_file_that_was_changed_by_hand_is_fetched_anew(portal: Portal, tmp_path: Path) -> None:
    fetch(portal, tmp_path)
    (tmp_path / DATASETS["t4hx-jd4c"]).write_text("mine")
    fetch(portal, tmp_path)
    assert rows_of(tmp_path / DATASETS["t4hx-jd4c"]) == portal.datasets["t4hx-jd4c"]


@pytest.mark.parametrize("fault", [429, 500, 502, 503, 504, "cut"])
@pytest.mark.parametrize("begin", ["/resource/t4hx-jd4c.csv", "/api/views", "/resource/226r"])
def test_a_fault_on_the_way_is_survived(
    fault: int | str, begin: str, portal: Portal, tmp_path: Path
) -> None:
    portal.faults[begin] = [fault, fault]
    fetch(portal, tmp_path)
    assert portal.faults[begin] == []
    for dataset, name in DATASETS.items():
        assert rows_of(tmp_path / name) == portal.datasets[dataset]


def test_rows_that_come_while_pages_are_read_are_neither_lost_nor_doubled(
    portal: Portal, tmp_path: Path
) -> None:
    """A new row in front moves all others on by one."""
    header, *rows = portal.datasets["226r-dnit"]
    portal.changes[1] = [header, attendance(2020, 12)[-1], *rows]
    fetch(portal, tmp_path)
    assert rows_of(tmp_path / DATASETS["226r-dnit"]) == portal.datasets["226r-dnit"]
    assert len(portal.datasets["226r-dnit"]) == 11


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("html", "Sign in"),
        (302, "the service sends on to elsewhere.example \\(302\\)"),
        (404, "answer 404"),
        (403, "answer 403"),
    ],
)
def test_an_answer_that_is_none_is_told_and_what_was_there_stays(
    fault: int | str, told: str, portal: Portal, tmp_path: Path
) -> None:
    fetch(portal, tmp_path)
    kept = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    portal.faults["/resource/t4hx-jd4c.csv"] = [fault] * 3
    with pytest.raises(LeapdashError, match=told):
        fetch(portal, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == kept


def test_another_layout_is_told_and_the_file_from_before_stays(
    portal: Portal, tmp_path: Path
) -> None:
    fetch(portal, tmp_path)
    before = rows_of(tmp_path / DATASETS["t4hx-jd4c"])
    portal.datasets["t4hx-jd4c"] = [["Town", "Rate"], ["Hartford", "0.9"]]
    with pytest.raises(InputError, match=r"t4hx-jd4c, as it came: .*columns of another file"):
        fetch(portal, tmp_path)
    assert rows_of(tmp_path / DATASETS["t4hx-jd4c"]) == before


def test_without_the_portal_the_files_stay_and_without_files_it_is_told(
    portal: Portal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(portal, tmp_path / "here")
    portal.faults["/"] = [503] * 100
    assert [file.name for file in fetch(portal, tmp_path / "here")] == list(DATASETS.values())
    with pytest.raises(UnreachableError, match="answer 503 every time"):
        fetch(portal, tmp_path / "nothing")


def test_a_folder_that_can_t_be_written_is_told(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StoreError, match="can't be made a folder"):
        fetch(portal, tmp_path / "file")


@pytest.mark.parametrize(
    "url", ["http://data.ct.gov", "ftp://data.ct.gov", "https://a:b@x", "data"]
)
def test_an_address_that_is_none_or_not_safe_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        fetch_ct(tmp_path, url)


def test_the_command_line_says_which_files_are_there(portal: Portal, tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["fetch", "ct", "--out", str(tmp_path), "--portal", portal.url])
    assert said.exit_code == 0, said.output
    assert [line for line in said.output.splitlines() if line.endswith(".csv")] == [
        str(tmp_path / name) for name in DATASETS.values()
    ]


def test_the_recipe_of_the_public_data_runs(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = (ROOT / "docs" / "recipes" / "connecticuts-public-data.md").read_text("utf-8")
    commands = re.findall(r"```sh\n(.+?)\n```", recipe, re.S)
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "my-data")
    for command, more in zip(commands, (["--portal", portal.url], ["--no-effects"]), strict=True):
        said = CliRunner().invoke(app, [*command.removeprefix("leapdash ").split(), *more])
        assert said.exit_code == 0, said.output
    years = set(open_release(tmp_path / "store").table("published")["school_year"].to_pylist())
    assert years == {"2021-22", "2022-23"}
