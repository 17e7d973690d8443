"""Time and weigh sweeps, in a fresh clone each.

`python bench/sweeps.py plain|overhead|parallel|growth|memory|fresh|launchers`; without a name all but the last, which
needs Ray: `make ray`.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from repository import clone, environment

BARE = """
import sys
import yaml
from sklearn.datasets import load_digits
from digitrack import neural_net
from digitrack.data import split
from digitrack.data.sources.bunch import source
from digitrack.training.curves import Curves
settings = yaml.safe_load(open("params.yaml"))
data = split.make(source(load_digits()), **settings["split"], seed=0)
parts = [(part.x[:], part.y) for part in (data.train, data.validation)]
x = parts[0][0]
for n_hidden in range(5, 5 + int(sys.argv[1])):
    kernel = settings["train_numpy"]["kernel_initializer"]
    net = neural_net.NeuralNet(64, n_hidden, 10, initializer=kernel["name"], stddev=kernel["stddev"], seed=0)
    curves = Curves()
    net.fit(x, neural_net.one_hot(data.train.y, 10), learning_rate=0.15, epochs=int(sys.argv[2]), seed=0,
            on_epoch=lambda *_: curves.add(*((net.forward(x), y) for x, y in parts)) is None)
"""


class Clone:
    """HEAD, compiled as it is once something has run, with a store of its own."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "clone"
        clone(self.path)
        subprocess.run([sys.executable, "-m", "compileall", "-q", "src", "pipeline"], cwd=self.path, check=True)

    def start(self, *command: str) -> subprocess.Popen:
        return subprocess.Popen(command, cwd=self.path, env=environment(self.path), stdout=subprocess.PIPE, text=True)

    def seconds(self, *command: str) -> float:
        started = time.perf_counter()
        process = self.start(*command)
        process.communicate()
        assert process.returncode == 0, command
        return time.perf_counter() - started

    def statuses(self) -> list[str]:
        """Of the jobs."""
        code = (
            "import json, mlflow; c = mlflow.MlflowClient('sqlite:///mlflow.db'); runs = []; token = None\n"
            "while True:\n"
            "    page = c.search_runs(['1'], \"tags.job != ''\", max_results=1000, page_token=token)\n"
            "    runs += [r.info.status for r in page]; token = page.token\n"
            "    if not token: break\n"
            "print(json.dumps(runs))"
        )
        return json.loads(self.start("python", "-c", code).communicate()[0].splitlines()[-1])

    def spans(self) -> list[tuple[float, float, float]]:
        """Of the jobs: when they started and ended, in seconds, and how long they trained."""
        code = (
            "import json, mlflow; c = mlflow.MlflowClient('sqlite:///mlflow.db')\n"
            "runs = c.search_runs(['1'], \"tags.job != '' and attributes.status = 'FINISHED'\", max_results=1000)\n"
            "print(json.dumps([(r.info.start_time / 1000, r.info.end_time / 1000, r.data.metrics['training_seconds'])"
            " for r in runs]))"
        )
        return json.loads(self.start("python", "-c", code).communicate()[0].splitlines()[-1])


def sweep(n: int, epochs: int, *more: str) -> tuple[str, ...]:
    hidden = f"train_numpy.n_hidden=range(5,{5 + n})"
    return ("python", "-m", "pipeline.train_numpy", "-m", hidden, f"train_numpy.epochs={epochs}", *more)


def overhead() -> None:
    """24 jobs of 5 epochs against a loop over the same fits without tracking."""
    clone = Clone()
    bare = min(clone.seconds("python", "-c", BARE, "24", "5") for _ in range(2))
    tracked = clone.seconds(*sweep(24, 5))
    allowed = 1.5 * bare + 5
    print(f"bare loop {bare:.1f} s, sweep {tracked:.1f} s, of {allowed:.1f} s (1.5 times the loop and 5 s)")


def plain() -> None:
    """24 jobs of 5 epochs on a new store, in turn with the same written with Hydra and MLflow alone."""
    peer = ("python", "bench/plain_sweep.py", *sweep(24, 5, "hydra/sweeper=basic")[3:])
    for _ in range(3):
        ours = Clone().seconds(*sweep(24, 5))
        for how, more in (("a call a figure", ()), ("a call an epoch", ("+together=true",))):
            theirs = Clone().seconds(*peer, *more)
            print(f"sweep {ours:.1f} s, plain with {how} {theirs:.1f} s: {ours / theirs:.2f} times", flush=True)


