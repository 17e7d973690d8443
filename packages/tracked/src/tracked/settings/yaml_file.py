"""Whether a YAML file can be read at all: libraries tell of one that can't without naming it."""

from pathlib import Path

import yaml

from tracked.errors import UserError
from tracked.messages import one_line
from tracked.strays import is_stray

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without its C part PyYAML is slower


def check_folder(folder: Path) -> None:
    """Check every YAML file below a folder, but in hidden ones: Hydra's own, in the output of a run, hold lists. Raises
    UserError as `check` does."""
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        below = path.relative_to(folder)
        if path.is_file() and not is_stray(below) and not any(part.startswith(".") for part in below.parts[:-1]):
            check(path)


def check(path: Path) -> None:
    """Raises UserError unless the file is YAML in UTF-8, with `key: value` lines if with any."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}; save it as UTF-8") from None
    if text.startswith("\N{BYTE ORDER MARK}"):
        raise UserError(f"{path} starts with a byte order mark: save it as UTF-8 without one")
    try:
        first = next((event for event in yaml.parse(text, Loader=Loader) if hasattr(event, "anchor")), None)
        for _ in yaml.parse(text, Loader=Loader):  # to its end
            pass
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not readable YAML: {one_line(error)}") from None
    if first is not None and not isinstance(first, yaml.MappingStartEvent):
        raise UserError(f"{path} must hold settings as `key: value` lines")
