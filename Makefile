# Every target sets up what it needs and can be run again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ENGINE := .engine
STACK ?= dev
PROFILE ?= $(if $(filter prod,$(STACK)),production,development)
WANTED := install Python 3.11 or newer, or name one with make PYTHON=python3.12
COVERAGE := 99
PYTHONS := 3.11 3.12 3.13 3.14
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: coverage help setup demo demo-down drill update-drill capacity dashboard preview preflight test end-to-end explore mutations mutants check pythons format bench docs lock wheels release clean

# A mistake that no checker sees: an Output printed into a string. The SDK raises with this set.
export PULUMI_ERROR_OUTPUT_STRING := 1
lint_imports = PYTHONPATH=policies $(BIN)/python -c 'from importlinter.cli import lint_imports_command as lint; lint()' \
  --no-logo --no-cache
# Paths stay relative, or in quotes: the folder's name may hold anything. So may an environment's, whose scripts name it.
with_engine = engine=$$(tools/pulumi/install.sh $(ENGINE)) && PULUMI_HOME_BIN="$$engine" PATH="$$engine:$$PATH"
pip = $(BIN)/python -m pip --quiet --disable-pip-version-check

help:
	@echo 'make TARGET; about how long on two cores. The first run also installs: 3 minutes more.'
	@awk -F ' ## ' '/^##@ / { print "\n" substr($$0, 5) } \
	  /^[a-z-]+:.* ## / { split($$1, name, ":"); text = $$2; time = ""; \
	    if (match(text, /^\[[^]]*\] /)) { time = substr(text, 2, RLENGTH - 3); text = substr(text, RLENGTH + 1) } \
	    printf "  %-13s%-7s%s\n", name[1], time, text }' $(MAKEFILE_LIST)

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { echo "error: there is no $(PYTHON) on the PATH: $(WANTED)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: $$("$(PYTHON)" --version) is too old: $(WANTED)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "error: $(PYTHON) cannot make environments: install its venv module (Debian and Ubuntu: python3-venv)" >&2; exit 1; }
	@echo "creating $(VENV) with $$("$(PYTHON)" --version)"
	@if [ ! -e $(VENV) ]; then mkdir -p $(VENV); touch $(VENV)/.made-by-make; fi
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.sandbox: requirements.txt requirements-sandbox.txt constraints.txt | $(BIN)/python
	@echo "installing the program, the policy pack and the local AWS into $(VENV)"
	@$(pip) install -r requirements-sandbox.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.sandbox
	@echo "installing the development tools into $(VENV)"
	@$(pip) install -r requirements-dev.txt
	@touch $@

##@ To begin with: no AWS account
setup: $(VENV)/.sandbox ## [5 s] install the Python packages and the engine
	@$(with_engine) && echo "engine: $$engine/pulumi"

demo: setup ## [1 min] preview, deploy and look at an environment, without an AWS account
	@$(with_engine) $(BIN)/python tools/demo.py up

demo-down: setup ## [30 s] destroy what `make demo` made
	@$(with_engine) $(BIN)/python tools/demo.py down

drill: $(VENV)/.development ## [1 min] watch an instance drain, on the emulator and with the real code
	@$(with_engine) $(BIN)/python tools/drill.py

update-drill: $(VENV)/.development ## [3 min] watch a new image roll; STORY=bad-image or zone-loss, RECORD=file
	@$(with_engine) $(BIN)/python tools/update_drill.py --story $(or $(STORY),update) $(if $(RECORD),--record $(RECORD))

capacity: $(VENV)/.development ## [1 min] see what the capacity controller decides when tasks find no room
	@$(with_engine) $(BIN)/python tools/capacity_table.py

dashboard: $(VENV)/.development ## [5 s] draw the dashboard of what `make demo` made into dashboard.png
	@$(BIN)/python tools/dashboard_picture.py ecs-$(STACK) dashboard.png

##@ Day by day
preview: setup ## [15 s] preview STACK (dev) under the policy pack in its PROFILE, in the sandbox
	@$(with_engine) $(BIN)/python tools/demo.py preview $(STACK) $(PROFILE)

preflight: setup ## [10 s] check, read-only, that an AWS account has what the first up of STACK needs
	@$(BIN)/python -m operator_command preflight $(STACK)

test: $(VENV)/.development ## [6 min] run all tests that need no engine
	@echo "with $$($(BIN)/python --version)"
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not engine'

end-to-end: $(VENV)/.development ## [11 min] run the tests of the real engine, on the local AWS
	@$(with_engine) $(BIN)/python -m pytest -n 2 --dist loadfile -m engine

# What new examples find is work for the next commit (pytest's 1); that they could not be tried is a failure now.
explore: $(VENV)/.development ## [1 min] try new examples of every property, and say what breaks; refuses nothing
	@HYPOTHESIS_PROFILE=random $(BIN)/python -m pytest -n 2 --dist loadfile -m hypothesis || { code=$$?; \
	  [ $$code = 1 ] && echo "::warning::new examples break a property: above is which, and how to repeat it" || exit $$code; }

check: $(VENV)/.development ## [19 min] all that CI checks: format, lint, imports, types, docs, tests
	@echo "format"; $(BIN)/python -m ruff format --check --quiet .
	@echo "lint"; $(BIN)/python -m ruff check --quiet .
	@echo "imports"; said=$$($(lint_imports)) || { echo "$$said"; exit 1; }; tail -n 1 <<< "$$said"
	@echo "types"; for project in . tests; do \
	  $(BIN)/python -m pyright --warnings -p $$project > .pyright.log || { cat .pyright.log; exit 1; }; tail -n 1 .pyright.log; done
	@echo "docs"; $(BIN)/python tools/configuration_docs.py --check; $(BIN)/python tools/policy_docs.py --check; \
	  $(BIN)/python tools/instance_types.py --check; $(BIN)/python tools/architecture_picture.py --check; \
	  $(BIN)/python tools/reach_page.py --check; $(BIN)/python tools/deployer_policy.py --check; \
	  $(BIN)/python tools/operator_docs.py --check; $(BIN)/python tools/services_docs.py --check
	@echo "tests"; $(MAKE) --no-print-directory test end-to-end
	@echo "checked with $$($(BIN)/python --version); \`make pythons\` tries the others that are installed"

# The engine's tests are left out: the engine runs programs in .venv.
pythons: ## [40 min] run the tests that need no engine with each installed Python from 3.11
	@for version in $(PYTHONS); do \
	  if ! python$$version -c '' 2>/dev/null; then echo "not installed: Python $$version"; continue; fi; \
	  $(MAKE) --no-print-directory VENV=.pythons/$$version PYTHON=python$$version .pythons/$$version/.development; \
	  echo "with $$(.pythons/$$version/bin/python --version)"; \
	  .pythons/$$version/bin/python -m pytest -n 2 --dist loadfile -m 'not engine'; done

coverage: $(VENV)/.development ## [5 min] measure which branches of the pure modules the tests take
	@$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-branch --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE) \
	  tests/infra tests/lambdas tests/policies tests/program

