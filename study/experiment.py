"""An experiment of the study's own as evidence: for what no stage logs. It becomes a run in MLflow, too."""

import subprocess
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from study.evidence import Table, hashed
from study.places import ROOT
from tracked import connect


@dataclass(frozen=True)
class Experiment:
    """The module `study.experiments.NAME`, whose function `run` returns what it finds, JSON-able.

    All numbers that its figures depend on stand in it, in the code of digitrack, or in params.yaml.
    """

    name: str
    reads: tuple[Path, ...] = ()  # more files

    @property
    def shown(self) -> str:
        return f"python -m study {self.name}"

    @property
    def title(self) -> str:
        """The name of its run in MLflow."""
        return f"practical/{self.name}"

    @property
    def key(self) -> str:
        own = ROOT / f"study/experiments/{self.name}.py"
        shared = [ROOT / f"study/experiments/{name}.py" for name in ("setting", "keras_network")]
        return hashed(self.name, files=[own, *shared, ROOT / "src/digitrack", ROOT / "params.yaml", *self.reads])

    def run(self) -> Table:
        """Run it and track it."""
        module = import_module(f"study.experiments.{self.name}")
        result = module.run()
        self._track((module.__doc__ or "").splitlines()[0], result)
        return result

    def _track(self, about: str, result: Table) -> None:
        import mlflow

        connect()
        tags = {"stage": "study", "study": self.key, "command": self.shown, **_commit()}
        note = f"{about}\n\nTo reproduce:\n\n```\n{self.shown}\n```"
        with mlflow.start_run(run_name=self.title, tags=tags, description=note):
            mlflow.log_param("question", about)
            mlflow.log_metrics({name: float(value) for name, value in result.items() if _is_number(value)})
            mlflow.log_dict(result, "figures.json")


def _commit() -> dict[str, str]:
    """The commit, and whether the tree has changes that it has not."""

    def ask(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    return {"git_commit": ask("rev-parse", "HEAD"), "git_dirty": str(bool(ask("status", "--porcelain"))).lower()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
