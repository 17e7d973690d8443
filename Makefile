SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
UV := UV_LINK_MODE=copy $(BIN)/uv
export PATH := $(BIN):$(PATH)
# Compiled bytecode halves the start of every stage; some machines switch it off.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help repro study test test-all test-study cluster team soak lint audit bench seeds candidates screenshots \
  lock lock-template ray ui server clean practical student new wheel gc

help:
	@awk -F':.*## ' '/^##@ /{printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## /{printf "  make %-11s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What the pipeline writes and git keeps; DVC's own advice names dvc.lock alone.
COMMITTED := dvc.lock models.lock params.yaml conf.lock.yaml metrics

##@ The pipeline
repro: .venv/installed  ## set up .venv, then run the stages that a change affects
	@dvc repro
	@changed=$$(git status --porcelain -- $(COMMITTED) | cut -c4-); [ -z "$$changed" ] || echo "to commit:" git add $$changed

ui: .venv/installed  ## start MLflow's pages on this machine, and print the link to the runs
	@tracked ui

study: .venv/study  ## run the practical's experiments, and write docs/practical.md and .html of them (20 minutes)
	@python -m study

gc: .venv/installed  ## remove for good what you deleted in MLflow, and what nothing needs; asks first
	@tracked gc

clean:  ## remove the stages' outputs and other leftovers; keeps the runs, DVC's cache and .venv
	rm -rf outputs multirun reports metrics models data .pytest_cache .mypy_cache .ruff_cache .hypothesis

##@ More than one machine
server: .venv/installed  ## start one MLflow server for a team: OPTIONS="--login --port 5000", see docs/team.md
	@tracked server $(OPTIONS)

ray: .venv/ray  ## install Ray too, for hydra/launcher=ray

##@ Start another project
practical:  ## write the folders for students and teacher: DEST=practical; needs Python alone
	@$(PYTHON) kit/make.py "$(or $(DEST),practical)"

student: .venv/installed  ## train and test what students handed in, a run each: FOLDER=handed_in/ann; UNDO=1 takes it away
	@python -m kit.student $(if $(STUDENT),--name "$(STUDENT)") $(if $(UNDO),--remove) $(FOLDER)

# Of the last commit: Copier could not find uncommitted changes again when the project is updated.
new: .venv/installed  ## make a project of your own: DEST=../mine NAME=mine, optionally KIND=regression
	@[ "$(DEST)" ] || { echo "say where, and how the project is called: make new DEST=../mine NAME=mine"; exit 1; }
	@[ -z "$(filter $(CURDIR)/%,$(abspath $(DEST)))" ] || { echo "DEST=$(DEST) is in this repository: say DEST=../mine or the like"; exit 1; }
	@[ -z "$$(ls -A "$(DEST)" 2>/dev/null)" ] || { echo "DEST=$(DEST) is there already: remove it, or say another"; exit 1; }
	@told=$$(copier copy --quiet --defaults --vcs-ref "$$(git rev-parse HEAD)" $(if $(NAME),--data name="$(NAME)") \
	  $(if $(KIND),--data kind="$(KIND)") $(if $(LICENSE),--data license="$(LICENSE)") \
	  $(if $(AUTHOR),--data author="$(AUTHOR)") "$(or $(FROM),$(CURDIR))" "$(DEST)" 2>&1) || \
	  { echo "$$told" | tail -n 1; exit 1; }
	@cd "$(DEST)" && git init -q -b main && git add -A && \
	  git $$(git var GIT_AUTHOR_IDENT >/dev/null 2>&1 || echo -c user.name=new -c user.email=new@localhost) commit -q -m "Begin" && \
	  echo "$(DEST) is a project of its own, with one commit. Next: cd $(DEST) && make repro"

