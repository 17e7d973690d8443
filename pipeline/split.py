"""Split the digits into train, validation and test, and scale them: data/, reports/split/."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from digitrack import arrays, config
from pipeline.stage import Stage, start

if TYPE_CHECKING:
    from digitrack.dataset import Dataset


@lru_cache(maxsize=4)
def _load(data: str, shares: tuple[float, float, float], seed: int) -> "Dataset":
    from digitrack import dataset

    return dataset.make(json.loads(data), config.Split(*shares), seed)


def compute(cfg: config.Config) -> "Dataset":
    """The data set in memory; the jobs of a sweep share it."""
    shares = cfg.split
    return _load(json.dumps(cfg.data), (shares.train, shares.validation, shares.test), cfg.seed)


def run(stage: Stage) -> "Dataset":
    """Split, write, log."""
    from digitrack import dataset, figures

    with stage.track("split") as tracked:
        data = compute(stage.cfg)
        parts = {"train": data.train, "validation": data.validation, "test": data.test}
        for name, part in parts.items():
            arrays.save(stage.out / f"data/{name}.npz", part._asdict())
            if not stage.job:
                tracked.dataset(name, part.raw, part.y, name)
        arrays.save(stage.out / "data/scaler.npz", data.scaler._asdict())

        train = data.train
        recovered = dataset.unscale(train.x, data.scaler).reshape(train.raw.shape)
        if not stage.job:
            shown = [int(np.flatnonzero(train.y == k)[0]) for k in np.unique(train.y)]
            scaled = train.x.reshape(train.raw.shape)
            picture = stage.out / "reports/split/samples.png"
            figures.samples(picture, train.raw[shown], scaled[shown], recovered[shown], train.y[shown])
            tracked.file(picture)
        metrics: dict[str, float] = {f"n_{name}": len(part.y) for name, part in parts.items()}
        metrics |= {"largest_recovery_error": float(abs(recovered - train.raw).max())}
        (stage.out / "reports/split").mkdir(parents=True, exist_ok=True)
        (stage.out / "reports/split/metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")

        tracked.params({"seed": stage.cfg.seed, **stage.settings["split"], "data": stage.settings["data"]})
        tracked.metrics(metrics)
    return data


if __name__ == "__main__":
    start("split", run, run)
