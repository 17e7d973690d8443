"""Ray's workers: on an instance of this machine's own, or on a cluster whose machines don't see this one's folders."""

import os
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from omegaconf import DictConfig, OmegaConf

from tracked import strays
from tracked.dvc import declared
from tracked.errors import UserError
from tracked.messages import one_line
from tracked.project import Where, here
from tracked.store import interrupts
from tracked.sweeps import ray_copy
from tracked.sweeps.workers import Workers, code_path, refuse_file_store, threads

SECONDS_TO_ANSWER = 10.0
QUIET = {"logging_level": "error", "log_to_driver": False}
OWN = {  # an instance that nobody else uses; the smallest store of objects that Ray takes, as nothing is kept there
    "include_dashboard": False,
    "_node_ip_address": "127.0.0.1",
    "object_store_memory": 75 * 2**20,
}
# Read when Ray is imported. Elsewhere than on Linux it stays on the loopback address, here it takes another instead.
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
TOKEN = Path("~/.ray/auth_token")
NOT_SENT = (".git", ".dvc", ".venv*", "mlflow.db*", "mlartifacts", "outputs", "multirun", "tests", "docs",
            ".*_cache", ".hypothesis")  # fmt: skip


class Ray(Workers):
    """Started when the first jobs are launched."""

    def __init__(self, launcher: DictConfig) -> None:
        super().__init__(launcher)
        self.address = launcher.ray.init.get("address") or "local"
        if self.address != "local":
            refuse_file_store(f"hydra.launcher.ray.init.address={self.address}")
            _refuse_silence(self.address)

    def where(self) -> Where | None:
        return here() if self.address == "local" else None

    def at_once(self) -> int:
        """As many as the CPUs and GPUs that are there now are enough for."""
        self.start()
        import ray

        have, wanted = ray.cluster_resources(), self.settings.ray.remote
        needs = {"CPU": wanted.get("num_cpus", 1), "GPU": wanted.get("num_gpus", 0)}
        return max(1, int(min(have.get(kind, 0) // n for kind, n in needs.items() if n)))

    def start(self) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if self.address == "local":
            os.environ.update(LOOPBACK)
        elif _has_token():
            os.environ.setdefault("RAY_AUTH_MODE", "token")  # `ray start` does so too, but `ray.init` does not
        import ray

        if ray.is_initialized():
            return
        with TemporaryDirectory() as spare:  # what is sent is uploaded by `init`
            given: Any = OmegaConf.to_container(self.settings.ray.init, resolve=True)
            given |= {
                "address": self.address,
                "runtime_env": self._environment(given.get("runtime_env") or {}, Path(spare)),
            }
            try:
                ray.init(**{**QUIET, **(OWN if self.address == "local" else {}), **given})
            except (ConnectionError, ray.exceptions.AuthenticationError) as error:
                why = one_line(error) + ("" if _has_token() else f"; there is no token here, {TOKEN}")
                raise UserError(f"hydra.launcher.ray.init.address={self.address}: {why}") from None
        interrupts.install()  # Ray has set a handler of its own

    def end(self) -> None:
        import ray

        ray.shutdown()

    def _environment(self, given: dict[str, Any], spare: Path) -> dict[str, Any]:
        """Of the workers. It goes to Ray alone: nothing of it is written beside a job's settings."""
        variables = {
            **credentials(),
            **threads(self.settings.ray.remote.get("num_cpus", 1)),
            **given.get("env_vars", {}),
        }
        if self.address == "local":
            return {**given, "env_vars": {"PYTHONPATH": code_path(), **variables}}
        copy = ray_copy.write(spare)
        modules = [str(copy), *given.get("py_modules", [])]
        own = {
            "working_dir": str(here().code),
            "excludes": not_sent(here().code, *filter(Path.is_dir, map(Path, modules))),
            "worker_process_setup_hook": f"{copy.name}.enter",
        }
        return {**own, **given, "py_modules": modules, "env_vars": variables}


def _has_token() -> bool:
    """Whether there is one where Ray looks for it."""
    return bool({"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & os.environ.keys()) or TOKEN.expanduser().is_file()


def _refuse_silence(address: str) -> None:
    """Raise UserError when nothing listens there: Ray would try for minutes."""
    host, _, port = address.rpartition(":")
    if not port.isdigit() or "/" in host:  # auto, and what only Ray can read
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_ANSWER).close()
    except OSError as error:
        why = error.strerror or error
        raise UserError(f"hydra.launcher.ray.init.address={address}: no Ray answers there: {why}") from None


def credentials() -> dict[str, str]:
    """How MLflow's store is reached from another process, passwords included."""
    from tracked.store.store import uri_of

    set_here = {key: value for key, value in os.environ.items() if key.startswith("MLFLOW_")}
    set_here.pop("MLFLOW_RUN_ID", None)  # would make all jobs one run
    return {**set_here, "MLFLOW_TRACKING_URI": uri_of(here().root)}


def not_sent(*sent: Path) -> list[str]:
    """What of the folders that are sent is no code, as patterns of .gitignore; nor what usually holds passwords."""
    from tracked.secrets.withheld import NAMES

    never = [f"/{path}" for path in declared.outputs()] + [*NOT_SENT, *strays.lines()]
    return [*NAMES, *_modules_below(sent, never), "!*.py", *never]


def _modules_below(sent: Iterable[Path], never: list[str]) -> Iterator[str]:
    """Patterns by which Ray goes into folders whose names say secret, for there may be modules in them."""
    from pathspec import GitIgnoreSpec

    from tracked.secrets.withheld import named_secret

    excluded = GitIgnoreSpec.from_lines(never)
    for top in sent:
        for where, folders, _ in os.walk(top):
            paths = {name: (Path(where) / name).relative_to(top).as_posix() for name in folders}
            folders[:] = [name for name, path in paths.items() if not excluded.match_file(path)]
            for path in (paths[name] for name in folders if named_secret(paths[name])):
                pattern = re.sub(r"([][!*#?\\])", r"\\\1", path)
                yield from (f"!/{pattern}", f"/{pattern}/*")
