# The buttons of this project. `make` alone lists them.
#
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

VENV := .venv
PY := $(VENV)/bin/python
LOCKS := requirements.txt requirements-dev.txt

# --------------------------------------------------------------------------------------------------------------------------- help

.PHONY: help
help:
	@echo 'usage: make TARGET [STACK=dev] [CONFIG=FILE] [ARGS="…"]'
	sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS=$$'\t' read -r target what; do
	    printf '  %-9s %s\n' "$$target" "$$what"
	done

# ------------------------------------------------------------------------------------------------------------------------- set-up

# .venv is as it should be when it holds a stamp with this name: the checksum of the locks and the version of Python.
# With PYTHON= given that version counts, otherwise the one that .venv was made with.
checksum := $(shell cat $(LOCKS) | cksum | cut -d ' ' -f 1)
ifeq ($(PYTHON),)
version := $(shell [ -x $(PY) ] && sed -n 's/^version = //p' $(VENV)/pyvenv.cfg)
else
version := $(shell "$(PYTHON)" -c 'import platform; print(platform.python_version())' 2>/dev/null)
endif
READY := $(VENV)/.ready-$(checksum)-$(or $(version),none)

# The scanner has an environment of its own, since its pins are not ours; the stamp is of the same kind.
SCANNER := .tools/checkov
SCANNER_LOCK := tools/checkov/requirements.txt
SCANNER_READY := $(SCANNER)/.ready-$(shell cksum <$(SCANNER_LOCK) | cut -d ' ' -f 1)-$(or $(version),none)

# Prints the first of the candidates that is Python 3.11 or newer and can make a virtual environment; otherwise says what is missing.
define FIND_PYTHON
find_python() {
    local seen='' tried="$$*" candidate version
    for candidate in "$$@"; do
        version=$$("$$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
        if ! "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            seen+="; $$candidate is $$version"
        elif ! "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            seen+="; $$candidate is $$version but lacks the venv module (Debian, Ubuntu: apt install python$${version%.*}-venv)"
        else
            echo "$$candidate"
            return
        fi
    done
    echo "setup: Python 3.11 or newer is needed; tried $${tried// /, }$$seen; install one, or name it: make setup PYTHON=/path/to/python3" >&2
    return 1
}
endef

# Shows what pip is at: one updating line on a terminal, else a line for every tenth package.
define SHOW_PIP
show_pip() {
    local total=$$1 count=0 verb what rest
    while read -r verb what rest; do
        case "$$verb" in
            Collecting)
                count=$$((count + 1))
                if [ -t 1 ]; then printf '\r\033[K  %s of at most %s: %s' "$$count" "$$total" "$${what%%[=<>]*}"
                elif ((count % 10 == 0)); then echo "  $$count of at most $$total packages"; fi ;;
            Installing)
                if [ -t 1 ]; then printf '\r\033[K'; fi
                if [ "$$what" = collected ]; then echo '  unpacking'; fi ;;
        esac
    done
}
endef

# Installs the packages of locks into an environment, and says what pip is at.
define INSTALL
pip_install() {
    local python=$$1 total locks=()
    shift
    for lock in "$$@"; do locks+=(-r "$$lock"); done
    total=$$(grep -hoE '^[a-z0-9][a-z0-9._-]*==' "$$@" | sort -u | wc -l | tr -d ' ')
    # --no-compile: the next step does it on all cores
    "$$python" -m pip install --require-hashes --no-compile --no-input --disable-pip-version-check --progress-bar off "$${locks[@]}" |
        show_pip "$$total" || return 1
    echo '  compiling to bytecode'
    # its warnings are about other people's code; a file that it cannot compile is Python's business when it is imported
    "$$python" -m compileall -q -j 0 "$$("$$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" >/dev/null 2>&1 || true
}
endef

# Asked for by name, set-up says what there is; as a prerequisite it speaks only when it has something to do.
asked = $(filter setup,$(MAKECMDGOALS))

.PHONY: setup
setup: engine ## make .venv and the Pulumi engine (the other targets do this by themselves)
	@$(if $(asked),echo "setup: ready: $$($(PY) --version) in $(VENV); type make preview or make test",:)

.PHONY: engine
engine: $(READY)
	@$(PY) -I -S tools/engine.py $(if $(asked),,--quiet)

