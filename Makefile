# Everything a person does with this repository; `make` alone lists it.
#
# Needs on the machine: Rust (rustup), Python >= 3.12, Node >= 20, GNU make, a C compiler. All else
# is fetched or built by the targets, into `build/` and cargo's target folder.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

ifeq ($(filter oneshell,$(.FEATURES)),)
$(error this make is too old; install GNU make >= 4)
endif

# Passed to `venire up`, for example ARGS="--port 0 --seed 7".
ARGS ?=
# The crate of `make check`, for example P=venire-types; all of them when empty.
P ?=

# Fuzz targets, and how long each runs, in seconds.
FUZZ ?= calldata envelope outcome package picture gl_call storage
FUZZ_SECONDS ?= 60

# Not written as $(MAKE) in recipes: make would then run them even under -n.
SELF := $(MAKE)
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
XTASK := $(TARGET)/release/xtask
GUEST := build/guest/contract.wasm
GUEST_SOURCES := $(shell find python wit -type f -not -path '*/__pycache__/*' -not -path 'python/tests/*')
export VENIRE_GUEST := $(CURDIR)/$(GUEST)
# Cargo watches the folders of the package that the binary embeds: Python must not write there.
export PYTHONDONTWRITEBYTECODE := 1

# The first Python >= 3.12: on PATH, else among pyenv's versions. Looked for only where it is used.
PYTHON = $(shell python3 python/find_python.py 2>/dev/null)

# $(call need,PROGRAM,HOW TO GET IT): one clear line when a program is missing.
need = command -v $(1) >/dev/null 2>&1 || { echo "make: $(1) is missing; $(2)" >&2; exit 1; }
need_rust = $(call need,cargo,install Rust with rustup) && $(call need,cc,install a C compiler (Debian: build-essential))
need_python = [ -n "$(PYTHON)" ] || { echo "make: Python >= 3.12 is missing; install it, or one of pyenv's" >&2; exit 1; }
need_node = node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || { echo "make: Node >= 20 is missing; install it" >&2; exit 1; }

# The language model of `make model`; the other is smollm2-135m.
MODEL ?= qwen2.5-coder-1.5b
MODELS := build/models/all-MiniLM-L6-v2/checked

.PHONY: help up build link warm guest models model test test-long test-engine test-model fuzz check deny book clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: build ## Build what is missing and run a local network (ARGS="--port 4000 ...")
	@exec target/release/venire up $(ARGS)

build: guest models ## Build what is missing: the guest component, the models and target/release/venire
	@$(need_rust)
	cargo build --release --package venire-cli --bin venire
	$(SELF) link warm

# Makes the binary reachable here when cargo's target folder is elsewhere.
link:
	@if [ "$(TARGET)" != "$(CURDIR)/target" ]; then
		mkdir -p target/release
		ln -sfn "$(TARGET)/release/venire" target/release/venire
	fi

# Compiles the guest for this machine (20 s, once), so that nothing later waits for it.
warm:
	@target/release/venire schema contracts/storage/contract.py >/dev/null

guest: $(GUEST) ## Build the sandboxed Python that contracts run in

$(GUEST): $(GUEST_SOURCES)
	@$(need_python)
	echo "building the guest component (half a minute the first time)"
	"$(PYTHON)" python/build.py --out build/guest
	touch $@

# Checked by hash when they are installed, and by the node when it first needs them.
models: $(MODELS) ## Install the embedding model that contracts can use (84 MB, once)

$(MODELS): python/models.py
	@$(need_python)
	"$(PYTHON)" python/models.py --out build/models
	touch $@

# Into the user's folder of models (VENIRE_MODEL_HOME, else ~/.local/share/venire/models).
model: ## Install a language model that runs in the node's process (1.1 GB, once; MODEL=smollm2-135m: 98 MB)
	@$(need_python)
	"$(PYTHON)" crates/gateway/models/install.py "$(MODEL)"

$(XTASK): $(shell find crates/xtask -type f) Cargo.lock
	@$(need_rust)
	cargo build --release --package xtask
	touch $@

