"""What may be said to Hydra itself: nothing by which it would run code that this project does not know.

Hydra calls what its own node names: a launcher, a sweeper, callbacks, factories of logging. It puts modules on its
search path, and variables into the environment of other processes.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from tracked.errors import UserError
from tracked.settings.comparing import leaves
from tracked.settings.hydra_messages import told
from tracked.settings.validation import short, shown

# A preset of a launcher bears the name of its schema, or it would have two names.
warnings.filterwarnings("ignore", r"\s*'hydra/launcher/.*is validated against ConfigStore schema", UserWarning)

MOST_JOBS = 10_000  # of a sweep: all are composed before the first runs
TARGETS = {
    "hydra.launcher._target_": (
        "hydra._internal.core_plugins.basic_launcher.BasicLauncher",
        "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher",
        "hydra_plugins.hydra_ray_launcher.ray_launcher.RayLauncher",
        "hydra_plugins.hydra_submitit_launcher.submitit_launcher.LocalLauncher",
        "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher",
    ),
    "hydra.sweeper._target_": (
        "hydra._internal.core_plugins.basic_sweeper.BasicSweeper",
        "hydra_plugins.tracked_sweepers.Grid",
        "hydra_plugins.tracked_sweepers.Optuna",
    ),
}
LOGGING = {  # what may stand in a logging node, and which values, where not any
    "class": ("logging.StreamHandler", "logging.FileHandler"),
    "stream": ("ext://sys.stdout", "ext://sys.stderr"),
    "filename": ("${hydra.runtime.output_dir}/${hydra.job.name}.log",),
    **dict.fromkeys(("version", "format", "datefmt", "formatter", "level", "propagate", "disable_existing_loggers")),
}
SWEEPER: dict[str, Callable[[Any], bool]] = {
    "params": lambda value: isinstance(value, DictConfig),
    "rerun": lambda value: isinstance(value, bool),
    "n_trials": lambda value: type(value) is int and 0 < value <= MOST_JOBS,
    "at_once": lambda value: type(value) is int and 0 < value <= MOST_JOBS,
    "seed": lambda value: type(value) is int and 0 <= value < 2**32,
}
# Its own settings refer to each other; what a setting of the project gives, or the time, could be another thing when
# Hydra uses it than when it was checked. These are texts whatever they refer to.
REFERENCE = re.compile(r"\$\{(?:hydra\.[\w.]+|oc\.env:\w+(?:,[\w./:-]*)?)\}")
TEXTS = ("run.dir", "sweep.dir", "sweep.subdir", "help", "hydra_help", "overrides", "runtime", "job.override_dirname")
# Of launchers: commands and code for where a job runs. They are for conf/hydra/launcher/, not for an override.
COMMANDS = re.compile(
    r"\b(setup|python|srun_args|additional_parameters|worker_process_setup_hook|py_modules|py_executable|pip|conda)\b"
)


def composed(conf: Path, lines: list[str], name: str) -> DictConfig:
    """What conf/ and the overrides say, but for the values to sweep, once Hydra may be told it of the stage `name`.

    Raises UserError, also for what Hydra would refuse.
    """
    with initialize_config_dir(str(conf), job_name=name, version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        parser = OverridesParser.create(config_loader=loader)
        with _one_line():
            for line in lines:
                with _one_line(f"{short(line)}: "):
                    check_override(parser.parse_override(line))
            config = loader.load_configuration("config", lines, RunMode.MULTIRUN)
            check(config, name)
    return config


@contextmanager
def _one_line(about: str = "") -> Iterator[None]:
    """Raises what Hydra raises for odd settings, which shares no base class, as UserError."""
    try:
        yield
    except UserError:
        raise
    except RecursionError:
        raise UserError(f"{about}nested too deep") from None
    except Exception as error:
        raise UserError(f"{about}{told(error)}") from None


def check_override(override: Override) -> None:
    """Raises UserError for an override by which Hydra could run code, or that is not the user's to give."""
    key = override.key_or_group
    if key.replace("/", ".").partition(".")[0] != "hydra":
        return
    if key in ("hydra", "hydra.searchpath"):  # read while Hydra composes, and so before `check`
        raise UserError(f"{key} could run any code: it can't be set")
    if key == "hydra.sweeper.place":
        raise UserError(f"{key} is for the jobs of a sweep: it can't be set")
    if override.is_sweep_override():
        raise UserError(f"{key}: Hydra's own settings can't be swept")
    if key.startswith("hydra.launcher") and (found := COMMANDS.search(override.input_line or "")):
        raise UserError(f"{key}: {found[0]} runs code: it can be said in a file in conf/hydra/launcher/ only")


def check(config: DictConfig, name: str) -> None:
    """Check Hydra's node of a composed configuration. Raises UserError, which names the key, for what it could run."""
    own = config.hydra
    for key in ("callbacks", "job.env_set"):
        if OmegaConf.select(own, key):
            raise UserError(f"hydra.{key} could run any code: leave it empty")
    if own.job.name != name:
        raise UserError(f"hydra.job.name is the stage's, {name}, and stays so")
    if own.output_subdir not in (None, ".hydra"):
        raise UserError("hydra.output_subdir is .hydra or null: it could overwrite any file")
    for key, value in leaves(OmegaConf.to_container(own), "hydra"):
        if key.startswith(("hydra.job_logging", "hydra.hydra_logging")):
            _check_logging(key, value)
        elif "_target_" in key.split(".") and key not in TARGETS:
            raise UserError(f"{key} could run any code: it can't be set")
        elif key.startswith("hydra.sweeper.params") and "${" in str(value):  # they become settings: see environment.py
            raise UserError(f"{key}: {shown(value)} is not allowed: give the values themselves")
        elif "${" in REFERENCE.sub("", str(value)) and not key.startswith(tuple(f"hydra.{text}" for text in TEXTS)):
            raise UserError(f"{key}: {shown(value)}: only ${{hydra.KEY}} and ${{oc.env:NAME}} can be referred to here")
    for key, kind in SWEEPER.items():
        value = OmegaConf.select(own, f"sweeper.{key}")
        if value is not None and not kind(value):
            raise UserError(f"hydra.sweeper.{key}: {shown(value)} is not allowed")
    for part in ("hydra.launcher", "hydra.sweeper"):  # which Hydra instantiates, interpolations and all
        made = OmegaConf.to_container(OmegaConf.select(config, part), resolve=True, throw_on_missing=False)
        for key, value in leaves(made, part):
            _check_instantiated(key, value)


def _check_instantiated(key: str, value: Any) -> None:
    if "${" in str(value):  # Hydra would resolve it once more
        raise UserError(f"{key}: an interpolation within an interpolation")
    special = [name for name in key.split(".") if name.startswith("_") and name.endswith("_") and name != "_convert_"]
    if special and value not in TARGETS.get(key, ()):
        raise UserError(f"{key}: {shown(value)} is not among what this project runs: {', '.join(TARGETS.get(key, ()))}")


def _check_logging(key: str, value: Any) -> None:
    last = key.rpartition(".")[2]
    values = LOGGING.get(last)
    plain = values is None and not re.search(r"\$\{|://", str(value)) and (last in LOGGING or last.isdigit())
    if "(" in key or not (plain or (values and value in values)):
        raise UserError(f"{key} could run any code, or empty any file: only levels and formats of logging can be set")
