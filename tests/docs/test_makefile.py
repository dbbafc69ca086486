"""`make help` lists every chore."""

import re

from tests.lib.paths import ROOT


def test_every_target_says_what_it_is_for() -> None:
    text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", text, re.M)
    told = re.findall(r"^([a-z]+):[^\n]*##", text, re.M)
    assert sorted(phony.split()) == sorted(told)
