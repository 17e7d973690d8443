"""Loss and accuracy by epoch."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.scores.measures import loss_and_accuracy

LEAST = -1e-5  # the lowest loss: it is below 0 in files of version 0.1, which rounded probabilities of 1 up


class Curves:
    """Loss and accuracy on training and validation data, one row per epoch."""

    NAMES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")

    def __init__(self) -> None:
        self.rows: list[tuple[float, ...]] = []  # each in the order of NAMES

    def add(self, *parts: tuple[np.ndarray, np.ndarray]) -> dict[str, float]:
        """Append an epoch, from logits (n, n_classes) and classes (n,) of the training and the validation part.

        Returns what `last` returns.
        """
        self.rows.append(tuple(value for part in parts for value in loss_and_accuracy(*part)))
        return self.last()

    def last(self) -> dict[str, float]:
        """Return the metrics of the last epoch, by name."""
        return dict(zip(self.NAMES, self.rows[-1], strict=True))

    def diverged(self) -> bool:
        """Whether a loss is NaN or infinite, from which a training does not recover."""
        return not math.isfinite(self.last()["train_loss"] + self.last()["val_loss"])

    def write(self, folder: Path, best_epoch: int | None = None) -> None:
        """Write curves.csv, with six significant digits.

        After early stopping, `best_epoch` is the epoch, from 0, whose network is the result: it has 1 in the column
        "kept".
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "curves.csv").write_text(_text(self.rows, best_epoch))

    @classmethod
    def read(cls, folder: Path) -> np.ndarray:
        """Read curves.csv (epochs,): the columns "epoch", those in NAMES, and "kept", true for the best epoch.

        Raises Refused when the file is missing, damaged, or not as `write` writes it.
        """
        path = folder / "curves.csv"
        try:
            text = path.read_bytes().decode()
            rows = [tuple(map(float, line.split(",")[1:])) for line in text.splitlines()[1:]]
        except FileNotFoundError:
            raise Refused(f"{path} is missing") from None
        except ValueError as error:
            raise Refused(f"{path} is damaged ({error})") from None
        n = len(cls.NAMES)
        marked = next((epoch for epoch, row in enumerate(rows) if row[n:] == (1,)), None)
        rows = rows if marked is None else [row[:n] for row in rows]
        if not rows or not all(map(_possible, rows)) or _text(rows, marked) != text:
            columns = ", ".join(("epoch", *cls.NAMES))
            raise Refused(f"{path} is not valid: it must have the columns {columns}, and one row per epoch, from 1")
        best_epoch = len(rows) - 1 if marked is None else marked
        table = [(epoch + 1, *row, epoch == best_epoch) for epoch, row in enumerate(rows)]
        return np.array(table, [*((name, float) for name in ("epoch", *cls.NAMES)), ("kept", bool)])

    @classmethod
    def of_best_epoch(cls, table: np.ndarray) -> dict[str, float]:
        """Return the metrics of the best epoch, by name: the last one, unless early stopping chose another.

        `table` is as `read` returns it.
        """
        return {name: float(table[table["kept"]][name][0]) for name in cls.NAMES}


def _text(rows: Sequence[tuple[float, ...]], best_epoch: int | None) -> str:
    """Return the content of the file for these epochs."""
    marks = ["" if best_epoch is None else f",{epoch == best_epoch:d}" for epoch in range(len(rows))]
    lines = [
        f"{epoch},{','.join(f'{value:.6g}' for value in row)}{mark}"
        for epoch, (row, mark) in enumerate(zip(rows, marks, strict=True), 1)
    ]
    return "\n".join([",".join(("epoch", *Curves.NAMES, *(() if best_epoch is None else ("kept",)))), *lines, ""])


def _possible(row: tuple[float, ...]) -> bool:
    """Whether an epoch can have these metrics; if the training diverged, a loss is NaN or infinite."""
    losses, accuracies = row[::2], row[1::2]
    enough = len(row) == len(Curves.NAMES)
    return enough and not any(loss < LEAST for loss in losses) and all(0 <= share <= 1 for share in accuracies)
