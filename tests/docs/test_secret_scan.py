"""The search for keys finds those that were planted, and none in what is kept."""

import runpy

import pytest

from tests.lib.paths import ROOT

pytest.importorskip("detect_secrets", reason="detect-secrets is not installed (make lint)")
SCAN = runpy.run_path(str(ROOT / ".ci" / "secret_scan.py"))

# Put together here, so that this file holds none.
PLANTED = {
    "settings.toml": f'password = "{"hunter2" * 3}"\n',
    "cloud.py": f"KEY = '{'AKIA'}{'IOSFODNN7QZXWV12'}'\n",
    "address.sh": f"leapdash build --out s3://me:{'k3y' * 4}@bucket/store\n",
    "private.pem": f"-----BEGIN {'RSA PRIVATE'} KEY-----\nMIIB\n",
    "token.md": f"ghp_{'a1B2' * 9}\n",
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_key_is_found_by_its_place_and_not_repeated(name, tmp_path):
    (tmp_path / name).write_text("# harmless\n" + PLANTED[name])
    (place,) = SCAN["found"](tmp_path, [name])
    assert place.startswith(f"{name}, line 2: ")
    assert not any(part in place for part in ("hunter2", "QZXWV", "k3y", "MIIB", "a1B2"))


@pytest.mark.full
def test_no_file_that_is_kept_holds_one():
    names = SCAN["kept"](ROOT)
    assert len(names) > 300
    assert SCAN["found"](ROOT, names) == []
