"""Draw all test digits as pictures and ask the networks: `python bench/predict.py`, after `dvc repro`.

Prints the share that is taken for the same class as the digit itself, for sizes, ways of enlarging, and margins.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from digitrack.data.samples import read_samples  # noqa: E402
from digitrack.data.scaled import Scaled  # noqa: E402
from digitrack.neural_net import NeuralNet  # noqa: E402
from digitrack.prediction import picture  # noqa: E402

WAYS = [way for way in Image.Resampling if way.name != "BOX"]


def drawn(digit: np.ndarray, size: int, margin: int, way: Image.Resampling, paper: int) -> np.ndarray:
    """A picture (size, size) of pixels (8, 8), on paper that is white (255) or black (0)."""
    ink = Image.fromarray((digit / 16 * 255).round().astype(np.uint8))
    sheet = Image.new("L", (size, size), 0)
    sheet.paste(ink.resize((size - 2 * margin,) * 2, way) if size > 8 else ink, (margin, margin))
    return abs(paper - np.asarray(sheet, float))


def main() -> None:
    test = read_samples(ROOT / "data", "test")
    for net in ("keras", "numpy"):
        network = NeuralNet.load(ROOT / f"models/{net}.npz")
        truth = network.predict(test.x)
        for size, margin in ((8, 0), (28, 0), (200, 0), (28, 4), (200, 30)):
            shares = []
            for way in WAYS:
                for paper in (255, 0):
                    digits = [picture.blocks(drawn(digit, size, margin, way, paper)) for digit in test.raw]
                    pixels = np.array(digits).reshape(len(digits), -1)
                    shares.append((network.predict(Scaled(pixels, test.x.scaler)) == truth).mean())
            print(f"{net} {size:3} pixels, margin {margin:2}: {100 * min(shares):.1f} to {100 * max(shares):.1f} %")


if __name__ == "__main__":
    main()
