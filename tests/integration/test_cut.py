"""A district's own release: all that is the district's, and nothing of any other's."""

import json
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from leapdash.build.disclosure import cut as cutting
from leapdash.build.disclosure.cut import cut, publish_district, publish_every_district
from leapdash.build.disclosure.publish import audit, publish_public
from leapdash.contract import STATE_CODE, SUMMARY_TABLES
from leapdash.errors import ContractError, ReleaseError, UsageError
from leapdash.release import BuildFacts, Release, check_kept_apart, open_release, publish
from leapdash.show.answers.pages import PAGES, choice_on
from leapdash.show.endpoint.contents import answer_values
from leapdash.show.filters import Filters, labels
from leapdash.show.opened import OpenedRelease
from tests.lib.paths import DEMO
from tests.lib.searched import fractions, names_of
from tests.lib.small_release import AVON, DISTRICTS, HARTFORD, NEW_HAVEN, make, small_tables
from tests.lib.spoilt import run_for_both

SEARCHED = (HARTFORD, "0930011", "1510011")
"""Districts of the demonstration whose cuts are searched; the last two share schools' influence
with most others."""


@pytest.fixture(scope="module")
def whole():
    return open_release(DEMO)


@pytest.fixture(scope="module")
def own(release, tmp_path_factory):
    """The cut of every district of the small state, by code."""
    folder = tmp_path_factory.mktemp("cuts")
    made = publish_every_district(release.path.parents[1], str(folder))
    return {one.manifest.district: one for one in made}


@pytest.fixture(scope="module")
def cuts_of_demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return {code: OpenedRelease(publish_district(DEMO, code, folder / code)) for code in SEARCHED}


def is_own(row, code, schools):
    """Whether a row may be in a district's cut, told once more."""
    places = [row[name] for name in ("district_code", "district_code_2") if name in row]
    if "published" in row:
        return places in ([code], [STATE_CODE])
    inside = [row[name] for name in ("school_code",) if row.get(name)]
    if row.get("slice") == "school":
        inside += [row[name] for name in ("slice_value", "slice_value_2") if name in row]
    return set(places) == {code} and set(inside) <= schools


def rows(table):
    return Counter(tuple(row.items()) for row in table.to_pylist())


@pytest.mark.parametrize("code", DISTRICTS)
def test_a_cut_holds_every_row_of_the_district_and_no_other(release, own, code):
    of = {r["school_code"]: r["district_code"] for r in release.table("schools").to_pylist()}
    schools = {school for school, district in of.items() if district == code}
    for name in release.manifest.tables:
        mark = {"published": True} if name == "published" else {}
        expected = Counter(
            tuple(row.items())
            for row in release.table(name).to_pylist()
            if is_own(row | mark, code, schools)
        )
        assert rows(own[code].table(name)) == expected, name
    assert sum(own[code].table("effects").num_rows for code in DISTRICTS) > 0


def test_a_cut_says_whose_it_is_and_keeps_what_the_whole_says(release, own):
    told, before = own[AVON].manifest, release.manifest
    assert (told.tier, told.district, told.synthetic) == ("district", AVON, True)
    assert (told.through, told.school_years) == (before.through, before.school_years)
    assert told.rules == before.rules
    package = json.loads((own[AVON].path / "datapackage.json").read_text())
    assert "tier: district" in package["description"]


def strings(release: Release):
    """Every text in a release's tables, with what its files say of themselves."""
    found = set()
    for name, facts in release.manifest.tables.items():
        table = release.table(name)
        for column in table.columns:
            if pa.types.is_string(column.type):
                found |= set(column.unique().to_pylist())
        metadata = pq.read_metadata(release.path / facts.file)
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                statistics = metadata.row_group(group).column(number).statistics
                if statistics is not None and statistics.has_min_max:
                    found |= {statistics.min, statistics.max}
        found |= set(map(str, (metadata.metadata or {}).values()))
    return {text for text in found if isinstance(text, str)}


@pytest.mark.parametrize("code", SEARCHED)
def test_a_search_of_a_cut_for_all_other_districts_finds_nothing(whole, code, tmp_path):
    made = publish_district(DEMO, code, tmp_path)
    others = names_of(whole.table("schools"), code)
    assert len(others) > 300
    found = strings(made)
    assert found & others == set()
    texts = [(made.path / name).read_text() for name in ("manifest.json", "datapackage.json")]
    assert not [one for one in others for text in texts if f'"{one}"' in text]
    own_tables = made.manifest.tables.keys() - {"published"}
    kept = fractions(made.table(name) for name in own_tables)
    tables = [whole.table(name) for name in whole.manifest.tables]
    mine = [table.filter(pc.equal(table["district_code"], code)) for table in tables]
    theirs = [table.filter(pc.not_equal(table["district_code"], code)) for table in tables]
    foreign = fractions(theirs) - fractions(mine)
    assert len(foreign) > 100_000
    assert kept & foreign == set()
    assert len(kept) > 1_000
    # How many rows the whole state's files have isn't there either.
    figures = {source.rows for source in whole.manifest.sources[:-1]}
    assert not figures & {source.rows for source in made.manifest.sources}


