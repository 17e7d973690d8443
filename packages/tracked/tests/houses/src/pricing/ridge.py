"""Ridge regression on numbers, their gaps, and words; kept as a folder of arrays and one JSON file."""

import json
from dataclasses import dataclass

import numpy as np

from pricing.columns import NUMBERS, TEXT


@dataclass
class Ridge:
    """Prices of a table of houses."""

    words: list[str]
    center: np.ndarray  # of each number, also where it is missing
    spread: np.ndarray
    weights: np.ndarray  # of numbers, gaps, words, and 1

    def predict(self, table):
        return matrix(table, self.words, self.center, self.spread) @ self.weights

    def save(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("center", "spread", "weights"):
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "words.json").write_text(json.dumps(self.words))


def load(folder):
    arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("center", "spread", "weights")}
    return Ridge(json.loads((folder / "words.json").read_text()), **arrays)


def matrix(table, words, center, spread):
    """A row of features for each house."""
    numbers = table[NUMBERS].to_numpy(float)
    gaps = np.isnan(numbers)
    texts = table[TEXT].fillna("")
    said = np.array([[word in text for word in words] for text in texts], float).reshape(len(table), len(words))
    return np.hstack([np.where(gaps, 0, (numbers - center) / spread), gaps, said, np.ones((len(table), 1))])
