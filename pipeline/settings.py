"""The schema of the settings in conf/: types and ranges. It rejects wrong values, and changes none."""

import math
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.arguments import Data, Node

# Bounds far above what makes sense, but low enough that memory and time can't run out at the very start.
Units = Annotated[int, Field(strict=True, ge=1, le=10_000)]  # 5 MB of weights, and 90 MB of activations of all samples
Epochs = Annotated[int, Field(strict=True, ge=1, le=100_000)]  # each a row of curves.csv
BatchSize = Annotated[int, Field(strict=True, ge=1, le=100_000)]  # above the number of samples it is that number
Images = Annotated[int, Field(strict=True, ge=1, le=1_000)]  # in one picture, and each logged with the run
Rate = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, gt=0, lt=1)]
# Options of both networks. None turns them off, so params.yaml may omit them.
EarlyStopping = Epochs | None  # the patience: epochs without a lower validation loss
L2 = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] | None  # factor of the kernels' squared entries
RateDecay = Annotated[float, Field(strict=True, gt=0, le=1)] | None  # factor of the learning rate per epoch

closed = ConfigDict(extra="forbid")


@dataclass(config=closed)
class Split:
    """Shares of the data set, and how its features are scaled."""

    train: Share
    validation: Share
    test: Share
    scaling: Literal["each", "all"] | None = None  # each feature by its own deviation (None too), or all by one

    @model_validator(mode="after")
    def adds_up(self) -> "Split":
        total = self.train + self.validation + self.test
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"train + validation + test must be 1, not {total:g}")
        return self


@dataclass(config=closed)
class TrainKeras:
    n_hidden: Units
    epochs: Epochs
    batch_size: BatchSize
    optimizer: Node
    kernel_initializer: Node
    early_stopping: EarlyStopping = None
    l2: L2 = None
    rate_decay: RateDecay = None

    @model_validator(mode="after")
    def rate_decays_once(self) -> "TrainKeras":
        if self.rate_decay is not None and isinstance(self.optimizer.get("learning_rate"), dict):
            raise ValueError(
                "rate_decay needs a learning_rate that is a number, but optimizer.learning_rate is a schedule"
            )
        return self


@dataclass(config=closed)
class KernelInitializer:
    name: Literal["uniform", "normal", "zeros"]
    stddev: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def stddev_belongs_to_normal(self) -> "KernelInitializer":
        if (self.name == "normal") != (self.stddev is not None):
            raise ValueError("stddev must be given if name is normal, and only then")
        return self


@dataclass(config=closed)
class TrainNumpy:
    n_hidden: Units
    learning_rate: Rate
    epochs: Epochs
    batch_size: BatchSize
    kernel_initializer: KernelInitializer
    early_stopping: EarlyStopping = None
    l2: L2 = None
    rate_decay: RateDecay = None


@dataclass(config=closed)
class Evaluate:
    n_errors: Images


@dataclass(config=closed)
class Settings:
    """Every setting of a run; the fields are the sections of params.yaml."""

    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)]
    data: Data
    split: Split
    train_keras: TrainKeras
    train_numpy: TrainNumpy
    evaluate: Evaluate


def check(settings: Settings, changed: set[str]) -> None:
    """Check what only Keras and the data themselves can judge, in the sections that changed. Raises Refused."""
    from pipeline.objects import labels, maker

    if "train_keras" in changed:
        if sys.stderr.isatty():
            print("compose: asking Keras whether it accepts the settings ...", file=sys.stderr)
        from digitrack.keras_net.check import check as check_keras  # slow to import: only if these settings changed

        own = settings.train_keras
        check_keras(
            maker(own.optimizer, "train_keras.optimizer"),
            maker(own.kernel_initializer, "train_keras.kernel_initializer"),
            "train_keras.",
        )
    if {"data", "split"} & changed:
        from digitrack.data import split  # imports scikit-learn, so only then

        shares, (y, names) = settings.split, labels(settings.data)
        split.draw(y, shares.train, shares.validation, shares.test, settings.seed, names)


def reads(settings: dict[str, Any]) -> list[Path]:
    """Return the data set's files and folders, which can be anywhere; `settings` are plain dictionaries."""
    from pipeline.objects import paths

    return [path for _, path in paths(settings.get("data", {}))]
