# Every target sets up what it needs and can be run again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ENGINE := $(CURDIR)/.engine
STACK ?= dev
PROFILE ?= $(if $(filter prod,$(STACK)),production,development)
WANTED := install Python 3.11 or newer, or name one with make PYTHON=python3.12
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-down drill capacity preview test mutations check format bench docs lock clean

# A mistake that no checker sees: an Output printed into a string. The SDK raises with this set.
export PULUMI_ERROR_OUTPUT_STRING := 1
with_engine = engine=$$(tools/pulumi/install.sh $(ENGINE)) && PATH="$$engine:$$PATH"

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | column -t -s '|'

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { echo "error: there is no $(PYTHON) on the PATH: $(WANTED)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: $$($(PYTHON) --version) is too old: $(WANTED)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "error: $(PYTHON) cannot make environments: install its venv module (Debian and Ubuntu: python3-venv)" >&2; exit 1; }
	@echo "creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.sandbox: requirements.txt requirements-sandbox.txt constraints.txt | $(BIN)/python
	@echo "installing the program, the policy pack and the local AWS into $(VENV)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-sandbox.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.sandbox
	@echo "installing the development tools into $(VENV)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.sandbox ## install the Python packages and the engine
	@$(with_engine) && echo "engine: $$engine/pulumi"

demo: setup ## preview, deploy and look at an environment, without an AWS account
	@$(with_engine) $(BIN)/python tools/demo.py up

demo-down: setup ## destroy what `make demo` made
	@$(with_engine) $(BIN)/python tools/demo.py down

drill: $(VENV)/.development ## watch an instance drain, on the emulator and with the real code
	@$(with_engine) $(BIN)/python tools/drill.py

capacity: $(VENV)/.development ## see what the deployed capacity controller decides when tasks find no room
	@$(with_engine) $(BIN)/python tools/capacity_table.py

preview: setup ## preview STACK (dev) under the policy pack in its PROFILE (that of the stack), in the sandbox
	@$(with_engine) $(BIN)/python tools/demo.py preview $(STACK) $(PROFILE)

test: $(VENV)/.development ## run all tests
	@$(with_engine) $(BIN)/python -m pytest -n 2 --dist loadfile

mutations: $(VENV)/.development ## take safeguards out of a copy one by one: each preview has to fail by its rule
	@$(with_engine) $(BIN)/python tools/mutations.py

check: $(VENV)/.development ## all that CI checks: format, lint, types, docs, tests
	@echo "format"; $(BIN)/ruff format --check --quiet .
	@echo "lint"; $(BIN)/ruff check --quiet .
	@echo "types"; $(BIN)/pyright --warnings > .pyright.log || { cat .pyright.log; exit 1; }; tail -n 1 .pyright.log
	@echo "docs"; $(BIN)/python tools/configuration_docs.py --check; $(BIN)/python tools/policy_docs.py --check; \
	  $(BIN)/python tools/instance_types.py --check
	@echo "tests"; $(MAKE) --no-print-directory test

format: $(VENV)/.development ## format the code
	@$(BIN)/ruff format --quiet . ; $(BIN)/ruff check --quiet --fix .

bench: $(VENV)/.development ## measure previews, the pack and the capacity controller; all as ratios within one run
	@$(with_engine) $(BIN)/python bench/preview.py
	@$(with_engine) $(BIN)/python bench/pack.py
	@$(BIN)/python bench/capacity.py

docs: $(VENV)/.development ## generate the reference pages and the copies of the instance types
	@$(BIN)/python tools/configuration_docs.py
	@$(BIN)/python tools/policy_docs.py
	@$(BIN)/python tools/instance_types.py

lock: $(VENV)/.development ## write the exact versions that are installed to constraints.txt
	@{ echo "# Exact versions of everything that is installed, direct or not. Made by: make lock"; \
	   $(BIN)/pip freeze --all --exclude pip; } > constraints.txt

clean: ## remove all that these targets made, the sandbox with its environment included
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m sandbox stop || true; fi
	@rm -rf $(VENV) $(ENGINE) .sandbox .pyright.log .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
