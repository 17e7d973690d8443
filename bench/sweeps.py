"""Time and weigh sweeps, in a fresh clone each.

`python bench/sweeps.py plain|overhead|parallel|growth|crowded|large|memory|fresh|launchers`; without a name all but the
last, which needs Ray: `make ray`.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import yaml
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
            on_epoch=lambda *_: curves.add(*((net.logits(x), y) for x, y in parts)) is None)
"""


class Clone:
    """HEAD, compiled as it is once something has run, with a store of its own."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "clone"
        clone(self.path)
        subprocess.run([sys.executable, "-m", "compileall", "-q", "src", "pipeline"], cwd=self.path, check=True)

    def read_file(self, size: int) -> None:
        """Have `split` read a file of so many bytes, which is in no commit."""
        (self.path / "inputs").mkdir(exist_ok=True)
        with (self.path / "inputs/large.bin").open("wb") as file:
            for _ in range(size // 2**20):
                file.write(os.urandom(2**20))
        graph = yaml.safe_load((self.path / "dvc.yaml").read_text())
        graph["stages"]["split"]["deps"].append("inputs/large.bin")
        (self.path / "dvc.yaml").write_text(yaml.safe_dump(graph, sort_keys=False))
        (self.path / ".git/info/exclude").write_text("/inputs/large.bin\n")
        subprocess.run(["git", "commit", "-qam", "Read a file"], cwd=self.path, check=True)

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


def crowded() -> None:
    """The same sweep of 100 jobs again, in a store that has nothing else, and beside 10,000 other jobs with curves."""
    clone = Clone()
    command = sweep(100, 30)
    clone.seconds(*command)
    alone = min(clone.seconds(*command) for _ in range(3))
    copies(clone.path / "mlflow.db", 100)
    beside = min(clone.seconds(*command) for _ in range(3))
    n = len(clone.statuses())
    print(f"again {alone:.1f} s, beside {n - 100} other jobs {beside:.1f} s: {beside / alone:.2f} times", flush=True)


def copies(store: Path, times: int) -> None:
    """Copy the sweeps in a store so many times, each as one of other settings."""
    shared = "key, value, timestamp, step, is_nan"
    own = {
        "runs": "name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, "
        "source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time",
        **{"metrics": shared, "latest_metrics": shared, "params": "key, value", "tags": "key, value"},
    }
    commands = [
        f"INSERT INTO {table} (run_uuid, {names}) SELECT ?, {names} FROM {table} WHERE run_uuid = ?"  # noqa: S608
        for table, names in own.items()
    ]
    with sqlite3.connect(store) as database:
        runs = [row[0] for row in database.execute("SELECT run_uuid FROM runs")]
        for i in range(times):
            for run in runs:
                copy = f"{i:04x}{run[4:]}"
                for command in commands:
                    database.execute(command, (copy, run))
                other = "UPDATE tags SET value = value || ? WHERE run_uuid = ? AND key IN ('job', 'sweep')"
                database.execute(other, (i, copy))
                parent = (
                    "UPDATE tags SET value = ? || substr(value, 5) WHERE run_uuid = ? AND key = 'mlflow.parentRunId'"
                )
                database.execute(parent, (f"{i:04x}", copy))


def large() -> None:
    """Ten jobs of 5 epochs and more beside 500 MB that `split` reads, and beside an empty file, in turn. The first
    sweep on a machine has to read them; of four others the quickest counts."""
    for launcher in ("basic", "joblib"):
        clones = {size: Clone() for size in (0, 500 * 2**20)}
        for size, one in clones.items():
            one.read_file(size)
        time.sleep(3)  # what has just changed is read again each time
        took: dict[int, list[float]] = {size: [] for size in clones}
        for epochs in range(5, 10):
            for size, one in clones.items():
                took[size].append(one.seconds(*sweep(10, epochs, f"hydra/launcher={launcher}")))
        (first, *others), (first_beside, *others_beside) = took.values()
        print(
            f"{launcher}: the first sweep {first:.1f} s without, {first_beside:.1f} s beside 500 MB; another "
            f"{min(others):.1f} s without, {min(others_beside):.1f} s: {min(others_beside) / min(others):.2f} times",
            flush=True,
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
    measures = {
        one.__name__: one for one in (plain, overhead, parallel, growth, crowded, large, memory, fresh, launchers)
    }
    for name in sys.argv[1:] or [name for name in measures if name != "launchers"]:
        measures[name]()
