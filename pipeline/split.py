"""Split the digits into train, validation and test, and scale them: data/, reports/split/."""

import json
from typing import TYPE_CHECKING

import numpy as np

from digitrack import arrays, config
from pipeline.stage import Stage, start

if TYPE_CHECKING:
    from digitrack.dataset import Dataset


def compute(cfg: config.Config) -> "Dataset":
    """The data set in memory."""
    from digitrack import dataset

    return dataset.make(cfg.data, cfg.split, cfg.seed)


def run(stage: Stage) -> "Dataset":
    """Split, write, log."""
    from digitrack import dataset, figures

    with stage.track("split") as tracked:
        data = compute(stage.cfg)
        parts = {"train": data.train, "validation": data.validation, "test": data.test}
        for name, part in parts.items():
            arrays.save(stage.out / f"data/{name}.npz", part._asdict())
            tracked.dataset(name, part.raw, part.y, name)
        arrays.save(stage.out / "data/scaler.npz", data.scaler._asdict())

        train = data.train
        recovered = dataset.unscale(train.x, data.scaler).reshape(train.raw.shape)
        shown = [int(np.flatnonzero(train.y == k)[0]) for k in np.unique(train.y)]
        scaled = train.x.reshape(train.raw.shape)
        picture = stage.out / "reports/split/samples.png"
        figures.samples(picture, train.raw[shown], scaled[shown], recovered[shown], train.y[shown])
        metrics: dict[str, float] = {f"n_{name}": len(part.y) for name, part in parts.items()}
        metrics |= {"largest_recovery_error": float(abs(recovered - train.raw).max())}
        (stage.out / "reports/split/metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")

        tracked.params({"seed": stage.cfg.seed, **stage.settings["split"], **stage.settings["data"]})
        tracked.metrics(metrics)
        tracked.file(picture)
    return data


if __name__ == "__main__":
    start(run, run)
