"""The overrides of a sweep: what its file and the command line say, and every combination of the values given."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import yaml
from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

from tracked.project import CODE, project


def given(params: Mapping[str, Any], arguments: list[str], name: str, loader: ConfigLoader) -> list[Override]:
    """What a sweep of the stage `name` varies and what it fixes; for a key given twice, the command line's.

    `params` are the sweep's file's; a file may vary the settings of several trainings, of which one runs.
    """
    trainings = set(project().networks.values())
    others = trainings - {name} if name in trainings else set()
    lines = [f"{key}={value}" for key, value in params.items() if _section(str(key)) not in others]
    parsed = OverridesParser.create(config_loader=loader).parse_overrides([*lines, *arguments])
    return list({override.get_key_element(): override for override in parsed}.values())


def combinations(swept: Iterable[Override]) -> Iterator[dict[str, str]]:
    """Every combination of the values, as Hydra writes them, by key."""
    for values in product(*([*override.sweep_string_iterator()] for override in swept)):
        yield dict(zip([override.get_key_element() for override in swept], values, strict=True))


def chosen_by(sweep: str | None) -> list[str]:
    """What a sweep's file chooses besides the values to vary, as overrides."""
    if sweep is None:
        return []
    defaults = yaml.safe_load((CODE / f"conf/sweep/{sweep}.yaml").read_text()).get("defaults", [])
    chosen = [entry for entry in defaults if isinstance(entry, dict)]
    return [f"{key.removeprefix('override /')}={value}" for entry in chosen for key, value in entry.items()]


def about_settings(lines: Iterable[str]) -> list[str]:
    """Those that are not about Hydra, nor choose a sweep's file."""
    return [line for line in lines if not line.lstrip("+").startswith(("hydra.", "hydra/", "sweep="))]


def _section(key: str) -> str:
    """train_keras for train_keras/optimizer and train_keras.n_hidden."""
    return key.replace("/", ".").partition(".")[0]
