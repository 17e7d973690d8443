"""Fill the store of a clone in which `dvc repro` has run, by the project's own stages and sweeps, quick as they are:

`python .../bench/filled.py CONFIGURATIONS JOBS` in the clone. A configuration is trained in numpy and evaluated: three
runs with curves, data sets, pictures, and a model that is registered; a job is a run of a sweep. At last some run
fails, one is killed, and one is deleted.
"""

import subprocess
import sys
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

from tracked.project import here
from tracked.runs.run import stage_run
from tracked.runs.store import Store
from tracked.settings.loading import load
from tracked.settings.validation import validate
from tracked.stages import tracking


def configurations(n: int) -> None:
    """Train and test networks of other widths than the committed one."""
    committed = load(here().root / "params.yaml")
    for i in range(n):
        settings = deepcopy(committed)
        settings["train_numpy"] |= {"n_hidden": 3 + i % 60, "epochs": 2, "learning_rate": round(0.05 + i / 1000, 3)}
        for stage in ("train_numpy", "evaluate"):
            valid = validate(deepcopy(settings), "settings")
            tracking.run(stage, settings, valid, Path(), f"python -m pipeline.{stage}", "all")


def odd_ends() -> None:
    """A run that fails, one that is interrupted, one that is deleted."""
    store, settings = Store.at(here().root), load(here().root / "params.yaml")
    parent = store.search("tags.configuration != ''", most=1)[0].info.run_id
    for error in (ValueError, KeyboardInterrupt, None):
        with suppress(ValueError, KeyboardInterrupt):
            with stage_run(store, "train_numpy", settings, parent, {"command": "make repro"}) as run:
                run.report(1, 2, {"val_loss": 2.5, "val_accuracy": 1 / 3})
                if error:
                    raise error
            store.client.delete_run(run.run_id)


if __name__ == "__main__":
    n_configurations, n_jobs = map(int, sys.argv[1:])
    configurations(n_configurations)
    odd_ends()
    hidden = f"train_numpy.n_hidden=range(5,{5 + n_jobs})"
    subprocess.run([sys.executable, "-m", "pipeline.train_numpy", "-m", hidden, "train_numpy.epochs=2"], check=True)
