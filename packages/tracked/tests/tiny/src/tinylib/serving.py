"""A logged line as a function."""

import numpy as np


def line(files):
    """Outputs (n, 1) of rows (n, 1)."""
    with np.load(files["net"], allow_pickle=False) as arrays:
        slope = float(arrays["slope"])

    def outputs(rows):
        if (np.asarray(rows) < 0).any():
            raise ValueError("a number is below 0")
        return slope * np.asarray(rows)

    return outputs
