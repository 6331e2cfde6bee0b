# Everything a person needs: `make demo` and `make test` each set up what they use.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SOURCES := $(shell find native -name '*.rs' -o -name 'Cargo.*' 2>/dev/null | grep -v /target/)

.PHONY: help setup demo test test-full check lint types arrows rust format bench docs clean

help:            ## show this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/.installed: pyproject.toml constraints.txt $(SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tacit needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@command -v cargo >/dev/null || { echo "Tacit's kernel is built from source and needs a Rust toolchain (rustup.rs), 1.89 or newer" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[demo,test]'
	@touch $@

setup: $(VENV)/.installed  ## make the virtual environment, build the kernel, install everything

demo: setup      ## three organisations on this machine train one model together
	$(BIN)/tacit demo

test: setup check ## everything that must hold: style, types, arrows, kernel, all tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow"

test-full: setup check ## and the slow ones
	$(BIN)/python -m pytest -q -n auto --dist loadfile

check: lint types arrows rust ## what needs no test run

lint: setup
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench

types: setup
	$(BIN)/mypy

arrows: setup
	$(BIN)/lint-imports

rust: setup
	cd native && cargo fmt --all --check && cargo clippy --release --all-targets --locked -- -D warnings && cargo test --release --locked --quiet

format: setup    ## put the code into shape
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench
	cd native && cargo fmt --all

bench: setup     ## measure this machine; prints JSON
	$(BIN)/tacit bench all --json

docs: setup      ## regenerate the generated pages
	$(BIN)/python -m tacit.operators.reference > docs/reference/operators.md
	$(BIN)/python -m tacit.cli.reference > docs/reference/commands.md
	$(BIN)/python -m tacit.node.api.reference > docs/reference/openapi.json
	$(BIN)/python -m tacit.node.api.reference calls > docs/reference/calls.md
	$(BIN)/python tests/asvs_page.py > docs/reference/asvs.md

clean:           ## remove what was built
	rm -rf $(VENV) native/target build dist out src/tacit/kernel/*.so
