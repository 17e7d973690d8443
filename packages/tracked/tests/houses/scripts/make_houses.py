"""Make up inputs/houses.csv: 3,000 sold houses, with gaps in every column but the price."""

from pathlib import Path

import numpy as np
import pandas as pd

WORDS = {"garden": 0.10, "lake view": 0.25, "garage": 0.05, "needs repair": -0.20, "new kitchen": 0.08, "noisy": -0.12}


def make(n: int = 3_000, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    area, year = random.gamma(9, 14, n).clip(25, 500), random.integers(1900, 2024, n)
    rooms = (area / 28 + random.normal(0, 0.8, n)).round().clip(1, 12)
    said = random.random((n, len(WORDS))) < 0.3
    worth = 1 + said @ np.array(list(WORDS.values())) + 0.35 * (year > 2000) + 0.2 * (year < 1920)
    price = 90_000 + 2_800 * area**0.95 * worth * np.where((area > 180) & (year < 1960), 0.7, 1)
    price *= np.exp(random.normal(0, 0.06, n))
    table = pd.DataFrame(
        {
            "area": area.round(1),
            "rooms": rooms,
            "year": year.astype(float),
            "description": [", ".join(word for word, one in zip(WORDS, row, strict=True) if one) for row in said],
        }
    )
    for column in table:
        table.loc[random.random(n) < 0.05, column] = None
    return table.assign(price=price.round(-2))


if __name__ == "__main__":
    Path("inputs").mkdir(exist_ok=True)
    make().to_csv("inputs/houses.csv", index=False)
