# make run shows it working, make test checks it; both need nothing but Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What is learned from: all annotated text but that which is kept for measuring.
TRAINING := $(filter-out %_held.jsonl tests/gold/quotes.jsonl,$(wildcard tests/gold/*.jsonl))

# For "make run": your own articles, your own broker. For "make test": what pytest is to do.
ARTICLES ?=
BOOTSTRAP_SERVERS ?=
PYTEST_ARGS ?=
# For "make bench": a folder of articles in JSON lines, a run of some minutes, and what to measure.
CORPORA ?=
QUICK ?=
BENCHMARKS ?= extraction scaling pipeline latency growth $(if $(QUICK),,workers memory peers connections)
# For "make evaluate": some sets alone (SETS='own_dev rounds_1'), and a folder of further gold,
# measured where it exists.
SETS ?=
SHARED_GOLD ?= ../shared/gold
# For "make chaos": how long to break things, from which seed, how many articles a second, and where:
# on Prism where one is at hand, in-process else or with IN_PROCESS=1, as several processes
# (WORKERS=2), or on a portable job service (ENDPOINT=host:port; with ENVIRONMENT=EXTERNAL on a pool
# of workers; FLINK_REST=http://host:port where it is Flink's).
# For "make soak": how long to watch the memory.
SECONDS ?= 600
SEED ?=
RATE ?=
IN_PROCESS ?=
WORKERS ?=
ENDPOINT ?=
ENVIRONMENT ?=
FLINK_REST ?=
MINUTES ?= 30
# One more than there are cores: tests mostly wait, for brokers and runners.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help run prism test lint chaos fuzz soak bench evaluate train unseen schemas-check schemas-release restrictions-release docs docs-metrics docs-configuration docs-records docs-samples docs-pictures constraints audit sbom clean
.DELETE_ON_ERROR:

help: ## Show this
	@echo "Usage: make TARGET [NAME=value]"
	@echo
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { sub(/:.*/, "", $$1); printf "  %-20s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  make run ARTICLES=feed.jsonl            your own articles"
	@echo "  make run BOOTSTRAP_SERVERS=host:9092    your own broker"
	@echo "  make test PYTEST_ARGS='tests/brokers'   some of the tests"
	@echo "  make run PYTHON=python3.12              another Python (3.11 or newer)"

run: $(VENV)/.installed-run ## Start a broker, publish a news feed, show the threats and denials in it
	@exec $(BIN)/newswire demo \
		$(if $(ARTICLES),--articles '$(ARTICLES)') \
		$(if $(BOOTSTRAP_SERVERS),--bootstrap-servers '$(BOOTSTRAP_SERVERS)')

prism: $(VENV)/.installed-run ## Build Prism with Go, for a Direct runner that stays up for months
	@exec $(BIN)/python -m pipeline.runners.prism_binary

test: lint ## Lint, then every test, on real brokers
	@exec $(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(PYTEST_ARGS)

test-runner: $(VENV)/.installed-test ## Run the suite of runners, on NEWSWIRE_TEST_JOB_ENDPOINT where it is set
	@exec $(BIN)/python -m pytest tests/runner $(PYTEST_ARGS)

lint: $(VENV)/.installed-test ## Check style, format and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

evaluate: $(VENV)/.installed-run ## Measure the extraction on all gold; keep the figures in docs/quality.md
	@$(BIN)/python -m pipeline.evaluation.all_sets --kept tests/gold/kept.json \
		--page docs/quality.md $(addprefix --set ,$(SETS)) tests/gold $(wildcard $(SHARED_GOLD))

train: $(VENV)/.installed-test ## Learn from the gold in tests/gold what each sign of a record counts
	@$(BIN)/python -m pipeline.evaluation.training $(TRAINING)
	@$(BIN)/python -m pipeline.evaluation.target_training $(TRAINING)
	@$(BIN)/python -m tests.samples

unseen: $(VENV)/.installed-test ## Measure each file of gold by what the others teach, in some minutes
	@$(BIN)/python -m pipeline.evaluation.unseen $(TRAINING)

chaos: $(VENV)/.installed-test ## Kill, stop and freeze all that the pipeline stands on; lose nothing: make chaos SECONDS=60
	@exec $(BIN)/python -m tests.chaos --seconds '$(SECONDS)' \
		$(if $(SEED),--seed '$(SEED)') $(if $(RATE),--rate '$(RATE)') \
		$(if $(IN_PROCESS),--in-process) $(if $(WORKERS),--workers '$(WORKERS)') \
		$(if $(ENDPOINT),--job-endpoint '$(ENDPOINT)') \
		$(if $(ENVIRONMENT),--environment-type '$(ENVIRONMENT)') \
		$(if $(FLINK_REST),--flink-rest '$(FLINK_REST)')

soak: $(VENV)/.installed-test ## Watch the memory at a steady rate, and tell how fast it grows: make soak MINUTES=30
	@exec $(BIN)/python -m tests.chaos.soak --minutes '$(MINUTES)' \
		$(if $(RATE),--rate '$(RATE)')

fuzz: $(VENV)/.installed-test $(if $(QUICK),,build/atheris/.tried) ## Give the stages what nobody should send: make fuzz QUICK=1 SEED=1
	@$(BIN)/python -m tests.fuzz $(if $(QUICK),--quick) $(if $(SEED),--seed '$(SEED)')
	@$(if $(QUICK),,PYTHONPATH=build/atheris $(BIN)/python -m tests.fuzz.guided)

# Beside the environment and not in it: there are wheels of it for some Pythons and machines alone.
build/atheris/.tried: | $(BIN)/python
	@mkdir -p build/atheris
	@$(BIN)/python -m pip install -q --only-binary=:all: --target build/atheris 'atheris>=3,<4' || \
		echo "There is no atheris for this Python on this machine: hypothesis fuzzes alone." >&2
	@touch $@

# The registry's client is installed along with what the tests need.
bench: $(VENV)/.installed-test ## Measure speed, latency, memory and growth, beside plain spaCy and others: make bench QUICK=1
	@for each in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$each \
		$(if $(CORPORA),--corpora '$(CORPORA)') $(if $(QUICK),--quick) || exit; done

schemas-check: $(VENV)/.installed-$(if $(NEWSWIRE_SCHEMA_REGISTRY_URL),test,run) ## Fail where consumers of a released schema can't live with a change
	@$(BIN)/newswire schemas compare schemas/released schemas
	@$(if $(NEWSWIRE_SCHEMA_REGISTRY_URL),$(BIN)/newswire schemas check --allow-unregistered)

schemas-release: ## Keep the schemas as those of a release: make schemas-release VERSION=0.2.0
	@test -n '$(VERSION)' || { echo "Name it: make schemas-release VERSION=0.2.0" >&2; exit 1; }
	@test ! -e 'schemas/released/$(VERSION)' || { \
		echo "$(VERSION) is released already; its schemas stay as they are." >&2; exit 1; }
	@mkdir -p 'schemas/released/$(VERSION)'
	@cp schemas/*.avsc 'schemas/released/$(VERSION)/'

restrictions-release: $(VENV)/.installed-test ## Keep what checkpoints hold as that of a release: make restrictions-release VERSION=0.2.0
	@test -n '$(VERSION)' || { echo "Name it: make restrictions-release VERSION=0.2.0" >&2; exit 1; }
	@test ! -e 'tests/data/restrictions/$(VERSION)' || { \
		echo "$(VERSION) is released already; what it stored stays as it is." >&2; exit 1; }
	@$(BIN)/python -m tests.stored_restrictions '$(VERSION)'

docs-metrics: $(VENV)/.installed-run ## Write docs/metrics.md anew from the metrics themselves
	@mkdir -p build
	@$(BIN)/python -m pipeline.metrics_page > build/metrics.md
	@mv build/metrics.md docs/metrics.md

docs-configuration: $(VENV)/.installed-run ## Write docs/configuration.md anew from the options themselves
	@mkdir -p build
	@$(BIN)/python -m pipeline.configuration_page > build/configuration.md
	@mv build/configuration.md docs/configuration.md

docs-records: $(VENV)/.installed-run ## Write docs/records-reference.md anew from the schemas themselves
	@mkdir -p build
	@$(BIN)/python -m pipeline.serialization.records_page > build/records-reference.md
	@mv build/records-reference.md docs/records-reference.md

docs-samples: $(VENV)/.installed-test ## Make the samples of output in the pages anew
	@$(BIN)/python -m tests.samples

docs-pictures: $(VENV)/.installed-test ## Take the pictures in docs/ anew (needs Debian's chromium)
	@mkdir -p build/pictures
	@$(BIN)/python -m tests.pictures build/pictures
	@cp build/pictures/page.png build/pictures/dashboard.png docs/

docs: $(VENV)/.installed-test ## Build the site of the documentation in build/site; a dead link fails
	@$(BIN)/python docs/site.py build/site && echo "The site is at build/site/index.html."

constraints: ## Pin the newest versions that setup.py allows, and lock them with their hashes
	@rm -rf build/constraints
	@$(PYTHON) -m venv build/constraints
	@echo "Resolving (about a minute) ..."
	@build/constraints/bin/pip install -q --upgrade setuptools
	@build/constraints/bin/pip install -q --no-build-isolation -e '.[embedded,registry,train,docs,test]'
	@grep '^#' constraints.txt > build/constraints.txt
	@build/constraints/bin/pip freeze --all --exclude-editable | grep -v '^pip==' \
		>> build/constraints.txt
	@mv build/constraints.txt constraints.txt
	@$(MAKE) --no-print-directory build/constraints/.locked
	@echo "Done; see what changed with: git diff constraints.txt requirements"

# Every wheel of a version has a hash of its own: those of each Python on each kind of machine.
build/constraints/.locked:
	@for python in 3.11.9 3.12.9 3.13.9; do for machine in x86_64 aarch64; do \
		echo "Asking for the hashes for Python $$python on $$machine (about a minute) ..."; \
		build/constraints/bin/pip install -q --dry-run --ignore-installed --no-deps \
			--only-binary=:all: --python-version $$python --implementation cp \
			$(foreach each,_2_28 _2_17 2014 _2_5 1,--platform manylinux$(each)_$$machine) \
			--target build/constraints/none -r constraints.txt \
			--report build/constraints/report-$$python-$$machine.json || exit; done; done
	@build/constraints/bin/python requirements/lock.py build/constraints/report-*.json

audit: build/audit/.installed ## Ask which of the pinned packages have known holes
	@build/audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes \
		-r requirements/run.txt -r requirements/test.txt; code=$$?; \
		if [ $$code -ne 0 ]; then echo "Either a package above has a known hole, or the" \
			"source of the data could not be reached: then nothing was audited." >&2; exit $$code; fi

sbom: $(VENV)/.installed-run build/audit/.installed ## Write a bill of materials (CycloneDX) to build/sbom.json
	@build/audit/bin/cyclonedx-py environment --of JSON --output-reproducible -o build/sbom.json $(BIN)/python
	@echo "build/sbom.json lists what is installed in $(VENV)."

build/audit/.installed:
	@$(PYTHON) -m venv build/audit
	@echo "Installing pip-audit and cyclonedx-bom (some seconds, once) ..."
	@build/audit/bin/pip install -q 'pip-audit>=2.10,<3' 'cyclonedx-bom>=7.5,<8'
	@touch $@

clean: ## Remove all that make made: environment, builds, caches
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pipeline schemas tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed-run: setup.py requirements/run.txt | $(BIN)/python
	@echo "Installing the project and what it needs into $(VENV) (about a minute, once) ..."
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-test: requirements/test.txt $(VENV)/.installed-run
	@echo "Installing what the tests need (some seconds, once) ..."
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/test.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) can't make virtual environments. On Debian and Ubuntu:" \
			"apt install python3-venv" >&2; exit 1; }
