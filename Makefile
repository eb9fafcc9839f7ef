# make demo   the main job on bundled real data          make test   every test
# make env    only the environment (.venv)               make bench  the benchmarks
.PHONY: demo test env bench check

PYTHON ?= python3
BIN := .venv/bin

demo: env
	@$(BIN)/tanfeng demo --out demo

test: env
	@$(BIN)/python -m pytest -q -n 2

bench: env
	@$(BIN)/python -m benchmarks

check: env
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/pyright && $(BIN)/lint-imports

env: .venv/made

.venv/made: requirements.lock pyproject.toml
	@echo "making .venv from requirements.lock (once)" >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
