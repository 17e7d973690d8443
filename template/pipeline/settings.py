"""The schema of the settings: what conf/ may say, with types and ranges."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, lt=1)]

closed = ConfigDict(extra="forbid")


@dataclass(config=closed)
class Split:
    validation: Share
    test: Share

    @model_validator(mode="after")
    def leaves_some(self) -> "Split":
        if self.validation + self.test >= 1:
            raise ValueError("validation + test leave nothing to train on")
        return self


@dataclass(config=closed)
class Train:
    penalty: Positive


@dataclass(config=closed)
class Settings:
    """Every setting; the fields are the sections of params.yaml."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    split: Split
    train: Train
