# Everything runs in .venv, which every target makes for itself from the hash-locked requirements/*.txt.
# Needs python3 >= 3.11 and pip, nothing else. PYTHON=python3.14 picks another interpreter; ARGS="…" is passed on.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock"

SHARED_TESTS := tests/integration tests/browser tests/unit tests/own tests/architecture

.DEFAULT_GOAL := help
.PHONY: help up test test-compose bench screenshots lint format lock clean
.DELETE_ON_ERROR:

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: .venv/.running  ## Start the whole lab on this machine and print the address of its pages
	@$(BIN)/lab up $(ARGS)

# tests/measuring compares figures and has the machine for itself. The other tests run three at a time: many only wait.
# 5 is pytest's word for "no test chosen", which ARGS may do to one of the two but not to both.
test: .venv/.installed  ## Run every test but the compose check (ARGS="-k name" runs some)
	@for tests in "-n 3 --dist loadfile --no-loadscope-reorder $(SHARED_TESTS)" tests/measuring; do \
		(set -x; $(BIN)/python -m pytest $$tests $(ARGS)) && ran=yes || { code=$$?; [ $$code = 5 ] || exit $$code; }; \
	done; [ "$$ran" = yes ]

test-compose: .venv/.installed  ## Build, start, scale and use the containers (needs a container engine)
	$(BIN)/python -m pytest tests/compose $(ARGS)

bench: .venv/.installed  ## Measure the lab itself: every benchmark, two hours (ARGS="probe aa" runs some, --quick less)
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: .venv/.installed  ## Remake the pictures in docs/images from a real lab (needs chromium)
	$(BIN)/python -m tests.browser.screenshots

lint: .venv/.installed  ## Check style, format, types and the walls between the rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: .venv/.installed  ## Reformat the code and apply the fixes that ruff has
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

lock: .venv/.locking  ## Rewrite requirements/*.txt with the newest versions that fit
	$(COMPILE) pyproject.toml requirements/build.in -o requirements/lab.txt
	$(COMPILE) pyproject.toml requirements/build.in requirements/dev.in -c requirements/lab.txt -o requirements/dev.txt
	for old in 5.3 5.5 5.7; do $(COMPILE) requirements/celery-$$old.in -o requirements/celery-$$old.txt || exit; done
	$(COMPILE) requirements/lock.in -o requirements/lock.txt

clean:  ## Remove .venv and everything else that was made here
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian's python3 has no ensurepip without python3-venv: then the machine's own pip installs one into .venv.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "The lab needs Python 3.11 or newer: make PYTHON=python3.14 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null && $(PYTHON) -m venv .venv \
		|| { $(PYTHON) -m venv --clear --without-pip .venv \
			&& $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } \
		|| { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment with pip in it:" \
			"install its venv or pip package (Debian: apt-get install python3-venv)" >&2; exit 1; }

# What running needs, and no more: the first `make up` is a newcomer's first impression.
.venv/.running: $(BIN)/python requirements/lab.txt pyproject.toml
	@echo "Installing what the lab runs on into .venv, once …" >&2
	@$(PIP) install --require-hashes -r requirements/lab.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The same versions, and the tools besides: so .running is done as well.
.venv/.installed: $(BIN)/python requirements/dev.txt pyproject.toml
	@echo "Installing the lab and its tools into .venv, once …" >&2
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch .venv/.running $@

.venv/.locking: $(BIN)/python requirements/lock.txt
	@$(PIP) install --require-hashes -r requirements/lock.txt
	@touch $@
