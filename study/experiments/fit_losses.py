"""Question 14: the losses that `fit` returns, one for each update."""

from typing import Any

import numpy as np

from study.experiments.setting import numpy_net, settings, six, training

BLOCKS = 3  # of an epoch, over which the losses are summed up


def run() -> dict[str, Any]:
    own, (x, y) = settings().train_numpy, training(0)
    losses = numpy_net(0).fit(x, y, own.learning_rate, own.epochs, batch_size=1, seed=0)
    blocks = losses.reshape(own.epochs * BLOCKS, -1)
    return {
        "updates": [blocks.shape[1] * (i + 1) for i in range(len(blocks))],
        "n_updates": len(losses),
        "n_samples": len(x),
        "first": six(losses[0]),
        "mean": six(blocks.mean(axis=1)),
        "shares": {str(share): six(np.quantile(blocks, share, axis=1)) for share in (0.5, 0.9, 0.99)},
        "max": six(blocks.max(axis=1)),
    }