test: $(XTASK) ## Every check and every test
	@$(need_node)
	stage() { $(XTASK) stage "$$@"; }
	tests() { $(XTASK) tests "$$@"; }
	$(XTASK) ledger reset
	stage "the rest" cargo fmt --all --check
	stage "the rest" $(XTASK) tidy
	stage "the rest" $(XTASK) deps
	stage "the rest" $(XTASK) licences
	stage build $(SELF) guest models
	stage build cargo clippy --release --workspace --all-targets -- -D warnings
	# All targets in one go: test-only features of dependencies would make cargo compile our crates twice.
	stage build cargo build --release --workspace --all-targets
	stage build $(SELF) link warm
	(cd python && tests python "$(PYTHON)" -m unittest discover --start-directory tests --top-level-directory .)
	if cargo nextest --version >/dev/null 2>&1; then
		nextest() { tests "$$1" cargo nextest run --release --workspace --no-tests pass --filterset "$$2"; }
		vm='package(venire-vm)'
		rules='package(venire-types) + package(venire-protocol) + package(venire-sim)'
		store='package(venire-store)'
		nextest vm "$$vm"
		nextest "protocol and sim" "$$rules"
		nextest store "$$store"
		nextest "the rest" "not ($$vm + $$rules + $$store)"
	else
		tests rust cargo test --release --workspace --bins --lib --tests
	fi
	tests examples cargo test --release --workspace --doc
	if [ -f clients/Makefile ]; then tests clients $(SELF) -C clients test; fi
	$(XTASK) ledger
	$(XTASK) report

test-long: guest models test-broken ## What takes long: 2,000 worlds, broken rules, a million attacks on prompts, all cases in the interpreter, fuzzing
	@$(need_rust)
	cargo run --release --workspace --bin venire -- sim --seeds 2000
	VENIRE_ATTACKS=1000000 cargo test --release --package venire-gateway --lib -- guard::prompt
	VENIRE_ENGINE=interpreter VENIRE_SEEDS=40 cargo test --release --package venire-vm --test it -- \
		corpus:: determinism:: hostile::residue::
	$(SELF) fuzz

test-broken: $(XTASK) ## Break one rule at a time: an oracle of the simulated world must see each (ten minutes)
	@$(need_rust)
	$(XTASK) broken

# In a profile of its own: nobody waits eleven minutes for optimised crates to see that roots are equal.
test-engine: ## The chain on the BFT engine, one validator in a deterministic world (six minutes to build)
	@$(need_rust)
	cargo test --profile engine --package venire-node --features engine --test it

# In a ring of its own: the crates of the feature take six minutes to compile, and the models 1.2 GB of disk.
test-model: ## The provider `local` with real models: installs both, then runs its tests
	@$(need_rust)
	$(SELF) model MODEL=smollm2-135m
	$(SELF) model MODEL=qwen2.5-coder-1.5b
	cargo clippy --release --package venire-gateway --features local-model --all-targets -- -D warnings
	# One test at a time: each loads a model, and each model takes its threads.
	VENIRE_TEST_MODEL=1 CANDLE_NUM_THREADS=1 RAYON_NUM_THREADS=1 \
		cargo test --release --package venire-gateway --features local-model --lib --tests -- --test-threads 1 local

fuzz: ## Feed every decoder and host function what nobody would send, a minute each
	@$(need_rust)
	[ fuzz/Cargo.lock -nt Cargo.lock ] || cp Cargo.lock fuzz/Cargo.lock
	cd fuzz
	RUSTC_WRAPPER="$$PWD/instrument" cargo build --release --bins --target-dir target
	for target in $(FUZZ); do
		echo "fuzzing $$target for $(FUZZ_SECONDS) s"
		mkdir -p "target/found/$$target"
		"target/release/$$target" -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=6000 -max_len=4096 \
			-verbosity=0 -print_final_stats=1 -artifact_prefix="target/crash-$$target-" \
			"target/found/$$target" "corpus/$$target"
	done

check: $(XTASK) ## The inner loop: format, house rules, lints and tests of one crate (P=venire-types)
	@cargo fmt --all --check
	$(XTASK) tidy
	cargo clippy --release $(if $(P),--package $(P),--workspace) --all-targets -- -D warnings
	cargo test --release $(if $(P),--package $(P),--workspace)

deny: ## Licences, advisories and duplicates of all dependencies, with cargo-deny
	@$(call need,cargo-deny,install it with: cargo install --locked cargo-deny)
	cargo deny check

book: ## The book as HTML, in build/book
	@$(call need,mdbook,install it with: cargo install --locked mdbook (the pages read well without it: docs/book/src))
	mdbook build docs/book --dest-dir "$(CURDIR)/build/book"
	echo "build/book/index.html"

clean: ## Forget everything that was built here
	@rm -rf build target
	[ "$(TARGET)" = "$(CURDIR)/target" ] || echo "left alone, outside this folder: $(TARGET)"
