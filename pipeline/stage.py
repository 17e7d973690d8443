"""How a stage starts: from params.yaml under DVC, as a Hydra application on the command line."""

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitrack import config, run_pages
from digitrack.errors import UserError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from digitrack.tracking import Tracked
    from pipeline.sweep import Job

ROOT = Path(os.environ.get("DVC_ROOT") or Path(__file__).resolve().parents[1])


@dataclass
class Stage:
    """What a stage works with: its settings, where it writes, and how it tracks its run."""

    cfg: config.Config
    settings: dict[str, Any]
    out: Path
    job: "Job | None" = None  # of a sweep: figures and curves are tracked, but no artifacts, and nothing is printed

    def track(self, name: str, **tags: str) -> "AbstractContextManager[Tracked]":
        """The tracked run of a stage, below the one of its configuration, or of its sweep."""
        from digitrack import tracking  # slow to import: --help need not wait for it

        store = tracking.Store.at(ROOT)
        if self.job:
            return self.job.track(store, name, tags)
        configuration = config.fingerprint(self.settings)
        title = os.environ.get("DVC_EXP_NAME") or run_pages.title(self.settings)
        command = reproduce()
        parent = store.parent(configuration, title, self.settings, command)
        return store.stage(name, parent, {**tags, "command": command}, run_pages.name(name, self.settings))


def reproduce() -> str:
    """The command that runs this again, at the same commit."""
    if experiment := os.environ.get("DVC_EXP_NAME"):
        return f"dvc exp apply {experiment} && dvc repro"
    if os.environ.get("DVC_STAGE"):
        return "dvc repro"
    from hydra.core.hydra_config import HydraConfig

    hydra = HydraConfig.get()
    return shlex.join(["python", "-m", module(hydra.job.name), *hydra.overrides.task])


def module(name: str) -> str:
    """What `python -m` starts this stage by, or all of them."""
    return "pipeline" if name == "all" else f"pipeline.{name}"


def start(name: str, from_files: Callable[[Stage], object], in_memory: Callable[[Stage], object]) -> None:
    """Run a stage and exit: `from_files` under DVC, `in_memory` from the command line."""
    try:
        if os.environ.get("DVC_STAGE"):
            settings = config.load(Path("params.yaml"))
            from_files(Stage(config.validate(settings, "params.yaml"), settings, Path()))
        else:
            _hydra(name, in_memory)
    except KeyboardInterrupt:
        sys.exit(130)
    except (UserError, OSError) as error:
        sys.exit(one_line(error))


def one_line(error: Exception) -> str:
    """What went wrong, for the user; under DVC also how to get back what DVC has removed."""
    text = " ".join(str(error).split())
    stage = os.environ.get("DVC_STAGE")
    hint = " (`dvc checkout` brings the last outputs back)" if stage and stage != "compose" else ""
    return f"error: {text}{hint}"


def _hydra(name: str, work: Callable[[Stage], object]) -> None:
    import hydra
    from hydra.errors import HydraException
    from omegaconf import DictConfig
    from omegaconf.errors import OmegaConfBaseException

    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # exceptions reach us, who print them as one line

    refused: list[Exception] = []

    def main(composed: DictConfig) -> object:
        from hydra.core.hydra_config import HydraConfig

        if os.environ.get("DIGITRACK_SWEEP"):
            from pipeline import sweep

            sweep.run_job(composed, work)
            return None
        try:  # not Hydra's to report: it would add lines of its own
            settings = config.as_dict(composed)
            out = Path(HydraConfig.get().runtime.output_dir)
            return work(Stage(config.validate(settings, "settings"), settings, out))
        except (UserError, OSError) as error:
            refused.append(error)
            return None

    main.__module__ = f"pipeline.{name}"  # where Hydra looks for the job's name
    try:
        hydra.main(version_base="1.3", config_path=str(ROOT / "conf"), config_name="config")(main)()
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(" ".join(str(error).split())) from None
    if refused:
        raise refused[0]
