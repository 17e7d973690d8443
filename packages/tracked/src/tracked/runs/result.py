"""A stage's result, as the child sends it to the recorder, which writes it to the store.

The stage may have run in another process. So these are plain results: numbers, texts, paths and small arrays, but no
data set; and what else the recorder asks where the stage has run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from tracked.outcome import Outcome, Served

if TYPE_CHECKING:
    import numpy as np

HEAD = 10_000  # cells by which MLflow tells an array from others


class Array(NamedTuple):
    """What MLflow shows of an array, without the array."""

    shape: tuple[int, ...]
    dtype: str
    head: "np.ndarray"  # its first cells, in one row

    def flatten(self) -> "np.ndarray":
        """What MLflow makes a digest of, together with the shape."""
        return self.head


@dataclass
class Result:
    """What the recorder gets of an outcome."""

    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    evaluated: dict[str, dict[str, float]] = field(default_factory=dict)
    images: "dict[str, list[np.ndarray]]" = field(default_factory=dict)
    datasets: dict[str, tuple[Array, Array]] = field(default_factory=dict)
    has_model: bool = False

    @staticmethod
    def of(outcome: Outcome, keeps: bool) -> "Result":
        """Without images and data where no artifacts are kept."""
        plain = Result(outcome.metrics, outcome.params, outcome.files, outcome.evaluated)
        if keeps:
            plain.images = {key: list(shown) for key, shown in outcome.images.items()}
            plain.datasets = {name: (_array(x), _array(y)) for name, (x, y) in outcome.datasets.items()}
            plain.has_model = outcome.served is not None
        return plain


def _array(values: "np.ndarray") -> Array:
    return Array(values.shape, str(values.dtype), values.flat[:HEAD])


class Computer(Protocol):
    """Where a stage has run."""

    def drawing(self) -> Callable[[], object]:
        """Begin to draw the stage's pictures, if there are any; returns what waits for them."""

    def model(self, spare: Path) -> Served | str:
        """What the stage's function makes, given a folder for files that nothing else needs: a model to be logged, or
        the id of the one that it has logged itself. Raises StoreFailed when it could not log it."""

    def answers(self, function: str, files: Mapping[str, Path], rows: Any) -> tuple[int, ...]:
        """The shape of what the function "module:NAME" of a served model answers to rows.

        Raises UserError when there is none, or it refuses them.
        """
