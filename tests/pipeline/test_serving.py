"""`mlflow models serve` answers for raw pixels as the network does, and refuses what are none."""

import math
from pathlib import Path

import numpy as np
import psutil
import pytest

from digitrack.neural_net import NeuralNet

BAD = [
    ({"inputs": [["a"] * 64]}, "could not convert string"),
    ({"inputs": [[1.0] * 63]}, "(-1, 64)"),
    ({"inputs": [[1.0] * 63 + [math.nan]]}, "a pixel is nan"),
    ({"inputs": [[1.0] * 63 + [-1]]}, "a pixel is -1"),
    ({"inputs": [[1.0] * 63 + [255]]}, "pixels must be from 0 (paper) to 16 (ink)"),
    ({"inputs": []}, "Failed to enforce schema"),
    ({"digits": [[1.0] * 64]}, "exactly one of the input fields"),
]


@pytest.mark.whole
@pytest.mark.parametrize(("version", "net"), [(1, "keras"), (2, "numpy")])
def test_a_served_model_answers_as_the_network_and_refuses_what_are_no_pixels(reproduced, model_server, version, net):
    with np.load(reproduced.path / "data/test.npz") as file:
        test = dict(file)
    expected = NeuralNet.load(reproduced.path / f"models/{net}.npz").forward(test["x"])
    with model_server.served(reproduced.path, reproduced.env(), f"models:/digits/{version}") as (url, process):
        for i in range(20):
            status, answer = model_server.post(url, {"inputs": test["raw"][i].reshape(1, -1).tolist()})
            assert status == 200
            np.testing.assert_allclose(answer["predictions"], expected[i : i + 1], atol=1e-5)
        status, answer = model_server.post(url, {"inputs": test["raw"].reshape(-1, 64).tolist()})
        np.testing.assert_array_equal(np.argmax(answer["predictions"], -1), expected.argmax(-1))
        for body, told in BAD:
            status, answer = model_server.post(url, body)
            assert status == 400
            assert told in answer["message"]
        assert ("tensorflow" in mapped(process.pid)) == (net == "keras")


def test_a_served_model_runs_its_own_copy_of_the_code(finished, model_server):
    break_package(finished.path / "src/digitrack")
    with np.load(finished.path / "data/test.npz") as file:
        test = dict(file)
    expected = NeuralNet.load(finished.path / "models/numpy.npz").forward(test["x"][:1])
    with model_server.served(finished.path, finished.env(), "models:/digits/2") as (url, _):
        status, answer = model_server.post(url, {"inputs": test["raw"][:1].reshape(1, -1).tolist()})
    assert status == 200
    np.testing.assert_allclose(answer["predictions"], expected, atol=1e-5)


def break_package(folder):
    """Today's code can't even be imported."""
    (folder / "__init__.py").write_text("raise AssertionError('today\\'s code was imported')\n")


def mapped(pid):
    """The files that a process and all its children have in memory."""
    pids = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return "".join(Path(f"/proc/{pid}/maps").read_text() for pid in pids)
