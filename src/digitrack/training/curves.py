"""Loss and accuracy, epoch by epoch."""

import json
import math
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.scores.measures import loss_and_accuracy, six_digits


class Curves:
    """Loss and accuracy on training and validation data, an epoch a row."""

    NAMES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")

    def __init__(self) -> None:
        self.rows: list[tuple[float, ...]] = []  # each in the order of NAMES

    def add(self, *parts: tuple[np.ndarray, np.ndarray]) -> dict[str, float]:
        """Append an epoch, from the training and the validation part's probabilities (n, n_classes) and classes (n,).

        Returns it as `last` does.
        """
        self.rows.append(tuple(value for part in parts for value in loss_and_accuracy(*part)))
        return self.last()

    def last(self) -> dict[str, float]:
        """The last epoch, by name."""
        return dict(zip(self.NAMES, self.rows[-1], strict=True))

    def diverged(self) -> bool:
        """Whether a loss has become NaN or infinite: then there is no way back."""
        return not math.isfinite(self.last()["train_loss"] + self.last()["val_loss"])

    def write(self, folder: Path) -> None:
        """Write curves.csv, and the last epoch as metrics.json, at six significant digits."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{epoch},{','.join(f'{value:.6g}' for value in row)}" for epoch, row in enumerate(self.rows, 1)]
        (folder / "curves.csv").write_text("\n".join([",".join(("epoch", *self.NAMES)), *lines, ""]))
        rounded = {name: six_digits(value) for name, value in self.last().items()}
        (folder / "metrics.json").write_text(json.dumps(rounded, indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> np.ndarray:
        """The table in curves.csv (epochs,), its columns named `epoch` and as in NAMES.

        Raises Refused when the file is missing, or holds something else.
        """
        path = folder / "curves.csv"
        try:
            table = np.atleast_1d(np.genfromtxt(path, delimiter=",", names=True))
        except FileNotFoundError:
            raise Refused(f"{path} is missing") from None
        except ValueError as error:
            raise Refused(f"{path} is damaged ({' '.join(str(error).split())})") from None
        if table.dtype.names != ("epoch", *cls.NAMES) or not len(table):
            raise Refused(f"{path} is not what it should be: it must have the columns epoch, {', '.join(cls.NAMES)}")
        return table
