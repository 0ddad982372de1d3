# The two commands people need are `make render` and `make test`; each sets up all it wants first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
# What `make tools-latest` builds; v0.<major*100+minor>.<patch> is the Go module of Prometheus <major>.<minor>.<patch>
LATEST := 3.14.0
LATEST_MODULE := v0.314.0
# Built where neither PATH nor apt has a promtool
PINNED_MODULE := v0.305.0
PINNED := 3.5.0
# The clouds' service discoveries take minutes and gigabytes to compile, and no definition uses them
GO_TAGS := remove_all_sd,enable_kubernetes_sd,enable_dns_sd,enable_consul_sd

.PHONY: help
help: ## Show the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: render
render: setup ## Render all systems, verify everything with promtool, and write it
	@$(BIN)/watchwright render

.PHONY: test
test: setup ## Run the tests
	@$(BIN)/pytest -n auto

.PHONY: nightly
nightly: setup ## Every trouble of QuantaCirc in real time, and 20,000 expressions, against real Prometheuses: half an hour
	@$(BIN)/pytest -m nightly

.PHONY: check
check: lint test ## Lint, types and tests

.PHONY: lint
lint: setup ## Ruff and mypy
	@$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

.PHONY: fmt
fmt: setup ## Format
	@$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: bench
bench: setup ## Print how long things take, as ratios
	@for bench in tests/benchmarks/*.py; do $(BIN)/python "$$bench"; done

.PHONY: bench-slo
bench-slo: setup ## Print how long the rules of 1 to 10,000 SLOs take
	@$(BIN)/python tests/benchmarks/slos.py

.PHONY: setup
setup: .venv/installed promtool

# --without-pip and --python: Debian's python3 has venv without ensurepip
.venv/installed: pyproject.toml
	@$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

.PHONY: promtool
promtool:
	@if ! .ci/promtool found; then .ci/promtool get $(PINNED) $(PINNED_MODULE) $(GO_TAGS); fi

.PHONY: tools-latest
tools-latest: ## Build the newest promtool and prometheus with Go, into .tools/ (optional)
	@.ci/promtool build $(LATEST) $(LATEST_MODULE) $(GO_TAGS)
