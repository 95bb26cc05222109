# The buttons of this project. `make` alone lists them; behind each is a command that runs without make, too.
#   make preview STACK=prod                  another stack
#   make preview CONFIG=examples/x/dev.yaml  another stack file
#   make test ARGS="-k vault"                more arguments for the command behind the button
#   make setup PYTHON=python3.13             another Python

ifeq ($(filter oneshell,$(.FEATURES)),)
$(error this Makefile needs GNU make 4 or newer, this is $(MAKE_VERSION); on macOS: brew install make, then type gmake)
endif

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

STACK ?= dev
CONFIG ?=
ARGS ?=
PYTHON ?=

PY := .venv/bin/python
PYTHONS := python3 python3.13 python3.12 python3.11 python3.14 python

help:
	@echo 'usage: make TARGET [STACK=dev] [CONFIG=FILE] [ARGS="…"]'
	sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS=$$'\t' read -r target what; do
	    printf '  %-9s %s\n' "$$target" "$$what"
	done

# Set-up: tools/bootstrap.py does it, started by the first Python that starts; as a prerequisite it is silent if nothing is to do.
bootstrap = @for python in $(if $(PYTHON),'$(PYTHON)') $(PY) $(PYTHONS); do
bootstrap += if "$$python" -I -S -c '' 2>/dev/null; then exec "$$python" -I -S tools/bootstrap.py $(1) $(quiet) $(python); fi; done;
bootstrap += echo 'setup: Python 3.11 or newer is needed; tried $(PYTHONS); install one' >&2; exit 1
quiet = $(if $(filter $(1),$(MAKECMDGOALS)),,--quiet)
python = $(if $(PYTHON),--python '$(PYTHON)')

.PHONY: help setup scanner kustomize cluster policy browser
setup: ## make .venv and the Pulumi engine (the other targets do this by themselves)
policy: ## install what the policy pack (policy/) runs on
setup scanner policy:
	$(call bootstrap,$@)
kustomize cluster browser: setup
	@$(PY) -m tools.$(if $(filter browser,$@),browser,go_tools $@) > /dev/null$(if $(filter cluster,$@), && $(PY) -m tools.node_tools > /dev/null)

# Rehearse, with no cloud.
file = $(if $(CONFIG),--config-file '$(CONFIG)')

preview: setup ## preview a stack, then rehearse it: no cloud account, no credentials
up: setup ## rehearse `pulumi up`; the state stays in .rehearsal/
refresh: setup ## rehearse `pulumi refresh`
destroy: setup ## rehearse `pulumi destroy`
outputs: setup ## print the outputs of the last rehearsed `up`
render: setup ## write what a stack sends: Kubernetes manifests, ARM templates
prove: setup ## bring a stack up behind a real API server, then read its secrets as its pods do
campaign: setup ## bad days of Azure, and what brings the stack back (ARGS="--runs 200 --seed 0")
preview up refresh destroy outputs render prove campaign:
	@$(PY) -m rehearsal $@ --stack '$(STACK)' $(if $(filter-out outputs,$@),$(file)) $(ARGS)
# Operate a real stack.
.PHONY: preview up refresh destroy outputs render prove campaign acceptance doctor handover report restore resume rotate settings verify
acceptance: setup ## everything once on a real subscription, with a report; it says what it costs (ARGS=--rehearse)
	@$(PY) -m operations $@ $(ARGS)
doctor: setup ## before a real `pulumi up`: sign-in, rights, quota, names, everything that exists, with what to type
handover: setup ## what pods of another tool carry, for Kustomize and Helm (ARGS="--out DIR")
report: setup ## who reads what, and what a change does to it (ARGS="--from head.json --against base.json --html page.html")
restore: setup ## bring deleted vaults and secrets of a real stack back
resume: setup ## after a real `pulumi up` that died: take what exists into the state
rotate: setup ## a new value for a secret, and who needs a restart (ARGS="orders-db-password")
settings: setup ## print the effective settings of a stack, and the file that each comes from
verify: setup ## after a real `pulumi up`: prove that each workload gets its secrets, and what there is more
doctor handover report restore resume rotate settings verify:
	@$(PY) -m operations $@ --stack '$(STACK)' $(if $(filter doctor handover restore rotate settings,$@),$(file)) $(ARGS)

# Test and check.
.PHONY: test unit check format scan schema docs plans bench profile lock clean
test: scanner kustomize cluster policy browser ## run all tests
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)
unit: setup ## run the tests that start no engine, no server and no other program
	@$(PY) -m pytest -n auto --dist worksteal -m 'not engine and not servers' $(ARGS)
check: scanner kustomize cluster policy browser ## run what CI runs: format, lint, types, conventions, tests
	@$(PY) -m tools.check $(ARGS)
format: setup ## format the code, mend what the linter can
	@$(PY) -m ruff check --quiet --fix-only --exit-zero . && $(PY) -m ruff format .
scan: scanner ## render a stack, let Checkov scan it
	@$(PY) -m tools.scan --stack '$(STACK)' $(file) $(ARGS)
schema: setup ## write docs/config.schema.json and docs/report.schema.json
	@$(PY) -m stacks.settings.json_schema
	$(PY) -m operations.report.json_schema
docs: setup ## write the tables of docs/config/, docs/proofs.md and docs/troubleshooting.md
	@$(PY) -m tools.config_docs
plans: setup ## write the reviewed plan files anew, then read git diff
	@$(PY) -m tests.support.plan
bench: setup ## measure against a flat program: a quarter of an hour on an idle machine
profile: setup ## where the time of a preview of 240 workloads goes
lock: setup ## write the locks anew from their *.in files (ARGS=--upgrade for newer releases)
bench profile lock:
	@$(PY) -m $(if $(filter lock,$@),tools.lock,benchmarks$(if $(filter profile,$@),.profile)) $(ARGS)
clean: ## remove .venv, caches and rehearsed states; .tools stays
	$(call bootstrap,clean)
