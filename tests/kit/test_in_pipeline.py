"""A finished module in the pipeline, by the lines that the teacher's page gives."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

PAGE = Path(__file__).parents[2] / "kit/folder/solution/TEACHER.md"


@pytest.mark.whole
def test_a_finished_module_runs_through_the_pipeline(clone, handed_out):
    lines = re.findall(r"^    ((?:cp|sed|dvc) .*)$", PAGE.read_text(), re.M)
    assert len(lines) == 3
    (clone.path / "practical").symlink_to(handed_out / "solution")
    for line in lines:
        clone.run("sh", "-c", line)

    from digitrack.data.samples import read_samples
    from digitrack.neural_net import NAMES, one_hot

    students, train = {}, read_samples(clone.path / "data", "train")
    exec((handed_out / "solution/neural_net.py").read_text(), students)  # noqa: S102
    np.random.seed(0)
    net = students["NeuralNet"](64, 100, 10)
    net.fit(train.x[:], one_hot(train.y, 10), 0.15, 2)
    with np.load(clone.path / "models/numpy.npz") as file:
        for name in NAMES:
            np.testing.assert_allclose(file[name], getattr(net, name), rtol=1e-6)
    assert json.loads((clone.path / "metrics/numpy.json").read_text())["test_accuracy"] > 0.9
