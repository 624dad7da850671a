# Wrapped. `make demo` and `make test` start from nothing but python3 (3.11 to 3.13) and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WRAPPED_HOME ?= .wrapped
DAGSTER_HOME ?= $(WRAPPED_HOME)/dagster
# `make dev` leaves this folder, and Dagster takes no relative one.
override WRAPPED_HOME := $(abspath $(WRAPPED_HOME))
override DAGSTER_HOME := $(abspath $(DAGSTER_HOME))
export WRAPPED_HOME DAGSTER_HOME
PORT ?= 3000

SEEDS ?= 100
ENGINE ?= duckdb
MINUTES ?= 10
FILES ?= 1000
SIMULATION_SEED ?=

.PHONY: help demo dev serve test simulate soak fuzz test-clickhouse test-clickhouse-server test-slow mutants check bench bench-clickhouse golden clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Setting up $(VENV): a minute, once."
	@if command -v uv >/dev/null; then \
		uv venv -q --allow-existing --python $(PYTHON) $(VENV) && uv pip install -q --python $(BIN)/python -c constraints.txt -e '.[dev]'; \
	else \
		$(PYTHON) -m venv $(VENV) && $(BIN)/pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@touch $@

demo: $(VENV)/.installed ## A synthetic year through the whole graph: summary, checks, quarantine, duplicates
	@$(BIN)/wrapped demo

dev: $(VENV)/.installed ## The Dagster UI and daemon on http://localhost:3000 (PORT=...)
	@$(BIN)/python -m wrapped_assets.cli.ready $(PORT)
	@mkdir -p $(DAGSTER_HOME) && cp dagster.yaml $(DAGSTER_HOME)/dagster.yaml
	cd $(DAGSTER_HOME) && $(abspath $(BIN))/dg dev --log-level warning --workspace $(CURDIR)/workspace.yaml --host 127.0.0.1 --port $(PORT)

serve: $(VENV)/.installed ## The API and the pages of what is published, on http://127.0.0.1:8080
	$(BIN)/wrapped serve

test: check ## Everything that must hold before a commit, under 12 minutes on 2 cores
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow and not clickhouse and not clickhouse_server'

simulate: $(VENV)/.installed ## Stories full of faults, SEEDS=100 of them, on ENGINE=duckdb or chdb
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) $(if $(SIMULATION_SEED),--first $(SIMULATION_SEED)) --engine $(ENGINE)

soak: $(VENV)/.installed ## Everything runs and is killed for MINUTES=10 while a client asks: no wrong answer, no lost row
	$(BIN)/python -m tests.soak --minutes $(MINUTES)

fuzz: $(VENV)/.installed ## Import FILES=1000 spoilt Parquet files on ENGINE: none stops the others, no row is lost
	$(BIN)/python -m tests.fuzz --files $(FILES) --engine $(ENGINE)

test-clickhouse: $(VENV)/.installed ## The pipeline's tests on ClickHouse in process (chdb)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'clickhouse and not slow'

test-clickhouse-server: $(VENV)/.installed ## The same on a listening ClickHouse server, killed and cut off (needs npm)
	CLICKHOUSE_SERVER_REQUIRED=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m clickhouse_server

test-slow: $(VENV)/.installed ## The proofs that take longer
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'slow and not clickhouse_server'

mutants: $(VENV)/.installed ## Deliberate faults, each of which a test must notice (ONLY=number or name)
	$(BIN)/python -m tests.mutants $(if $(ONLY),--only '$(ONLY)')

check: $(VENV)/.installed ## Format, lint, types and the walls between packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed ## The ratios of benchmarks/ (about 15 minutes)
	$(BIN)/python -m benchmarks

bench-clickhouse: $(VENV)/.installed ## The batch ratio on ClickHouse in process (about 15 minutes)
	$(BIN)/python -m benchmarks clickhouse

golden: $(VENV)/.installed ## Rewrite the golden files; review the diff
	$(BIN)/python -m wrapped_assets.products.usage.document docs
	$(BIN)/python -m pytest -n 0 tests/test_golden.py tests/test_cluster.py --golden

clean: ## Remove the demonstration's world (WRAPPED_HOME, if it holds one)
	@if [ ! -e "$(WRAPPED_HOME)" ] || [ -e "$(WRAPPED_HOME)/demo.json" ]; then rm -rf "$(WRAPPED_HOME)"; \
	else echo "$(WRAPPED_HOME) was not removed: it holds no demo.json, so it is no demonstration's world."; exit 1; fi
