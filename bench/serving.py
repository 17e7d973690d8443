"""Ask both served models about test digits, a request a digit: `python bench/serving.py [REQUESTS]`, after `dvc repro`.

Answers must be those of the networks themselves; prints the median latency.
"""

import statistics
import sys
from time import perf_counter

import numpy as np
from model_server import post, served
from repository import ROOT, environment

sys.path.insert(0, str(ROOT / "src"))

from digitrack.data.samples import Samples, read_samples
from digitrack.neural_net import NeuralNet

BAD = [
    {"inputs": [["a"] * 64]},
    {"inputs": [[1.0] * 63]},
    {"inputs": [[1.0] * 63 + [-1]]},
    {"inputs": [[1.0] * 63 + [255]]},
    {"digits": [[1.0] * 64]},
]


def ask_all(url: str, net: NeuralNet, test: Samples, n: int) -> tuple[list[float], float]:
    """Post n digits: the seconds that each answer took, and how far a probability is from the network's at most."""
    seconds, largest = [], 0.0
    for i in np.arange(n) % len(test.y):
        body = {"inputs": test.raw[i].reshape(1, -1).tolist()}
        started = perf_counter()
        status, answer = post(url, body)
        seconds.append(perf_counter() - started)
        assert status == 200
        probabilities = np.array(answer["predictions"][0])
        largest = max(largest, abs(probabilities - net.forward(test.x[i])).max())
        assert probabilities.argmax() == net.predict(test.x[i])
    return seconds, largest


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    test = read_samples(ROOT / "data", "test")
    for version, name in ((1, "keras"), (2, "numpy")):
        net = NeuralNet.load(ROOT / f"models/{name}.npz")
        with served(ROOT, environment(ROOT), f"models:/digits/{version}") as (url, _):
            seconds, largest = ask_all(url, net, test, n)
            refused = [post(url, body)[0] for body in BAD]
        worst = statistics.quantiles(seconds, n=100)[98]
        print(f"{name}: {n} requests answered as by the network, largest difference of a probability {largest:.1e}")
        print(f"  median {1000 * statistics.median(seconds):.1f} ms, 99 % within {1000 * worst:.1f} ms; bad: {refused}")


if __name__ == "__main__":
    main()
