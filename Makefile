# make run | test | lint | setup | evaluate | bench | lock. Each first brings .venv up to date and repeats nothing that is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# PyTorch publishes CPU-only wheels on its own index; elsewhere Linux gets gigabytes of CUDA. Where that index cannot be
# reached, pip takes what its own configuration offers.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

.PHONY: setup run test lint evaluate bench lock clean
.DELETE_ON_ERROR:

setup: $(VENV)/.installed

run: setup
	@$(BIN)/footnote run

test: setup $(VENV)/.browser
	@$(BIN)/python -m pytest

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/footnote notes lint config/notes

evaluate: setup
	@$(BIN)/footnote evaluate

bench: setup
	@$(BIN)/footnote bench

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Footnote needs Python 3.11 or newer; set PYTHON=python3.11, say.") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

# torch comes first and alone, so that no later step can choose another build of it.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV); the first time takes a few minutes."
	@$(PIP) install -qq --no-deps $(shell grep '^torch==' requirements.lock) \
	    $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX) --retries 0 --timeout 15)
	@$(PIP) install -qq --requirement requirements.lock
	@$(PIP) install -qq --no-deps --editable .
	@touch $@

# The page is tested in a real Chromium: one on the machine, else Playwright's own, else the system's package.
$(VENV)/.browser: $(VENV)/.installed
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || $(BIN)/python -m playwright install chromium >/dev/null 2>&1 \
	  || { apt-get update -qq && apt-get install -y -qq chromium; } \
	  || { echo "Install Chromium, then run make test again: the sandbox's page is tested in it." >&2; exit 1; }
	@touch $@

lock: $(VENV)/bin/python
	@$(BIN)/python -m pip install -qq pip-tools
	@$(BIN)/python -m piptools compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --extra dev --output-file requirements.lock pyproject.toml
	@sed -i.orig -E 's/^(torch==[0-9.]+)\+cpu/\1/' requirements.lock && rm -f requirements.lock.orig

clean:
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
