"""docs/own.md, "Your data", followed word for word; and what edits of a file in inputs/ run again."""

import csv
import io
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.long

PAGE = (Path(__file__).parents[2] / "docs/own.md").read_text().partition("## Your model")[0]
COMMANDS = [shlex.split(line) for line in re.findall(r"^    ((?:dvc|python) .*)$", PAGE, re.M)]
NODE = re.search(r"`(conf/data/\w+\.yaml)`\n\n```yaml\n(.*?)```", PAGE, re.S)
IRIS = "inputs/iris.csv"


def rows(done):
    header, *found = csv.reader(io.StringIO(done.stdout))
    return header, found


def test_the_walk_from_a_file_to_a_served_answer(clone):
    made, tried, repro, sweep, ask = COMMANDS
    clone.run(*made)
    clone.run(*tried)
    (clone.path / NODE[1]).write_text(NODE[2])
    clone.edit("conf/config.yaml", "- data: digits", "- data: iris")
    clone.commit()
    assert {"split", "train_keras", "train_numpy", "evaluate"} <= set(clone.ran(clone.run(*repro)))
    assert "2 jobs: 2 done" in clone.run(*sweep).stdout
    header, found = rows(clone.run(*ask))
    assert header == ["class", "p(0)", "p(1)", "p(2)"]
    assert len(found) == 150
    assert rows(clone.run(*ask, "--model", "models/numpy.npz"))[0] == header

    assert clone.ran(clone.run(*repro)) == []
    assert "2 skipped" in clone.run(*sweep).stdout
    clone.edit(IRIS, "5.1,3.5", "5.2,3.5")
    assert "split" in clone.ran(clone.run(*repro))
    assert "2 jobs: 2 done" in clone.run(*sweep).stdout

    clone.edit(IRIS, "sepal length (cm)", "length")
    done = clone.run(*ask, ok=False)
    assert "inputs/iris.csv has no column sepal length (cm)" in done.stderr
    done = clone.run("python", "-m", "pipeline.predict", "docs/images/digit.png", ok=False)
    assert "the model takes rows of 4 features, not pictures" in done.stderr


def test_folders_of_pictures_are_learned_and_asked_for_in_their_own_size(clone):
    rng = np.random.default_rng(0)
    for kind, level in (("dark", 60), ("light", 190)):
        folder = clone.path / "inputs/pictures" / kind
        folder.mkdir(parents=True)
        for i in range(20):
            Image.fromarray(rng.integers(level - 40, level + 40, (20, 30, 3), np.uint8)).save(folder / f"{i}.png")
    clone.run(
        "python",
        "-m",
        "pipeline",
        "data=images",
        "data.path=inputs/pictures",
        "data.size=[4,6]",
        "data.color=color",
        "--register",
    )
    clone.run(
        "dvc", "exp", "run", "-S", "data=images", "-S", "data.path=inputs/pictures", "-S", "data.size=[4,6]",
        "-S", "data.color=color",
    )  # fmt: skip
    for model in ([], ["--model", "models/numpy.npz"]):
        told = clone.run("python", "-m", "pipeline.predict", *model, "inputs/pictures/dark/0.png").stdout
        assert told.splitlines()[0].split() == ["class", "p(dark)", "p(light)"]


def test_a_copy_of_the_repository_lacks_what_nobody_tracks(clone):
    clone.run(*COMMANDS[0])
    (clone.path / NODE[1]).write_text(NODE[2])
    clone.edit("conf/config.yaml", "- data: digits", "- data: iris")
    clone.run("git", "add", "conf")
    clone.run("git", "commit", "-qm", "Learn irises")
    done = clone.run("dvc", "exp", "run", "--temp", ok=False)
    told = "error: inputs/iris.csv is not in the copy of the repository in which DVC runs this, as neither git nor DVC "
    assert f"{told}tracks it: `git add inputs/iris.csv`, or `dvc add` for a large file" in done.stderr
