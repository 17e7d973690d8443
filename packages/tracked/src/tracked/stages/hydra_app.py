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
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path, get_args_parser
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from tracked import declared, faults, graph
from tracked.errors import UserError
from tracked.folders import alone_in
from tracked.outcome import unheard
from tracked.project import WHOLE, here, project
from tracked.runs import active
from tracked.runs.active import StageRun
from tracked.settings import interpolated, unread, yaml_file
from tracked.settings.composing import applied_values
from tracked.settings.hydra_messages import in_one_line
from tracked.settings.loading import as_dict, as_given, load
from tracked.settings.merging import at
from tracked.settings.merging import overrides as taking
from tracked.settings.validation import validate
from tracked.stages import lines
from tracked.sweeps.plan import DEFAULT

# A preset bears the name of its schema, or it would have two names.
warnings.filterwarnings("ignore", r"\s*'hydra/(launcher|sweeper)/.*is validated against ConfigStore", UserWarning)

# What Hydra calls the sweepers in this application; a file of the same name in conf/hydra/sweeper/ comes first.
SWEEPERS = {
    "grid": {"_target_": "hydra_plugins.tracked_sweepers.Grid", "params": None, "objective": None, "rerun": False},
    "optuna": {
        "_target_": "hydra_plugins.tracked_sweepers.Optuna",
        **{"params": None, "objective": None, "rerun": False, "n_trials": 40, "at_once": None, "seed": 0},
    },
}
REGISTER = "--register"  # an option of ours: what a trial has trained is registered, and may become the champion
WITHOUT_FILES = "pkg://hydra.conf"  # where Hydra looks first without conf/: at what it brings itself
FOLDERS = ("--config-dir", "-cd", "--config-path", "-cp")  # options


def run(name: str) -> None:
    """Run a stage with what the command line says, or a sweep of it. Raises UserError for what Hydra refuses."""
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors reach us, who print them as one line
    job = name.replace(".", "_")  # Hydra names it by the last part: a stage NAME@KEY may have a dot in KEY
    os.environ["HYDRA_MAIN_MODULE"] = f"{project().package}.{job}".lstrip(".")
    register = REGISTER in sys.argv[1:]
    sys.argv[1:] = with_whole_folders([word for word in sys.argv[1:] if word != REGISTER])
    os.chdir(here().root)  # relative folders of Hydra begin here
    folder = here().code / "conf"
    conf = str(folder) if folder.is_dir() else WITHOUT_FILES
    yaml_file.check_folder(folder)
    Plugins.instance()  # another plugin may give its sweeper one of our names, and is to do so before
    for sweeper, node in SWEEPERS.items():
        ConfigStore.instance().store(group="hydra/sweeper", name=sweeper, node=node, provider="tracked")
    config = "config"
    if conf == WITHOUT_FILES and not get_args_parser().parse_args().config_path:
        config = _params()
    check(conf, config, name, register)
    with in_one_line():
        hydra.main(version_base="1.3", config_path=conf, config_name=config)(partial(task, name, register))()


def _params() -> str:
    """The name by which Hydra finds the settings of params.yaml. Raises UserError when they can't be read."""
    if graph.COMPOSE in graph.read(here().code):
        raise UserError(f"{here().code / 'conf'} is missing: the stage {graph.COMPOSE} reads it")
    file = here().code / graph.PARAMS
    settings: Any = OmegaConf.load(file) if load(file) else {}  # `load` refuses what are none, and resolves ${}
    ConfigStore.instance().store(name="params", node=settings, provider="tracked")
    return "params"


