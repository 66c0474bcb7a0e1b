# Everything that is run by hand or by CI, one target a step. `make help` lists them.
# Rust is built in the dev profile throughout: one set of objects, quick to rebuild; the slow crates in it are
# optimised (Cargo.toml).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# What the built pages depend on. `vite build` empties dist, so the stamp in it cannot outlive its pages.
WEB_DIST := web/dist/.built
WEB_NODE := web/node_modules/.package-lock.json
WEB_SOURCES := $(shell find web/src web/public -type f 2>/dev/null) \
	$(wildcard web/*.html web/*.ts web/*.json)

NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)
BIN := $(CURDIR)/target/debug/yizhan
# Where the runners of the pages leave their reports.
REPORTS := $(CURDIR)/target/reports

.PHONY: help
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: ## start with a demonstration company; pages are built when npm is there
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web; \
	else echo "no npm: starting without rebuilding the pages" >&2; fi
	cargo run --bin yizhan -- serve --demo

# What the runners reported becomes docs/proofs.json, and the figure in the README; CI only compares.
.PHONY: test
test: rust-test client-check web-test e2e ## all tests, on both databases and in the browser; writes docs/proofs.json
	cargo run --quiet -p yizhan-proofs -- $(if $(CI),--check)

.PHONY: lint
lint: rust-lint web-lint ## formatting, clippy, eslint and types

.PHONY: web
web: $(WEB_DIST) ## build the pages into web/dist

$(WEB_NODE): web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(WEB_DIST): $(WEB_NODE) $(WEB_SOURCES)
	cd web && npm run build
	@touch $@

# The pages' types of the API are made from what the program says of itself, and kept, so that the pages can be built
# without Rust.
.PHONY: client
client: $(WEB_NODE) ## rewrite the pages' API client after a change of the API
	cargo build --quiet --bin yizhan
	$(BIN) openapi > target/openapi.json
	cd web && npm run --silent client

.PHONY: client-check
client-check: rust-build $(WEB_NODE)
	$(BIN) openapi > target/openapi.json
	@cd web && npm run --silent client -- --check || { echo "The pages' API client is out of date: run make client" >&2; exit 1; }

.PHONY: web-test
web-test: $(WEB_NODE) ## unit tests of the pages
	cd web && npm test -- --reporter=default --reporter=junit --outputFile.junit=$(REPORTS)/web.xml

.PHONY: web-lint
web-lint: $(WEB_NODE)
	cd web && npm run lint

# Test binaries and the program in one build, as nextest asks for it: apart, dependencies would differ in features.
.PHONY: rust-build
rust-build:
	scripts/ensure-tools compiler
	cargo test --workspace --no-run --quiet

.PHONY: rust-test
rust-test: rust-build ## tests of Rust; starts a PostgreSQL of its own
	@scripts/ensure-tools strace || echo "SKIPPED: the tests that trace system calls" >&2
ifeq ($(NEXTEST),yes)
	scripts/with-postgres cargo nextest run --workspace
else
	rm -f $(CURDIR)/target/nextest/*/junit.xml
	scripts/with-postgres cargo test --workspace --lib --bins --tests --no-fail-fast
endif
	cargo test --workspace --doc --quiet

.PHONY: rust-lint
rust-lint:
	scripts/ensure-tools compiler
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check bans licenses sources; fi

# Without a browser (no root to install it) the step is left out, loudly. A browser on a machine that is busy may
# run out of time: the step is tried once more before it counts as failed.
.PHONY: e2e
e2e: rust-build $(WEB_DIST) ## tests in a real browser against the built program
	@rm -f $(REPORTS)/e2e.xml
	@if scripts/ensure-tools chromium fonts; then cd web && { YIZHAN_BIN=$(BIN) npm run e2e || YIZHAN_BIN=$(BIN) npm run e2e; }; \
	else echo "SKIPPED: the tests in a browser" >&2; fi

.PHONY: handbook
handbook: e2e ## take the pictures of the user's handbook from the tests in the browser
	@mkdir -p docs/handbook/img
	@for name in $$(grep -oE 'img/[a-z-]+\.(desk|phone)\.png' docs/handbook/README.md | sort -u | cut -d/ -f2); do \
		cp web/e2e/shots/$$name docs/handbook/img/; done

# Optimised, against a PostgreSQL that forgets nothing. An hour with a million cases; CASES=100000 is enough to try.
CASES ?= 1000000
.PHONY: bench
bench: $(WEB_DIST) ## measure speed against the bare databases; prints ratios (docs/bench.md)
	scripts/ensure-tools compiler
	cargo build --release -p yizhan -p yizhan-bench
	scripts/with-postgres --durable target/release/yizhan-bench register
	scripts/with-postgres --durable target/release/yizhan-bench pages --cases $(CASES)
	scripts/with-postgres --durable target/release/yizhan-bench clocks
	scripts/with-postgres --durable target/release/yizhan-bench peak
	target/release/yizhan-bench peak --on sqlite --sites 200
	@if scripts/ensure-tools chromium fonts; then cd web && npm run --silent wire; else echo "SKIPPED: the first visit in a browser" >&2; fi

.PHONY: prove
prove: rust-build ## change the manual in every place, one at a time: each change must fail one of its stories
	$(BIN) test manual --mutate

.PHONY: reference
reference: rust-build ## rewrite the authors' reference after a change of the language
	$(BIN) schema --reference > docs/manual/reference.md

.PHONY: schema
schema: ## rewrite migrations/schema.*.sql after a new migration
	UPDATE_SCHEMA=1 scripts/with-postgres cargo test --test db -- --quiet the_committed_schema
