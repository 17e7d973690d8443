"""A stage that has run in this process: what the recorder asks of it, as a `Computer` answers."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from tracked.errors import UserError
from tracked.outcome import Outcome, Served
from tracked.runs import active
from tracked.runs.active import StageRun


class Computed:
    """An outcome of a stage, whose run is `active_run`."""

    def __init__(self, outcome: Outcome, active_run: StageRun) -> None:
        self.outcome, self.active_run = outcome, active_run
        self.made: Served | str | None = None  # the model: asked again, the stage's function is not called again

    def drawing(self) -> Callable[[], object]:
        return self.outcome.pictures or (lambda: None)

    def model(self, spare: Path) -> Served | str:
        if self.made is None:
            self.made = self._make(spare)
        return self.made

    def _make(self, spare: Path) -> Served | str:
        assert self.outcome.served
        try:
            with active.running(self.active_run):
                made: Any = self.outcome.served(spare)
        except Exception as error:
            if "mlflow" not in sys.modules:
                raise
            from tracked.store import failures

            with failures.in_one_line(self.active_run.store, of_stage=True):
                raise error
        if isinstance(made, Served):
            return made
        if model_id := "mlflow" in sys.modules and _logged(made):
            return model_id
        told = f"must return a Served(...), or what mlflow.FLAVOUR.log_model returned, not {type(made).__name__}"
        raise UserError(f"served= of {self.active_run.stage} {told}")

    def answers(self, function: str, files: Mapping[str, Path], rows: Any) -> tuple[int, ...]:
        module, _, name = function.partition(":")
        try:
            load = getattr(import_module(module), name)
        except (ModuleNotFoundError, AttributeError) as error:
            raise UserError(f"there is no such function: {error}") from None
        model = load(dict(files))
        try:
            return _shape(model(rows))
        except Exception as error:
            if isinstance(error, ValueError) or _is_mlflows(error):
                raise UserError(f"the model refuses its own example: {error}") from None
            raise


def _is_mlflows(error: Exception) -> bool:
    if "mlflow" not in sys.modules:
        return False
    from mlflow.exceptions import MlflowException

    return isinstance(error, MlflowException)


def _logged(made: Any) -> str:
    from mlflow.models.model import ModelInfo

    return made.model_id or "" if isinstance(made, ModelInfo) else ""


def _shape(found: Any) -> tuple[int, ...]:
    import numpy as np

    return np.shape(found)
