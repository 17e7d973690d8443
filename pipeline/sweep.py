"""A sweep: a parent run, its jobs below it, whatever launches them; resumed, watched, compared.

The sweeper opens a `Sweep`; each job, in this process or another, finds it through the environment.
"""

import json
import math
import os
import shlex
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any

import yaml
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from digitrack import arrays, comparison, config
from digitrack.comparison import Row
from digitrack.errors import UserError
from digitrack.tracking import Store, Tracked
from pipeline import split
from pipeline.stage import ROOT, Stage, module

VARIABLE = "DIGITRACK_SWEEP"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
QUIET = "ignore::UserWarning:multiprocessing.resource_tracker"  # it cleans up after interrupted processes, and says so
STAGES = {
    "train_keras": ("split", "train_keras"),
    "train_numpy": ("split", "train_numpy"),
    "all": ("split", "train_keras", "train_numpy", "evaluate"),
}


@cache
def declared(name: str) -> tuple[set[str], str]:
    """The sections that a job reads, and a hash of the code that it imports, both as dvc.yaml declares them."""
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    chosen = [stages[stage] for stage in STAGES[name]]
    modules = {dep for stage in chosen for dep in stage["deps"] if dep.endswith(".py")}
    code = {module: arrays.md5(ROOT / module) for module in modules}
    return {section for stage in chosen for section in stage["params"]}, config.fingerprint(code)


def fingerprint(name: str, cfg: config.Config, settings: dict[str, Any]) -> str:
    """What jobs of the same settings, data and code share."""
    sections, code = declared(name)
    data = split.compute(cfg)
    parts = (data.train, data.validation, data.test) if name == "all" else (data.train, data.validation)
    digests = [arrays.digest(part) for part in parts]
    return config.fingerprint({"settings": {k: settings[k] for k in sections}, "code": code, "data": digests})


@dataclass
class Job:
    """Where the runs of a job belong. `tags` and `title` are given when the job has a single run."""

    parent: str
    command: str  # that runs it alone
    title: str | None = None
    tags: dict[str, str] | None = None
    run_id: str | None = None

    @contextmanager
    def track(self, store: Store, name: str, tags: dict[str, str]) -> Iterator[Tracked]:
        """The run of a stage of this job."""
        tags = {**tags, **(self.tags or {}), "command": self.command}
        with store.stage(name, self.parent, tags, self.title, with_parent=False) as tracked:
            self.run_id = tracked.run_id
            yield tracked


here: tuple[int, Sequence[str], Path] | None = None  # number, overrides and folder of a job that no launcher runs


def run_here(composed: DictConfig, number: int, overrides: Sequence[str], task: Callable[[DictConfig], Any]) -> None:
    """Run a job in this process."""
    global here
    out = Path(json.loads(os.environ[VARIABLE])["notes"]).parent / str(number)
    here = number, overrides, out
    out.mkdir()
    try:
        task(composed)
    finally:
        here = None


