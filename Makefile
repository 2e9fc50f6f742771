# `make run` and `make test` need python3 (3.11 or newer) and make; everything else is installed into .venv, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.PHONY: help run test check demo bench soak install clean
.DEFAULT_GOAL := help

help:
	@echo "make run     start Clapper with its web page on http://127.0.0.1:8080"
	@echo "make test    all tests          make check   lint, types, import contracts, known weaknesses"
	@echo "make demo    a film, demo.mp4   make bench   how fast and how small"

install: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Clapper needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null || echo not there); name another with: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing Clapper into $(VENV) (once, and again when pyproject.toml changes) …"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

run: $(READY)
	@exec $(BIN)/clapper run

test: $(READY)
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --ignore tests/bench

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python .ci/audit.py

demo: $(READY)
	@$(BIN)/clapper ask "A lighthouse keeper winds the great lamp as the fog rolls in [Push in]" --yes --out demo.mp4

bench: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@$(BIN)/python -m pytest tests/bench -s -p no:cacheprovider

soak: $(READY)
	@CLAPPER_SOAK=1 $(BIN)/python -m pytest tests/e2e tests/flows tests/contracts tests/adapters -n 2 --dist loadgroup \
	  --ignore tests/e2e/test_hard_days.py --ignore tests/e2e/test_hard_soak.py
	@CLAPPER_SOAK=1 $(BIN)/python -m pytest tests/e2e/test_hard_days.py tests/e2e/test_hard_soak.py -o faulthandler_timeout=0

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis dist build
