"""Data as MLflow shows them with a run: a name, a digest, their shape; not the data."""

from collections.abc import Mapping

import numpy as np
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.numpy_dataset import from_numpy
from mlflow.entities import DatasetInput, InputTag

from tracked.project import project

CONTEXT = "mlflow.data.context"


def inputs(datasets: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> list[DatasetInput]:
    """Samples and targets by name. They come from the stage that all others need: the first."""
    source = CodeDatasetSource({"mlflow.source.name": project().module(next(iter(project().stages)))})
    return [
        DatasetInput(from_numpy(x, targets=y, source=source, name=name)._to_mlflow_entity(), [InputTag(CONTEXT, name)])
        for name, (x, y) in datasets.items()
    ]