def run_job(composed: DictConfig, work: Callable[[Stage], object]) -> None:
    """Do the work of one job, unless it was done before, and note how it went."""
    sweep = json.loads(os.environ[VARIABLE])
    number: int
    overrides: Sequence[str]
    out: Path
    if here:
        number, overrides, out = here
    else:
        hydra = HydraConfig.get()
        number, overrides, out = hydra.job.num, hydra.overrides.task, Path(hydra.runtime.output_dir)
    given = dict(line.split("=", 1) for line in overrides if "=" in line)
    values = {key: given[key].strip("'\"") for key in sweep["swept"]}
    row: dict[str, Any] = {"number": number, "values": values}

    def note(**more: Any) -> None:
        with open(sweep["notes"], "a") as file:  # lines this short are written whole, also by several processes
            file.write(json.dumps({**row, **more}) + "\n")

    note(state="running")
    try:
        settings = config.as_dict(composed)
        cfg = config.validate(settings, "settings")
        job = fingerprint(sweep["name"], cfg, settings)
        store = Store.at(ROOT)
        found = None if sweep["rerun"] else store.finished_job(job)
        if found is None:
            own = [line for line in overrides if not line.lstrip("+").startswith(("sweep=", "hydra"))]
            command = shlex.join(["python", "-m", module(sweep["name"]), *sweep["chosen"], *own])
            where = Job(sweep["parent"], command, comparison.title(values), {"job": job})
            run_id, objective = _work(store, sweep["name"], Stage(cfg, settings, out, where), where, work)
            note(state="done", run_id=run_id, objective=objective)
        else:
            diverged = "diverged" in found.data.tags
            objective = math.inf if diverged else found.data.metrics["val_loss"]
            note(state="skipped", run_id=found.info.run_id, objective=objective)
    except (UserError, OSError) as error:
        note(state="failed", why=" ".join(str(error).split()))
    except Exception as error:  # a job that fails does not stop the others
        (out / "error.log").write_text(traceback.format_exc())
        note(state="failed", why=f"{type(error).__name__}: {' '.join(str(error).split())} ({out}/error.log)")


def _work(store: Store, name: str, stage: Stage, job: Job, work: Callable[[Stage], object]) -> tuple[str | None, float]:
    if name != "all":
        objective = float(work(stage))  # type: ignore[arg-type]
        return job.run_id, objective
    with job.track(store, "pipeline", {}) as tracked:
        tracked.params({"seed": stage.cfg.seed})
        stage.job = Job(tracked.run_id, job.command)
        objective = float(work(stage))  # type: ignore[arg-type]
        tracked.metrics({"val_loss": objective})
        return tracked.run_id, objective


def _chosen_by(sweep: str | None) -> list[str]:
    """What a sweep's file chooses besides the values to sweep, as overrides."""
    if sweep is None:
        return []
    defaults = yaml.safe_load((ROOT / f"conf/sweep/{sweep}.yaml").read_text()).get("defaults", [])
    chosen = [entry for entry in defaults if isinstance(entry, dict)]
    return [f"{key.removeprefix('override /')}={value}" for entry in chosen for key, value in entry.items()]


