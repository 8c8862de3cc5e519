# Everything a person does with this repository. `make help` lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: test
test: ## Every check and every test
	@cargo fmt --all --check
	@cargo clippy --release --workspace --all-targets -- -D warnings
	@if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --release --workspace --no-tests=pass; \
	else cargo test --release --workspace; fi