$(READY):
	@$(FIND_PYTHON)
	$(SHOW_PIP)
	$(INSTALL)
	started=$$SECONDS
	fail() { echo "setup: $$1; mend that and type make setup" >&2; exit 1; }
	if [ -n '$(PYTHON)' ] || ! { [ -x $(PY) ] && $(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; then
	    base=$$(find_python $(if $(PYTHON),'$(PYTHON)',python3 python3.13 python3.12 python3.11 python3.14 python))
	    if ! { [ -x $(PY) ] && grep -qsFx 'version = $(version)' $(VENV)/pyvenv.cfg && $(PY) -c 'import pip' 2>/dev/null; }; then
	        echo "setup: making $(VENV) with $$base ($$("$$base" --version))"
	        log=$$("$$base" -m venv --clear $(VENV) 2>&1) || fail "$$base could not make $(VENV): $${log##*$$'\n'}"
	    fi
	fi
	echo 'setup: installing the packages of $(LOCKS) (a minute or two the first time)'
	pip_install $(PY) $(LOCKS) || fail 'pip could not install the packages, its reason stands above'
	rm -f $(VENV)/.ready-*
	touch "$(VENV)/.ready-$(checksum)-$$($(PY) -c 'import platform; print(platform.python_version())')"
	echo "setup: $(VENV) done in $$((SECONDS - started)) s"

.PHONY: scanner
scanner: $(SCANNER_READY)

$(SCANNER_READY): | setup
	@$(SHOW_PIP)
	$(INSTALL)
	started=$$SECONDS
	fail() { echo "scanner: $$1; mend that and type make scanner" >&2; exit 1; }
	echo 'scanner: installing Checkov into $(SCANNER) (half a minute to two, once)'
	log=$$($(PY) -m venv --clear $(SCANNER) 2>&1) || fail "$(PY) could not make $(SCANNER): $${log##*$$'\n'}"
	pip_install $(SCANNER)/bin/python $(SCANNER_LOCK) || fail 'pip could not install it, its reason stands above'
	touch "$(SCANNER)/.ready-$$(cksum <$(SCANNER_LOCK) | cut -d ' ' -f 1)-$$($(PY) -c 'import platform; print(platform.python_version())')"
	echo "scanner: $(SCANNER) done in $$((SECONDS - started)) s"

# --------------------------------------------------------------------------------------------------------- rehearse, with no cloud

rehearse = @$(PY) -m rehearsal $(1) --stack '$(STACK)' $(if $(and $(CONFIG),$(2)),--config-file '$(CONFIG)') $(ARGS)

.PHONY: preview up refresh destroy outputs render
preview: setup ## preview a stack, then rehearse it: no cloud account, no credentials
	$(call rehearse,preview,config)
up: setup ## rehearse `pulumi up`; the state stays in .rehearsal/
	$(call rehearse,up,config)
refresh: setup ## rehearse `pulumi refresh`
	$(call rehearse,refresh,config)
destroy: setup ## rehearse `pulumi destroy`
	$(call rehearse,destroy,config)
outputs: setup ## print the outputs of the last rehearsed `up`
	$(call rehearse,outputs)
render: setup ## write what a stack sends: Kubernetes manifests, ARM templates
	$(call rehearse,render,config)

# -------------------------------------------------------------------------------------------------------------------- test, check

.PHONY: test unit check format scan schema plans bench
test: setup scanner ## run all tests
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)
unit: setup ## run the tests that need no engine
	@$(PY) -m pytest -m 'not engine' $(ARGS)
check: setup scanner ## run what CI runs: format, lint, types, tests
	@step() {
	    echo "check: $$1"
	    "$${@:3}" || { echo "check: $$1 failed; $$2" >&2; exit 1; }
	}
	step format 'type make format' $(PY) -m ruff format --check --quiet .
	step lint 'what stands above has to be mended, make format mends some of it' $(PY) -m ruff check --quiet .
	step types 'what stands above has to be mended' $(PY) -m pyright
	step tests 'make test ARGS="--last-failed" runs the failed ones only' $(PY) -m pytest -n auto --dist worksteal $(ARGS)
format: setup ## format the code, mend what the linter can
	@$(PY) -m ruff check --quiet --fix-only --exit-zero .
	$(PY) -m ruff format .
scan: setup scanner ## render a stack, let Checkov scan it
	@out=$$(mktemp -d)
	trap 'rm -rf "$$out"' EXIT
	$(PY) -m rehearsal render --stack '$(STACK)' $(if $(CONFIG),--config-file '$(CONFIG)') --out "$$out" $(ARGS) >"$$out/log.txt" ||
	    { cat "$$out/log.txt"; exit 1; }
	$(PY) -m tools.scan "$$out"
schema: setup ## write docs/config.schema.json
	@$(PY) -m stacks.settings.json_schema
plans: setup ## write the reviewed plan files anew, then read git diff
	@$(PY) -m tests.support.plan
bench: setup ## measure the program's imports
	@$(PY) -m benchmarks.imports $(ARGS)

# ------------------------------------------------------------------------------------------------------------------------- upkeep

.PHONY: lock clean
lock: setup ## write the locks anew from their *.in files (ARGS=--upgrade for newer releases)
	@for name in requirements requirements-dev $(SCANNER_LOCK:.txt=); do
	    $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --custom-compile-command 'make lock' --output-file "$$name.txt" $(ARGS) "$$name.in"
	done
	echo 'lock: done, see git diff $(LOCKS) $(SCANNER_LOCK); make setup and make scanner install them'
clean: ## remove .venv, caches and rehearsed states; .tools stays
	@rm -rf $(VENV) .rehearsal .pytest_cache .ruff_cache rendered
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	echo 'clean: done; engine and scanner stay, rm -rf .tools removes them'