def check(conf: str, config: str, name: str, register: bool) -> None:
    """Refuse a mistake before Hydra makes a folder; have a sweep run by this library's grid unless another is chosen.

    Raises UserError.
    """
    args = get_args_parser().parse_args()
    if args.help or args.hydra_help or args.shell_completion or args.experimental_rerun:
        return
    search = create_config_search_path(args.config_path or conf)
    if args.config_dir:
        search.prepend("command-line", f"file://{args.config_dir}", SearchPathQuery(provider="schema"))
    with in_one_line():
        try:
            loader = Hydra.create_main_hydra2(name, search).config_loader
            compose = partial(loader.load_configuration, args.config_name or config, run_mode=RunMode.MULTIRUN)
            composed = compose(overrides=[line for line in args.overrides if not _is_of_sweeper(line)])
            sweeps = args.multirun or composed.hydra.mode == RunMode.MULTIRUN
            if sweeps and composed.hydra.runtime.choices["hydra/sweeper"] == "basic":
                beside = sys.argv.index(args.overrides[0]) if args.overrides else len(sys.argv)
                sys.argv.insert(beside, DEFAULT)  # overrides stand together
                args.overrides.insert(0, DEFAULT)
            if any(map(_is_of_sweeper, args.overrides)):
                composed = compose(overrides=args.overrides)
            HydraConfig.instance().set_config(composed)  # settings may read it: ${hydra:job.name}
        finally:
            GlobalHydra.instance().clear()
    shows = args.cfg or args.info
    own = OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"])
    is_whole = "${hydra:" not in str(own)  # else it has what a run has only once it has begun
    if is_whole and not shows:
        tell_unused(composed, args.overrides, name)
        interpolated.refuse(composed)
    if register and not shows:
        refuse_to_register(name, sweeps)
    if not (sweeps or shows):
        unread.refuse(args.overrides, composed, name)
        if is_whole:
            validate(as_dict(composed), "settings")


def _is_of_sweeper(override: str) -> bool:
    """Whether it sets something of the sweeper, which depends on which one is chosen."""
    return override.lstrip("+~").startswith("hydra.sweeper.")


def refuse_to_register(name: str, sweeps: bool) -> None:
    """Refuse the option where it would do nothing. Raises UserError."""
    if sweeps:
        raise UserError(f"{REGISTER}: a sweep registers no models: run its best job alone with {REGISTER}")
    if not any(project().model(stage) for stage in project().before(name)):
        raise UserError(f"{REGISTER}: {name} evaluates no model, and only evaluated ones are registered: leave it out")


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


def tell_unused(composed: DictConfig, overrides: list[str], name: str) -> None:
    """Say which values that were applied to params.yaml this run does not use, as it composes conf/."""
    stages = [*project().before(name), *([] if name == WHOLE else [name])]
    read, settings = declared.sections(stages), as_dict(composed)
    given = {line.lstrip("+~").partition("=")[0].replace("/", ".") for line in overrides}
    for key, (said, value) in applied_values().items():
        mine = any(key == own or key.startswith(f"{own}.") for own in given)
        if key.partition(".")[0] in read and at(settings, key) != value and not mine:
            told = f"note: params.yaml has {key}={value} in place of conf/'s {said}, which this run does not use"
            print(f"{told}: give {shlex.join(taking(key, said, value))} for it", file=sys.stderr)


def task(name: str, register: bool, composed: DictConfig) -> None:
    """What Hydra calls with the composed settings."""
    here = HydraConfig.get()
    folder = Path(here.runtime.output_dir)
    (folder / faults.FILE).unlink(missing_ok=True)  # of an earlier run in the same folder
    # Errors end here, as Hydra would add lines of its own to an exception.
    with lines.errors_in_one_line(name, folder), alone_in(folder, "hydra.run.dir"):
        settings = as_dict(composed)
        command = shlex.join([*project().command(name), *as_given(here.overrides.task)])
        _run_here(name, settings, validate(settings, "settings"), folder, command, register)


def _run_here(name: str, settings: dict[str, Any], valid: Any, folder: Path, command: str, register: bool) -> None:
    """Run a stage after those that it needs. Tracked are the stage, and what trains the models that it is about."""
    from tracked.stages import tracking

    declared.link_inputs([*project().before(name), *([] if name == WHOLE else [name])], folder)
    for stage in project().before(name):
        if name == WHOLE or project().model(stage):
            tracking.run(stage, settings, valid, folder, command, name, register=register)
        else:
            declared.unlink(stage, folder)
            with active.running(StageRun(stage)):
                project().stage(stage)(valid, folder, unheard)
    if name != WHOLE:
        tracking.run(name, settings, valid, folder, command, name, register=register)
    print(f"written to {lines.from_here(folder)}")