format: $(VENV)/.development ## [1 s] format the code
	@$(BIN)/python -m ruff format --quiet . ; $(BIN)/python -m ruff check --quiet --fix .

docs: $(VENV)/.development ## [1 min] generate the reference pages and the pictures
	@$(BIN)/python tools/configuration_docs.py
	@$(BIN)/python tools/policy_docs.py
	@$(BIN)/python tools/instance_types.py
	@$(BIN)/python tools/architecture_picture.py
	@$(BIN)/python tools/reach_page.py
	@$(BIN)/python tools/deployer_policy.py
	@$(BIN)/python tools/operator_docs.py
	@$(BIN)/python tools/services_docs.py
	@$(BIN)/python tools/cost_page.py

##@ Before a release
mutations: $(VENV)/.development ## [12 min] take out safeguards one by one: each preview has to fail by its rule
	@$(with_engine) $(BIN)/python tools/mutations.py

mutants: $(VENV)/.development ## [8 min] make NUMBER (200) mistakes in the controllers: which does no test notice?
	@$(BIN)/python tools/mutants.py --number $(or $(NUMBER),200) $(if $(SEED),--seed $(SEED))

bench: $(VENV)/.development ## [15 min] measure previews, the pack, the capacity controller and storms, as ratios
	@$(with_engine) $(BIN)/python bench/preview.py
	@$(with_engine) $(BIN)/python bench/pack.py
	@$(BIN)/python bench/capacity.py
	@$(BIN)/python bench/storm.py

lock: $(VENV)/.development ## [5 s] write the exact versions that are installed to constraints.txt
	@{ echo "# Exact versions of everything that is installed, direct or not. Made by: make lock"; \
	   $(BIN)/python -m pip freeze --all --exclude pip; } > constraints.txt

wheels: setup ## [10 s] build the wheels of the library and of the policy pack into dist/
	@$(BIN)/python tools/wheels.py

release: setup ## [1 min] check, build, try, tag the release that CHANGELOG names; DRY_RUN=1: no tag
	@$(BIN)/python tools/release.py $(if $(DRY_RUN),--dry-run)

##@ At the end
# What make did not make stays: somebody's own environment or engine, and files beside the wheels.
clean: ## [5 s] remove all that these targets made, the sandbox included
	@if [ -x $(BIN)/python ] && [ -e .sandbox ]; then \
	  SANDBOX_DIR=.sandbox $(BIN)/python -m sandbox wipe >/dev/null || echo "an emulator may still run" >&2; fi
	@rm -rf dashboard.png .sandbox .pyright.log .coverage .pytest_cache .ruff_cache .hypothesis
	@rm -f dist/ecs_platform-*.whl dist/ecs_operations-*.whl; rmdir dist 2>/dev/null || true
	@find . -type d \( -name .git -o -exec test -e '{}/pyvenv.cfg' \; \) -prune \
	  -o -name __pycache__ -type d -prune -exec rm -rf {} +
	@for made in $(PYTHONS:%=.pythons/%/.made-by-make) $(VENV)/.made-by-make $(ENGINE)/.made-by-make; do folder=$${made%/*}; \
	  if [ -L $$folder ]; then echo "$$folder stays: it is a link"; \
	  elif [ -e $$made ]; then rm -rf $$folder; \
	  elif [ -e $$folder ]; then echo "$$folder stays: make did not make it"; fi; done
	@rmdir .pythons 2>/dev/null || true
