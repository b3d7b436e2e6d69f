# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Sets up what each target needs in .venv and .build, and runs it. ansible-test alone keeps more, in ~/.ansible/test.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin

# Which ansible-core to develop on, and its interpreter: that of PYTHON=, or the best one found. Whatever Python 3 there is answers that.
PYTHON ?=
CHOICE := $(shell for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	"$$python" tests/run/pythons.py $(PYTHON) 2>/dev/null && break; done)
CORE := $(firstword $(CHOICE))
INTERPRETER := $(wordlist 2,$(words $(CHOICE)),$(CHOICE))

# A stamp is named for the interpreter and for the content of the pins, so that those of another branch are noticed whatever the files' times are.
stamp = $(VENV)/$(1)-$(shell { echo "$(INTERPRETER)"; cat /dev/null $(2); } | cksum | cut -d' ' -f1)
ANSIBLE_PINS := $(wildcard requirements/ansible-$(CORE).txt)
DEV_PINS := $(wildcard requirements/dev-$(CORE).txt)
MADE := $(call stamp,made)
ANSIBLE := $(call stamp,installed-ansible,$(ANSIBLE_PINS))
DEV := $(call stamp,installed-dev,$(ANSIBLE_PINS) $(DEV_PINS))

RUN := $(BIN)/python tests/run

.PHONY: help demo test test-peers test-report test-kernel test-cores bench lint sanity unit molecule docs pins clean

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(ANSIBLE) ## play the demonstration on this machine
	@tests/demo $(BIN)

test: $(DEV) ## run all checks and tests that need nothing but Python
	@$(RUN)

test-peers: $(DEV) ## run our iSCSI beside other implementations (tests/peers/packages.txt names them)
	@$(RUN) peers

test-report: $(DEV) ## look at the compliance report with a browser (tests/report/packages.txt names it)
	@$(RUN) report

test-kernel: $(DEV) ## run the scenarios against a Linux kernel in a QEMU guest
	@$(RUN) kernel

test-cores: $(DEV) ## run the unit tests and a scenario on the other ansible-cores that are supported
	@$(RUN) cores

bench: $(DEV) ## measure in the guest, against sg3_utils
	@$(BIN)/python benchmarks/kernel.py

lint: $(DEV) ## check style, types, licenses, changelog, documentation, and what Galaxy accepts
	@$(RUN) ruff mypy reuse changelog docs-lint ansible-lint importer

sanity: $(DEV) ## run ansible-test's sanity tests
	@$(RUN) sanity

unit: $(DEV) ## run the unit tests on every Python that is found
	@$(RUN) unit

molecule: $(DEV) ## run the scenarios on this machine
	@$(RUN) molecule

docs: $(DEV) ## write the modules' pages to docs/modules
	@tests/write-docs $(BIN)

pins: ## renew the exact versions in requirements/ (takes what the package index has now)
	@requirements/pin "$(INTERPRETER)"

clean: ## remove all that was made here
	rm -rf $(VENV) .build tests/output .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ANSIBLE): $(MADE)
	@echo "installing $(ANSIBLE_PINS)"
	@rm -f $(VENV)/installed-ansible-*
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(ANSIBLE_PINS)
	@touch $@

$(DEV): $(ANSIBLE)
	@echo "installing $(DEV_PINS)"
	@rm -f $(VENV)/installed-dev-*
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(DEV_PINS)
	@touch $@

$(MADE):
	@test -n "$(CORE)" || { echo "no Python 3.11, 3.12 or 3.13 with venv found: install one, or name one with PYTHON=" >&2; exit 1; }
	@echo "making $(VENV) with $(INTERPRETER), for ansible-core $(CORE)"
	@"$(INTERPRETER)" -m venv --clear $(VENV)
	@touch $@
