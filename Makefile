# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Sets up what each target needs in .venv and .build, and runs it. ansible-test alone keeps more, in ~/.ansible/test.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.DELETE_ON_ERROR:

# The first of these that really runs (a pyenv shim may exist and fail), is new enough for ansible-core and can make environments.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& command -v "$$python" && break; done)

VENV := .venv
BIN := $(VENV)/bin
# A stamp is named for the content of the pins, so that another branch's pins are noticed whatever the files' times are.
stamp = $(VENV)/installed-$(1)-$(shell cat requirements/ansible.txt requirements/$(1).txt | cksum | cut -d' ' -f1)
ANSIBLE := $(call stamp,ansible)
DEV := $(call stamp,dev)

RUN := $(BIN)/python tests/run

.PHONY: help demo test test-peers test-report test-kernel bench lint sanity unit molecule docs pins clean

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
	@requirements/pin "$(PYTHON)"

clean: ## remove all that was made here
	rm -rf $(VENV) .build tests/output .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ANSIBLE): | $(VENV)/bin/python
	@echo "installing requirements/ansible.txt"
	@rm -f $(VENV)/installed-ansible-*
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/ansible.txt
	@touch $@

$(DEV): $(ANSIBLE)
	@echo "installing requirements/dev.txt"
	@rm -f $(VENV)/installed-dev-*
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements/dev.txt
	@touch $@

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11, 3.12 or 3.13 with venv found: install one, or name one with PYTHON=" >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
