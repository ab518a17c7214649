# Two commands do everything: `make run` and `make test`. Python 3.11 and pip are enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --only-binary :all: -c constraints.txt
PORT ?= 8501

export PROSSIMA_HOME ?= $(CURDIR)/var

.PHONY: run setup test check format benchmark clean help

help:  ## what one can ask for
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: setup  ## set up, fill the synthetic demo region once, open the app in the browser
	$(BIN)/prossima demo --if-empty
	$(BIN)/prossima serve --port $(PORT)

setup: $(VENV)/.run  ## the environment that the program needs
	@$(BIN)/prossima compile

test: $(VENV)/.dev  ## lint, types and every test that this machine can run
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/prossima compile
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST)

format: $(VENV)/.dev  ## bring the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmark: $(VENV)/.dev  ## tables of speed and quality (never a test)
	$(BIN)/python -m tests.benchmarks.network
	$(BIN)/python -m tests.benchmarks.night
	$(BIN)/python -m tests.benchmarks.detection
	$(BIN)/python -m tests.benchmarks.presence
	$(BIN)/python -m tests.benchmarks.contact_import

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Prossima needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Preparing the environment in $(VENV) (a few minutes the first time) ..."
	$(PIP) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Preparing the test environment in $(VENV) (a few minutes the first time) ..."
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.run

clean:  ## remove the environment (var/, with your data, stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
