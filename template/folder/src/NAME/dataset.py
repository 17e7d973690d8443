"""The data set. Other data: change `load`, and add what it reads to `deps` of `compose` and `split` in dvc.yaml."""

import numpy as np


def load() -> tuple[np.ndarray, np.ndarray]:
    """Rows (n, n_features) of numbers, and the class of each, (n,), from 0.

    Here 569 tumours, 30 measurements each; malignant is 0, benign is 1.
    """
    from sklearn.datasets import load_breast_cancer  # slow to import: only who loads waits for it

    return load_breast_cancer(return_X_y=True)
