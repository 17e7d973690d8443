"""Split the digits into train, validation and test, and scale them: data/, reports/split/."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack.data import split
from digitrack.data.samples import Samples, Scaler, read_samples, read_scaler, save
from pipeline.objects import maker
from tracked import Outcome, main

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from tracked.outcome import Report


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Load, split, scale by the training part; write each part."""
    shares = settings.split
    made = split.make(maker(settings.data, "data"), shares.train, shares.validation, shares.test, settings.seed)
    parts = {"train": made.train, "validation": made.validation, "test": made.test}
    for name, part in parts.items():
        save(folder / f"data/{name}.npz", part)
    save(folder / "data/scaler.npz", made.scaler)
    return outcome(settings, folder, partial(draw, folder / "reports/split/samples.png", made.train, made.scaler))


def outcome(settings: "Settings", folder: Path, pictures: Callable[[], None] | None = None) -> Outcome:
    """What the files of the split tell, whoever brought them."""
    parts = {name: read_samples(folder / f"data/{name}.npz") for name in ("train", "validation", "test")}
    train, scaler = parts["train"], read_scaler(folder / "data/scaler.npz")
    figures: dict[str, float] = {f"n_{name}": len(part.y) for name, part in parts.items()}
    figures["largest_recovery_error"] = float(f"{abs(recovered(train, scaler) - train.raw).max():.6g}")
    return Outcome(
        figures=figures,
        files=[folder / "reports/split/samples.png"],
        datasets={name: (part.raw, part.y) for name, part in parts.items()},
        pictures=pictures,
    )


def recovered(samples: Samples, scaler: Scaler) -> np.ndarray:
    """The pixels (n, height, width), from the scaled ones."""
    return split.unscale(samples.x, scaler).reshape(samples.raw.shape)


def draw(file: Path, train: Samples, scaler: Scaler) -> None:
    """A sample of each class: as it came, scaled, and recovered."""
    from digitrack.figures import samples as figure

    shown = [int(np.flatnonzero(train.y == k)[0]) for k in np.unique(train.y)]
    scaled, back = train.x.reshape(train.raw.shape), recovered(train, scaler)
    figure.samples(file, train.raw[shown], scaled[shown], back[shown], train.y[shown])


if __name__ == "__main__":
    main(run)
