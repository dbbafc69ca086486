"""A release is published whole or not at all, and opened only when it can be trusted."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leapdash.errors import ReleaseError, StoreError
from leapdash.release import current_id, open_release, publish
from tests.lib.bare_tables import FACTS, tables


def contents(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in store.rglob("*") if p.is_file()}


def test_a_published_release_is_on_show_with_its_rows_ordered_by_district(tmp_path):
    published = publish(tmp_path, tables(), FACTS)
    release = open_release(tmp_path)
    assert release == published
    assert current_id(tmp_path) == release.manifest.release_id
    assert release.table("attendance")["district_code"].to_pylist() == ["0150011", "0640011"]
    assert release.manifest.through == date(2021, 9, 1)
    assert release.manifest.school_years == ("2021-22",)
    assert release.manifest.sources == FACTS.sources
    assert not release.has("programme")


def test_where_and_columns_choose_rows_and_columns(tmp_path):
    release = publish(tmp_path, tables(), FACTS)
    chosen = release.table("attendance", ["students"], {"district_code": ["0640011"]})
    assert chosen.to_pylist() == [{"students": 30}]


def test_asking_for_an_absent_table_names_it(tmp_path):
    release = publish(tmp_path, tables(), FACTS)
    with pytest.raises(ReleaseError, match="holds no table `programme`"):
        release.table("programme")


def test_a_failure_while_switching_leaves_the_old_release_on_show(tmp_path, monkeypatch):
    first = publish(tmp_path, tables(), FACTS)

    def full_disk(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    before = contents(tmp_path)
    with pytest.raises(StoreError, match=f"No space left on device(.|\n)*{first.path.name} stays"):
        publish(tmp_path, tables(99), FACTS)
    assert contents(tmp_path) == before
    assert open_release(tmp_path) == first


def test_a_store_that_is_a_file_is_refused(tmp_path):
    store = tmp_path / "store"
    store.write_text("not a folder")
    with pytest.raises(StoreError, match="can't be written"):
        publish(store, tables(), FACTS)
    assert store.read_text() == "not a folder"


def test_only_the_newest_releases_are_kept(tmp_path):
    ids = [publish(tmp_path, tables(n), FACTS, keep=2).manifest.release_id for n in (20, 21, 22)]
    assert sorted(p.name for p in (tmp_path / "releases").iterdir()) == sorted(ids[1:])
    assert open_release(tmp_path, ids[1]).table("attendance")["students"].to_pylist() == [12, 21]


def test_a_changed_file_is_refused_with_the_command_that_mends_it(tmp_path):
    release = publish(tmp_path, tables(), FACTS)
    path = release.path / "attendance.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ReleaseError, match=r"attendance\.parquet: SHA-256(.|\n)*leapdash build"):
        open_release(tmp_path)


@pytest.mark.parametrize("action", ["remove", "add"])
def test_a_missing_or_added_file_is_refused(tmp_path, action):
    release = publish(tmp_path, tables(), FACTS)
    if action == "remove":
        (release.path / "reach.parquet").unlink()
    else:
        pq.write_table(pa.table({"student_id": ["anna"]}), release.path / "students.parquet")
    name = "reach" if action == "remove" else "students"
    with pytest.raises(ReleaseError, match=rf"doesn't match its files(.|\n)*{name}\.parquet"):
        open_release(tmp_path)


def edit_manifest(release, **changes):
    path = release.path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_another_contract_version_is_refused_with_the_command_that_mends_it(tmp_path):
    edit_manifest(publish(tmp_path, tables(), FACTS), contract_version="999")
    with pytest.raises(ReleaseError, match=r"version 999.*reads version(.|\n)*leapdash build"):
        open_release(tmp_path)


@pytest.mark.parametrize("changes", [{"through": "soon"}, {"tables": {"x": {}}}, {"extra": 1}])
def test_a_manifest_leapdash_did_not_write_is_refused(tmp_path, changes):
    edit_manifest(publish(tmp_path, tables(), FACTS), **changes)
    with pytest.raises(ReleaseError, match="not a manifest leapdash wrote"):
        open_release(tmp_path)


def test_a_manifest_that_is_no_json_is_refused(tmp_path):
    release = publish(tmp_path, tables(), FACTS)
    (release.path / "manifest.json").write_text("{")
    with pytest.raises(ReleaseError, match="not readable as JSON"):
        open_release(tmp_path)


def test_an_empty_store_says_how_to_build_one(tmp_path):
    with pytest.raises(ReleaseError, match=r"holds no release(.|\n)*leapdash build"):
        open_release(tmp_path)


@pytest.mark.parametrize("name", ["../elsewhere", ".writing-1", "a/b"])
def test_current_can_name_nothing_outside_the_store(tmp_path, name):
    publish(tmp_path, tables(), FACTS)
    (tmp_path / "current").write_text(name)
    with pytest.raises(ReleaseError, match="is no release id"):
        open_release(tmp_path)


def test_a_table_cannot_name_a_file_outside_the_release(tmp_path):
    release = publish(tmp_path, tables(), FACTS)
    facts = json.loads((release.path / "manifest.json").read_text())["tables"]
    facts["reach"]["file"] = "../../reach.parquet"
    edit_manifest(release, tables=facts)
    with pytest.raises(ReleaseError, match="not a manifest leapdash wrote"):
        open_release(tmp_path)


def test_the_datapackage_describes_the_files_as_they_are(tmp_path):
    release = publish(tmp_path, tables(), FACTS)
    package = json.loads((release.path / "datapackage.json").read_text())
    assert "synthetic" in package["title"]
    for resource in package["resources"]:
        path = release.path / resource["path"]
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert pq.read_schema(path).names == fields
        assert resource["bytes"] == path.stat().st_size
