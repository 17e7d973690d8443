"""A stage as a Hydra application: settings from conf/ and the command line, files in Hydra's own folder."""

import os
import shlex
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from tracked.errors import UserError
from tracked.outcome import unheard
from tracked.project import CODE, WHOLE, project
from tracked.settings import hydra_flags, hydra_node, unread, yaml_file
from tracked.settings.hydra_messages import told
from tracked.settings.loading import as_dict
from tracked.settings.validation import validate
from tracked.stages import lines


def run(name: str) -> None:
    """Run a stage with what the command line says, or a sweep of it. Raises UserError for what Hydra refuses."""
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")  # errors reach us, who print them as one line
    os.environ["HYDRA_MAIN_MODULE"] = f"{project().package}.{name}"  # by which Hydra names the job
    yaml_file.check_folder(CODE / "conf")
    try:
        check(hydra_flags.parsed(), name)
        hydra.main(version_base="1.3", config_path=str(CODE / "conf"), config_name="config")(partial(task, name))()
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(told(error)) from None
    except RecursionError:
        raise UserError("a setting is nested too deep") from None


def check(args: Namespace, name: str) -> None:
    """Refuse a mistake before Hydra calls anything, or makes a folder. Raises UserError."""
    if args.shell_completion:
        return
    composed = hydra_node.composed(CODE / "conf", args.overrides, name)  # for --help too, which sets up logging
    if not (
        args.help
        or args.hydra_help
        or args.multirun
        or args.cfg
        or args.info
        or composed.hydra.mode == RunMode.MULTIRUN
    ):
        unread.refuse(args.overrides, composed, name)
        validate(as_dict(composed), "settings")


def task(name: str, composed: DictConfig) -> None:
    """What Hydra calls with the composed settings."""
    here = HydraConfig.get()
    folder = Path(here.runtime.output_dir)
    with lines.errors_in_one_line():  # here, as Hydra would add lines of its own to an exception
        settings = as_dict(composed)
        command = shlex.join(["python", "-m", project().module(name), *here.overrides.task])
        _run_here(name, settings, validate(settings, "settings"), folder, command)


def _run_here(name: str, settings: dict[str, Any], valid: Any, folder: Path, command: str) -> None:
    """Run a stage after those that it needs. Tracked are the stage, and what trains the networks that it is about."""
    from tracked.stages import tracking

    for stage in project().before(name):
        if name == WHOLE or project().network(stage):
            tracking.run(stage, settings, valid, folder, command, name)
        else:
            project().stage(stage)(valid, folder, unheard)
    if name != WHOLE:
        tracking.run(name, settings, valid, folder, command, name)
    print(f"written to {lines.from_here(folder)}")
