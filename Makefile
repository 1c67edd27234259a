# Two commands matter: `make run` and `make test`. Everything they need they install.

PORT ?= 8000
INSTANCE ?= instance
DEMO ?= 1
export PORT INSTANCE DEMO
unexport PYTHONDONTWRITEBYTECODE  # or every process compiles the program again

VENV := .venv
PYTHON := $(VENV)/bin/python
GOVERNANCE := $(VENV)/bin/governance

.DEFAULT_GOAL := help
.PHONY: help run test lint fmt docs bench campaign lock

help:  ## Show what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run:  ## Open the application, with the demo portfolio on an empty instance (PORT, INSTANCE, DEMO=0)
	@scripts/bootstrap run
	@$(GOVERNANCE) serve

test:  ## Install what the tests need, then lint and run all of them
	@scripts/bootstrap test
	@$(MAKE) --no-print-directory lint
	$(PYTHON) -m pytest -n 3 --dist worksteal -m "not campaign"

lint:  ## Ruff and mypy
	@scripts/bootstrap lint
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

fmt:  ## Format the code
	@scripts/bootstrap lint
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

docs:  ## Write the pages that come from the code
	@scripts/bootstrap run
	$(PYTHON) scripts/settings_page.py
	$(PYTHON) scripts/policy_page.py

bench:  ## Measure, side by side, and print a table
	@scripts/bootstrap test
	$(PYTHON) -m tests.benchmarks

campaign:  ## The slow campaigns: long state machines, kills and faults at every point (hours)
	@scripts/bootstrap test
	$(PYTHON) -m pytest -n 2 --dist worksteal -m campaign

lock:  ## Write the lock files anew from pyproject.toml (needs uv)
	scripts/lock
