"""A release that isn't what its manifest calls it is not opened, whoever reads."""

import hashlib
import json
import shutil
from datetime import date

import pyarrow as pa
import pytest

from leapdash.build.disclosure.cut import publish_district
from leapdash.contract import PUBLIC_TABLES
from leapdash.errors import ReleaseError
from leapdash.release import BuildFacts, arrow_schema, open_release, publish
from tests.lib.small_release import AVON, HARTFORD, make


@pytest.fixture
def whole(tmp_path):
    return make(tmp_path / "whole").path


@pytest.fixture
def public(tmp_path):
    """A public release of a month in which nothing is shown."""
    tables = {table.name: pa.Table.from_pylist([], arrow_schema(table)) for table in PUBLIC_TABLES}
    cell = {"month": date(2022, 9, 1), "district_code": AVON, "level": "all", "status": "c"}
    cell |= {"school_code": "0040111"}
    tables["attendance"] = pa.Table.from_pylist([cell], tables["attendance"].schema)
    return publish(tmp_path / "public", tables, BuildFacts(True, "state", (), "public"))


@pytest.fixture
def own(whole, tmp_path):
    return publish_district(whole.parents[1], "Avon", tmp_path / "own").path


def said(folder):
    return json.loads((folder / "manifest.json").read_text())


def says(folder, manifest):
    (folder / "manifest.json").write_text(json.dumps(manifest))


def refused(folder, *words):
    with pytest.raises(ReleaseError) as told:
        open_release(folder.parents[1])
    for word in words:
        assert word in str(told.value), str(told.value)
    assert "Build again" in str(told.value)


@pytest.mark.parametrize("tier", ["open", "", None, ["public"], "Public", "restricted "])
def test_a_tier_nobody_knows_is_told(whole, tier):
    says(whole, said(whole) | {"tier": tier})
    refused(whole, "not a manifest leapdash wrote", "expected one of restricted, district, public")


@pytest.mark.parametrize(
    ("tier", "district"),
    [("restricted", AVON), ("district", ""), ("district", "../x"), ("district", 7)],
)
def test_a_district_where_none_belongs_or_none_where_one_does_is_told(whole, tier, district):
    says(whole, said(whole) | {"tier": tier, "district": district})
    refused(whole, "not a manifest leapdash wrote")


def test_a_restricted_release_under_the_manifest_of_a_public_one_is_not_opened(
    whole,
    public,
):
    shutil.copy(public.path / "manifest.json", whole)
    refused(whole, "the manifest doesn't match its files")


def test_a_public_release_under_the_manifest_of_a_restricted_one_is_not_opened(
    public,
    whole,
    tmp_path,
):
    store = tmp_path / "copy"
    shutil.copytree(public.path.parents[1], store)
    (folder,) = (store / "releases").iterdir()
    shutil.copy(whole / "manifest.json", folder)
    refused(folder, "the manifest doesn't match its files")


def test_a_restricted_release_that_calls_itself_public_is_not_opened(whole):
    manifest = said(whole)
    says(whole, manifest | {"tier": "public"})
    refused(whole, "in a public release")
    # Nor with no more tables than a public one has, of which each is as its checksum says.
    kept = ("attendance", "attendance_by_group", "chronic_absence", "chronic_to_date", "schools")
    tables = {name: manifest["tables"][name] for name in kept}
    for file in whole.glob("*.parquet"):
        if file.stem not in kept:
            file.unlink()
    says(whole, manifest | {"tier": "public", "tables": tables})
    refused(whole, "columns that aren't for it", "the manifest calls the release a public one")


def test_a_restricted_release_that_calls_itself_a_districts_is_not_opened(whole):
    says(whole, said(whole) | {"tier": "district", "district": AVON})
    refused(whole, "rows of 2 other districts", f"rows of {AVON} alone")


def test_a_districts_release_that_calls_itself_anothers_is_not_opened(own):
    assert open_release(own.parents[1]).manifest.district == AVON
    says(own, said(own) | {"district": HARTFORD})
    refused(own, "rows of 1 other districts")


def test_one_byte_changed_or_one_file_of_another_release_is_told(own, whole):
    shutil.copy(whole / "attendance.parquet", own)
    refused(own, "SHA-256", "The file was changed after it was published")
    manifest = said(own)
    manifest["tables"]["attendance"] = said(whole)["tables"]["attendance"]
    says(own, manifest)
    refused(own, "rows of 2 other districts")


def test_a_file_that_is_no_table_is_told(own):
    (own / "reach.parquet").write_bytes(b"no table")
    manifest = said(own)
    manifest["tables"]["reach"]["sha256"] = hashlib.sha256(b"no table").hexdigest()
    says(own, manifest)
    refused(own, "a file that is no Parquet")
