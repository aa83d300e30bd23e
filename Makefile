# Two commands do everything on a machine with Python >= 3.11, pip and make:
#   make run    the nightly flow over the bundled sample newsroom
#   make test   all the tests
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
TRAIN  := .venv-train
OUT    ?= rivalry-model

.DEFAULT_GOAL := help
.PHONY: help run test eval train bench docs lint lock clean

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "rivalry needs Python 3.11, 3.12 or 3.13, and %s is %s. Say which to use: make PYTHON=python3.12 run" % (sys.executable, sys.version.split()[0]))'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP) ## the nightly flow over the bundled sample newsroom
	@$(BIN)/rivalry ingest --sample --db rivalry-data/sample.duckdb

test: $(STAMP) ## all the tests, without network beyond loopback
	$(BIN)/python -m pytest -n 2 --dist worksteal

eval: $(STAMP) ## score the shipped pipeline (or MODEL) on the test part of its corpus
	$(BIN)/python -m extractors.events.evaluate --part test $(if $(MODEL),--model $(MODEL))

$(TRAIN)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(TRAIN)/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(TRAIN)/bin/python -m pip install --quiet --group train
	$(TRAIN)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

train: $(TRAIN)/.installed ## fetch the open corpora and train the shipped pipeline anew into OUT, in under two hours
	$(TRAIN)/bin/python -m extractors.language.training.reproduce $(OUT)

bench: $(STAMP) ## measure speed and memory beside what one would use instead (AREA=language for one)
	$(BIN)/python -m tests.bench $(AREA)

docs: $(STAMP) ## build the documentation into site/, warnings being errors
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet --builder html docs site

lint: $(STAMP) ## style and import contracts
	$(BIN)/ruff check .
	$(BIN)/lint-imports

lock: ## resolve the dependencies anew and write requirements.lock (needs uv)
	uv lock --upgrade
	uv export --quiet --no-header --no-emit-project --group dev --output-file requirements.lock

clean: ## remove the environment and what the tools left
	rm -rf $(VENV) $(TRAIN) .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
