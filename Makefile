# Every chore by name. `make run` and `make test` are all a visitor needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501
# Another store to show; without one, the demonstration with all its tiers.
STORE ?=
DEMO_STATE ?= demo-state

# Two files at a time, as the tests of a file share what is slow to make; the slowest are named at the
# end.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10
# Which lines and branches are run is only counted where it is asked for: before Python 3.14 it takes
# a call at every line, and the tests some 40% longer.
COVERAGE ?=
COVER := --cov --cov-report=term:skip-covered

.PHONY: help run dev test unit integration generative browser coverage verify audit secrets lint format \
	hooks demo bench docs translations simulation peers spark screenshots lock clean

help:  ## what there is to do
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## */\t/' | expand -t 14

run: $(VENV)/.run  ## open the dashboard on the demonstration release
	@echo "leapdash: http://localhost:$(PORT)"
	$(if $(STORE),LEAPDASH_STORE=$(STORE)) $(BIN)/streamlit run app.py --server.port $(PORT)

dev: $(VENV)/.dev  ## the dashboard for who works on it: a changed file is run again
	$(if $(STORE),LEAPDASH_STORE=$(STORE)) $(BIN)/streamlit run app.py --server.port $(PORT) --server.fileWatcherType auto

test: lint  ## lint, and every test but the longest (COVERAGE=1: and what they leave out)
	$(PYTEST) -m "not full" $(if $(COVERAGE),$(COVER))

unit: $(VENV)/.dev  ## tests of pure functions
	$(PYTEST) -m "not full" tests/unit

integration: $(VENV)/.dev  ## tests of files in, release out, and of the pages in-process
	$(PYTEST) -m "not full" tests/integration

generative: $(VENV)/.dev  ## tests on random states, panels and filters
	$(PYTEST) -m "not full" tests/generative

browser: $(VENV)/.dev  ## tests in a real Chromium
	$(PYTEST) tests/browser

coverage: $(VENV)/.peers $(VENV)/.spark  ## which lines and branches the tests leave out
	$(PYTEST) -m "not full and not browser" $(COVER)

verify: lint $(VENV)/.peers $(VENV)/.spark  ## every test, the full number of random examples, coverage, keys left in files, known vulnerabilities
	HYPOTHESIS_PROFILE=full $(PYTEST) $(COVER)
	$(MAKE) secrets audit

secrets: $(VENV)/.dev  ## keys and passwords in the files that are kept
	$(BIN)/python .ci/secret_scan.py

audit: $(VENV)/.dev  ## known vulnerabilities in what the requirements files pin
	$(BIN)/python .ci/audit.py

lint: $(VENV)/.dev  ## style, types, layers, code that nothing uses
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

hooks: $(VENV)/.dev  ## let every commit put the code in its usual form first
	$(BIN)/pre-commit install

format: $(VENV)/.dev  ## put the code in its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

demo: $(VENV)/.run  ## rebuild the committed demonstration release (PUBLISHED=file to renew the published rates)
	$(BIN)/python -m leapdash demo --out $(DEMO_STATE)
	$(BIN)/python -m leapdash build --input $(DEMO_STATE) $(addprefix --published ,$(PUBLISHED)) --out data/demo --keep 1
	rm -rf data/demo-tiers
	$(BIN)/python -m leapdash publish data/demo --out data/demo-tiers/public
	for district in 0640011 0930011 0950011; do \
	  $(BIN)/python -m leapdash publish data/demo --district $$district \
	    --out data/demo-tiers/districts/$$district; done

bench: $(VENV)/.peers  ## how fast, beside a floor and others in the same run
	$(BIN)/python -m benchmarks.build
	$(BIN)/python -m benchmarks.effects
	$(BIN)/python -m benchmarks.pages

simulation: $(VENV)/.peers  ## the estimator on thousands of simulated states; an hour, goes on where it stopped
	$(BIN)/python -W ignore -m benchmarks.simulation --peers 50

peers: $(VENV)/.peers  ## install the other estimators that tests and benchmarks compare with

spark: $(VENV)/.spark  ## install the second engine, Spark, which needs a Java

docs: $(VENV)/.dev  ## rebuild the generated parts of docs/
	$(BIN)/python -m leapdash dictionary --out docs/data-dictionary.md

translations: $(VENV)/.dev  ## bring the catalogues of other languages up to date
	$(BIN)/python -m tests.lib.catalogue

screenshots: $(VENV)/.dev  ## docs/screenshots/, every page, wide and narrow
	$(BIN)/python -m tests.browser.screenshots

LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate --quiet

lock: $(VENV)/.dev  ## write requirements*.txt anew from pyproject.toml
	$(LOCK) -o requirements.txt
	$(LOCK) --extra dev -o requirements-dev.txt
	$(LOCK) --extra auth -c requirements-dev.txt -o requirements-auth.txt
	$(LOCK) --extra excel -c requirements-dev.txt -o requirements-excel.txt
	$(LOCK) --extra peers -c requirements-dev.txt -o requirements-peers.txt
	$(LOCK) --extra spark -c requirements-dev.txt -o requirements-spark.txt

clean:  ## remove the virtual environment and what builds leave
	rm -rf $(VENV) $(DEMO_STATE) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(VENV)/.peers: $(VENV)/.dev requirements-peers.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-peers.txt
	touch $@

$(VENV)/.spark: $(VENV)/.dev requirements-spark.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-spark.txt
	touch $@
