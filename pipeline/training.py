"""What every training does around its own fit: read the data, report the epochs, describe the result."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from digitrack.data.blocks import in_blocks
from digitrack.data.sample_info import read_sample_info
from digitrack.data.samples import Samples, belong_together, read_samples
from digitrack.training.best import Best
from digitrack.training.curves import Curves
from tracked import Outcome, Report, Served


class Training:
    """A training in progress; its time starts when it is made."""

    def __init__(
        self, network: str, folder: Path, epochs: int, report: Report, early_stopping: int | None = None
    ) -> None:
        """Read the training and the validation part; `early_stopping` is the patience in epochs.

        Raises Refused when a file is missing or damaged, or the files don't belong together.
        """
        self.network, self.folder, self.epochs, self.report = network, folder, epochs, report
        self.train, self.validation = (read_samples(folder / "data", part) for part in ("train", "validation"))
        belong_together(self.train, self.validation, folder / "data")
        self.n_classes = len(read_sample_info(folder / "data/about.json").class_names)
        self.model = folder / f"models/{network}.npz"
        self.model.parent.mkdir(parents=True, exist_ok=True)
        self.curves, self.best = Curves(), None if early_stopping is None else Best(early_stopping)
        self.started = perf_counter()

    def epoch(
        self, epoch: int, predict: Callable[[np.ndarray], np.ndarray], network: Callable[[], Any] = lambda: None
    ) -> bool:
        """Measure and report an epoch, from 0. Returns True when the training should end.

        That is when it has diverged, or when early stopping has lost patience. `predict` returns the logits of scaled
        rows; `network` returns what `best_network` is to be if this is the best epoch.
        """
        parts = (self.train, self.validation)
        metrics = self.curves.add(*((in_blocks(predict, part.x), part.y) for part in parts))
        self.report(epoch + 1, metrics, self.epochs)
        ended = self.best is not None and self.best.ends(epoch, metrics["val_loss"], network)
        return ended or self.curves.diverged()

    @property
    def best_network(self) -> Any:
        """What `network` returned at the best epoch; None without early stopping, when the last epoch counts."""
        return self.best and self.best.network

    def end(self) -> float:
        """Write the curves, after the model's file. Returns the seconds of the training, which no file holds."""
        seconds, best = perf_counter() - self.started, self.best.epoch if self.best else None
        self.curves.write(self.folder / f"reports/train_{self.network}", best)
        if best is not None:  # the last report counts as the result
            n, metrics = len(self.curves.rows), dict(zip(self.curves.NAMES, self.curves.rows[best], strict=True))
            self.report(n + 1, {**metrics, "best_epoch": best + 1}, n)
        return seconds


def example(folder: Path, train: Samples) -> Any:
    """Return two rows (2, n_features) as a caller would send them, with the names of the features if they have some."""
    rows = train.raw[:2].reshape(2, -1).astype(float)  # any numbers will do
    info = read_sample_info(folder / "data/about.json")
    if info.images or info.feature_names is None:
        return rows
    import pandas as pd  # slow to import, and few data sets have names

    return pd.DataFrame(rows, columns=list(info.feature_names))


def reported(folder: Path) -> list[dict[str, float]]:
    """Return what a training reported, epoch by epoch, from its curves. Raises Refused when they are damaged."""
    table = Curves.read(folder)
    epochs = [{name: float(row[name]) for name in Curves.NAMES} for row in table]
    with (folder / "curves.csv").open() as file:
        stopped_early = "kept" in file.readline()  # otherwise no report named the best epoch
    return epochs + [{**epochs[i], "best_epoch": int(i) + 1} for i in np.flatnonzero(table["kept"]) if stopped_early]


def trained(
    network: str, folder: Path, train: Samples, served: Callable[[Path], Served], metrics: dict[str, float]
) -> Outcome:
    """Describe a training by its files, and by metrics that are in no file."""
    return Outcome(
        metrics=metrics,
        datasets={"train": (train.raw, train.y)},
        curves=reported(folder / f"reports/train_{network}"),
        served=served,
    )
