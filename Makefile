.PHONY: help demo test arm-test browser-test action-test lint fixtures manual documentation install uninstall dist dist-test wheel wheel-test \
  packages portable-packages

browser_tests = .build/browser-tests

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: packages ## Sweep four ratios over subset mini with the bundled model, and print where the report is
	swift build -c release --product tome-eval
	.build/release/tome-eval sweep --prompts mini --ratios 0,0.3,0.5,0.7 --seeds 0 --output Reports/demo

test: ## Run every test: those in Swift, then those of the report in a browser
	@scripts/install-packages test
	swift test -c release --disable-xctest
	@$(MAKE) --no-print-directory browser-test action-test

browser-test: $(browser_tests)/installed ## Run the report's tests in headless Chromium, with the tool as it is built
	$(browser_tests)/bin/python -m unittest discover -s Tests/Browser -v

action-test: $(browser_tests)/installed ## Run the steps of the GitHub action, with the tool as it is built
	$(browser_tests)/bin/python scripts/test-action

# Outside of the system's packages, at pinned versions; made again when they change.
$(browser_tests)/installed: Tests/Browser/requirements.txt
	python3 -m venv --clear $(browser_tests)
	$(browser_tests)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

arm-test: ## Test the C kernels on this machine, and for arm64 in an emulator
	scripts/test-arm64

lint: ## Check the format of all Swift code
	swift format lint --strict -r Package.swift Sources Tests Prompts

fixtures: .venv ## Make the tests' reference numbers again, with the pinned Python libraries
	.venv/bin/python Tests/Reference/make_all.py

.venv: Tests/Reference/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install -r $<
	touch .venv

manual: ## Write the manual's pages again, from what the tool as it is built says of itself
	scripts/make-manual

documentation: packages ## Make the libraries' documentation in .build-documentation/NAME
	@set -e; for name in StableDiffusion TokenMerging Checkpoints Metrics Statistics; do \
	  TOME_EVAL_DOCUMENTATION=1 swift package --scratch-path .build-documentation --allow-writing-to-directory \
	    .build-documentation generate-documentation --target $$name --output-path .build-documentation/$$name; \
	done

PREFIX ?= /usr/local

install: portable-packages ## Build without a need for Swift, and install below PREFIX (default: /usr/local)
	scripts/install --strip "$$(scripts/build-portable)" "$(abspath $(PREFIX))"

uninstall: ## Remove what install put below PREFIX
	scripts/install --remove "$(abspath $(PREFIX))"

dist: portable-packages ## Make a folder that works anywhere, and a tarball of it, in dist
	scripts/dist

dist-test: ## Run the tarball in a Debian without Swift; needs root and debootstrap
	scripts/test-dist

wheel: portable-packages ## Make a wheel for pip in dist
	scripts/wheel/make

wheel-test: ## Install the wheel into a new environment, sweep and read the results from Python
	scripts/wheel/test

packages:
	@scripts/install-packages

portable-packages:
	@scripts/install-packages portable
