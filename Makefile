# SPDX-License-Identifier: MIT
# Set-up is done once, in .venv, by whichever target needs it first. `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# More than there are cores: half of what the tests take is waiting for real time.
JOBS ?= 3
CORES ?= 2
# What shows that every branch of core and wire is tested. Counting branches takes three times as long
# as not counting, so nothing else is counted, nor the few searches that only repeat (no_cover).
COVERING := tests/core tests/golden tests/wire

# Pinned, and without build isolation, so that the build's own tools are pinned too.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
INSTALL := $(PIP) --no-build-isolation --editable
PINS := pyproject.toml constraints.txt

PURE := */upturn/wire/*,*/upturn/core/*

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run node test check lint types contracts tests soak bench pictures hardware clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

demo: $(VENV)/.app ## watch a simulated session run past its limit and back
	@if [ -t 1 ]; then $(BIN)/upturn demo || [ $$? = 130 ]; else $(BIN)/upturn demo --once --headless --speed max; fi

run: $(VENV)/.app ## watch a table; ARGS="--source sim:normal" and others
	@$(BIN)/upturn run $(ARGS)

node: $(VENV)/.dev ## a simulated node on a simulated table, for `upturn setup --simulated`
	@$(BIN)/python -m tests.setup.simulated_node

test: check tests ## everything that has to pass

check: lint types contracts ## format, lint, types, import contracts

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

tests: $(VENV)/.dev
	@$(BIN)/python -m tests.firmware.interpreter
	$(BIN)/pytest $(addprefix --ignore=,$(COVERING)) --numprocesses $(JOBS) --dist worksteal
	$(BIN)/pytest $(COVERING) --numprocesses $(CORES) --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --include='$(PURE)' --fail-under=100

soak: $(VENV)/.dev ## what takes long: hours of simulated sessions, and more; not part of test
	@$(BIN)/python -m tests.firmware.interpreter
	$(BIN)/pytest -m soak
	$(BIN)/python -m tests.soak.run $(ARGS)

bench: $(VENV)/.bench ## the figures of tests/benchmarks/README.md
	$(BIN)/python -m tests.benchmarks.run $(ARGS)

pictures: $(VENV)/.dev ## the README's pictures of the dashboard, drawn anew
	$(BIN)/python -m tests.dashboard.pictures

hardware: $(VENV)/.hardware ## every export of hardware/, made anew
	$(BIN)/python -m hardware.make
	$(BIN)/python -m hardware.make check

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) dist build .coverage .coverage.* .*_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp each, so that a demo does not wait for the tools of the tests.

$(VENV)/.app: $(VENV)/.venv $(PINS)
	@echo "Installing Upturn into $(VENV) (once) ..."
	@$(INSTALL) '.[sound,web,flash]' || { echo "... without sound device, web page and flashing, which this system lacks the parts for"; $(INSTALL) .; }
	@touch $@

$(VENV)/.dev: $(VENV)/.venv $(PINS)
	@echo "Installing Upturn and its tools into $(VENV) (once) ..."
	@$(INSTALL) '.[dev]'
	@touch $@ $(VENV)/.app

$(VENV)/.bench: $(VENV)/.dev
	@echo "Installing the yardsticks into $(VENV) (once) ..."
	@$(INSTALL) '.[dev,bench]'
	@touch $@

$(VENV)/.hardware: $(VENV)/.dev
	@echo "Installing the tools of hardware/ into $(VENV) (once) ..."
	@$(INSTALL) '.[dev,hardware]'
	@touch $@

$(VENV)/.venv: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "Upturn needs Python 3.11 or later as '$(PYTHON)'; make PYTHON=... names another" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory system-venv
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) hatchling editables setuptools
	@touch $@

# Debian ships Python without the means to make a virtual environment.
.PHONY: system-venv
system-venv:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing python3-venv ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
	else \
	    echo "Python lacks its venv module; on Debian: sudo apt-get install python3-venv" >&2; exit 1; \
	fi
