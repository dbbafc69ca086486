"""A key in the address of a store, or in the environment, is in no message, log, page or answer."""

import pytest

from leapdash import cli
from leapdash.errors import LeapdashError
from leapdash.release import open_release
from leapdash.remote import RemotePath, no_secrets_in, without_secrets
from leapdash.show import faults
from leapdash.show.on_show import STORE_VARIABLE
from tests.lib.app import said
from tests.lib.endpoint import DATA, client
from tests.lib.paths import ROOT
from tests.lib.spoilt import run

KEY = "PLANTED-KEY"
ADDRESSES = (
    f"ftp://me:{KEY}@there/store",
    f"s3://me:{KEY}/with/slashes@there/store?endpoint_override=127.0.0.1:9&scheme=http",
    f"s3://there/store?access_key=me&secret_key={KEY}&endpoint_override=127.0.0.1:9&scheme=http",
    f"s3://{KEY}@there:port/store",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Keys where tools look for them; and nobody waits for a store that isn't there."""
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_STORAGE_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "me")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_command_says_it(address, capsys, monkeypatch, tmp_path):
    for arguments in (
        ("build", "--input", address, "--out", tmp_path / "store"),
        ("brief", "--store", address, "--out", tmp_path / "x.html"),
        ("publish", address, "--out", tmp_path / "public"),
        ("audit", address),
        ("waitlist", "--input", address, "--district", "x", "--out", tmp_path / "x.csv"),
        ("waitlist", "--input", tmp_path, "--district", "x", "--out", address),
    ):
        code, error = run(capsys, monkeypatch, *arguments)
        assert code == 2, arguments
        assert KEY not in error, arguments
        assert error.strip()


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_answer_or_log_says_it(address, monkeypatch, caplog):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv(STORE_VARIABLE, address)
    with client() as asks:
        for path in (*DATA, "/healthz", "/metrics"):
            answer = asks.get(path)
            assert answer.status_code in (200, 503), path
            assert KEY not in answer.text
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert "There is no release to show" in said(app)
    assert KEY not in str(app._tree)
    assert "Traceback" in caplog.text
    assert KEY not in caplog.text


def test_an_error_nobody_expected_is_logged_without_it(caplog):
    try:
        try:
            raise OSError(f"no such bucket: s3://me:{KEY}@there/store?token={KEY}")
        except OSError as error:
            raise ValueError(f"can't be ('https://x.example/?sig={KEY}')") from error
    except ValueError as error:
        reference = faults.noted(error, f"opening s3://{KEY}@there")
    assert f"Reference {reference}: opening s3://there" in caplog.text
    assert "no such bucket: s3://there/store" in caplog.text
    assert "can't be ('https://x.example/')" in caplog.text
    assert "OSError" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("s3://bucket/store", "s3://bucket/store"),
        ("s3://bucket/a@b/store", "s3://bucket/a@b/store"),
        ("s3://me:k/e/y@bucket/store?x=1", "s3://bucket/store"),
        ("s3://me:k@e@bucket/store", "s3://bucket/store"),
        ("s3://me@bucket/a:b@c", "s3://bucket/a:b@c"),
        ("hdfs://host:9000/a@b", "hdfs://b"),
    ],
)
def test_an_address_is_told_without_who_and_with_which_key(address, told):
    assert without_secrets(address) == told
    assert no_secrets_in(f"at '{address}', they say") == f"at '{told}', they say"


def test_neither_an_object_nor_a_traceback_shows_what_it_holds(tmp_path):
    path = RemotePath(f"s3://me:{KEY}@there/store", None, "there/store")
    assert KEY not in f"{path!r} {path} {path / 'x'!r}"
    assert cli.app.pretty_exceptions_enable is False
    with pytest.raises(LeapdashError) as error:
        open_release(ADDRESSES[0])
    assert KEY not in str(error.value)
