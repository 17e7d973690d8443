"""Whether a YAML file can be settings at all, found out from its text before anything is made of it.

A file of a kilobyte whose aliases stand for each other would fill the memory, and one that is nested deep enough ends
Python itself.
"""

from pathlib import Path

import yaml

from tracked.errors import UserError

LARGEST, DEEPEST = 100_000, 30  # bytes and levels: this project's settings have 500 and 3

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without its C part PyYAML is slower
OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
VALUES = (yaml.SequenceStartEvent, yaml.ScalarEvent)
CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def check_folder(folder: Path) -> None:
    """Check every YAML file below a folder. Raises UserError as `check` does."""
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        check(path)


def check(path: Path) -> None:
    """Raises UserError unless the file is small UTF-8 text, and YAML without tags, aliases or deep nesting."""
    if path.stat().st_size > LARGEST:
        raise UserError(f"{path} is too large for settings: {path.stat().st_size} bytes, of {LARGEST} allowed")
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}; save it as UTF-8") from None
    if text.startswith("\N{BYTE ORDER MARK}"):
        raise UserError(f"{path} starts with a byte order mark: save it as UTF-8 without one")
    try:
        _check(path, text)
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not readable YAML: {' '.join(str(error).split())}") from None


def _check(path: Path, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, OPENS) - isinstance(event, CLOSES)
        line = f"{path}, line {event.start_mark.line + 1}"
        if depth == isinstance(event, yaml.SequenceStartEvent) and isinstance(event, VALUES):
            raise UserError(f"{path} must hold settings as `key: value` lines")
        if depth > DEEPEST:
            raise UserError(f"{line}: nested more than {DEEPEST} levels deep")
        if isinstance(event, yaml.AliasEvent):
            raise UserError(f"{line}: an alias, *{event.anchor}: write out what it stands for")
        if getattr(event, "value", None) == "searchpath":  # of Hydra, which imports modules to find settings in
            raise UserError(f"{line}: searchpath: settings come from conf/ alone")
        if getattr(event, "tag", None):
            raise UserError(f"{line}: a tag, {event.tag}: settings are plain values")
