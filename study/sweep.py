"""A tracked sweep of the project as evidence: started by its own command, read from the store."""

import csv
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from study.evidence import Table, hashed
from study.places import ROOT
from tracked import UserError, connect, search_runs

WRITTEN = ("outs", "metrics", "plots")  # where a stage of dvc.yaml says what it writes


@dataclass(frozen=True)
class Sweep:
    """`python -m pipeline.STAGE -m +sweep=SWEEP`; without a stage, of the whole pipeline."""

    stage: str
    sweep: str
    also: tuple[str, ...] = ()  # more overrides
    curves: tuple[str, ...] = ()  # figures that are wanted epoch by epoch

    @property
    def title(self) -> str:
        """The name of the sweep's run in MLflow."""
        return f"{self.sweep}, {self.stage or 'all'}"

    @property
    def name(self) -> str:
        return " ".join([self.title, *self.also])

    @property
    def command(self) -> str:
        stage = [self.stage] if self.stage else []
        return shlex.join(["tracked", "run", *stage, "-m", *self._overrides, "hydra/launcher=joblib"])

    @property
    def shown(self) -> str:
        """The same on one core."""
        module = f"pipeline.{self.stage}" if self.stage else "pipeline"
        return shlex.join(["python", "-m", module, *self._overrides])

    @property
    def _overrides(self) -> list[str]:
        return [*self.also, f"+sweep={self.sweep}"]

    @property
    def key(self) -> str:
        return hashed(self.command, *self.curves, files=[ROOT / "conf", *code(self.stage)])

    def run(self) -> Table:
        """Run the jobs that have not finished before. Columns: the swept values, the figures of the jobs, curves.

        Raises UserError when a job fails.
        """
        self._sweep()
        client, runs = connect(), search_runs(f"tags.command = '{self.command}'")
        if runs.empty:
            raise UserError(f"{self.command} left no run in MLflow")
        file = client.download_artifacts(runs.run_id[0], "comparison.csv")
        with open(file, newline="") as lines:
            rows = list(csv.DictReader(lines))
        table: Table = {name: [_value(row[name]) for row in rows] for name in rows[0] if name != "run_id"}
        for figure in self.curves:
            curves = [client.get_metric_history(row["run_id"], figure) for row in rows]
            table[f"{figure} by epoch"] = [[point.value for point in curve] for curve in curves]
        return table

    def _sweep(self) -> None:
        process = subprocess.Popen(shlex.split(self.command), cwd=ROOT, env=_alone(), stdout=subprocess.DEVNULL)
        try:
            code = process.wait()
        except BaseException:
            process.terminate()  # it closes its runs, and goes on with them the next time
            process.wait()
            raise
        if code:
            raise UserError(f"{self.command} failed")


def code(stage: str) -> list[Path]:
    """What a stage, and those before it, run and read: what dvc.yaml declares, but for what stages write. Without a
    name, of all stages but `compose`: of what it reads, conf/ alone makes a difference to a sweep."""
    graph = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    makers = {_path(entry): name for name, own in graph.items() for kind in WRITTEN for entry in own.get(kind, [])}
    left, stages = [stage] if stage else [name for name in graph if name != "compose"], set[str]()
    while left:
        stages.add(name := left.pop())
        left += {makers[dep] for dep in graph[name]["deps"] if dep in makers} - stages
    return sorted({ROOT / dep for name in stages for dep in graph[name]["deps"] if dep not in makers})


def _path(entry: str | dict[str, Any]) -> str:
    """Of an output, which in dvc.yaml is a path, or a path with options."""
    return entry if isinstance(entry, str) else next(iter(entry))


def _alone() -> dict[str, str]:
    """The environment without what a stage of DVC's or a run of MLflow's would be known by."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DVC_STAGE", "MLFLOW_RUN_ID")}
    return kept | {"PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{kept.get('PATH', '')}"}


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"True": True, "False": False}.get(text, text)
