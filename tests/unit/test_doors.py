"""Who may open which release, and where each reader's stands."""

from dataclasses import replace
from itertools import product
from time import time
from typing import get_args

import pytest

from leapdash.contract import ReleaseTier
from leapdash.errors import UsageError
from leapdash.show.doors.nameless import at_home, is_loopback, named, nameless
from leapdash.show.doors.pages import on_page
from leapdash.show.doors.reader import Reader, Tier, read_as, reader, reading
from leapdash.show.doors.rule import ClosedError, check
from leapdash.show.doors.stores import districts_cut, public_store, store_of, whole_store
from tests.lib.small_release import AVON, HARTFORD

SETTINGS = (
    *("LEAPDASH_STORE", "LEAPDASH_PUBLIC_STORE", "LEAPDASH_DISTRICT_STORES"),
    *("LEAPDASH_SEE_AS", "LEAPDASH_UNGUARDED"),
)
ALL_TIERS: tuple[ReleaseTier, ...] = get_args(ReleaseTier)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def opens(one, manifest):
    try:
        check(one, manifest)
    except ClosedError:
        return False
    return True


def may(tier: Tier, district, asked, home, release_tier, of, synthetic):
    """The rule once more, as a table."""
    if not asked and release_tier != "public" and not synthetic and not home:
        return False
    if tier == "commissioner" or release_tier == "public":
        return True
    return tier == release_tier == "district" and of == district


def test_every_reader_opens_just_the_releases_that_are_for_them(release):
    tiers: tuple[Tier, ...] = get_args(Tier)
    manifests = [
        replace(release.manifest, tier=tier, district=of if tier == "district" else "", synthetic=s)
        for tier, of, s in product(ALL_TIERS, (HARTFORD, AVON), (True, False))
    ]
    tried = 0
    for tier, asked, home in product(tiers, (True, False), (True, False)):
        one = Reader(tier, HARTFORD if tier == "district" else "", "", asked, home)
        for held in manifests:
            expected = may(
                tier, one.district, asked, home, held.tier, held.district, held.synthetic
            )
            assert opens(one, held) is expected, (one, held)
            tried += 1
    assert tried == 144


def test_a_district_without_a_code_opens_no_district(release):
    nobodys = replace(release.manifest, tier="district", district="")
    assert not opens(Reader("district"), nobodys)


def test_who_was_signed_in_opens_nothing_once_that_is_over(release):
    assert opens(Reader("commissioner", until=time() + 60), release.manifest)
    assert not opens(Reader("commissioner", until=time() - 1), release.manifest)
    public = replace(release.manifest, tier="public")
    assert not opens(Reader("commissioner", until=time() - 1), public)


def test_who_set_nothing_is_the_least_of_readers():
    assert reader() == Reader("public", asked=True)


def test_a_reader_set_within_is_gone_after():
    with reading(Reader("commissioner")):
        assert reader().tier == "commissioner"
        read_as(Reader("district", AVON))
        assert reader().name == f"district:{AVON}"
    assert reader().tier == "public"


def test_each_reader_has_the_store_that_is_set(monkeypatch):
    monkeypatch.setenv("LEAPDASH_STORE", "whole")
    monkeypatch.setenv("LEAPDASH_PUBLIC_STORE", "public")
    monkeypatch.setenv("LEAPDASH_DISTRICT_STORES", "s3://bucket/cuts/?region=eu")
    assert store_of(Reader("commissioner")) == "whole"
    assert store_of(Reader()) == "public"
    assert store_of(Reader("district", AVON)) == f"s3://bucket/cuts/{AVON}?region=eu"


def test_with_one_store_alone_it_is_everybodys_and_nothing_of_the_demonstration(monkeypatch):
    monkeypatch.setenv("LEAPDASH_STORE", "only")
    assert whole_store() == public_store() == "only"
    assert districts_cut() == ()
    with pytest.raises(ClosedError, match="LEAPDASH_DISTRICT_STORES isn't set"):
        store_of(Reader("district", AVON))
    monkeypatch.delenv("LEAPDASH_STORE")
    monkeypatch.setenv("LEAPDASH_PUBLIC_STORE", "only")
    assert whole_store() == public_store() == "only"


@pytest.mark.parametrize("code", ["", "..", "../whole", "0640011/../0930011", "0640011\n", "*"])
def test_what_is_no_code_of_a_district_is_no_part_of_a_path(code, monkeypatch):
    monkeypatch.setenv("LEAPDASH_DISTRICT_STORES", "cuts")
    with pytest.raises(ClosedError, match="Not the code of a district"):
        store_of(Reader("district", code))


def test_a_districts_reader_gets_pages_about_the_state_as_everyone_does():
    own = Reader("district", AVON, "somebody")
    assert on_page("school", own) == own
    assert on_page("impact", own) == replace(own, tier="public")
    assert on_page("impact", Reader("commissioner")) == Reader("commissioner")


@pytest.mark.parametrize("said", ["everyone", "district", "district:", "district:../x", "Public"])
def test_a_setting_that_names_no_reader_is_told(said, monkeypatch):
    monkeypatch.setenv("LEAPDASH_SEE_AS", said)
    with pytest.raises(UsageError, match="Expected public, commissioner, or district:"):
        nameless()


def test_who_comes_unasked_is_who_the_setting_says(monkeypatch):
    assert nameless() == Reader("commissioner", asked=False)
    assert named(f"district:{AVON}", nameless()) == Reader("district", AVON, asked=False)
    monkeypatch.setenv("LEAPDASH_SEE_AS", "public")
    assert nameless() == Reader("public", asked=False)


HERE = {"host": "localhost:8501"}


@pytest.mark.parametrize(
    ("listens", "headers", "expected"),
    [
        ("127.0.0.1", HERE, True),
        ("::1", {"host": "[::1]:8501"}, True),
        ("localhost", {"host": "127.0.0.5"}, True),
        ("0.0.0.0", HERE, False),
        ("", HERE, False),
        (None, HERE, False),
        ("192.168.0.7", HERE, False),
        ("127.0.0.1", {"host": "elsewhere.example:8501"}, False),
        ("127.0.0.1", {"host": "127.0.0.1.elsewhere.example"}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", HERE | {"x-forwarded-for": "10.0.0.1"}, False),
        ("127.0.0.1", HERE | {"forwarded": "for=10.0.0.1"}, False),
    ],
)
def test_only_this_machine_asking_itself_is_served_unguarded(
    listens, headers, expected, monkeypatch
):
    assert not at_home(listens, headers)
    monkeypatch.setenv("LEAPDASH_UNGUARDED", "1")
    assert at_home(listens, headers) is expected


@pytest.mark.parametrize("address", ["127.1", "localhost.example", "::", "10.0.0.1", "127.0.0.1.x"])
def test_what_others_may_reach_is_no_loopback_address(address):
    assert not is_loopback(address)
