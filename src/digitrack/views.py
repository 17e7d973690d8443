"""The saved views of MLflow's run list: which columns, which runs, in which order.

MLflow keeps a saved view as a tag of the experiment; its page offers them under *Views*, and a link opens one.
"""

import json
from typing import Any

TAG = "mlflow.sharedViewState."
FIRST = "runs"  # the view that links open

WIDTHS = {  # in pixels, in this order
    "attributes.`Run Name`": 260,
    "runDateAndNestInfo": 150,
    "duration": 80,
    "metrics.`test_accuracy`": 110,
    "metrics.`val_accuracy`": 110,
    "params.`n_hidden`": 90,
    "params.`optimizer`": 110,
    "params.`learning_rate`": 110,
    "tags.`net`": 80,
    "tags.`best_net`": 80,
}
TRAININGS = 'tags.net != ""'


def _view(name: str, query: str = "", order: str = "attributes.start_time", group: str | None = None) -> str:
    state: dict[str, Any] = {
        "searchFilter": query,
        "orderByKey": order,
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": [column for column in WIDTHS if "." in column],
        "columnOrder": list(WIDTHS),
        "columnWidths": WIDTHS,
        "groupBy": group and {"aggregateFunction": "max", "groupByKeys": [{"mode": "tag", "groupByData": group}]},
    }
    return json.dumps({"name": name, "createdAt": 0, "updatedAt": 0, "state": json.dumps(state)})


VIEWS = {
    FIRST: _view("Runs with their stages"),
    "best": _view("Best test accuracy", TRAININGS, "metrics.`test_accuracy`"),
    "data": _view("By data version", TRAININGS, group="data_md5"),
    "commit": _view("By git commit", TRAININGS, group="git_commit"),
    "experiment": _view("By DVC experiment", TRAININGS, group="dvc_experiment"),
}


def tags() -> dict[str, str]:
    """The views as tags of an experiment."""
    return {TAG + key: value for key, value in VIEWS.items()}
