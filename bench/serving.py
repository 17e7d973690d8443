"""Ask both served models about test digits, a request a digit: `python bench/serving.py [REQUESTS]`, after `dvc repro`.

Answers must be those of the networks themselves; prints the median latency.
"""

import statistics
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "src")]

from conftest import Clone  # noqa: E402
from test_serving import BAD, post, served  # noqa: E402

from digitrack.neural_net import NeuralNet  # noqa: E402


def main() -> None:
    repository = Clone(ROOT, fill=False)
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    test = np.load(ROOT / "data/test.npz")
    for version, net in ((1, "keras"), (2, "numpy")):
        expected = NeuralNet.load(ROOT / f"models/{net}.npz")
        with served(repository, f"models:/digits/{version}") as (url, _):
            seconds, largest = [], 0.0
            for i in np.arange(n) % len(test["y"]):
                body = {"inputs": test["raw"][i].reshape(1, -1).tolist()}
                started = perf_counter()
                status, answer = post(url, body)
                seconds.append(perf_counter() - started)
                assert status == 200
                probabilities = np.array(answer["predictions"][0])
                largest = max(largest, abs(probabilities - expected.forward(test["x"][i])).max())
                assert probabilities.argmax() == expected.predict(test["x"][i])
            refused = [post(url, body)[0] for body, _ in BAD]
        worst = statistics.quantiles(seconds, n=100)[98]
        print(f"{net}: {n} requests answered as by the network, largest difference of a probability {largest:.1e}")
        print(f"  median {1000 * statistics.median(seconds):.1f} ms, 99 % within {1000 * worst:.1f} ms; bad: {refused}")


if __name__ == "__main__":
    main()
