"""The examples in the docs run, and say what they promise."""

import json
import logging
import re
import tomllib
from dataclasses import replace
from logging.handlers import TimedRotatingFileHandler
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from typer.testing import CliRunner

from benchmarks.states import DESIGNS, draw
from leapdash.build.sources.edfi.configuration import read_configuration
from leapdash.build.sources.edfi.resources import resources
from leapdash.cli import app
from leapdash.release import open_release
from leapdash.show.doors import audit
from leapdash.show.doors.nameless import named
from leapdash.show.doors.reader import Reader, reading
from leapdash.show.doors.roles import roles_from
from leapdash.show.on_show import STORE_VARIABLE
from tests.lib import edfi, edfi_api
from tests.lib.endpoint import client
from tests.lib.paths import ROOT


def test_the_readme_s_example_estimates_effects_from_a_file(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    state = draw(replace(DESIGNS["history"], students=2_000), seed=5)
    names = {"attended": "days_attended", "enrolled": "days_enrolled"}
    table = state.table()
    table = table.rename_columns([names.get(name, name) for name in table.column_names])
    pq.write_table(table, tmp_path / "panel.parquet")
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(code, found)
    effects = found["study"].effects.set_index("event_time")
    assert abs(effects.loc[6, "effect"] - state.true_effect(6)[1]) < 3 * effects.loc[6, "std_error"]
    np.testing.assert_allclose(np.sqrt(np.diag(found["study"].covariance)), effects["std_error"])


def test_the_doors_configuration_and_line_of_the_audit_log_are_as_written(tmp_path, monkeypatch):
    text = (ROOT / "docs" / "doors.md").read_text("utf-8")
    (toml,) = re.findall(r"```toml\n(.+?)```", text, re.S)
    said = tomllib.loads(toml)
    roles = roles_from(said["leapdash"])
    assert set((roles.readers or {}).values()) == {"commissioner", "district:0640011"}
    assert set(said["auth"]) == {
        *("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
    }
    (line,) = re.findall(r"```json\n(.+?)```", text, re.S)
    monkeypatch.setenv("LEAPDASH_AUDIT_LOG", str(tmp_path / "audit.log"))
    told = json.loads(line)
    with reading(named(told["reader"], Reader(subject=told["subject"]))):
        audit.seen(told["view"], told["release"], told["chosen"])
    written = json.loads((tmp_path / "audit.log").read_text())
    assert written | {"time": told["time"]} == told
    assert list(written) == list(told)
    log = logging.getLogger("leapdash.audit")
    for handler in [one for one in log.handlers if isinstance(one, TimedRotatingFileHandler)]:
        log.removeHandler(handler)
        handler.close()
    audit._open.cache_clear()


def test_the_endpoint_s_examples_and_addresses_answer(release, monkeypatch):
    monkeypatch.setenv(STORE_VARIABLE, str(release.path.parents[1]))
    asks, text = client(), (ROOT / "docs" / "endpoint.md").read_text("utf-8")
    answer, file = (
        asks.get(url) for url in re.findall(r"^curl .*'http://127.0.0.1:8501(.+)'$", text, re.M)
    )
    assert answer.json()["sentence"].startswith("In Hartford, students attended")
    assert file.headers["content-disposition"].endswith('"leapdash-impact-reach-6-8-9-12.csv"')
    paths = re.findall(r"^\| `(/.+?)` \|", text, re.M)
    for path in paths:
        path = path.replace("PAGE", "impact").replace("TABLE", "impact-reach")
        assert asks.get(path).status_code == 200, path
    assert len(paths) == 8


def test_the_recipe_from_ed_fi_runs(tmp_path, monkeypatch):
    text = (ROOT / "docs" / "recipes" / "from-ed-fi.md").read_text("utf-8")
    (commands,) = re.findall(r"```sh\n(.+?)```", text, re.S)
    (toml,) = re.findall(r"```toml\n(.+?)```", text, re.S)
    monkeypatch.chdir(tmp_path)
    with edfi_api.serving(edfi_api.Api()) as api:
        api.fill(edfi.small())
        for line in commands.replace("https://edfi.example.org", api.url).splitlines():
            if name := re.match(r"export (\w+)=", line):
                given = edfi_api.KEY if name[1].endswith("KEY") else edfi_api.SECRET
                monkeypatch.setenv(name[1], given)
            else:
                arguments = line.removeprefix("python -m leapdash ").split()
                result = CliRunner().invoke(app, [*arguments, *without_effects(arguments)])
                assert result.exit_code == 0, result.output
    assert open_release(tmp_path / "store").manifest.sources
    # What the recipe's configuration says is understood, and taken by a build.
    (tmp_path / "mine.toml").write_text(toml.replace("LEAP home visit", "Home Visit"))
    said = read_configuration(tmp_path / "mine.toml")
    assert said.meaning("exits", "uri://own/ExitWithdrawTypeDescriptor#NS") == "never came"
    assert said.about is not None
    names = re.findall(r"^\| `(\w+)`[^|]*\|", text, re.M)
    assert set(names) <= {one.name for one in (*resources(5), *resources(6))}


def without_effects(arguments: list[str]) -> list[str]:
    """The option that makes a build quick."""
    return ["--no-effects"] if arguments[0] == "build" else []
