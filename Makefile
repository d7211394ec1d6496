# Everything starts here: `make` alone lists the commands. All they write stays in this folder, but for
# the caches of pip and npm and, started by root, the system user that PostgreSQL runs as.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

# The first Python on PATH that is new enough; name another: make PYTHON=/path/to/python3.12 run
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11 python,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
PORT ?= 8000
# As many test processes as cores, but no more than the embedded server likes.
JOBS ?= auto

PY := .venv/bin/python
READY := .venv/ready
ASSETS := static/dist/THIRD_PARTY.txt
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
UV := uv==0.13.9

export WORKPLAN_ENV ?= local

.PHONY: help run test check fix bench lock messages docs shots

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# Every day -------------------------------------------------------------------------------------------

run: $(READY) $(ASSETS) $(MESSAGES)  ## Start the portal with its demo year; PORT=8000
	@exec $(PY) manage.py serve --port $(PORT)

test: $(READY) $(ASSETS) $(MESSAGES)  ## Run the test suite; ARGS="tests/targets -x"
	$(PY) -m pytest -n $(JOBS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(READY) $(ASSETS) $(MESSAGES)  ## Format, lint, types, imports, migrations, documents, deployment
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py generate_docs --check
	scripts/check_deploy

fix: $(READY)  ## Repair formatting and what lint can repair
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

bench: $(READY) $(ASSETS) $(MESSAGES)  ## Run the benchmarks and print ratios
	$(PY) manage.py bench $(ARGS)

# Now and then ----------------------------------------------------------------------------------------

lock: $(PY)  ## Resolve the requirements anew; ARGS=--upgrade
	$(PY) -m pip install --quiet $(UV)
	for name in requirements requirements-dev requirements-node; do \
		test $$name = requirements && constraint= || constraint='--constraint requirements.lock'; \
		$(PY) -m uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-strip-extras \
			--no-header --no-emit-index-url $$constraint $(ARGS) --output-file $$name.lock $$name.txt || exit 1; \
	done
	scripts/with_node npm install --package-lock-only

messages: $(READY)  ## Collect the words of the interface into the catalogues (needs GNU gettext)
	$(PY) manage.py makemessages --all --no-wrap --add-location file \
		--ignore '.venv/*' --ignore 'node_modules/*' --ignore 'static/dist/*' --ignore 'var/*' --ignore 'tests/*'

docs: $(READY)  ## Write the documents drawn from code and plan
	$(PY) manage.py generate_docs

shots: $(READY) $(ASSETS) $(MESSAGES)  ## Take the screenshots of docs/ again (needs Chromium)
	$(PY) scripts/shots.py $(ARGS)

# What they stand on ----------------------------------------------------------------------------------

$(PY):
	@test -n "$(PYTHON)" || { echo "Workplan needs Python 3.11 or newer on PATH;" \
		"or name one: make PYTHON=/path/to/python3.11 run"; exit 1; }
	$(PYTHON) -m venv .venv

$(READY): requirements-dev.lock | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/ready: package-lock.json .npmrc | $(READY)
	scripts/with_node npm ci --no-progress --loglevel=error
	@touch $@

$(ASSETS): node_modules/ready scripts/build_assets.mjs $(wildcard assets/* assets/*/*)
	scripts/with_node npm run --silent build

%.mo: %.po | $(READY)
	$(PY) manage.py compile_catalogues
