"""Fill the store of a clone in which `dvc repro` has run, by the project's own stages and sweeps, quick as they are:

`python .../bench/filled.py CONFIGURATIONS JOBS` in the clone. A configuration is trained in numpy and evaluated: three
runs with curves, data sets, pictures, and a model that is registered; a job is a run of a sweep. At last some run
fails, one is killed, and one is deleted.
"""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from digitrack import Refused
from tracked import connect, run_stage

HERE, TRAINING = Path(), "train_numpy"


def changes(i: int) -> dict[str, Any]:
    """The settings of a quick network of another width than the committed one."""
    own = {"n_hidden": 3 + i % 60, "epochs": 2, "learning_rate": round(0.05 + i / 1000, 3)}
    return {f"{TRAINING}.{name}": value for name, value in own.items()}


def configurations(n: int) -> None:
    """Train and test networks."""
    for i in range(n):
        for stage in (TRAINING, "evaluate"):
            run_stage(stage, HERE, changes(i), register=True)


def odd_ends() -> None:
    """A run that fails, one that is interrupted, one that is deleted."""
    with TemporaryDirectory() as empty, suppress(Refused):
        run_stage(TRAINING, empty, changes(0))
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(10)
    with suppress(KeyboardInterrupt):
        run_stage(TRAINING, HERE, {f"{TRAINING}.epochs": 100_000})
    connect().delete_run(run_stage(TRAINING, HERE, changes(0)))


if __name__ == "__main__":
    n_configurations, n_jobs = map(int, sys.argv[1:])
    configurations(n_configurations)
    odd_ends()
    hidden = f"train_numpy.n_hidden=range(5,{5 + n_jobs})"
    subprocess.run([sys.executable, "-m", f"pipeline.{TRAINING}", "-m", hidden, "train_numpy.epochs=2"], check=True)
