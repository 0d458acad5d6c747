# Thin on purpose: what a target calls can be called without make.
.DEFAULT_GOAL := help
.PHONY: help demo test check format bench fuzz walk constraints clean distclean

# How many tests at once: the pure ones, and those that share one Docker Engine.
export PURE_WORKERS ?= 3
export ENGINE_WORKERS ?= 2

BIN := .venv/bin
PIN := CUSTOM_COMPILE_COMMAND='make constraints' $(BIN)/pip-compile --quiet --generate-hashes \
	--allow-unsafe --build-deps-for editable \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(PINFLAGS)

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.installed ## From nothing to a running prototype, its URL, and what to try next
	@exec $(BIN)/sandboxctl demo

test: .venv/.installed-dev ## Everything the tests need, then every test
	@exec sh .ci/test

check: .venv/.installed-dev ## Format, lint, types, arrows, the quick pure tests: a minute and a half
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/pytest -q -n $(PURE_WORKERS) -m "not engine and not browser and not slow"

format: .venv/.installed-dev ## Put the code into the house's shape
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: .venv/.installed-dev ## Times, as ratios to the engine's own, into docs/benchmarks (PARTS=)
	@exec $(BIN)/python -m tests.benchmarks $(PARTS)

fuzz: .venv/.installed-dev ## Look for files that break the reader (FUZZ_SECONDS=60 for each target)
	@exec sh .ci/fuzz

walk: .venv/.installed-dev ## Let every call of every verb go wrong once: hours (WALK='reset --each-kind')
	@exec sh .ci/walk

constraints: .venv/.installed-dev ## Pin what pyproject.toml asks for (PINFLAGS=--upgrade: newest)
	@$(BIN)/pip install --quiet pip-tools
	@$(PIN) --strip-extras -o constraints.txt pyproject.toml
	@# Extras stay in: pip 23.2 takes a newer release of what only an extra asks for, hash or not.
	@$(PIN) --no-strip-extras --extra dev -c constraints.txt -o constraints-dev.txt pyproject.toml
	@echo 'atheris>=3' | $(subst --build-deps-for editable,,$(PIN)) -o constraints-fuzz.txt -

clean: ## Take away caches and build results
	@rm -rf build dist *.egg-info .coverage* .*_cache .hypothesis
	@find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean ## Take away .venv too
	@rm -rf .venv
	@echo 'Taken away: .venv, caches and build results. `make demo` makes them again.'

.venv/.installed: constraints.txt pyproject.toml
	@sh .ci/venv
.venv/.installed-dev: constraints-dev.txt pyproject.toml
	@sh .ci/venv dev
