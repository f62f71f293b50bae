.PHONY: help demo test lint fixtures packages

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: packages ## Sweep four ratios over subset mini with the bundled model, and print where the report is
	swift build -c release --product tome-eval
	.build/release/tome-eval sweep --prompts mini --ratios 0,0.3,0.5,0.7 --output Reports/demo

test: ## Run every test
	@scripts/install-packages test
	swift test -c release --disable-xctest

lint: ## Check the format of all Swift code
	swift format lint --strict -r Package.swift Sources Tests Prompts

fixtures: .venv ## Make the tests' reference numbers again, with the pinned Python libraries
	.venv/bin/python Tests/Reference/make_all.py

.venv: Tests/Reference/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install -r $<
	touch .venv

packages:
	@scripts/install-packages
