# Two commands: `make run` and `make test`. PORT=8001 make run chooses another port.
# PYTHON=python3.12 make run takes just that one.
PYTHON ?= python3
THIS_PYTHON := $(if $(filter file,$(origin PYTHON)),,--this-python)
BIN := .venv/bin
# Dozens of processes start in a test run: compile our own files once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=
PACKAGES := cms sites mailer sms campaigns registers organisations guards

.PHONY: help have-python run test journey check bench format manage install install-dev

help:
	@echo "make run      start Kokoon at http://localhost:8000 (PORT=8001 make run for another port)"
	@echo "make test     all tests"
	@echo "make journey  the main job from end to end in a browser"
	@echo "make check    all static checks"
	@echo "make bench    the benchmarks (NAME=mail for one)"
	@echo "make format   let ruff format the code"
	@echo "make manage ARGS='shell'   manage.py beside a running Kokoon"

# One clear line where there is no such Python.
have-python:
	@command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON) on this machine: install Python 3.11 or newer, or name one: make PYTHON=python3.12 run"; exit 1; }

install: have-python
	@$(PYTHON) -I cms/processes/bootstrap.py $(THIS_PYTHON)

install-dev: have-python
	@$(PYTHON) -I cms/processes/bootstrap.py --dev $(THIS_PYTHON)

run: install
	@exec $(BIN)/python -m cms.processes.run --stop-with-parent

manage: install
	@$(BIN)/python -m cms.processes.join -- $(BIN)/python manage.py $(ARGS)

# One more than there are cores: somebody always waits for a clock or for a process.
test: install-dev
	@$(BIN)/pytest --numprocesses $$(n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 8 ? n + 1 : 8))) --dist loadfile --no-loadscope-reorder

journey: install-dev
	@$(BIN)/pytest tests/journey/test_journey.py

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports --cache-dir .import_linter_cache
	$(BIN)/python manage.py check
	$(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(BIN)/pytest -q tests/house/test_tree.py

bench: install-dev
	@$(BIN)/python -m tests.bench.run $(NAME)

format: install-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
