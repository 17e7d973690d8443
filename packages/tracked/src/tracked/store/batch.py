"""What is to be written to a run, gathered and sent in as few calls as MLflow takes."""

import math
from collections.abc import Mapping
from time import time
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from tracked.secrets.masking import masked

MOST = 1000  # entries in a call
DIGITS = 5  # significant ones, of metrics that are no whole numbers
BESIDE_OTHERS = 800  # metrics in the call that has the parameters and tags


class Batch:
    """Metrics, parameters and tags of one run."""

    def __init__(self) -> None:
        self.metrics: list[Metric] = []
        self.params: list[Param] = []
        self.tags: list[RunTag] = []

    def add_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """`step` is the epoch. MLflow would show an infinite metric as a number: such are left out; and it shows all
        digits that it is given."""
        now, finite = int(time() * 1000), {name: value for name, value in metrics.items() if math.isfinite(value)}
        self.metrics += [Metric(name, rounded(value), now, step) for name, value in finite.items()]

    def add_params(self, params: Mapping[str, Any]) -> None:
        """Texts without the secrets in them: a password can have come from the command line."""
        self.params += [
            Param(name, masked(value) if isinstance(value, str) else str(value)) for name, value in params.items()
        ]

    def add_tags(self, tags: Mapping[str, str]) -> None:
        self.tags += [RunTag(name, value) for name, value in tags.items()]

    def as_json(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "metrics": [[point.key, point.value, point.timestamp, point.step] for point in self.metrics],
            "params": [[param.key, param.value] for param in self.params],
            "tags": [[tag.key, tag.value] for tag in self.tags],
        }

    @staticmethod
    def from_json(plain: dict[str, Any]) -> "Batch":
        """What `as_json` gave. Metrics keep their time, by which MLflow knows those that it has."""
        batch = Batch()
        batch.metrics = [Metric(*point) for point in plain["metrics"]]
        batch.params = [Param(*param) for param in plain["params"]]
        batch.tags = [RunTag(*tag) for tag in plain["tags"]]
        return batch

    def send(self, client: MlflowClient, run_id: str) -> None:
        """Write it to a run, and empty it; what fails can be sent again."""
        if self.metrics or self.params or self.tags:
            self._send_first(client, run_id)
        for start in range(BESIDE_OTHERS, len(self.metrics), MOST):
            client.log_batch(run_id, self.metrics[start : start + MOST])
        self.metrics, self.params, self.tags = [], [], []

    def _send_first(self, client: MlflowClient, run_id: str) -> None:
        """The call that has the parameters. MLflow writes each once: what a stage has logged itself under the name of a
        setting, as autologging does, stays."""
        metrics = self.metrics[:BESIDE_OTHERS]
        try:
            client.log_batch(run_id, metrics, self.params, self.tags)
        except MlflowException as error:
            if error.error_code != "INVALID_PARAMETER_VALUE":
                raise
            known = client.get_run(run_id).data.params
            client.log_batch(run_id, metrics, [param for param in self.params if param.key not in known], self.tags)


def rounded(value: float) -> float:
    """The metric in the digits that MLflow gets."""
    return float(value) if float(value).is_integer() else float(f"{value:.{DIGITS}g}")
