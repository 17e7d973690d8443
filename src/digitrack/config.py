"""The schema of the settings: what conf/ may say, with types and ranges."""

import hashlib
import json
import math
from pathlib import Path
from typing import Annotated, Any, Literal

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from digitrack.errors import UserError

Count = Annotated[int, Field(strict=True, ge=1)]
Rate = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, gt=0, lt=1)]
KerasNode = dict[str, Any]  # `_target_` and its arguments; Keras itself knows what is allowed

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
class TrainKeras:
    n_hidden: Count
    epochs: Count
    batch_size: Count
    optimizer: KerasNode
    kernel_initializer: KerasNode


@dataclass(config=closed)
class KernelInitializer:
    name: Literal["uniform", "normal", "zeros"]
    stddev: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def stddev_belongs_to_normal(self) -> "KernelInitializer":
        if (self.name == "normal") != (self.stddev is not None):
            raise ValueError("stddev is given with name normal, and only then")
        return self


@dataclass(config=closed)
class TrainNumpy:
    n_hidden: Count
    learning_rate: Rate
    epochs: Count
    batch_size: Count
    kernel_initializer: KernelInitializer


@dataclass(config=closed)
class Evaluate:
    n_errors: Count


@dataclass(config=closed)
class Config:
    """Every setting of a run; the fields are the sections of params.yaml."""

    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)]
    data: dict[str, Any]
    split: Split
    train_keras: TrainKeras
    train_numpy: TrainNumpy
    evaluate: Evaluate


def validate(settings: DictConfig | dict[str, Any], source: str) -> Config:
    """The settings as dataclasses.

    `source` is where they come from, for the message. Raises UserError, which names every key that
    is wrong, its value and what is allowed.
    """
    try:
        return TypeAdapter(Config).validate_python(as_dict(settings))
    except ValidationError as error:
        raise UserError(f"{source}: " + "; ".join(map(_explain, error.errors()))) from None


def _explain(error: Any) -> str:
    key = ".".join(map(str, error["loc"]))
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{key}: there is no such setting"
    if error["type"].startswith("missing"):
        return f"{key}: this setting is missing"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if error["type"] == "value_error":
        return f"{key}: {message}"
    return f"{key}: {error['input']!r} {message}".replace(" should be ", " is not allowed: it must be ")


def as_dict(settings: DictConfig | dict[str, Any]) -> dict[str, Any]:
    """Plain, resolved settings without Hydra's own node."""
    if not isinstance(settings, DictConfig):
        return settings
    own = OmegaConf.masked_copy(settings, [str(key) for key in settings if key != "hydra"])
    try:
        plain = OmegaConf.to_container(own, resolve=True)
    except OmegaConfBaseException as error:
        raise UserError(str(error).splitlines()[0]) from None
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def load(path: Path) -> dict[str, Any]:
    """The settings in a YAML file. Raises UserError when it can't be read."""
    try:
        settings = OmegaConf.load(path)
    except FileNotFoundError:
        raise UserError(f"{path} is missing: `dvc repro compose` writes it from conf/") from None
    except Exception as error:  # the YAML parser's errors share no base class with OmegaConf's
        raise UserError(f"{path} is not readable YAML: {' '.join(str(error).split())}") from None
    if not isinstance(settings, DictConfig):
        raise UserError(f"{path} must hold settings as `key: value` lines")
    return as_dict(settings)


def loads(text: str) -> dict[str, Any]:
    """The settings in a YAML text."""
    settings = OmegaConf.create(text)
    assert isinstance(settings, DictConfig)
    return as_dict(settings)


def fingerprint(settings: dict[str, Any]) -> str:
    """A hash that equal settings share, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
