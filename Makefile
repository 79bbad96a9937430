# Two commands do all the set-up on a machine with Python 3.11 or newer and make: `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV ?= .venv
PY := $(VENV)/bin/python
# The first Python on the machine that will do.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
  "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && command -v "$$name" && break; done)
UV_VERSION := 0.13.9

.PHONY: help run flask test bench prove lint types lock openapi permissions policy licences venv tools

help: ## Show what can be typed
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: venv ## Set everything up and run Liandong on this machine, until Ctrl-C
	@$(PY) -m launcher run

flask: venv ## Type a command of the product beside `make run`: make flask DO="time turn --days 3"
	@$(PY) -m launcher flask $(DO)

test: venv tools ## Run every test but the long proofs
	$(PY) -m pytest

prove: venv tools ## Run the long proofs: races, kills, simulation; writes docs/proof.md
	$(PY) -m pytest -m proof -n 0 --show-capture=no tests/proof

bench: venv tools ## Measure, each figure against its limit
	$(PY) -m bench

lint: venv ## Check style and who may import whom
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports

types: venv ## Check the types
	$(VENV)/bin/mypy

lock: venv ## Pin every dependency by hash again, after pyproject.toml has changed
	@test -x $(VENV)/tools/bin/uv || { $(PYTHON) -m venv $(VENV)/tools && $(VENV)/tools/bin/pip install --quiet uv==$(UV_VERSION); }
	$(VENV)/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --extra run --extra test --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" pyproject.toml -o requirements.lock

policy: venv ## Write docs/policy.md from the last full test run
	$(PY) -m tests.clause_report

openapi: venv ## Write docs/openapi.json from the code
	$(VENV)/bin/flask --app backend.cli openapi write docs/openapi.json

permissions: venv ## Write docs/permissions.csv from what the rooms declare
	$(PY) -m tests.integration.permissions.oracle

licences: venv ## Write docs/licences.md from the packages' own words
	@$(PY) -m launcher licences

# The virtual environment, brought to exactly what requirements.lock says; nothing is done when it says nothing new.
venv:
	@if ! cmp -s requirements.lock $(VENV)/installed.lock || ! $(PY) -c '' 2>/dev/null; then \
	  test -n "$(PYTHON)" || { echo "✗ Python 3.11, 3.12 or 3.13 was not found. On Debian: apt-get install python3 python3-venv" >&2; exit 1; }; \
	  if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	    echo "· Making the virtual environment $(VENV) with $$($(PYTHON) --version)"; \
	    rm -rf $(VENV); \
	    $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "✗ On Debian this needs: apt-get install python3-venv" >&2; exit 1; }; \
	  fi; \
	  echo "· Installing the packages of requirements.lock, each held to its hash (about half a minute the first time)"; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  cp requirements.lock $(VENV)/installed.lock; \
	fi

tools: venv
	@$(PY) -m launcher tools
