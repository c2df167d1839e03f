# `make help` lists the targets.
export UV_PYTHON_DOWNLOADS := never
# Compiled once at the installation, every command starts in a third of the time.
export UV_COMPILE_BYTECODE := 1
PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types contracts postgresql-tests browser-tests fuzz messages clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.uv/stamp: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0] + ". Say PYTHON=python3.x with make.")'
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check --requirement requirements-uv.txt
	@touch $@

.venv/stamp: .uv/stamp pyproject.toml uv.lock
	$(UV) sync --locked --python $(PYTHON)
	@touch $@

install: .venv/stamp ## Install everything that uv.lock names into .venv

demo: install ## Run the demo shop; ARGS="--check --json" checks it without a browser
	@$(BIN)/clienteling demo $(ARGS)

test: install ## Run the tests (ARGS goes to pytest)
	@$(BIN)/pytest $(ARGS)

lint: install ## Format check and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: install ## mypy strict
	@$(BIN)/mypy

contracts: install ## Who may import whom
	@$(BIN)/lint-imports

# What holds whatever the databases lie on: consent, keys, erasure, and what customers tell.
ON_POSTGRESQL := $(addprefix tests/consent/,test_office.py test_erasure.py \
	test_publishing.py test_records.py test_recording.py test_storage.py keystore/test_keys.py \
	keystore/test_rotation.py log/test_verification.py proof/test_receipts.py \
	rights/test_requests.py) \
	$(addprefix tests/clienteling/,test_migrations.py customers/test_profile.py \
	customers/test_templates.py customers/test_visits.py) \
	tests/web/privacy/test_notices.py \
	$(wildcard tests/guards/test_r11_*.py tests/guards/test_r12_*.py \
	tests/guards/test_r13_withdrawal_*.py tests/guards/test_r14_*.py \
	tests/guards/test_r26_consent_*.py tests/guards/test_r39_what_is_not_*.py \
	tests/guards/test_r47_*.py)

postgresql-tests: install ## A part of the tests again, on a PostgreSQL server
	@CLIENTELING_TEST_DATABASES=postgresql $(BIN)/pytest $(ON_POSTGRESQL) $(ARGS)

browser-tests: install ## The pages in a real Chromium; its absence is a failure here
	@CLIENTELING_REQUIRE_BROWSER=1 $(BIN)/pytest -m browser $(ARGS)

fuzz: install ## Fuzz the decoding of pictures; ARGS="-max_total_time=300" ends it after five minutes
	@$(UV) run --locked --group fuzz python -m tests.fuzz.pictures $(ARGS)

messages: install ## Collect and compile the translations
	@$(BIN)/python -m web.translations.build

clean: ## Remove what `make` installed
	rm -rf .uv .venv
