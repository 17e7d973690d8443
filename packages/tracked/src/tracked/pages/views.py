"""The saved views of MLflow's run list: which columns, which runs, in which order.

MLflow keeps a saved view as a tag of the experiment; its page offers them under *Views*, and a link opens one. The
tag's content is MLflow's private format: a page that does not understand it shows its own columns.
"""

import json
from collections.abc import Mapping
from typing import Any

from tracked.dvc.params import load
from tracked.errors import UserError
from tracked.project import here, project

TAG = "mlflow.sharedViewState."
FIRST = "runs"  # the view that links open
WIDTH = 105  # pixels
TRAININGS = 'tags.model != ""'


def columns() -> Mapping[str, int]:
    """The columns of the list of runs, with their widths in pixels."""
    if project().columns:
        return project().columns
    try:
        settings = load(here().root / "params.yaml")
    except UserError:  # there is none yet, or a stage says what is wrong with it
        settings = {}
    shown = [f"metrics.`{goal.name}`" for goal in project().goals]
    shown += [f"tags.`{name}`" for name in project().page.columns(settings)]
    return {"attributes.`Run Name`": 245, "runDateAndNestInfo": 145, "duration": 75, **dict.fromkeys(shown, WIDTH)}


def tags() -> dict[str, str]:
    """The views as tags of an experiment."""
    views = {
        FIRST: _view("Runs with their stages"),
        "data": _view("By data version", TRAININGS, group="data_md5"),
        "commit": _view("By git commit", TRAININGS, group="git_commit"),
        "experiment": _view("By DVC experiment", TRAININGS, group="dvc_experiment"),
    }
    metrics = [column for column in columns() if column.startswith("metrics.")]
    for metric in metrics[:1]:
        words = metric.removeprefix("metrics.").strip("`").replace("_", " ")
        goal = project().goal(words.replace(" ", "_"))
        views["best"] = _view(f"Best {words}", TRAININGS, metric, least_first=bool(goal and goal.direction == "min"))
    return {TAG + key: view for key, view in views.items()}


def _view(
    name: str,
    query: str = "",
    order: str = "attributes.start_time",
    group: str | None = None,
    least_first: bool = False,
) -> str:
    widths = columns()
    state: dict[str, Any] = {
        "searchFilter": query,
        "orderByKey": order,
        "orderByAsc": least_first,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": [column for column in widths if "." in column],
        "columnOrder": list(widths),
        "columnWidths": widths,
        "groupBy": group and {"aggregateFunction": "max", "groupByKeys": [{"mode": "tag", "groupByData": group}]},
    }
    return json.dumps({"name": name, "createdAt": 0, "updatedAt": 0, "state": json.dumps(state)})
