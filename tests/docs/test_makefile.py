"""`make help` lists every chore, and what the first of them do."""

import re
import subprocess

import pytest

from tests.lib.paths import ROOT


def test_every_target_says_what_it_is_for() -> None:
    text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", text, re.M)
    told = re.findall(r"^([a-z]+):[^\n]*##", text, re.M)
    assert sorted(phony.split()) == sorted(told)


@pytest.mark.parametrize("chore", ["run", "dev"])
def test_the_demonstration_is_opened_with_all_its_tiers_and_another_store_by_its_name(
    chore: str,
) -> None:
    """A store that is named stands for itself alone."""

    def said(*given: str) -> str:
        command = ["make", "--dry-run", "--no-print-directory", chore, *given]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert "LEAPDASH_STORE" not in said()
    assert "LEAPDASH_STORE=elsewhere " in said("STORE=elsewhere")
