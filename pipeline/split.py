"""Split the digits into train, validation and test, and scale them: data/, reports/split/."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack.data.samples import Samples, save
from pipeline.objects import maker
from tracked import Outcome, main

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from tracked.outcome import Report


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Load, split, scale by the training part; write each part."""
    from digitrack.data import split  # imports scikit-learn

    shares = settings.split
    made = split.make(maker(settings.data, "data"), shares.train, shares.validation, shares.test, settings.seed)
    parts = {"train": made.train, "validation": made.validation, "test": made.test}
    for name, part in parts.items():
        save(folder / f"data/{name}.npz", part)
    save(folder / "data/scaler.npz", made.scaler)

    recovered = split.unscale(made.train.x, made.scaler).reshape(made.train.raw.shape)
    figures: dict[str, float] = {f"n_{name}": len(part.y) for name, part in parts.items()}
    figures["largest_recovery_error"] = float(f"{abs(recovered - made.train.raw).max():.6g}")

    picture = folder / "reports/split/samples.png"
    return Outcome(
        figures=figures,
        files=[picture],
        datasets={name: (part.raw, part.y) for name, part in parts.items()},
        pictures=partial(draw, picture, made.train, recovered),
    )


def draw(file: Path, train: Samples, recovered: np.ndarray) -> None:
    """A sample of each class: as it came, scaled, and recovered."""
    from digitrack.figures import samples as figure

    shown = [int(np.flatnonzero(train.y == k)[0]) for k in np.unique(train.y)]
    scaled = train.x.reshape(train.raw.shape)
    figure.samples(file, train.raw[shown], scaled[shown], recovered[shown], train.y[shown])


if __name__ == "__main__":
    main(run)
