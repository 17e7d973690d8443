"""What every training does around its own fit: it reads its parts, follows the epochs, and tells what came of it."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from digitrack.data.about import read_about
from digitrack.data.blocks import in_blocks
from digitrack.data.samples import Samples, belong_together, read_samples
from digitrack.training.curves import Curves
from tracked import Outcome, Served

if TYPE_CHECKING:
    from tracked.outcome import Report


class Training:
    """The training of a network that is going on, its time from here on."""

    def __init__(self, network: str, folder: Path, epochs: int, report: "Report") -> None:
        """Read the parts. Raises Refused when a file is missing or damaged, or the files don't belong together."""
        self.network, self.folder, self.epochs, self.report = network, folder, epochs, report
        self.train, self.validation = (read_samples(folder / "data", part) for part in ("train", "validation"))
        belong_together(self.train, self.validation, folder / "data")
        self.n_classes = len(read_about(folder / "data/about.json").class_names)
        self.model = folder / f"models/{network}.npz"
        self.curves = Curves()
        self.started = perf_counter()

    def epoch(self, epoch: int, predict: Callable[[np.ndarray], np.ndarray]) -> bool:
        """Measure and report an epoch, from 0; true when the training has diverged and should end."""
        parts = (self.train, self.validation)
        figures = self.curves.add(*((in_blocks(predict, part.x), part.y) for part in parts))
        self.report(epoch + 1, self.epochs, figures)
        return self.curves.diverged()

    def end(self) -> float:
        """Write the curves; the model's file is there. The seconds that it took, which no file keeps."""
        seconds = perf_counter() - self.started
        self.curves.write(self.folder / f"reports/train_{self.network}")
        return seconds


def trained(
    network: str, folder: Path, train: Samples, served: Callable[[Path], Served], figures: dict[str, float]
) -> Outcome:
    """What the files of a training tell, and figures that are in none."""
    return Outcome(
        figures=figures,
        datasets={"train": (train.raw, train.y)},
        data=folder / "data/train.npz",
        model=folder / f"models/{network}.npz",
        served=served,
    )