wheel: .venv/installed  ## build tracked into template/wheels, after an edit of packages/tracked
	@rm -rf template/wheels
	@$(UV) build -q --wheel --offline --no-build-isolation --no-create-gitignore -o template/wheels packages/tracked
	@cd template && printf './%s[sweep,team] --hash=sha256:%s\n' wheels/*.whl \
	  $$(python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' wheels/*.whl) \
	  > wheels/requirements.txt

##@ Tests
test: .venv/installed  ## set up .venv, lint, and run the tests of a day's work
	@$(MAKE) --no-print-directory lint
	@python -m pytest -n 2 --dist loadgroup -m "not long and not soak and not cluster and not team and not study"

test-all: .venv/installed  ## run the long tests: rarer cases, the commands in the documents (half an hour)
	@python -m pytest -n 2 --dist loadgroup --durations=40 -m long

test-study: .venv/study  ## run the practical's experiments with two seeds, also interrupted
	@python -m pytest -n 2 -m study

cluster: .venv/ray  ## test sweeps on workers that share no folder, die, or lose their driver (10 minutes)
	@python -m pytest -v -m cluster tests/cluster packages/tracked/tests/test_deaths.py

team: .venv/ray  ## test one server, database and remote for several people (5 minutes)
	@python -m pytest -n 2 --dist loadfile -rs -m "team or cluster" tests/team

soak: .venv/installed  ## test with random kills, damaged files and bad settings; SOAK=3 for three times as many
	@python -m pytest -n 2 --dist loadgroup -m soak

lint: .venv/installed  ## run ruff and mypy, as before a commit
	@pre-commit run --all-files

audit: .venv/uv  ## look up known vulnerabilities of the locked packages
	@python .ci/audit.py

LOCK := pip compile -q --universal --python-version 3.11 --generate-hashes --no-header

##@ Renew what is committed
lock: .venv/uv  ## renew all requirements*.lock, after an edit of pyproject.toml
	@$(UV) $(LOCK) --upgrade --extra sweep --extra team --group dev --group pipeline \
	  pyproject.toml packages/tracked/pyproject.toml -o requirements.lock
	@$(UV) $(LOCK) --upgrade --group study -o requirements-study.lock
# What Ray adds, without uv's list of what it leaves out. Ray's launcher asks for cloudpickle<3, but works with the rest's.
	@$(UV) $(LOCK) --upgrade --extra ray -c requirements.lock --overrides <(echo cloudpickle) \
	  $$(sed -n 's/^\([a-z0-9][^=]*\)==.*/--no-emit-package \1/p' requirements.lock) \
	  packages/tracked/pyproject.toml -o requirements-ray.lock
	@sed -i.bak '/^$$/,$$d' requirements-ray.lock && rm requirements-ray.lock.bak
	@$(MAKE) --no-print-directory lock-template

lock-template: .venv/installed  # of a project as it is made, with the versions of ours
	@made=$$(mktemp -d) && copier copy --quiet --defaults --vcs-ref HEAD --data name=made $(CURDIR) $$made && ln -s $(CURDIR)/.venv $$made/.venv && \
	  $(MAKE) -C $$made lock OPTIONS="--upgrade --constraints $(CURDIR)/requirements.lock" && \
	  cp $$made/requirements.lock template/ && rm -r $$made

bench: .venv/installed  ## time an update of the numpy network against others, into docs/neural_net_speed.md
	@python bench/updates.py

seeds: .venv/installed  ## test both networks and scikit-learn's with ten seeds, into docs/neural_net.md
	@python bench/seeds.py

candidates: .venv/installed  ## compare settings on validation data, into bench/results/candidates.json (10 minutes)
	@python bench/seeds.py choose

screenshots: .venv/installed  ## take the pictures of docs/mlflow.md anew, in Chromium
	@python docs/screenshots.py

.venv/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), but Python 3.11 to 3.13 is needed: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==0.13.9
	@touch $@

# By their folders: nothing is to look for their names elsewhere.
OURS := --no-deps --no-build-isolation --editable packages/tracked --editable .

.venv/installed: requirements.lock pyproject.toml packages/tracked/pyproject.toml | .venv/uv
	@echo "Installing the locked packages (TensorFlow is large: about a minute) ..."
	@$(UV) pip sync -q --compile-bytecode --require-hashes requirements.lock
	@echo "Installing digitrack and tracked themselves ..."
	@$(UV) pip install -q $(OURS)
	@touch $@

# Parts of their own, as plain `make repro` has no use for them; after .venv/installed, which removes what it does not list.
.venv/ray: requirements-ray.lock .venv/installed
	@echo "Installing Ray ..."
	@$(UV) pip install -q --no-deps --compile-bytecode --require-hashes -r requirements-ray.lock
	@touch $@

.venv/study: requirements-study.lock .venv/installed
	@echo "Installing pandoc, for the page as HTML ..."
	@$(UV) pip install -q --require-hashes -r requirements-study.lock
	@touch $@
