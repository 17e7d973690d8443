"""Split the houses by chance: inputs/houses.csv -> data/parts/."""

import numpy as np
import pandas as pd
from pricing.columns import FEATURES, PARTS, PRICE

from tracked import Outcome


def run(settings, folder, report):
    table = pd.read_csv(folder / "inputs/houses.csv")[[*FEATURES, PRICE]]
    order = np.random.default_rng(settings.seed).permutation(len(table))
    n_val, n_test = (round(share * len(table)) for share in (settings.prepare.val, settings.prepare.test))
    parts = np.split(order, [len(order) - n_val - n_test, len(order) - n_test])
    (folder / "data/parts").mkdir(parents=True, exist_ok=True)
    for name, rows in zip(PARTS, parts, strict=True):
        table.iloc[rows].to_csv(folder / f"data/parts/{name}.csv", index=False)
    return Outcome({f"n_{name}": len(rows) for name, rows in zip(PARTS, parts, strict=True)})
