"""`mlflow models serve` answers for raw pixels as the network does, and refuses what are none."""

import json
import math
from pathlib import Path

import numpy as np
import psutil
import pytest

from digitrack.data.samples import read_samples
from digitrack.neural_net import NeuralNet

BAD = [
    ({"inputs": [["a"] * 64]}, "rows must be numbers, not <U1"),
    ({"inputs": [[1.0] * 63]}, "rows must be (n, 64), not (1, 63)"),
    ({"inputs": [[1.0] * 63 + [math.nan]]}, "a pixel is nan"),
    ({"inputs": [[1.0] * 63 + [-1]]}, "a pixel is -1"),
    ({"inputs": [[1.0] * 63 + [255]]}, "pixels must be from 0 to 16"),
    ({"inputs": []}, "rows must be (n, 64), not (1, 0)"),
    (b'{"inputs": [[' + b",".join([b"1"] * 63) + b",1e999]]}", "a pixel is inf"),
    ({"inputs": [[1.0], [1.0] * 64]}, "inhomogeneous"),
]
ABSURD = [
    b'{"inputs": ' + b"[" * 10_000,
    b'{"inputs": ' + b"[" * 500 + b"1" + b"]" * 500 + b"}",
    b'{"inputs": [[1' + b"0" * 5000 + b"]]}",
    b'{"inputs": [' + b"[1]," * 100_000 + b"[1]]}",
    b'{"digits": [[1]]}',
    b"\xff\xfe",
]


@pytest.mark.long
@pytest.mark.parametrize(("version", "net"), [(1, "keras"), (2, "numpy")])
def test_a_served_model_answers_as_the_network_and_refuses_what_are_no_pixels(reproduced, model_server, version, net):
    test = read_samples(reproduced.path / "data", "test")
    expected = NeuralNet.load(reproduced.path / f"models/{net}.npz").forward(test.x)
    with model_server.served(reproduced.path, reproduced.env(), f"models:/digits/{version}") as (url, process):
        for i in range(20):
            status, answer = model_server.post(url, {"inputs": test.raw[i].reshape(1, -1).tolist()})
            assert status == 200
            np.testing.assert_allclose(answer["predictions"], expected[i : i + 1], atol=1e-5)
        status, answer = model_server.post(url, {"inputs": test.raw.reshape(-1, 64).tolist()})
        np.testing.assert_array_equal(np.argmax(answer["predictions"], -1), expected.argmax(-1))
        digit = test.raw[0].astype(int).ravel().tolist()
        for body in ({"inputs": [digit]}, {"instances": [digit]}, {"inputs": digit}, {"instances": digit}):
            status, answer = model_server.post(url, body)
            assert status == 200
            np.testing.assert_allclose(answer["predictions"], expected[:1], atol=1e-5)
        for body, told in BAD:
            status, answer = model_server.post(url, body)
            assert status == 400
            assert told in answer["message"]
            assert len(answer["message"]) < 200
        assert ("tensorflow" in mapped(process.pid)) == (net == "keras")


@pytest.mark.long
def test_a_served_model_runs_its_own_copy_of_the_code(finished, model_server):
    break_package(finished.path / "src/digitrack")
    test = read_samples(finished.path / "data", "test")
    expected = NeuralNet.load(finished.path / "models/numpy.npz").forward(test.x[:1])
    with model_server.served(finished.path, finished.env(), "models:/digits/2") as (url, process):
        status, answer = model_server.post(url, {"inputs": test.raw[:1].reshape(1, -1).tolist()})
        assert {model_server.post(url, body)[0] for body in ABSURD} <= {400, 500}
        assert model_server.post(url, {"inputs": test.raw[:1].reshape(1, -1).tolist()}) == (status, answer)
        assert listens_at(process.pid) == {"127.0.0.1"}
    assert status == 200
    np.testing.assert_allclose(answer["predictions"], expected, atol=1e-5)


LOADED = """
import json, sys
import mlflow, numpy as np
mlflow.set_tracking_uri("sqlite:///mlflow.db")
raw = np.load("data/test.npy")[:3].reshape(-1, 64)
whole = raw.astype(int)
given = (raw, raw.astype("float32"), whole, whole.astype("uint8"), whole.tolist(), list(whole), whole[0], [1.5] * 64)
predict = mlflow.pyfunc.load_model(sys.argv[1]).predict
print(json.dumps([predict(rows).tolist() for rows in given]))
print(mlflow.models.get_model_info(sys.argv[1]).signature.outputs)
"""


@pytest.mark.long
@pytest.mark.parametrize("version", [1, 2])
def test_a_loaded_model_takes_whole_numbers_lists_and_one_row(reproduced, version):
    told = reproduced.run("python", "-c", LOADED, f"models:/digits/{version}").stdout.splitlines()
    first, *others, one, halves = map(np.array, json.loads(told[0]))
    assert first.shape == (3, 10)
    for answer in others:
        np.testing.assert_array_equal(answer, first)
    np.testing.assert_allclose(one, first[:1], atol=1e-6)
    assert halves.shape == (1, 10)
    assert told[1] == f"[Tensor('{'float32' if version == 1 else 'float64'}', (-1, 10))]"


def break_package(folder):
    """Today's code can't even be imported."""
    (folder / "__init__.py").write_text("raise AssertionError('today\\'s code was imported')\n")


def processes(pid):
    """A process and all its children."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def mapped(pid):
    """The files that a process and all its children have in memory."""
    return "".join(Path(f"/proc/{process.pid}/maps").read_text() for process in processes(pid))


def listens_at(pid):
    """The addresses at which a process or one of its children can be asked."""
    sockets = [socket for process in processes(pid) for socket in process.net_connections()]
    return {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
