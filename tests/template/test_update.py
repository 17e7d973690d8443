"""A project that lives on: its user changes it, the template changes, and `make update` brings both together."""

import re
import shutil
import subprocess
from zipfile import ZipFile

import pytest
import yaml

FIRST, SECOND = "v0.1.0", "v0.2.0"
pytestmark = pytest.mark.long


def release(template, tag=SECOND):
    """What a newer version of the template has: a newer library, and edits everywhere."""
    (wheel,) = (template.path / "template/wheels").glob("*.whl")
    newer = wheel.with_name("tracked-9.0.0-py3-none-any.whl")
    with ZipFile(wheel) as old, ZipFile(newer, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            info = name.replace(wheel.name.removesuffix("-py3-none-any.whl"), "tracked-9.0.0")
            new.writestr(info, re.sub(rb"^Version: .*", b"Version: 9.0.0", text, count=1, flags=re.M))
    wheel.unlink()
    template.edit("template/wheels/requirements.txt", wheel.name, newer.name)
    digest = subprocess.run(["sha256sum", newer], capture_output=True, text=True, check=True).stdout[:64]
    named = template.path / "template/wheels/requirements.txt"
    named.write_text(re.sub("sha256:.*", f"sha256:{digest}", named.read_text()))
    for name in ("requirements.lock", "dvc.yaml", "pipeline/split.py", "pyproject.toml.jinja", "Makefile", ".ci/run"):
        file = template.path / "template" / name
        file.write_text(file.read_text() + ("\n\n# newer\n" if file.suffix == ".py" else "# newer\n"))
    template.edit("template/README.md.jinja", "## Where things are", "## Where all things are")
    template.edit("template/learn/model.py.jinja", "max_iter=1000", "max_iter=2000")
    template.edit("template/conf/config.yaml", "# Every setting;", "# All settings;")
    (template.path / "template/NEWS").write_text("news\n")
    template.commit(tag)


FOREST = {  # a second model, as README says, with a setting and a stage of its own; and a dependency
    "conf/config.yaml": ("  penalty: 1.0", "  penalty: 1.5"),
    "pyproject.toml": ('    "matplotlib>=3.10",', '    "joblib>=1.4",\n    "matplotlib>=3.10",'),
    "pipeline/settings.py": (
        "    train: Train\n",
        "    train: Train\n    train_forest: Forest\n",
    ),
    "pipeline/evaluate.py": ("from learn import data, model\n", "from learn import data, forest, model\n"),
    "learn/scores.py": ('"""How good a fitted model is', '"""How good any fitted model is'),
    "pipeline/project.py": ("from benign ones.", "from benign ones, by two models."),
    "README.md": ("# mine\n", "# mine\n\nTwo models.\n"),
    "Makefile": ("SWEEP ?= train.penalty=0.01,", "SWEEP ?= train.penalty="),
    "tests/test_pipeline.py": ("penalty: 1.0", "penalty: 1.5"),
    "learn/data.py": ('"""The data set:', '"""My data set:'),
}


def with_forest(mine):
    """Ten files edited, and a second model beside the first, as README says."""
    for name, (old, new) in FOREST.items():
        mine.edit(name, old, new)
    mine.edit("pipeline/evaluate.py", 'MODELS = {"model": model}', 'MODELS = {"forest": forest, "model": model}')
    mine.edit(
        "pipeline/settings.py",
        "@dataclass(config=closed)\nclass Settings",
        "@dataclass(config=closed)\nclass Forest:\n    trees: Annotated[int, Field(ge=1)]\n\n\n"
        "@dataclass(config=closed)\nclass Settings",
    )
    config = mine.path / "conf/config.yaml"
    config.write_text(config.read_text() + "\ntrain_forest:\n  trees: 10\n")
    for new, old in (("learn/forest.py", "learn/model.py"), ("pipeline/train_forest.py", "pipeline/train.py")):
        shutil.copy(mine.path / old, mine.path / new)
    mine.edit(
        "learn/forest.py",
        "sklearn.linear_model import LogisticRegression",
        "sklearn.ensemble import RandomForestClassifier",
    )
    mine.edit("learn/forest.py", "TRUSTED: list[str] = []", 'TRUSTED = ["sklearn.tree._tree.Tree"]')
    mine.edit("learn/forest.py", "penalty: float", "trees: int")
    mine.edit(
        "learn/forest.py",
        "make_pipeline(StandardScaler(), LogisticRegression(C=1 / penalty, max_iter=1000, random_state=seed))",
        "make_pipeline(StandardScaler(), RandomForestClassifier(trees, random_state=seed))",
    )
    training = mine.path / "pipeline/train_forest.py"
    for old, new in (
        ("data, model", "data, forest"), ("model.make", "forest.make"), ("model.save", "forest.save"),
        ("model.load", "forest.load"), ("model.answers", "forest.answers"), ("learn.model:", "learn.forest:"),
        ("models/model.skops", "models/forest.skops"), ("settings.train)", "settings.train_forest)"),
    ):  # fmt: skip
        training.write_text(training.read_text().replace(old, new))
    stages = (mine.path / "dvc.yaml").read_text()
    (own,) = re.findall(r"  train:\n(?:    .*\n)+\n", stages)
    for old, new in (
        ("train:", "train_forest:"), ("run train", "run train_forest"), ("train.py", "train_forest.py"),
        ("seed, train", "seed, train_forest"), ("model.py", "forest.py"), ("model.skops", "forest.skops"),
    ):  # fmt: skip
        own = own.replace(old, new, 1)
    stages = stages.replace("  evaluate:\n", f"{own}  evaluate:\n")
    stages = stages.replace(
        "    - models/model.skops\n    - pipeline/",
        "    - learn/forest.py\n    - models/forest.skops\n    - models/model.skops\n    - pipeline/",
    )
    stages = stages.replace("    - reports/model.png", "    - reports/forest.png\n    - reports/model.png")
    (mine.path / "dvc.yaml").write_text(stages)


def test_what_the_user_and_the_template_changed_is_all_there_and_runs(mine, template):
    with_forest(mine)
    mine.make("lock")
    mine.make("repro")
    mine.commit()
    before = {name: (mine.path / name).read_text() for name in mine.run("git", "ls-files", "[!w]*").split()}
    release(template)

    told = mine.make("update")
    assert "Next: make test repro" in told
    assert _marked(mine) == []
    for name, (_, new) in FOREST.items():
        assert new in (mine.path / name).read_text(), name
    for name in ("dvc.yaml", "pipeline/split.py", "pyproject.toml", "Makefile", ".ci/run"):
        assert (mine.path / name).read_text().endswith("# newer\n"), name
    assert "## Where all things are" in (mine.path / "README.md").read_text()
    assert "max_iter=2000" in (mine.path / "learn/model.py").read_text()
    assert [file.name for file in (mine.path / "wheels").glob("*.whl")] == ["tracked-9.0.0-py3-none-any.whl"]
    assert f'_commit: "{SECOND}"' in (mine.path / ".copier-answers.yml").read_text()
    lock = (mine.path / "requirements.lock").read_text()
    assert lock == before["requirements.lock"]
    assert re.search("^joblib==", lock, re.M)

    mine.make("repro")
    about = yaml.safe_load((mine.path / "metrics/test.json").read_text())
    assert about.keys() == {"forest", "model"}
    mine.make("test")
    mine.commit()
    assert "Stage 'train_forest' didn't change, skipping" in mine.make("repro")
    assert "The template has nothing newer." in mine.make("update")
    assert mine.run("git", "status", "--short") == ""


def test_the_same_lines_changed_by_both_are_marked_and_listed(mine, template):
    mine.edit("conf/config.yaml", "# Every setting;", "# My settings;")
    mine.edit("README.md", "## Where things are", "## Where is what")
    mine.commit()
    release(template)

    told = mine.make("update", code=2)
    assert "You and the template changed the same lines of\n  README.md\n  conf/config.yaml\nIn each, keep" in told
    assert _marked(mine) == ["README.md", "conf/config.yaml"]
    for name in _marked(mine):
        text = (mine.path / name).read_text()
        kept = re.sub(
            r"<<<<<<< before updating\n(.*?)(?:\|\|\|\|.*?)?=======\n.*?>>>>>>> after updating\n",
            r"\1",
            text,
            flags=re.S,
        )
        (mine.path / name).write_text(kept)
    mine.make("lock")
    mine.commit()
    assert "# My settings;" in (mine.path / "conf/config.yaml").read_text()
    mine.make("update")
    assert mine.run("git", "status", "--short") == ""


def test_a_template_without_releases_is_followed_commit_by_commit_but_not_its_uncommitted_changes(mine, template):
    template.run("git", "tag", "-d", FIRST)
    first = template.run("git", "rev-parse", "--short", "HEAD").strip()
    mine.edit(".copier-answers.yml", f'"{FIRST}"', f'"{first}"')
    mine.commit()
    (template.path / "template/ONE").touch()
    template.commit()
    (template.path / "template/TWO").touch()

    mine.make("update")
    assert [(mine.path / name).exists() for name in ("ONE", "TWO")] == [True, False]
    mine.commit()
    template.commit()
    mine.make("update")
    assert (mine.path / "TWO").exists()


def test_what_can_not_be_updated_is_told(mine, template):
    (mine.path / "README.md").write_text("my own\n")
    assert "Destination repository is dirty; cannot continue" in mine.make("update", code=2)
    mine.commit()
    assert "Unknown revision: 'v9'\nmake" in mine.make("update", "REF=v9", code=2)
    template.path.rename(template.path.with_name("elsewhere"))
    told = mine.make("update", code=2)
    assert f"updates come from {template.path}, which can't be read" in told
    assert "Traceback" not in told


def _marked(mine):
    """The files with marks of a conflict."""
    files = mine.run("git", "ls-files").split()
    return sorted(
        {
            name
            for name in files
            if (mine.path / name).is_file() and b"<<<<<<< before" in (mine.path / name).read_bytes()
        }
    )
