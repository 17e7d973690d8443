"""What the launchers' workers need before they start, and how they end: joblib's and submitit's; Ray's stand beside."""

import os
import shutil
from importlib.util import find_spec

import psutil
from omegaconf import DictConfig

from tracked.errors import UserError
from tracked.project import Where, here

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
QUIET = "ignore::UserWarning:multiprocessing.resource_tracker"  # it cleans up after interrupted processes, and says so
INSTALL = {"ray": "`make ray` installs it", "": "install the extra `sweep`"}


class Workers:
    """Of a launcher that nothing is known of."""

    def __init__(self, launcher: DictConfig) -> None:
        """With the settings hydra.launcher. Raises UserError when no job could run."""
        self.settings = launcher

    def where(self) -> Where | None:
        """The project that they are told to work for; None if they find their own copy of it when they start."""
        return here()

    def at_once(self) -> int:
        """How many jobs run at the same time."""
        return 1

    def most_launched(self) -> int | None:
        """How many jobs may be handed to the launcher at once, if it would start all of them."""
        return None

    def start(self) -> None:
        """Before jobs are launched."""

    def end(self) -> None:
        """After the launcher was interrupted or broke: no job goes on."""


class Joblib(Workers):
    """Processes of this machine, which share its cores."""

    def at_once(self) -> int:
        from joblib import effective_n_jobs

        return effective_n_jobs(self.settings.n_jobs)

    def start(self) -> None:
        inherited(cores() // self.at_once())

    def end(self) -> None:
        kill_children()


class SubmititLocal(Workers):
    """A process a job, and one that looks after it, which would outlive this one."""

    def at_once(self) -> int:
        return max(1, cores() // (self.settings.cpus_per_task or 1))

    def most_launched(self) -> int:
        return self.at_once()  # it starts all that it is given

    def start(self) -> None:
        inherited(self.settings.cpus_per_task or 1)

    def end(self) -> None:
        kill_children()


class Slurm(Workers):
    """Jobs on other machines, which share a file system with this one. SLURM's own have the environment of this."""

    def __init__(self, launcher: DictConfig) -> None:
        super().__init__(launcher)
        if shutil.which("srun") is None:
            raise UserError("hydra/launcher=submitit_slurm: there is no srun here; submitit_local tries it without")
        refuse_file_store("hydra/launcher=submitit_slurm")

    def at_once(self) -> int:
        return self.settings.array_parallelism

    def start(self) -> None:
        inherited(self.settings.cpus_per_task or 1)


def refuse_file_store(said: str) -> None:
    """Raise UserError when the runs would go to a file that other machines can't reach, or can't lock."""
    from tracked.store.store import uri_of

    if (uri := uri_of(here().root)).startswith("sqlite:"):
        raise UserError(f"{said}: other machines can't write to {uri}; set MLFLOW_TRACKING_URI to a server's address")


def require(choice: str, launcher: DictConfig) -> None:
    """Raise UserError when what a launcher is made of is not installed."""
    try:
        found = find_spec(launcher._target_.rpartition(".")[0])
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise UserError(f"hydra/launcher={choice} is not installed here: {INSTALL.get(choice, INSTALL[''])}")


def cores() -> int:
    """That this process may use."""
    return len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else os.cpu_count() or 1


def threads(n: float) -> dict[str, str]:
    """The environment of a process that computes with n threads."""
    return dict.fromkeys(THREADS, str(max(1, int(n))))


def code_path() -> str:
    """Where processes started from here find the project's modules: what launchers send may name classes there."""
    return os.pathsep.join(here().paths)


def inherited(n_threads: float) -> None:
    """Set what processes started from here on compute with."""
    os.environ.update(threads(n_threads))
    os.environ["PYTHONPATH"] = f"{code_path()}{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(os.pathsep)
    os.environ.setdefault("PYTHONWARNINGS", QUIET)


def kill_children() -> None:
    """End the processes below this one, but for those that clean up after others."""
    below = psutil.Process().children(recursive=True)
    killed = [process for process in below if not _cleans_up(process)]
    for process in killed:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(killed, timeout=5)


def _cleans_up(process: psutil.Process) -> bool:
    try:
        return "resource_tracker" in " ".join(process.cmdline())
    except psutil.Error:
        return False
