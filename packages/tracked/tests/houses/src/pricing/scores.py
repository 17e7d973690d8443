"""How far predicted prices are from those that were paid."""

import numpy as np


def scores(part, prices, predicted):
    """Root mean squared error, and the share of the variance that is explained."""
    errors = np.asarray(prices) - predicted
    return {
        f"{part}_rmse": float(np.sqrt((errors**2).mean())),
        f"{part}_r2": float(1 - (errors**2).sum() / ((prices - np.mean(prices)) ** 2).sum()),
    }
