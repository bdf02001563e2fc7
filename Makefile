# make demo    install into .venv and paint a photo          make bench   the benchmarks, in their quick form
# make test    install the development tools and test        make lint    ruff and mypy
# make docs    build the documentation into build/site       make docs-pictures   make its pictures again (minutes)
# make clean   remove what the above made (.venv included)
#
# A Python of 3.11 or newer with pip and venv is all that is needed; PYTHON=python3.12 names another one.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

PHOTO := examples/photos/pagoda.jpg
STYLE := examples/styles/night.jpg

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench bench-full docs docs-pictures clean

help:
	@sed -n '1,6s/^# \{0,1\}//p' Makefile

# The constraints pin exact versions, so that today's install is tomorrow's.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Impasto needs Python 3.11 or newer; give one with: make PYTHON=...") if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); PyTorch is large, so the first time takes minutes."
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(VENV)/installed-figures: $(VENV)/installed
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[figures]'
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[docs]'
	@touch $@

demo: $(VENV)/installed
	@mkdir -p demo
	@started=$$(date +%s); \
	$(BIN)/impasto paint $(PHOTO) $(STYLE) -o demo/painting.png && \
	echo && echo "Painted demo/painting.png in $$(($$(date +%s) - started)) s. Open it, then try a photo of your own:" && \
	echo "    $(BIN)/impasto paint YOUR_PHOTO.jpg examples/styles/wave.jpg -o painting.png"

test: $(VENV)/installed-dev
	@$(BIN)/python -m pytest

lint: $(VENV)/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(VENV)/installed-dev
	@$(BIN)/python benchmarks/all.py --quick

bench-full: $(VENV)/installed-dev
	@$(BIN)/python benchmarks/all.py --full

docs: $(VENV)/installed-docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet && echo "Open build/site/index.html"

docs-pictures: $(VENV)/installed-figures
	@$(BIN)/python examples/docs_pictures.py

clean:
	rm -rf $(VENV) demo build dist .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
