"""What a stage's command line says, checked before Hydra makes a folder for the run."""

import argparse
import shlex
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from tracked.dvc import declared, interpolated, unread
from tracked.dvc.composing import applied_values
from tracked.dvc.merging import at
from tracked.dvc.merging import overrides as taking
from tracked.errors import UserError
from tracked.project import WHOLE, project
from tracked.settings import quoting, suggestion
from tracked.settings.hydra_messages import in_one_line
from tracked.settings.loading import as_dict
from tracked.settings.settings import Settings
from tracked.stages import help_page, hydra_internals, sweepers

REGISTER = "--register"  # an option of ours: what a trial has trained is registered, and may become the champion

Compose = Callable[..., DictConfig]  # of overrides


def check(conf: str, config: str, name: str, register: bool) -> Callable[[], list[str]]:
    """Refuse a mistake in what the command line says of the stage `name`, and have a sweep run by this library's grid
    unless another sweeper is chosen. Raises UserError.

    Returns what gives the settings that there are, for a mistake that comes later.
    """
    args = hydra_internals.options()
    if args.hydra_help or args.shell_completion or args.experimental_rerun:
        return list
    quoting.check(args.overrides)
    with in_one_line(lambda: _keys(compose)):
        compose = _composer(args, conf, config, name)
        try:
            composed, sweeps = _composed(args, compose)
        finally:
            GlobalHydra.instance().clear()  # Hydra itself starts anew
    if not (args.cfg or args.info):  # these only show what was composed
        _refuse(args.overrides, composed, name, sweeps, register)
    return partial(_keys, compose)


def show_help(conf: str, config: str, name: str) -> None:
    """Print what there is to set of a stage. Raises UserError for settings that conf/ does not take."""
    args = hydra_internals.options()
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # once `| head` has seen enough, this ends as other commands do
    chosen = args.config_name or config
    with in_one_line(lambda: _keys(partial(loader.load_configuration, chosen, run_mode=RunMode.RUN))):
        try:
            loader = hydra_internals.loader(args, conf, name)
            print(help_page.text(name, loader, chosen, args.overrides))
        finally:
            GlobalHydra.instance().clear()


def _composer(args: argparse.Namespace, conf: str, config: str, name: str) -> Compose:
    """What composes overrides, with the folders and the file that the options name."""
    loader = hydra_internals.loader(args, conf, name)
    return partial(loader.load_configuration, args.config_name or config, run_mode=RunMode.MULTIRUN)


def _composed(args: argparse.Namespace, compose: Compose) -> tuple[DictConfig, bool]:
    """What the overrides come to, and whether they are to be swept.

    What is of the sweeper is composed last: which settings there are depends on which sweeper is chosen.
    """
    composed = compose(overrides=[line for line in args.overrides if not _is_of_sweeper(line)])
    sweeps = args.multirun or composed.hydra.mode == RunMode.MULTIRUN
    if sweeps and composed.hydra.runtime.choices["hydra/sweeper"] == "basic":
        _add_override(args, sweepers.DEFAULT)
    if any(map(_is_of_sweeper, args.overrides)):
        composed = compose(overrides=args.overrides)
    HydraConfig.instance().set_config(composed)  # settings may read it: ${hydra:job.name}
    return composed, sweeps


def _add_override(args: argparse.Namespace, line: str) -> None:
    """Add one to the command line, which Hydra parses once more: overrides stand together there."""
    first = sys.argv.index(args.overrides[0]) if args.overrides else len(sys.argv)
    sys.argv.insert(first, line)
    args.overrides.insert(0, line)


def _is_of_sweeper(override: str) -> bool:
    return override.lstrip("+~").startswith("hydra.sweeper.")


def _keys(compose: Compose) -> list[str]:
    """All settings that conf/ has."""
    composed: Any = OmegaConf.to_container(compose(overrides=[]), resolve=False)
    return suggestion.keys(composed)


def _refuse(overrides: list[str], composed: DictConfig, name: str, sweeps: bool, register: bool) -> None:
    """Raises UserError for what a run, or each job of a sweep, would stumble over."""
    own = OmegaConf.masked_copy(composed, [str(key) for key in composed if key != "hydra"])
    is_whole = "${hydra:" not in str(own)  # else settings have what a run has only once it has begun
    if is_whole:
        tell_unused(composed, overrides, name)
        interpolated.refuse(composed)
    if register:
        refuse_to_register(name, sweeps)
    if sweeps:
        return  # the sweep checks its jobs
    quoting.refuse_sweeps(overrides)
    unread.refuse(overrides, composed, name)
    if is_whole:
        Settings(as_dict(composed)).checked()


def refuse_to_register(name: str, sweeps: bool) -> None:
    """Refuse the option where it would do nothing. Raises UserError."""
    if sweeps:
        raise UserError(f"{REGISTER}: a sweep registers no models: run its best job alone with {REGISTER}")
    if not any(project().model(stage) for stage in project().before(name)):
        raise UserError(f"{REGISTER}: {name} evaluates no model, and only evaluated ones are registered: leave it out")


def tell_unused(composed: DictConfig, overrides: list[str], name: str) -> None:
    """Say which values that were applied to params.yaml this run does not use, as it composes conf/."""
    stages = [*project().before(name), *([] if name == WHOLE else [name])]
    read, settings = declared.sections(stages), as_dict(composed)
    given = {line.lstrip("+~").partition("=")[0].replace("/", ".") for line in overrides}
    given |= {key.replace("/", ".") for key in OmegaConf.select(composed, "hydra.sweeper.params") or {}}
    for key, (said, value) in applied_values().items():
        mine = any(key == own or key.startswith(f"{own}.") for own in given)
        if key.partition(".")[0] in read and at(settings, key) != value and not mine:
            told = f"note: {key} is {at(settings, key)} here, from conf/; params.yaml has {value}"
            print(f"{told}; to use that, add {shlex.join(taking(key, said, value))}", file=sys.stderr)
