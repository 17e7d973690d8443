"""Data as MLflow shows them with a run: a name, a digest, their shape; not the data."""

from collections.abc import Mapping

import numpy as np
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.digest_utils import compute_numpy_digest
from mlflow.data.numpy_dataset import from_numpy
from mlflow.entities import DatasetInput, InputTag

from tracked.project import project
from tracked.runs.result import Array

CONTEXT = "mlflow.data.context"


def inputs(datasets: Mapping[str, tuple[Array, Array]]) -> list[DatasetInput]:
    """Samples and targets by name. They come from the stage that all others need: the first."""
    source = CodeDatasetSource({"mlflow.source.name": project().module(next(iter(project().stages)))})
    return [
        DatasetInput(
            from_numpy(
                _of_its_shape(x), targets=_of_its_shape(y), source=source, name=name, digest=compute_numpy_digest(x, y)
            )._to_mlflow_entity(),
            [InputTag(CONTEXT, name)],
        )
        for name, (x, y) in datasets.items()
    ]


def _of_its_shape(array: Array) -> np.ndarray:
    """Zeros of an array's shape and type, which need no memory."""
    return np.broadcast_to(np.zeros((), array.dtype), array.shape)
