# make book and make test do all set-up themselves, in .venv, from requirements.lock.
# A bare machine needs Python 3.11, 3.12 or 3.13 with its venv module, git and make.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(BIN)/uv

# Asked by running each candidate: a shim on the PATH may stand for no interpreter at all.
FITS := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c '$(FITS)' 2>/dev/null && { echo $$python; break; }; done)

.PHONY: help setup book editions test check seeds bench lock clean

help:
	@echo "make book    build the report: HTML and PDF under _build"
	@echo "make editions  build the report once for each scenario, with a page that compares them"
	@echo "make test    run all tests, build the book and look at it in Chromium"
	@echo "make check   look for broken tables, idle sources, typed numbers, unformatted code"
	@echo "make seeds   print outlook, summary and policy under five seeds: do the digits stand?"
	@echo "make bench   time the build against stock jupyter-book, and the models against flodym"
	@echo "make setup   only make $(VENV); the other targets do it when it is missing or stale"
	@echo "make lock    renew requirements.lock after a change of dependencies"
	@echo "make clean   remove _build and $(VENV)"

setup: $(READY)

# uv comes from the lock too, checked against its hashes. The half-made environment of a set-up
# that was killed, or one whose Python has gone, has no working pip and is made anew.
$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c '$(FITS)' 2>/dev/null; then \
		echo "No suitable Python: 3.11, 3.12 or 3.13 with the venv module is needed." >&2; \
		echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv)," >&2; \
		echo "or name one: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
	@awk '/^[^ #]/ { wanted = /^uv==/ } wanted' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r $(VENV)/uv.txt
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

book: $(READY)
	$(BIN)/bindery build

editions: $(READY)
	$(BIN)/bindery editions

# The book first: tests read the chapters that it has executed. All tests run to their end, also
# when there is no browser; those that need one then say so.
test: $(READY)
	$(BIN)/python tests/book/browser.py
	$(BIN)/bindery build
	@failed=; \
	$(BIN)/python -m pytest -n 2 || failed=1; \
	BOOK_DIR="$(CURDIR)" $(BIN)/python -m pytest tests/book || failed=1; \
	[ -z "$$failed" ]

# Whole chapters under five seeds: minutes, so not among the tests.
seeds: $(READY)
	$(BIN)/python -m pytest -n 2 -m seeds tests/test_draws.py

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/frictionless validate data/datapackage.json
	$(BIN)/bindery check

bench: $(READY)
	$(BIN)/python tests/benchmarks/build.py
	$(BIN)/python tests/benchmarks/stock.py
	$(BIN)/python tests/benchmarks/pathways.py
	$(BIN)/python tests/benchmarks/balance.py
	$(BIN)/python tests/benchmarks/editions.py

lock: $(READY)
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --group test --group dev \
		pyproject.toml -o requirements.lock

clean:
	rm -rf _build $(VENV)
