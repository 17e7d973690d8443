"""The settings in params.yaml."""

from pathlib import Path
from typing import Any

from tracked.dvc import graph
from tracked.errors import UserError
from tracked.project import here
from tracked.settings import loading


def load(path: Path) -> dict[str, Any]:
    """The settings in params.yaml, which is at `path`; none where it is missing and dvc.yaml does not name it either.

    Raises UserError when it can't be read.
    """
    if path.exists():
        return loading.load(path)
    stages = graph.read(here().code)
    if not any(graph.PARAMS in (*stage.params, *stage.deps, *stage.outs) for stage in stages.values()):
        return {}
    if graph.COMPOSE in stages and graph.PARAMS in stages[graph.COMPOSE].outs:
        raise UserError(f"{path} is missing: `dvc repro compose` writes it from conf/")
    return loading.load(path)  # which says that it is missing