def parallel() -> None:
    """Jobs of 2 s and more, in this process and in two."""
    epochs = 150
    alone = Clone().seconds(*sweep(16, epochs))
    joined = Clone().seconds(*sweep(16, epochs, "hydra/launcher=joblib"))
    print(f"in process {alone:.1f} s ({alone / 16:.1f} s a job), joblib {joined:.1f} s: {joined / alone:.2f} times")


def launchers() -> None:
    """200 jobs of 2 s by Ray and by joblib, against their trainings' sum over 2 cores, on an idle machine.

    What a launcher's start takes is left out: from its first job's start to its last one's end.
    """
    for launcher in ("ray", "joblib"):
        clone = Clone()
        clone.seconds(*sweep(200, 160, f"hydra/launcher={launcher}"))
        spans = clone.spans()
        trained = sum(end - start for start, end, _ in spans)
        training = sum(seconds for *_, seconds in spans)
        took = max(end for _, end, _ in spans) - min(start for start, *_ in spans)
        print(
            f"{launcher}: {len(spans)} jobs of {training / len(spans):.2f} s ({trained / len(spans):.2f} s with their "
            f"runs) in {took:.1f} s, {took / (training / 2):.2f} times the sum of the trainings / 2",
            flush=True,
        )


def growth() -> None:
    """A job's time in sweeps of 10, 100 and 1000, comparison and resume check included, less what starts cost."""
    one = Clone().seconds(*sweep(1, 1))
    for n in (10, 100, 1000):
        clone = Clone()
        seeds = ("python", "-m", "pipeline.train_numpy", "-m", f"train_numpy.learning_rate=range(1,{n + 1})")
        first = clone.seconds(*seeds, "train_numpy.epochs=1", "train_numpy.n_hidden=5")
        again = clone.seconds(*seeds, "train_numpy.epochs=1", "train_numpy.n_hidden=5")
        a_job = (first - one) / (n - 1)
        print(
            f"{n} jobs: {first:.1f} s, {1000 * a_job:.0f} ms each after the first; skipped: {again:.1f} s", flush=True
        )


def memory() -> None:
    """Resident memory of each process of a sweep of 200 Keras jobs, from job 10 to job 200."""
    clone = Clone()
    process = clone.start("python", "-m", "pipeline.train_keras", "-m", "train_keras.n_hidden=range(5,205)",
                          "train_keras.epochs=1")  # fmt: skip
    threading.Thread(target=process.communicate, daemon=True).start()
    first: dict[int, int] = {}
    most: dict[int, int] = {}
    while process.poll() is None:
        if [*clone.path.glob("multirun/*/*/10")]:  # the folder of the job after the first ten
            for one in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                try:
                    size = one.memory_info().rss >> 20
                except psutil.NoSuchProcess:
                    continue
                first.setdefault(one.pid, size)
                most[one.pid] = max(most.get(one.pid, 0), size)
        time.sleep(0.5)
    print(f"the sweeping process: {first[process.pid]} MiB after 10 jobs, at most {most[process.pid]} MiB")
    others = max(value for pid, value in most.items() if pid != process.pid)
    print(f"its {len(most) - 1} trainers: at most {others} MiB; jobs {clone.statuses().count('FINISHED')}")


def fresh() -> None:
    """Five times 40 jobs by 8 processes on an empty store."""
    for _ in range(5):
        clone = Clone()
        seconds = clone.seconds(*sweep(40, 1, "hydra/launcher=joblib", "hydra.launcher.n_jobs=8"))
        print(
            f"{clone.statuses().count('FINISHED')} finished of {len(clone.statuses())} in {seconds:.1f} s", flush=True
        )


if __name__ == "__main__":
    measures = {one.__name__: one for one in (plain, overhead, parallel, growth, memory, fresh, launchers)}
    for name in sys.argv[1:] or [name for name in measures if name != "launchers"]:
        measures[name]()
