"""A tracked sweep of the project as evidence: started by its own command, read from the store."""

import csv
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from study.evidence import Table, hashed
from study.places import ROOT
from tracked import declared
from tracked.errors import UserError


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
        module = f"pipeline.{self.stage}" if self.stage else "pipeline"
        words = ["python", "-m", module, "-m", *self.also, f"+sweep={self.sweep}", "hydra/launcher=joblib"]
        return shlex.join(words)

    @property
    def shown(self) -> str:
        """The same on one core."""
        return self.command.replace(" -m +", " +").removesuffix(" hydra/launcher=joblib")

    @property
    def key(self) -> str:
        from tracked.project import WHOLE, project

        stages = project().before(self.stage or WHOLE) + ([self.stage] if self.stage else [])
        return hashed(self.command, *self.curves, declared.code(stages), files=[ROOT / "conf"])

    def run(self) -> Table:
        """Run the jobs that have not finished before. Columns: the swept values, the figures of the jobs, curves.

        Raises UserError when a job fails.
        """
        self._sweep()
        from tracked.runs.store import Store

        store = Store.at(ROOT)
        run = next(iter(store.search(f"tags.command = '{self.command}'", most=1)), None)
        if run is None:
            raise UserError(f"{self.command} left no run in {store.uri}")
        file = store.client.download_artifacts(run.info.run_id, "comparison.csv")
        with open(file, newline="") as lines:
            rows = list(csv.DictReader(lines))
        table: Table = {name: [_value(row[name]) for row in rows] for name in rows[0] if name != "run_id"}
        for figure in self.curves:
            table[f"{figure} by epoch"] = [store.history(row["run_id"], figure) for row in rows]
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
