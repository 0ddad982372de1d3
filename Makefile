# The two commands people need are `make render` and `make test`; each sets up all it wants first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
# The clouds' service discoveries take minutes and gigabytes to compile, and no definition uses them
GO_TAGS := remove_all_sd,enable_kubernetes_sd,enable_dns_sd,enable_consul_sd

# v0.<major*100+minor>.<patch> is the Go module of Prometheus <major>.<minor>.<patch>
prometheus = $(1) $(GO_TAGS) "-X github.com/prometheus/common/version.Version=$(1)" \
	github.com/prometheus/prometheus/cmd/{promtool,prometheus}@$(2)
LATEST := $(call prometheus,3.14.0,v0.314.0)
# Built where neither PATH nor apt has a promtool
PINNED := $(call prometheus,3.5.0,v0.305.0)
KUSTOMIZE := kustomize-5.4.3 "" "" sigs.k8s.io/kustomize/kustomize/v5@v5.4.3
KUBECONFORM := kubeconform-0.7.0 "" "" github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0
# The newest Jaeger 2 that is a Go module which others can build: the release candidate of 2.0
JAEGER := jaeger-2.0 "" "" github.com/jaegertracing/jaeger/cmd/jaeger@v1.62.0

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
	@if ! .ci/tools found; then .ci/tools get $(PINNED); fi

.PHONY: tools-latest
tools-latest: ## Build the newest promtool and prometheus with Go, and what judges manifests, into .tools/ (optional)
	@.ci/tools build $(LATEST)
	.ci/tools build $(KUSTOMIZE)
	.ci/tools build $(KUBECONFORM)

.PHONY: tools-jaeger
tools-jaeger: ## Build a Jaeger with Go into .tools/, for the tests that ask a real one: ten minutes (optional)
	@.ci/tools build $(JAEGER)