class Sweep:
    """A sweep that is going on: the parent run, a line of progress, and in the end the comparison."""

    def __init__(self, cfg: DictConfig, swept: list[Override], arguments: list[str], n_jobs: int, rerun: bool) -> None:
        """Raises UserError when there is nothing to vary, or the job is no training."""
        self.name: str = cfg.hydra.job.name
        self.swept = [override.get_key_element() for override in swept]
        if self.name not in STAGES:
            raise UserError(f"{self.name} can't be swept: train_keras, train_numpy or the whole pipeline can")
        if not swept:
            file = cfg.hydra.runtime.choices.get("sweep")
            raise UserError(f"nothing to vary for {self.name}: " + (f"sweep={file} is for another network" if file
                            else "give several values, as in train_numpy.n_hidden=5,20,100"))  # fmt: skip
        self.n_jobs, self.rerun = n_jobs, rerun
        lines = sorted(override.input_line for override in swept if override.input_line)
        self.folder = Path(cfg.hydra.sweep.dir).absolute()
        self.file = self.folder / "jobs.jsonl"
        choice = cfg.hydra.runtime.choices.get("sweep")
        own = [line for line in arguments if line not in lines and not line.lstrip("+").startswith(("hydra", "sweep="))]
        self.chosen = _chosen_by(choice)
        self.fixed = [*self.chosen, *own]
        self.title = f"{choice or ' x '.join(map(comparison.short, self.swept))}, {self.name}"
        settings = config.as_dict(cfg)
        sections, code = declared(self.name)
        self.settings = {key: settings[key] for key in settings if key in sections}
        key = {"name": self.name, "lines": lines, "settings": self.settings, "code": code}
        self.key = config.fingerprint(key)
        self.parallel = "joblib" in str(cfg.hydra.launcher._target_)
        self.study = ROOT / "studies" / f"{self.key}.log"

    def __enter__(self) -> "Sweep":
        self.started = perf_counter()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file.touch()
        self.store = Store.at(ROOT)
        command = shlex.join(["python", "-m", module(self.name), *sys.argv[1:]])
        self.parent = self.store.sweep(self.key, self.title, {**self.settings, "swept": ", ".join(self.swept)}, command)
        sweep = {"name": self.name, "parent": self.parent, "swept": self.swept, "rerun": self.rerun}
        sweep["chosen"] = self.chosen
        os.environ[VARIABLE] = json.dumps({**sweep, "notes": str(self.file)})
        if self.parallel:  # the processes share the cores by having one thread each
            os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
            os.environ.setdefault("PYTHONWARNINGS", QUIET)
        self.over = threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.watcher.join()
        os.environ.pop(VARIABLE, None)
        status = "FINISHED" if kind is None else "KILLED" if kind is KeyboardInterrupt else "FAILED"
        try:
            failed = [note for note in self._latest().values() if note["state"] == "failed"]
            if failed and status == "FINISHED":
                status = "FAILED"
            self._compare()
        finally:
            self.store.end(self.parent, status)
        if failed and kind is None:
            for note in failed:
                print(f"failed: {comparison.title(note['values'])}: {note['why']}", file=sys.stderr)
            raise UserError(f"{len(failed)} of {self.n_jobs} jobs failed")

    def note(self, *notes: dict[str, Any]) -> None:
        """Count in jobs that were done before."""
        with self.file.open("a") as file:
            file.writelines(json.dumps(note) + "\n" for note in notes)

    def notes(self, numbers: Iterable[int]) -> list[dict[str, Any]]:
        """The last notes of these jobs."""
        latest = self._latest()
        return [latest[number] for number in numbers]

    def _latest(self) -> dict[int, dict[str, Any]]:
        """The last note of each job."""
        return {note["number"]: note for note in map(json.loads, self.file.read_text().splitlines())}

    def _watch(self) -> None:
        states: dict[int, str] = {}
        shown = 0
        with self.file.open() as file:
            while True:
                over = self.over.wait(0.5)
                states |= {note["number"]: note["state"] for note in map(json.loads, file)}
                counts = Counter(states.values())
                ended = counts["done"] + counts["failed"]
                left = self.n_jobs - ended - counts["skipped"]
                eta = (perf_counter() - self.started) / ended * left if ended else 0
                kinds = ("done", "running", "skipped", "failed")
                text = f"{self.n_jobs} jobs: " + ", ".join(f"{counts[kind]} {kind}" for kind in kinds)
                text += f", about {eta:.0f} s left" if ended and left else ""
                if sys.stdout.isatty():
                    print(f"\r\x1b[K{text}", end="\n" if over else "", flush=True)
                elif over or (left and ended * 5 // self.n_jobs > shown):
                    shown = ended * 5 // self.n_jobs
                    print(text, flush=True)
                if over:
                    return

    def _compare(self) -> None:
        rows = []
        for _, note in sorted(self._latest().items()):
            run_id = note.get("run_id")
            if run_id:
                metrics, curves = self.store.figures(run_id, curves=self.name != "all")
                rows.append(Row(note["values"], note["objective"], run_id, metrics, curves))
        if not rows:
            return
        files = comparison.write(self.folder, self.title, rows, self.settings)
        best = min(rows, key=lambda row: row.objective)
        self.store.compared(self.parent, files, comparison.table(rows), best.values, best.metrics)
        print(comparison.text(rows))
        given = [*self.fixed, *(f"{key}={value}" for key, value in best.values.items())]
        overrides = shlex.join(word for line in given for word in ("-S", line))
        if self.name != "all" and self.swept != ["seed"]:
            print(f"best on validation data: dvc exp run {overrides}")
        shown = self.folder.relative_to(Path.cwd()) if self.folder.is_relative_to(Path.cwd()) else self.folder
        print(f"compared in {shown}/report.html and in MLflow: {self.store.link()}")
