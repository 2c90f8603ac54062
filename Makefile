# Needs Python 3.11+ and make; uses uv when it is there, pip when not.
VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3
STAMP  := $(VENV)/.installed

.PHONY: run install browser test check format bench torture eval vectors lock model wheel clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "gig-advisor needs Python 3.11 or newer; call make with PYTHON=/path/to/python3.11"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

install: $(STAMP)  ## create the environment

browser: $(STAMP)  ## install what the tests in a real browser need (Chromium comes from the system)
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-browser.lock ; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-browser.lock ; \
	fi

run: $(STAMP)  ## set everything up and open the chat
	$(BIN)/gig-advisor

test: $(STAMP)  ## run the tests
	$(BIN)/python -m pytest

check: $(STAMP)  ## format, lint, types, corpus, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/gig-advisor check
	$(BIN)/python -m pytest

format: $(STAMP)  ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## measure next to the stock recipe
	$(BIN)/python -m benchmarks

torture: $(STAMP)  ## the long forms of the promises in SECURITY.md, hours
	$(BIN)/python -m tests.torture

eval: $(STAMP)  ## judge the answers
	$(BIN)/python -m tests.eval

vectors: $(STAMP)  ## rebuild the vectors that ship with the corpus
	$(BIN)/python scripts/build_vectors.py

lock: $(STAMP)  ## write the lock files and the list of parts anew
	$(BIN)/python scripts/lock.py
	$(BIN)/python scripts/sbom.py

wheel: $(STAMP)  ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

clean:  ## remove everything that can be made again
	rm -rf $(VENV) dist build .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
