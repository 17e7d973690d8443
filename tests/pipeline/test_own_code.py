"""docs/own.md, "Your own optimizer, initializer or loader", followed word for word: trained with by hand and by DVC."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import yaml

pytestmark = pytest.mark.long

PAGE = (Path(__file__).parents[2] / "docs/own.md").read_text().partition("## Your own optimizer")[2]
MODULE = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
TRIED = shlex.split(re.search(r"^    (python .*)$", PAGE, re.M)[1])
FILE, CHOICE = re.search(r"`(conf/train_keras/\S+\.yaml)`.*?```yaml\n(.*?)```", PAGE, re.S).groups()


def test_own_code_trains_and_an_edit_of_it_runs_the_stages_that_use_it(clone):
    (clone.path / "src/mine.py").write_text(MODULE)
    clone.run(*TRIED)
    (folder,) = clone.path.glob("outputs/all/*")
    assert sum(len(np.load(folder / f"data/{part}.npz")["y"]) for part in ("train", "validation", "test")) == 300
    (run,) = (run for run in clone.runs() if run["tags"].get("stage") == "train_keras")
    assert run["params"]["optimizer"] == "Halved"

    (clone.path / FILE).write_text(CHOICE)
    clone.edit(
        "conf/config.yaml",
        "train_keras/kernel_initializer: glorot_uniform",
        f"train_keras/kernel_initializer: {Path(FILE).stem}",
    )
    graph = yaml.safe_load((clone.path / "dvc.yaml").read_text())
    for stage in ("compose", "train_keras"):
        graph["stages"][stage]["deps"].append("src/mine.py")
    (clone.path / "dvc.yaml").write_text(yaml.safe_dump(graph, sort_keys=False))
    assert {"compose", "train_keras"} <= set(clone.ran(clone.run("dvc", "repro")))
    model = (clone.path / "models/keras.npz").read_bytes()
    assert clone.ran(clone.run("dvc", "repro")) == []

    clone.edit("src/mine.py", "-self.width, self.width, n,", "-self.width, 2 * self.width, n,")
    assert "train_keras" in clone.ran(clone.run("dvc", "repro"))
    assert (clone.path / "models/keras.npz").read_bytes() != model

    clone.edit("src/mine.py", "class Spread(", "class Spreads(")
    told = "error: train_keras.kernel_initializer._target_: mine has no Spread: did you mean mine.Spreads?"
    assert told in clone.run("dvc", "repro", ok=False).stderr
