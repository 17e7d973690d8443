"""A logged model, loaded, with what it says of the rows that it takes: one of ours, or of any flavour of MLflow's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from mlflow.exceptions import MlflowException
from mlflow.types import DataType

from tracked.runs import models

TYPES = {DataType.string: str, DataType.double: float, DataType.float: np.float32}  # no whole numbers for MLflow


@dataclass(frozen=True)
class Loaded:
    """What asks a model, and how its inputs and outputs are called."""

    predict: Callable[[Any], Any]
    columns: list[str] | None = None  # None where it takes whatever there is, or rows without names
    optional: list[str] = field(default_factory=list)  # columns that may be left out
    types: dict[str, type] = field(default_factory=dict)  # of columns, where a file alone does not tell it
    outputs: list[str] | None = None
    takes_array: bool = False  # rows of numbers
    takes_file: bool = False

    def is_refusal(self, error: Exception) -> bool:
        """Whether an error says what is wrong with the question, not with the model."""
        return isinstance(error, MlflowException | ValueError)


def load(root: Path, uri: str, trust: bool = False) -> Loaded:
    """Load a model. Raises UserError when the store does not have it, or, without `trust`, this project has not
    registered it."""
    model = models.opened(root, uri, trust)
    if served := getattr(
        models.own(model), "served", None
    ):  # those that were logged before it are of MLflow's flavours
        columns, kinds = served["columns"], served["kinds"]
        return Loaded(
            model.predict,
            columns,
            types={name: str for name, kind in zip(columns or [], kinds or [], strict=True) if kind == "text"},
            outputs=served["outputs"],
            takes_array=columns is None,
            takes_file=served["n_features"] is None,
        )
    inputs, outputs = model.metadata.get_input_schema(), model.metadata.get_output_schema()
    names = outputs.input_names() if outputs and outputs.has_input_names() else None
    if inputs is None:
        return Loaded(model.predict, outputs=names)
    if not inputs.has_input_names():
        return Loaded(model.predict, outputs=names, takes_array=True)
    types = {col.name: TYPES[col.type] for col in inputs.inputs if col.type in TYPES}
    return Loaded(model.predict, inputs.input_names(), inputs.optional_input_names(), types, names)
