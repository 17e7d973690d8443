"""Question 1: what standardising does to a sample, and to pixels that hardly vary in the training part."""

from typing import Any

import numpy as np

from digitrack.data.scaled import unscale
from digitrack.neural_net import NeuralNet
from digitrack.scores.measures import loss_and_accuracy
from study.experiments.setting import dataset, numpy_net, settings, six, training

SEEDS = 10
BOUND = 4.0  # standard deviations at which scaled pixels may be clipped


def run() -> dict[str, Any]:
    data = dataset(0)
    parts = (data.train, data.validation, data.test)
    pixels = np.concatenate([part.raw for part in parts]).reshape(-1, 64)
    of_train = data.train.raw.reshape(-1, 64)
    row, pixel = np.unravel_index(np.abs(data.test.x[:]).argmax(), data.test.x.shape)
    recovered = unscale(data.train.x[:], data.scaler)
    shown = int(np.flatnonzero(data.train.y == 3)[0])
    return {
        "n_train": len(data.train.y), "n_validation": len(data.validation.y), "n_test": len(data.test.y),
        "constant_in_train": int((np.ptp(of_train, axis=0) == 0).sum()),
        "constant_in_all": int((np.ptp(pixels, axis=0) == 0).sum()),
        "largest": six(abs(data.test.x[:]).max()), "largest_row": int(pixel // 8), "largest_column": int(pixel % 8),
        "largest_raw": six(data.test.raw.reshape(-1, 64)[row, pixel]),
        "largest_mean": six(data.scaler.mean[pixel]), "largest_scale": six(data.scaler.scale[pixel]),
        "inked_in_train": int((of_train[:, pixel] > 0).sum()),
        "recovery_error": float(f"{abs(recovered - of_train).max():.1g}"),
        "sample": six(of_train[shown].reshape(8, 8)), "sample_class": int(data.train.y[shown]),
        "scaled": six(data.train.x[shown].reshape(8, 8)), "recovered": six(recovered[shown].reshape(8, 8)),
        "largest_by_pixel": six(abs(data.test.x[:]).max(axis=0).reshape(8, 8)),
        "bound": BOUND, "validation": validated(),
    }  # fmt: skip


def validated() -> dict[str, list[list[float]]]:
    """(loss, accuracy) on the validation part, a row a seed, for ways to scale."""
    ways: dict[str, list] = {"standardised": [], f"standardised, clipped at {BOUND:g}": [], "divided by 16": []}
    for seed in range(SEEDS):
        data = dataset(seed)
        train, held_out = data.train, data.validation
        clipped = [np.clip(part.x[:], -BOUND, BOUND) for part in (train, held_out)]
        sixteenths = [part.raw.reshape(-1, 64) / 16 for part in (train, held_out)]
        for found, (x, other) in zip(ways.values(), ((train.x[:], held_out.x[:]), clipped, sixteenths), strict=True):
            found.append(six(np.array(loss_and_accuracy(trained(x, seed).forward(other), held_out.y))))
    return ways


def trained(x: np.ndarray, seed: int) -> NeuralNet:
    own, (_, y) = settings().train_numpy, training(seed)
    net = numpy_net(seed)
    net.fit(x, y, own.learning_rate, own.epochs, batch_size=own.batch_size, seed=seed)
    return net
