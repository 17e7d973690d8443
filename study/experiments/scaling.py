"""Question 1: what standardising does to a sample, and to pixels that hardly vary in the training part."""

from typing import Any

import numpy as np

from digitrack.data.scaled import unscale
from study.experiments.setting import dataset, six


def run() -> dict[str, Any]:
    data = dataset(0)
    of_train = data.train.raw.reshape(-1, 64)
    row, pixel = np.unravel_index(np.abs(data.test.x[:]).argmax(), data.test.x.shape)
    recovered = unscale(data.train.x[:], data.scaler)
    shown = int(np.flatnonzero(data.train.y == 3)[0])
    return {
        "n_train": len(data.train.y), "n_validation": len(data.validation.y), "n_test": len(data.test.y),
        "largest": six(abs(data.test.x[:]).max()), "largest_row": int(pixel // 8), "largest_column": int(pixel % 8),
        "largest_raw": six(data.test.raw.reshape(-1, 64)[row, pixel]),
        "inked_in_train": int((of_train[:, pixel] > 0).sum()),
        "recovery_error": float(f"{abs(recovered - of_train).max():.1g}"),
        "sample": six(of_train[shown].reshape(8, 8)), "sample_class": int(data.train.y[shown]),
        "scaled": six(data.train.x[shown].reshape(8, 8)), "recovered": six(recovered[shown].reshape(8, 8)),
        "largest_by_pixel": six(abs(data.test.x[:]).max(axis=0).reshape(8, 8)),
    }  # fmt: skip
