# Two commands are enough: `make run` and `make test`. Everything sets itself up first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

QT ?= newest
# Many tests wait for time-outs and processes, so more of them run than there are cores.
JOBS ?= 3
VENV ?= $(if $(filter oldest,$(QT)),.venv-oldest-qt,.venv)
BIN := $(VENV)/bin
export VENV QT PYTHON

# Other people's catalogues stay outside the repository; they are used where they lie beside it.
ifneq ($(wildcard ../shared/data),)
export CLERK_REAL_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help setup run test lint bench chaos chaos-hall failover fuzz api-fuzz openapi characters voice lock wheel bundle onedir bundle-test clean distclean

help:
	@echo "make run              set up and open the demo hall (without a screen: serve some citizens, see out/demo/)"
	@echo "make test             set up and run all tests    (ARGS='tests/unit -x' for pytest, QT=oldest for the oldest Qt)"
	@echo "make lint             ruff, mypy, import contracts"
	@echo "make bench            benchmarks into out/bench.json (ONLY=name for one)"
	@echo "make chaos            10,000 simulated days, every crash point, spoiled networks, into out/chaos.json (SEEDS=200)"
	@echo "make chaos-hall       64 windows on one server, killed at random, into out/chaos.json (ARGS='--rounds 5')"
	@echo "make failover         PostgreSQL under Patroni, its primary killed under load (Debian's packages; ARGS='--rounds 5')"
	@echo "make fuzz             fuzz every parser, figures into out/fuzz (ONLY=name for one, ARGS='--seconds 60')"
	@echo "make api-fuzz         ask the server everything, anew each time (API_EXAMPLES=500 how often, API_SEED=1 to repeat)"
	@echo "make openapi          renew docs/openapi.json from the code"
	@echo "make characters       every ideograph of GB 18030-2022 from the card to paper and screen, into out/characters.json"
	@echo "make setup            only the set-up             (PYTHON=/path/to/python3.12 to choose)"
	@echo "make voice            say the clips of resources/voice anew"
	@echo "make wheel            build dist/*.whl"
	@echo "make bundle           offline installation into out/bundle/ (PLATFORM=linux-aarch64, QT=oldest, DEBS=1, CAMERAS=1, PYTHONS=3.11)"
	@echo "make onedir           the same with its own Python, for PCs without one (this machine's platform)"
	@echo "make bundle-test      install the bundle in a minimal root without a network, serve, upgrade, roll back (root)"
	@echo "make lock             renew requirements*.txt     (UPGRADE=1 for newer versions)"
	@echo "make clean, distclean remove what was built; distclean also the virtual environments"

setup:
	@.ci/setup.sh

run: setup
	@$(BIN)/clerk demo $(ARGS)

test: setup
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(JOBS) --dist=loadfile $(ARGS)

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: setup
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(ARGS)

chaos: setup
	@$(BIN)/python -m benchmarks.simulate $(if $(SEEDS),--seeds $(SEEDS))
	@$(BIN)/python -m benchmarks.chaos_sync

chaos-hall: setup
	@$(BIN)/python -m benchmarks.chaos_hall $(ARGS)

failover: setup
	@$(BIN)/python -m benchmarks.failover $(ARGS)

# atheris is wanted here only; 3.0 is the last for Python 3.11. It has no wheel for every system: it lies beside the environment, not in it.
build/fuzz/.installed: requirements-fuzz.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: --no-deps \
		--upgrade --target build/fuzz -r requirements-fuzz.txt
	@touch $@

fuzz: setup build/fuzz/.installed
	@PYTHONPATH=build/fuzz:.:tests nice -n 15 $(BIN)/python -m fuzz.campaign $(ONLY) $(ARGS)

characters: setup
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks.every_character $(ARGS)

voice: setup
	@$(BIN)/python -m tools.make_voice

openapi: setup
	@$(BIN)/python -m tools.openapi

# A number that nobody knows beforehand; a finding prints it.
api-fuzz: setup
	@API_EXAMPLES=$${API_EXAMPLES:-100} API_SEED=$${API_SEED:-$$RANDOM$$RANDOM} $(BIN)/python -m pytest -n $(JOBS) \
		-o timeout=3600 tests/contract/test_api_answers.py tests/contract/test_api_bent.py $(ARGS)

# Hashes and no addresses: the lock works with any index or mirror that serves the same files.
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock:
	@test -x $(BIN)/uv || .ci/setup.sh
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	$(COMPILE) pyproject.toml --extra usb-readers --extra postgresql -c requirements-dev.txt -o requirements.txt
	echo 'PySide6-Essentials==6.8.0.2' | $(COMPILE) pyproject.toml - --extra usb-readers --extra postgresql -o requirements-oldest-qt.txt
	echo 'PySide6-Addons' | $(COMPILE) - -c requirements.txt -o requirements-cameras.txt
	echo 'PySide6-Addons==6.8.0.2' | $(COMPILE) - -o requirements-cameras-oldest-qt.txt
	echo 'atheris>=3,<3.1' | $(COMPILE) - -o requirements-fuzz.txt
	echo 'uv>=0.11' | $(COMPILE) - -o .ci/uv.txt
	echo 'pyinstaller>=6.16,<7' | $(COMPILE) - -o packaging/pyinstaller.txt
	echo 'pip>=26' | $(COMPILE) - -o packaging/pip.txt

wheel: setup
	@$(BIN)/python -m hatchling build -t wheel -d dist

# The bundle is built with the newer Qt's environment whichever Qt goes into it.
bundle onedir bundle-test: PACKING = .venv/bin/python
bundle onedir bundle-test: export VENV = .venv
bundle: BUNDLE_OPTIONS = $(if $(PLATFORM),--platform $(PLATFORM)) --qt $(QT) $(if $(DEBS),--debs) $(if $(CAMERAS),--cameras) $(PYTHONS:%=--python %)

bundle:
	@QT=newest .ci/setup.sh
	@$(PACKING) packaging/bundle.py $(BUNDLE_OPTIONS) $(ARGS)

onedir:
	@QT=newest .ci/setup.sh
	@$(PACKING) packaging/onedir.py $(if $(DEBS),--debs) $(if $(CAMERAS),--cameras) $(ARGS)

bundle-test:
	@QT=newest .ci/setup.sh
	@$(PACKING) -m pytest -n0 -o faulthandler_timeout=7200 -m bundle tests/packaging $(ARGS)

clean:
	rm -rf out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv .venv-oldest-qt
