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
ENGINE ?= duckdb
SERVER_TESTS := CLICKHOUSE_SERVER_REQUIRED=1 $(BIN)/python -m pytest -m 'clickhouse_server and not slow'

.PHONY: help demo dev serve test test-all check bench golden clean

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

test: check ## Whether a change holds: every rule, and each layer on DuckDB (under 4 minutes on 2 cores)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not proof and not slow and not clickhouse and not clickhouse_server'

# Proofs and a server's tests wait for processes half of the time, so three run at once, beside ClickHouse in process, which
# never waits. Of a server's tests one that failed is run once more, and both results are in the log.
test-all: test ## What CI runs: that, and killed processes, browsers, real servers, ClickHouse in process and listening (needs npm)
	SERVERS_REQUIRED=1 $(BIN)/python -m pytest -n 3 --dist worksteal -m '(proof or clickhouse) and not slow and not clickhouse_server'
	$(SERVER_TESTS) -n 3 --dist loadfile || $(SERVER_TESTS) -n 0 --last-failed

check: $(VENV)/.installed ## Format, lint, types and the walls between packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed ## The ratios of benchmarks/ (about 15 minutes; ENGINE=clickhouse: the batch on ClickHouse in process)
	$(BIN)/python -m benchmarks $(ENGINE)

golden: $(VENV)/.installed ## Rewrite the golden files; review the diff
	$(BIN)/python -m wrapped_assets.products.usage.document docs
	$(BIN)/python -m pytest -n 0 tests/test_golden.py tests/test_cluster.py --golden

clean: ## Remove the demonstration's world (WRAPPED_HOME, if it holds one)
	@if [ ! -e "$(WRAPPED_HOME)" ] || [ -e "$(WRAPPED_HOME)/demo.json" ]; then rm -rf "$(WRAPPED_HOME)"; \
	else echo "$(WRAPPED_HOME) was not removed: it holds no demo.json, so it is no demonstration's world."; exit 1; fi
