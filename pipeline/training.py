"""What every training does around its own fit: it reads its parts, follows the epochs, and tells what came of it."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from digitrack.data.about import read_about
from digitrack.data.blocks import in_blocks
from digitrack.data.samples import Samples, belong_together, read_samples
from digitrack.training.best import Best
from digitrack.training.curves import Curves
from tracked import Outcome, Served

if TYPE_CHECKING:
    from tracked.outcome import Report


class Training:
    """The training of a network that is going on, its time from here on."""

    def __init__(
        self, network: str, folder: Path, epochs: int, report: "Report", early_stopping: int | None = None
    ) -> None:
        """Read the parts; `early_stopping` is its patience, in epochs.

        Raises Refused when a file is missing or damaged, or the files don't belong together.
        """
        self.network, self.folder, self.epochs, self.report = network, folder, epochs, report
        self.train, self.validation = (read_samples(folder / "data", part) for part in ("train", "validation"))
        belong_together(self.train, self.validation, folder / "data")
        self.n_classes = len(read_about(folder / "data/about.json").class_names)
        self.model = folder / f"models/{network}.npz"
        self.model.parent.mkdir(parents=True, exist_ok=True)
        self.curves, self.best = Curves(), None if early_stopping is None else Best(early_stopping)
        self.started = perf_counter()

    def epoch(
        self, epoch: int, predict: Callable[[np.ndarray], np.ndarray], network: Callable[[], Any] = lambda: None
    ) -> bool:
        """Measure and report an epoch, from 0; true when the training should end: it has diverged, or been long enough
        without a lower validation loss. `network` returns what `kept` is to be if this is the best epoch."""
        parts = (self.train, self.validation)
        figures = self.curves.add(*((in_blocks(predict, part.x), part.y) for part in parts))
        self.report(epoch + 1, figures, self.epochs)
        ended = self.best is not None and self.best.ends(epoch, figures["val_loss"], network)
        return ended or self.curves.diverged()

    @property
    def kept(self) -> Any:
        """The network of the best epoch, as `epoch` was given it; None without early stopping: the last one is kept."""
        return self.best and self.best.network

    def end(self) -> float:
        """Write the curves; the model's file is there. The seconds that it took, which no file keeps."""
        seconds, best = perf_counter() - self.started, self.best.epoch if self.best else None
        self.curves.write(self.folder / f"reports/train_{self.network}", best)
        if best is not None:  # what is reported last is what the training came to
            n, figures = len(self.curves.rows), dict(zip(self.curves.NAMES, self.curves.rows[best], strict=True))
            self.report(n + 1, {**figures, "best_epoch": best + 1}, n)
        return seconds


def example(folder: Path, train: Samples) -> Any:
    """Two rows (2, n_features) as a caller would send them, by the names of the features where they have some."""
    rows = train.raw[:2].reshape(2, -1).astype(float)  # any numbers will do
    names = read_about(folder / "data/about.json").feature_names
    if names is None:
        return rows
    import pandas as pd  # slow to import, and few data sets have names

    return pd.DataFrame(rows, columns=list(names))


def reported(folder: Path) -> list[dict[str, float]]:
    """What a training reported, an entry an epoch, by its curves. Raises Refused when they are missing or damaged."""
    table = Curves.read(folder)
    epochs = [{name: float(row[name]) for name in Curves.NAMES} for row in table]
    with (folder / "curves.csv").open() as file:
        stopped_early = (
            "kept" in file.readline()
        )  # without it, the last epoch's network was kept, and nothing said of it
    return epochs + [{**epochs[i], "best_epoch": int(i) + 1} for i in np.flatnonzero(table["kept"]) if stopped_early]


def trained(
    network: str, folder: Path, train: Samples, served: Callable[[Path], Served], figures: dict[str, float]
) -> Outcome:
    """What the files of a training tell, and figures that are in none."""
    return Outcome(
        figures=figures,
        datasets={"train": (train.raw, train.y)},
        curves=reported(folder / f"reports/train_{network}"),
        served=served,
    )
