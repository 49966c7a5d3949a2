# The README's two commands are `make demo` and `make test`. Nothing but Python 3.11 or newer and make is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := src tests bench docs/pictures

# Tests that wait for nothing run beside each other; WORKERS=0 runs them one after the other.
WORKERS ?= auto

.PHONY: help setup demo test check format bench bench-serve holdouts study watch-study pictures screens clean

help:
	@echo "make demo    make up a company, say what its customers are worth, write a report"
	@echo "make test    all tests"
	@echo "make check   formatting, lint, types, and the rules of the house"
	@echo "make format  put formatting right"
	@echo "make bench   measure against other libraries, side by side"
	@echo "make bench-serve  serve a million customers and measure the API and the dashboard under load"
	@echo "make pictures  draw the pictures of the guide again"
	@echo "make screens draw the pages of the dashboard that the README shows"
	@echo "make holdouts  hold the choice of a model to real histories beside every peer"
	@echo "make study   fit hundreds of bases a model whose truth is known, and check every claim of every fit"
	@echo "make watch-study  walk through made-up companies week by week: false alarms, and planted incidents found"
	@echo "make setup   only the environment, in $(VENV)"

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Lifeworth needs Python 3.11 or newer. If you have one under another name: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { v=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "This Python cannot make environments. On Debian and Ubuntu: apt-get install python$$v-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[serve]" --group dev
	@touch $(STAMP)

demo: setup
	$(BIN)/lifeworth demo demo

test: setup
	$(BIN)/python -m pytest -n $(WORKERS)

check: setup
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/house

format: setup
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: setup
	$(BIN)/python bench/run.py

bench-serve: setup
	$(BIN)/python bench/serve.py

pictures: setup
	$(BIN)/python docs/pictures

screens: demo
	$(BIN)/python docs/pictures/screens.py demo

holdouts: setup
	$(BIN)/python bench/holdouts.py

# Two processes use the cores; each keeps to one thread.
study: setup
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python bench/study.py

watch-study: setup
	$(BIN)/python bench/watch.py

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
