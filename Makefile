# Every chore by name. `make run` and `make test` are all a visitor needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8501
STORE ?= data/demo
DEMO_STATE ?= demo-state

.PHONY: help run test verify lint format demo bench docs simulation peers screenshots lock clean

help:  ## what there is to do
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## */\t/' | expand -t 14

run: $(VENV)/.run  ## open the dashboard on the demonstration release
	@echo "leapdash: http://localhost:$(PORT)"
	LEAPDASH_STORE=$(STORE) $(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.dev  ## lint, types, layers, and every test but the longest
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -m "not full"

verify: $(VENV)/.peers  ## every test, with the full number of random examples
	HYPOTHESIS_PROFILE=full $(BIN)/python -m pytest -n 2

lint: $(VENV)/.dev  ## style, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## put the code in its usual form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

demo: $(VENV)/.run  ## rebuild the committed demonstration release (PUBLISHED=file to renew the published rates)
	$(BIN)/python -m leapdash demo --out $(DEMO_STATE)
	$(BIN)/python -m leapdash build --input $(DEMO_STATE) $(addprefix --published ,$(PUBLISHED)) --out data/demo --keep 1

bench: $(VENV)/.peers  ## how fast, beside a floor and others in the same run
	$(BIN)/python -m benchmarks.build
	$(BIN)/python -m benchmarks.effects
	$(BIN)/python -m benchmarks.pages

simulation: $(VENV)/.peers  ## the estimator on thousands of simulated states; an hour, goes on where it stopped
	$(BIN)/python -W ignore -m benchmarks.simulation --peers 50

peers: $(VENV)/.peers  ## the other estimators that tests and benchmarks compare with

docs: $(VENV)/.dev  ## rebuild the generated parts of docs/
	$(BIN)/python -m leapdash dictionary --out docs/data-dictionary.md

screenshots: $(VENV)/.dev  ## docs/screenshots/, every page, wide and narrow
	$(BIN)/python -m tests.browser.screenshots

lock: $(VENV)/.dev  ## write requirements*.txt anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate --quiet -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --no-header --no-annotate --quiet -o requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --extra peers -c requirements-dev.txt --universal --python-version 3.11 --no-header --no-annotate --quiet -o requirements-peers.txt

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
