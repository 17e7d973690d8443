"""`mlflow models serve` answers for raw pixels as the network does, and refuses what are none."""

import json
import math
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(clone, uri):
    """A model server in a group of its own: gives its address and its first process."""
    port = free_port()
    command = ["mlflow", "models", "serve", "-m", uri, "--env-manager", "local", "--port", str(port)]
    process = subprocess.Popen(command, cwd=clone.path, env=clone.env(), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", process)
        yield f"http://127.0.0.1:{port}/invocations", process
    finally:
        subprocess.run(["kill", "-TERM", "--", f"-{process.pid}"], check=False)
        process.wait(20)


def wait_for(url, process):
    for _ in range(300):
        assert process.poll() is None
        try:
            build_opener(ProxyHandler({})).open(url, timeout=5)
        except (URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{url} does not answer")


def post(url, body):
    """Status and answer."""
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(("version", "net"), [(1, "keras"), (2, "numpy")])
def test_a_served_model_answers_as_the_network_and_refuses_what_are_no_pixels(reproduced, version, net):
    test = np.load(reproduced.path / "data/test.npz")
    expected = NeuralNet.load(reproduced.path / f"models/{net}.npz").forward(test["x"])
    with served(reproduced, f"models:/digits/{version}") as (url, process):
        for i in range(20):
            status, answer = post(url, {"inputs": test["raw"][i].reshape(1, -1).tolist()})
            assert status == 200
            np.testing.assert_allclose(answer["predictions"], expected[i : i + 1], atol=1e-5)
        status, answer = post(url, {"inputs": test["raw"].reshape(-1, 64).tolist()})
        np.testing.assert_array_equal(np.argmax(answer["predictions"], -1), expected.argmax(-1))
        for body, told in BAD:
            status, answer = post(url, body)
            assert status == 400
            assert told in answer["message"]
        processes = [process.pid, *(child.pid for child in psutil.Process(process.pid).children(recursive=True))]
        loaded = "".join(Path(f"/proc/{pid}/maps").read_text() for pid in processes)
        assert ("tensorflow" in loaded) == (net == "keras")
