"""A stage as a Hydra application: settings from conf/ and the command line, files in Hydra's own folder.

A project without conf/ has its settings in params.yaml alone, which is Hydra's configuration then.
"""

import os
import shlex
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import hydra
from hydra._internal.utils import get_args_parser
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from tracked import faults
from tracked.dvc import declared, graph
from tracked.dvc.params import load
from tracked.errors import UserError
from tracked.folders import alone_in
from tracked.project import WHOLE, here, project
from tracked.settings import yaml_file
from tracked.settings.hydra_messages import in_one_line
from tracked.settings.loading import as_dict, as_given
from tracked.settings.settings import Settings
from tracked.stages import command_line, lines, sweepers, tracking
from tracked.waiting import waiting

# A preset bears the name of its schema, or it would have two names.
warnings.filterwarnings("ignore", r"\s*'hydra/(launcher|sweeper)/.*is validated against ConfigStore", UserWarning)

WITHOUT_FILES = "pkg://hydra.conf"  # where Hydra looks first without conf/: at what it brings itself
FOLDERS = ("--config-dir", "-cd", "--config-path", "-cp")  # options


def run(name: str, in_place: bool = False) -> None:
    """Run a stage with what the command line says, or a sweep of it. Raises UserError for what Hydra refuses."""
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors reach us, who print them as one line
    job = name.replace(".", "_")  # Hydra names it by the last part: a stage NAME@KEY may have a dot in KEY
    os.environ["HYDRA_MAIN_MODULE"] = f"{project().package}.{job}".lstrip(".")
    register = command_line.REGISTER in sys.argv[1:]
    sys.argv[1:] = with_whole_folders([word for word in sys.argv[1:] if word != command_line.REGISTER])
    os.chdir(here().root)  # relative folders of Hydra begin here
    folder = here().code / "conf"
    conf = str(folder) if folder.is_dir() else WITHOUT_FILES
    yaml_file.check_folder(folder)
    sweepers.register()
    config = "config"
    if conf == WITHOUT_FILES and not get_args_parser().parse_args().config_path:
        config = _params()
    if get_args_parser().parse_args().help:
        command_line.show_help(conf, config, name)
        return
    known = command_line.check(conf, config, name, register)
    with in_one_line(known):
        hydra.main(version_base="1.3", config_path=conf, config_name=config)(partial(task, name, register, in_place))()


def _params() -> str:
    """The name by which Hydra finds the settings of params.yaml. Raises UserError when they can't be read."""
    if graph.COMPOSE in graph.read(here().code):
        raise UserError(f"{here().code / 'conf'} is missing: the stage {graph.COMPOSE} reads it")
    file = here().code / graph.PARAMS
    settings: Any = OmegaConf.load(file) if load(file) else {}  # `load` refuses what are none, and resolves ${}
    ConfigStore.instance().store(name="params", node=settings, provider="tracked")
    return "params"


def with_whole_folders(arguments: list[str]) -> list[str]:
    """The arguments with the folders in them beginning where the user is, not where Hydra works."""
    start, found = here().started, list(arguments)
    for number, word in enumerate(arguments):
        option, _, value = word.partition("=")
        if option in FOLDERS and value:
            found[number] = f"{option}={_whole(start, value)}"
        elif option in FOLDERS and number + 1 < len(arguments):
            found[number + 1] = _whole(start, arguments[number + 1])
    return found


def _whole(start: Path, folder: str) -> str:
    return folder if "://" in folder else str(start / folder)


def task(name: str, register: bool, in_place: bool, composed: DictConfig) -> None:
    """What Hydra calls with the composed settings; not in a sweep, whose sweeper only looks at the arguments."""
    here = HydraConfig.get()
    folder = Path(here.runtime.output_dir)
    (folder / faults.FILE).unlink(missing_ok=True)  # of an earlier run in the same folder
    # Errors end here, as Hydra would add lines of its own to an exception.
    with lines.errors_in_one_line(name, folder), alone_in(folder, "hydra.run.dir"):
        with waiting("Checking the settings"):
            settings = Settings(as_dict(composed)).checked()
        command = shlex.join([*project().command(name), *as_given(here.overrides.task)])
        stages = [*project().before(name), *([] if name == WHOLE else [name])]
        declared.link_inputs(stages, folder)
        with tracking.runner(stages, in_place) as runner:
            runner.prepare(stages)
            for stage in stages:
                if name in (stage, WHOLE) or project().model(stage):
                    tracking.run(runner, stage, settings, folder, command, name, register=register)
                else:
                    tracking.untracked(runner, stage, settings, folder)
    print(f"written to {lines.from_here(folder)}")
