# Every target works in .venv, which is made from the locks when it is missing. `make` says what there is.

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check
SUITABLE := (3, 11) <= sys.version_info[:2] <= (3, 13)
COMPILE := $(PYTHON) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet --group build

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: FORCE help demo test check chromium postgresql spreadsheet java bench lock notebooks messages clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.run ## run every report on the sample program (DEMO="--out folder" to choose where)
	@$(VENV)/bin/crm-workbench demo $(DEMO)

test: $(VENV)/.test chromium postgresql spreadsheet java check ## run the whole suite: units, doctests, notebooks, architecture, browser
	$(PYTHON) -m pytest -n logical --maxprocesses 4 --dist loadscope -r sfE --doctest-modules --nbval --nbval-current-env \
		--cov=workbench --cov-report=term tests workbench notebooks

check: $(VENV)/.test ## lint, types, import contracts, message catalogues
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports --no-logo
	$(PYTHON) -m workbench.locale.update --check

bench: $(VENV)/.test ## measure, side by side with peers
	@for file in benchmarks/*.py; do \
		[ -e "$$file" ] || { echo "There are no benchmarks yet."; exit 0; }; \
		echo "$$file"; $(PYTHON) "$$file" || exit 1; \
	done

lock: $(VENV)/.run ## work out both locks anew (LOCK=--upgrade for the newest versions)
	$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['lock'])" \
		| xargs $(PIP) install --quiet
	$(COMPILE) $(LOCK) --output-file requirements.lock
	$(COMPILE) $(LOCK) --extra test --constraint requirements.lock --output-file requirements-test.lock

notebooks: $(VENV)/.test ## run the committed notebooks again and store their outputs
	$(PYTHON) -m workbench.reporting.refresh

messages: $(VENV)/.run ## bring the message catalogues up to date with the source
	$(PYTHON) -m workbench.locale.update

clean: ## remove .venv and everything else that was made here
	rm -rf $(VENV) build dist htmlcov .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.run: $(VENV)/.folder requirements.lock pyproject.toml
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.folder requirements-test.lock pyproject.toml
	$(PIP) install --require-hashes --requirement requirements-test.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.run $@

# An environment is of no use when its interpreter is gone or its folder was moved: then it is made anew.
MADE_FOR := $(shell $(PYTHON) -c "print(open('$(VENV)/.folder').read())" 2>/dev/null)
ifneq ($(MADE_FOR),$(CURDIR))
$(VENV)/.folder: FORCE
endif

$(VENV)/.folder:
	@if [ ! -e $@ ] && $(PYTHON) -c 'import pip, sys; sys.exit(not $(SUITABLE))' 2>/dev/null; then \
		echo "Using the $(VENV) that is there"; pwd -P > $@; exit 0; \
	fi; \
	old= bare= python=; \
	for name in "$(BASE_PYTHON)" python3.13 python3.12 python3.11 python3 python; do \
		"$$name" -c 'import sys' 2>/dev/null || continue; \
		"$$name" -c 'import sys; sys.exit(not $(SUITABLE))' || { old=$$name; continue; }; \
		"$$name" -c 'import ensurepip, venv' 2>/dev/null || { bare=$$name; continue; }; \
		python=$$name; break; \
	done; \
	if [ -z "$$python" ] && [ -n "$$bare" ]; then \
		version=$$("$$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "$$bare cannot make a virtual environment: its venv or ensurepip module is missing." >&2; \
		echo "On Debian and Ubuntu: apt-get install python$$version-venv, then run make again." >&2; exit 1; \
	elif [ -z "$$python" ]; then \
		[ -z "$$old" ] || echo "Found $$old, which is $$("$$old" --version 2>&1)." >&2; \
		echo "Python 3.11, 3.12 or 3.13 is needed. Install one, or name it: make demo BASE_PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	rm -rf $(VENV) && "$$python" -m venv $(VENV) && pwd -P > $@

chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		! command -v $$name > /dev/null || exit 0; \
	done; \
	if command -v apt-get > /dev/null; then \
		echo "Chromium is missing; installing it with apt-get"; \
		root=; [ "$$(id -u)" = 0 ] || { [ -t 0 ] && root=sudo || root="sudo -n"; }; \
		install="$$root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium"; \
		$$install || { $$root apt-get update && $$install; } && exit 0; \
	fi; \
	[ -z "$$CI" ] || { echo "Chromium is missing, and in CI the browser tests must run." >&2; exit 1; }; \
	echo "There is no Chromium: the browser tests are skipped."

postgresql:
	@if command -v initdb > /dev/null || ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1; then exit 0; fi; \
	if command -v apt-get > /dev/null; then \
		echo "PostgreSQL is missing; installing it with apt-get"; \
		root=; [ "$$(id -u)" = 0 ] || { [ -t 0 ] && root=sudo || root="sudo -n"; }; \
		install="$$root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends postgresql"; \
		$$install || { $$root apt-get update && $$install; } && exit 0; \
	fi; \
	[ -z "$$CI" ] || { echo "PostgreSQL is missing, and in CI its tests must run." >&2; exit 1; }; \
	echo "There is no PostgreSQL: its tests are skipped."

spreadsheet:
	@if command -v soffice > /dev/null; then exit 0; fi; \
	if command -v apt-get > /dev/null; then \
		echo "LibreOffice is missing; installing its spreadsheet with apt-get"; \
		root=; [ "$$(id -u)" = 0 ] || { [ -t 0 ] && root=sudo || root="sudo -n"; }; \
		install="$$root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends libreoffice-calc"; \
		$$install || { $$root apt-get update && $$install; } && exit 0; \
	fi; \
	[ -z "$$CI" ] || { echo "LibreOffice is missing, and in CI the workbooks must be computed." >&2; exit 1; }; \
	echo "There is no LibreOffice: the workbooks' formulas are not computed."

java:
	@if command -v java > /dev/null || [ -n "$$JAVA_HOME" ]; then exit 0; fi; \
	if command -v apt-get > /dev/null; then \
		echo "Java is missing; installing it with apt-get for Spark"; \
		root=; [ "$$(id -u)" = 0 ] || { [ -t 0 ] && root=sudo || root="sudo -n"; }; \
		install="$$root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends default-jre-headless"; \
		$$install || { $$root apt-get update && $$install; } && exit 0; \
	fi; \
	[ -z "$$CI" ] || { echo "Java is missing, and in CI the tests on Spark must run." >&2; exit 1; }; \
	echo "There is no Java: the tests on Spark are skipped."
