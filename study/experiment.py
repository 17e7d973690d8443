"""An experiment of the study's own as evidence: for what no stage logs. It becomes a run in MLflow, too."""

import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from study.evidence import Table, hashed
from study.places import ROOT


@dataclass(frozen=True)
class Experiment:
    """The module `study.experiments.NAME`, whose function `run` returns what it finds, JSON-able.

    All numbers that its figures depend on stand in it, in the code of digitrack, or in params.yaml.
    """

    name: str

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
        shared = ROOT / "study/experiments/setting.py"
        return hashed(self.name, files=[own, shared, ROOT / "src/digitrack", ROOT / "params.yaml"])

    def run(self) -> Table:
        """Run it and track it."""
        module = import_module(f"study.experiments.{self.name}")
        result = module.run()
        self._track((module.__doc__ or "").splitlines()[0], result)
        return result

    def _track(self, about: str, result: Table) -> None:
        from tracked.runs.store import Store

        store = Store.at(ROOT)
        tags = {"stage": "study", "study": self.key, "command": self.shown}
        run_id = store.create(self.title, tags, {"question": about}, diff=True)
        numbers = {name: float(value) for name, value in result.items() if _is_number(value)}
        store.log(run_id, numbers)
        store.client.log_text(run_id, json.dumps(result), "figures.json")
        store.end(run_id, "FINISHED")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
