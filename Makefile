# Cabildo: `make run` and `make test` are all a new machine needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PORT ?= 8501
# Kept between runs of several targets so that a second one installs nothing.
RUNTIME := .venv/.runtime
TOOLING := .venv/.tooling

# One more than there are cores: who drives a browser waits more than computes.
WORKERS = $(shell $(PYTHON) -c "import os; print(min(os.cpu_count() + 1, 4))")

.PHONY: setup run test lint bench soak system clean

setup: $(RUNTIME)  ## virtual environment with the pinned libraries

$(RUNTIME): requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(TOOLING): $(RUNTIME) tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	touch $@

run: setup  ## demonstration store if absent, then the server; prints URL and sign-ins
	$(BIN)/python -m analytics demo
	@echo "URL: http://localhost:$(PORT)"
	$(BIN)/python -m streamlit run app.py --server.port $(PORT) --server.headless true

system:  ## what the tests need from the operating system
	@if command -v chromium >/dev/null && ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium postgresql >/dev/null; \
	else echo "Skipped: browser tests without Chromium, PostgreSQL tests without its server. As root: apt-get install chromium postgresql"; fi

test: $(TOOLING) system  ## the whole suite, a file at a time
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

lint: $(TOOLING)  ## style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(TOOLING)  ## ratios, never assertions
	$(BIN)/python -m tests.benchmarks

soak: $(TOOLING)  ## the fault tests, 100 kills instead of 20
	CABILDO_KILLS=100 $(BIN)/python -m pytest tests/soak

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
