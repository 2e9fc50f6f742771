# `make run` and `make test` need python3 (3.11 or newer) and make; everything else is installed here, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.PHONY: run test check demo bench soak install clean

install: $(READY)

$(READY): pyproject.toml
	@echo "Installing Clapper into $(VENV) (once, and again when pyproject.toml changes) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

run: $(READY)
	@$(BIN)/clapper run

test: $(READY)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --ignore tests/bench

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports --no-cache

demo: $(READY)
	@$(BIN)/clapper ask "A lighthouse keeper winds the great lamp as the fog rolls in [Push in]" --yes --out demo.mp4

bench: $(READY)
	@$(BIN)/python -m pytest tests/bench -s -p no:cacheprovider

soak: $(READY)
	@CLAPPER_SOAK=1 $(BIN)/python -m pytest tests/e2e tests/flows -n 2

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis dist build
