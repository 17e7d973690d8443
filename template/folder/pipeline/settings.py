"""The schema of the settings: what conf/ may say, with types and ranges. It refuses; it changes nothing."""

import math
from dataclasses import asdict
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

Count = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Rate = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, gt=0, lt=1)]

closed = ConfigDict(extra="forbid")


@dataclass(config=closed)
class Split:
    """Shares of the data set."""

    train: Share
    validation: Share
    test: Share

    @model_validator(mode="after")
    def adds_up(self) -> "Split":
        total = self.train + self.validation + self.test
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"train + validation + test must be 1, not {total:g}")
        return self


@dataclass(config=closed)
class Train:
    n_hidden: Count
    learning_rate: Rate
    epochs: Count
    batch_size: Count


@dataclass(config=closed)
class Settings:
    """Every setting of a run; the fields are the sections of params.yaml."""

    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)]
    split: Split
    train: Train


def check(settings: Settings, changed: set[str]) -> None:
    """Refuse what only the data can judge, in the sections that changed, before a stage runs. Raises Refused."""
    if "split" in changed:
        from NAME import dataset, parts

        parts.split(*dataset.load(), asdict(settings.split), settings.seed)
