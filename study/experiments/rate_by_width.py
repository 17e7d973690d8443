"""Question 4: wider numpy networks at rates that are lower in proportion, so that their steps are not larger."""

from typing import Any

from digitrack.neural_net import NeuralNet, cross_entropy, log_softmax
from study.experiments.setting import N_CLASSES, settings, six, training

SEEDS = range(5)
WIDTHS = (200, 500)


def run() -> dict[str, Any]:
    own, found = settings().train_numpy, {}
    for width in WIDTHS:
        rate = own.learning_rate * own.n_hidden / width
        found[str(width)] = {"rate": rate, "train_loss": [six(trained(width, rate, seed)) for seed in SEEDS]}
    return found


def trained(width: int, rate: float, seed: int) -> float:
    """The training loss after the committed number of epochs."""
    own, (x, y) = settings().train_numpy, training(seed)
    net = NeuralNet(64, width, N_CLASSES, initializer="normal", stddev=own.kernel_initializer.stddev, seed=seed)
    net.fit(x, y, rate, own.epochs, batch_size=1, seed=seed)
    return float(cross_entropy(y, log_softmax(net.logits(x))).mean())
