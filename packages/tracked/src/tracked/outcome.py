"""What a stage returns: what happened, and what is made of it only where it is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from mlflow.models.model import ModelInfo


class Pruned(BaseException):
    """A sweep ends its job early, at a step: it is poor beside the others. No error, so `except Exception` lets it
    pass."""

    def __init__(self, step: int) -> None:
        super().__init__(step)
        self.step = step


class Report(Protocol):
    """Hears of a step of a training: an epoch, a round, a fold."""

    def __call__(self, step: int, metrics: Mapping[str, float], of: int | None = None) -> None:
        """`step` counts from 1, to `of` if that is known; the metrics are called as the stage likes.

        Raises Pruned where a search ends the job early.
        """


def unheard(step: int, metrics: Mapping[str, float], of: int | None = None) -> None:
    """The report of a stage that runs untracked."""


@dataclass
class Served:
    """A model as MLflow keeps it: files, and the function that makes of them one from rows to outputs.

    That function gets floats (n, n_features); a DataFrame with the example's columns where one of these has text, or
    true and false, with NaN for what is missing; bytes, the content of one file, where the example is bytes.
    """

    load: str  # "package.module:function", called with the files by name; its result raises ValueError for wrong rows
    files: dict[str, Path]
    example: "np.ndarray | pd.DataFrame | bytes"  # (n, n_features), rows as a caller would send them, a DataFrame by
    # name; or the content of a file
    outputs: "np.ndarray | pd.DataFrame"  # (n, n_outputs), what they give; a DataFrame names them
    requirements: list[str] = field(default_factory=list)  # packages besides numpy and mlflow


@dataclass
class Outcome:
    """What became of a stage. Paths are below the folder that it was given."""

    metrics: dict[str, float] = field(default_factory=dict)  # besides those reported epoch by epoch
    params: dict[str, Any] = field(default_factory=dict)  # besides the settings
    files: list[Path] = field(default_factory=list)  # to keep with the run, drawn ones included
    datasets: "dict[str, tuple[np.ndarray, np.ndarray]]" = field(default_factory=dict)  # samples and targets by name
    images: "Mapping[str, Sequence[np.ndarray]]" = field(default_factory=dict)  # uint8, behind a slider
    evaluated: dict[str, dict[str, float]] = field(
        default_factory=dict
    )  # metrics of models that others trained, by name
    curves: Sequence[
        Mapping[str, float]
    ] = ()  # what the stage reports, step by step: `outcome` tells it from the files
    # Called only where a run keeps what they make: not for the jobs of a sweep.
    pictures: Callable[[], object] | None = None  # draws files; may be called in another process
    # Given a folder for files that nothing else needs: a Served, or what mlflow.FLAVOUR.log_model(...) returned.
    served: "Callable[[Path], Served | ModelInfo] | None" = None
