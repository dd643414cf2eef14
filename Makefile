# make demo: everything, running, with data.  make test: everything, checked.  Both work on a fresh checkout with Python 3.11 and make.
.DELETE_ON_ERROR:
PYTHON ?= python3.11
BIN := .venv/bin
STATIC := src/sightline/serve/static/index.html
UI_SOURCES := $(shell find ui -type f -not -path 'ui/node_modules/*' -not -path 'ui/dist/*' 2>/dev/null)

.PHONY: demo test install check unit ui-check golden lock openapi clean

demo: install
	$(BIN)/sightline demo

install: .venv/.server $(STATIC)

test: .venv/.dev $(STATIC) .venv/.chromium .venv/.postgres check unit ui-check

check: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: .venv/.dev $(STATIC) .venv/.chromium .venv/.postgres
	$(BIN)/pytest -n 2 --dist loadfile --ignore tests/sdk
	$(BIN)/pytest -n 2 --dist loadfile tests/sdk  # apart: they instrument the process that they run in

ui-check: .venv/.node
	cd ui && PATH="$(CURDIR)/.venv/node/bin:$$PATH" npm run check && PATH="$(CURDIR)/.venv/node/bin:$$PATH" npm test

# the files that reviewers read: the SQL made from the conventions table, the OpenAPI document and the UI's types
golden: .venv/.dev
	$(BIN)/python -m tests.golden

openapi: .venv/.dev .venv/.node
	$(BIN)/python -m sightline.serve.openapi > ui/openapi.json
	cd ui && PATH="$(CURDIR)/.venv/node/bin:$$PATH" npm run types

lock: .venv/.dev
	$(BIN)/uv pip compile -q --upgrade --no-header --no-emit-index-url --generate-hashes --extra server --extra demo --extra worker -p 3.11 pyproject.toml -o requirements/server.lock
	$(BIN)/uv pip compile -q --upgrade --no-header --no-emit-index-url --generate-hashes --extra server --extra postgres --extra demo --extra worker --group dev -c requirements/server.lock -p 3.11 pyproject.toml -o requirements/dev.lock

.venv/.made:
	$(PYTHON) -m venv .venv
	touch $@

.venv/.server: .venv/.made requirements/server.lock pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check -r requirements/server.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

.venv/.dev: .venv/.made requirements/dev.lock pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check -r requirements/dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	touch $@ .venv/.server

# Node 20 or newer where it is installed, else from its wheel
.venv/.node: .venv/.made ui/package-lock.json
	PYTHON=$(BIN)/python sh scripts/node.sh .venv/node
	cd ui && PATH="$(CURDIR)/.venv/node/bin:$$PATH" npm ci --no-audit --no-fund --silent
	touch $@

.venv/.chromium: .venv/.made
	sh scripts/chromium.sh
	touch $@

.venv/.postgres: .venv/.made
	sh scripts/postgres.sh
	touch $@

$(STATIC): .venv/.node $(UI_SOURCES)
	cd ui && PATH="$(CURDIR)/.venv/node/bin:$$PATH" npm run build
	touch $@

clean:
	rm -rf .venv ui/node_modules src/sightline/serve/static