def test_a_table_that_does_not_say_whose_rows_it_has_is_not_cut(whole, monkeypatch):
    known = {table.name: table for table in SUMMARY_TABLES}
    nobodys = known | {"balance": known["published"].__class__("balance", "", "", (), ())}
    monkeypatch.setattr(cutting, "tables_of", lambda tier: nobodys)
    with pytest.raises(ContractError, match="no column says which district a row is of"):
        cut(whole, HARTFORD)


def test_stores_for_different_readers_are_kept_apart(release, own, tmp_path):
    store, cut_store = release.path.parents[1], own[AVON].path.parents[1]
    with pytest.raises(UsageError, match="a restricted one"):
        publish_district(store, "Avon", store)
    with pytest.raises(UsageError, match=f"a district one of {AVON}"):
        publish_district(store, "Hartford", cut_store)
    with pytest.raises(UsageError, match="Expected another store"):
        publish_public(store, cut_store)
    with pytest.raises(UsageError, match="Expected another store"):
        publish(cut_store, small_tables(), BuildFacts(True, "state", ()))
    with pytest.raises(UsageError, match="Expected a store with a restricted one"):
        publish_district(cut_store, "Avon", tmp_path)
    with pytest.raises(ReleaseError, match="Expected a public one"):
        audit(own[AVON])
    assert open_release(cut_store).manifest == own[AVON].manifest


def test_a_store_whose_release_is_of_an_older_contract_says_whose_it_is(tmp_path):
    made = make(tmp_path)
    manifest = made.path / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"contract_version": "1"}))
    check_kept_apart(tmp_path, "restricted")
    with pytest.raises(UsageError, match="Expected another store"):
        check_kept_apart(tmp_path, "public")


def test_the_command_makes_the_cuts_of_one_or_of_all_and_says_what_is_wrong(
    release, tmp_path, capsys, monkeypatch
):
    def publishes(*options):
        store = release.path.parents[1]
        return run_for_both(capsys, monkeypatch, "publish", store, *options)

    one, every, no = (tmp_path / name for name in ("one", "every", "no"))
    code, told, _ = publishes("--district", "new haven", "--out", one)
    assert (code, f"is on show in {one}" in told) == (0, True)
    assert open_release(one).manifest.district == NEW_HAVEN
    code, told, _ = publishes("--all-districts", "--out", every)
    assert (code, told) == (0, "3 districts' releases are on show.\n")
    assert {path.name for path in every.iterdir()} == set(DISTRICTS)
    code, _, error = publishes("--district", "Nowhere", "--out", no)
    assert (code, "has no district of that name" in error) == (2, True)
    code, _, error = publishes("--district", "Avon", "--all-districts", "--out", no)
    assert (code, "expected one of them" in error) == (2, True)
    assert not no.exists()


@pytest.mark.parametrize("page", ["district", "school", "groups", "visits", "trends", "compare"])
def test_no_sentence_on_a_cut_is_about_all_districts(own, page):
    """Whatever is chosen: the rows of a cut are one district's, also where none is chosen."""
    release = OpenedRelease(own[AVON])
    for chosen in (Filters(), Filters(districts=(HARTFORD,)), Filters(districts=("leap",))):
        choice = choice_on(page, release, chosen, {})
        assert choice.codes == (AVON,)
        told = json.dumps(answer_values(page, PAGES[page].answer(choice), lambda name: {}))
        for words in ("ll districts", "LEAP districts", "the state ", "Hartford", "New Haven"):
            assert words not in told, told[max(0, told.find(words) - 200) :][:400]
        assert "Avon" in told
    assert "leap" not in labels("districts", release.known)


@pytest.mark.parametrize("page", ["groups", "visits", "trends", "before_after"])
@pytest.mark.parametrize("code", SEARCHED)
def test_a_cut_says_of_its_district_what_the_whole_says(demo, code, page, cuts_of_demo):
    """Effects and their errors, too, though schools elsewhere stay out."""
    for levels in ((), ("6-8",)):
        chosen = Filters(districts=(code,), levels=levels)
        answers = [
            PAGES[page].answer(choice_on(page, release, chosen, {}))
            for release in (demo, cuts_of_demo[code])
        ]
        assert answers[0].sentence == answers[1].sentence
        assert answers[0].scope == answers[1].scope
        assert answers[0].cards == answers[1].cards
