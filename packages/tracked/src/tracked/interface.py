"""What this library offers to code of a project's own, besides stages. Each function imports what it needs when it is
called: MLflow alone takes seconds."""

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracked.errors import UserError
from tracked.project import here, project
from tracked.stages.lines import errors_in_one_line
from tracked.store import interrupts

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from mlflow import MlflowClient

PARAMS = "params.yaml"


@contextmanager
def script() -> Iterator[None]:
    """Run a program of the project's own as the commands of this library run: `with script(): ...`.

    A user's mistake (UserError, the project's own exception, a full disk) is one line and exit code 1; so is an error
    of code, with its type and place, and its traceback is in .dvc/tmp/errors/script.log. Ctrl-C and SIGTERM end it with
    130. Passwords are masked.
    """
    interrupts.install()
    with errors_in_one_line("script"):
        here()
        yield
        interrupts.check()


def load_settings(path: str | Path | None = None) -> Any:
    """The settings of params.yaml, or of another YAML file, as the project's schema has them.

    Raises UserError when the file can't be read, or the schema does not allow what is in it.
    """
    from tracked.dvc import params
    from tracked.settings import loading
    from tracked.settings.settings import Settings

    file = here().code / PARAMS if path is None else Path(path)
    load = params.load if file.name == PARAMS else loading.load
    return Settings(load(file), PARAMS if path is None else str(path)).valid


def connect() -> "MlflowClient":
    """Have `mlflow` in this process use the project's store and experiment; returns a client of that store.

    The store is opened as a stage opens it: made on first use, runs of processes that have died closed, and what could
    not be logged before is logged. Raises UserError when it can't be reached.
    """
    from tracked.runs import access

    return access.connected()


def search_runs(query: str = "") -> "pd.DataFrame":
    """The project's runs as a table, newest first: `query` is a filter of MLflow's, as "tags.stage = 'train'"."""
    from tracked.runs import access

    return access.table(query)


def run_stage(
    stage: str, folder: str | Path, changes: Mapping[str, Any] | None = None, *, register: bool = False
) -> str:
    """Run a stage in a folder that has the files it reads, tracked; returns the id of its run.

    Its settings are those of params.yaml, but for `changes`, by dotted key or nested: {"train.epochs": 3}. Only this
    stage runs, and it writes over what is in the folder. With `register`, the models that it evaluates become versions
    of the registered model, and the best of all is the champion. Raises UserError for settings that the schema does not
    allow, and when the store can't be reached; what the stage raises comes through.
    """
    from omegaconf import OmegaConf

    from tracked.dvc import interpolated
    from tracked.dvc.params import load
    from tracked.settings.comparing import flat
    from tracked.settings.settings import Settings
    from tracked.stages import tracking

    if stage not in project().stages:
        raise UserError(f"there is no stage {stage!r}: the project has {', '.join(project().stages)}")
    folder, changes = Path(folder).resolve(), flat(changes or {})
    settings = Settings(_changed(load(here().code / PARAMS), changes))
    interpolated.refuse(OmegaConf.create(settings.plain))
    overrides = [f"{key}={json.dumps(value)}" for key, value in changes.items()]
    command = shlex.join([*project().command(stage), *overrides])
    settings.checked()
    with chdir(here().code), tracking.runner([stage], in_place=True) as runner:
        return tracking.run(runner, stage, settings, folder, command, stage, register=register)


def champion(
    rows: "np.ndarray | Callable[[bytes | None], np.ndarray]",
    model: str | None = None,
    file: str = "",
    *,
    trust: bool = False,
) -> "np.ndarray":
    """What the registered champion gives for rows, or the `model` at another MLflow URI.

    The model runs in a process of its own, with the code that it was logged with. Where the rows depend on it, `rows`
    is a function: it is given the content of the model's `file`, by the name that the file has in `Served`, or None if
    the model has none of this name. Raises UserError when there is no such model, or it refuses the rows; or, without
    `trust`, when this project has not registered it.
    """
    from tracked.serving import ask

    uri = model or f"models:/{project().registered}@champion"
    return ask.outputs(uri, rows if callable(rows) else lambda _: rows, file, trust)


def check_files(paths: Iterable[str | Path]) -> None:
    """Raise UserError when outputs of stages are missing or damaged: when they are not what dvc.lock says.

    Files that no stage writes are passed over, as are those that were made with other settings than params.yaml has.
    """
    from tracked.dvc import inputs
    from tracked.dvc.params import load

    root = here().root
    if (root / PARAMS).exists():
        inputs.check_files([Path(path) for path in paths], load(root / PARAMS), root)


def _changed(settings: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with other values. Raises UserError for one that is not there, and a value that none can have."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from tracked.settings.loading import as_dict

    config = OmegaConf.create(settings)
    for key, value in changes.items():
        try:
            if OmegaConf.select(config, key, default=config) is config:
                raise UserError(f"{key}: {PARAMS} has no such setting")
            OmegaConf.update(config, key, value)
        except OmegaConfBaseException as error:
            raise UserError(f"{key}: {str(error).splitlines()[0]}") from None
    return as_dict(config)
