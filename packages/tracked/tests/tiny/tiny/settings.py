"""The schema of the settings."""

from pydantic.dataclasses import dataclass


@dataclass
class Fit:
    rate: float
    epochs: int


@dataclass
class Settings:
    seed: int
    fit_slow: Fit
    fit_fast: Fit
