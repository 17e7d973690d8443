"""Loss and accuracy, epoch by epoch."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.scores.measures import loss_and_accuracy

LEAST = -1e-5  # below a loss of 0: float32 rounds a probability of 1 up


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

    def write(self, folder: Path, kept: int | None = None) -> None:
        """Write curves.csv, at six significant digits.

        After early stopping `kept` is the epoch, from 0, whose network was kept: a column of that name marks it by 1.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "curves.csv").write_text(_text(self.rows, kept))

    @classmethod
    def read(cls, folder: Path) -> np.ndarray:
        """The table in curves.csv (epochs,), its columns named `epoch` and as in NAMES, and `kept`, true in one row.

        Raises Refused when the file is missing, or is none that `write` would write.
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
            raise Refused(f"{path} is not what it should be: the columns {columns}, a row an epoch from 1")
        kept = len(rows) - 1 if marked is None else marked
        table = [(epoch + 1, *row, epoch == kept) for epoch, row in enumerate(rows)]
        return np.array(table, [*((name, float) for name in ("epoch", *cls.NAMES)), ("kept", bool)])

    @classmethod
    def kept(cls, table: np.ndarray) -> dict[str, float]:
        """The figures of the network that was kept, by name: of the last epoch, or of that which early stopping chose.

        `table` is as `read` returns it.
        """
        return {name: float(table[table["kept"]][name][0]) for name in cls.NAMES}


def _text(rows: Sequence[tuple[float, ...]], kept: int | None) -> str:
    """The file of these epochs."""
    marks = ["" if kept is None else f",{epoch == kept:d}" for epoch in range(len(rows))]
    lines = [
        f"{epoch},{','.join(f'{value:.6g}' for value in row)}{mark}"
        for epoch, (row, mark) in enumerate(zip(rows, marks, strict=True), 1)
    ]
    return "\n".join([",".join(("epoch", *Curves.NAMES, *(() if kept is None else ("kept",)))), *lines, ""])


def _possible(row: tuple[float, ...]) -> bool:
    """Whether an epoch can have these figures; a loss is NaN or infinite where the training has diverged."""
    losses, accuracies = row[::2], row[1::2]
    enough = len(row) == len(Curves.NAMES)
    return enough and not any(loss < LEAST for loss in losses) and all(0 <= share <= 1 for share in accuracies)
