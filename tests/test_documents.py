"""The commands and the code in the README and CONTRIBUTING work, in their order; every page's links lead somewhere."""

import json
import re
import shlex
import textwrap
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("packages/tracked/*.md")])
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values()
OUTPUTS = {ROOT / out for stage in STAGES for out in stage.get("outs", []) if isinstance(out, str)}  # not in a clone


def commands(document):
    """The indented commands, without their comments."""
    lines = re.findall(r"^    ((?:make|dvc|python|mlflow|source|rm|git) .*)$", (ROOT / document).read_text(), re.M)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.long
def test_commands_of_the_documents_work(finished):
    finished.commit()
    ran = 0
    for document in ("README.md", "CONTRIBUTING.md"):
        for command in commands(document):
            if command[0] == "make":  # sets up an environment of its own: here, that there is such a target
                finished.run("make", "--dry-run", *command[1:])
            elif command[0] != "source":
                finished.run(*command)
            ran += 1
    assert ran > 10
    assert (finished.path / "dvc_plots/index.html").exists()


def test_the_code_in_the_readme_prints_what_it_says(capsys):
    printed, code = re.search(r"prints\s`(.+)`:\n\n((?:    .+\n)+)", (ROOT / "README.md").read_text()).groups()
    exec(textwrap.dedent(code), {})  # noqa: S102
    assert capsys.readouterr().out == f"{printed}\n"


def test_the_readme_shows_the_metrics_that_are_committed():
    rows = re.findall(r"^    (keras|numpy) +(\S+) .* (\S+) +(\d+) +\S+ s$", (ROOT / "README.md").read_text(), re.M)
    assert len(rows) == 2
    for network, accuracy, loss, errors in rows:
        found = json.loads((ROOT / f"metrics/{network}.json").read_text())
        shown = (f"{found['test_accuracy']:.4f}", f"{found['test_loss']:.4f}", str(found["errors"]))
        assert (accuracy, loss, errors) == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links_of_a_page_lead_to_files_and_headings(page):
    for target in re.findall(r"\]\(([^()\s]+)\)", page.read_text()):
        if "://" not in target:
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            assert file.exists() or file.resolve() in OUTPUTS, target
            assert not anchor or anchor in anchors(file), target


def anchors(page):
    """The headings of a page, as a link names them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_promise_names_tests_that_exist():
    page = re.sub(r"^### .*?(?=^## )", "", (ROOT / "docs/reliability.md").read_text(), flags=re.M | re.S)
    promises = re.findall(r"^- (.+(?:\n  .+)*)", page, re.M)
    assert len(promises) > 50
    for promise in promises:
        tests = re.findall(r"`([\w/]+\.py)`", promise.rpartition("(")[2])
        assert tests, promise
        for test in tests:
            assert (ROOT / ("" if "/" in test else "packages/tracked/tests") / test).is_file(), test
