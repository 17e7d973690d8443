"""What `--help` prints of a stage: its settings with the comments of conf/, how to change them, and how to sweep."""

import ast
import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from hydra.core.config_loader import ConfigLoader
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from tracked.dvc import declared, graph
from tracked.project import WHOLE, here, project

WIDEST = 44  # characters of a setting, beside which its comment stands; below a longer one
Line = tuple[str, str]  # what a user types, and what it means


def text(name: str, loader: ConfigLoader, config: str, overrides: list[str]) -> str:
    """The page of a stage, or of the whole pipeline: the settings are those that the overrides lead to."""
    composed = loader.load_configuration(config, overrides, run_mode=RunMode.RUN)
    before = project().before(name)
    sections = declared.sections([*before, *([] if name == WHOLE else [name])])
    command = " ".join(project().command(name))
    own_first = sorted((str(key) for key in composed if key in sections), key=lambda key: key != graph.split(name)[0])
    settings = list(_settings(composed, own_first, loader, _comments(loader, config, overrides)))
    presets = [line for group in loader.list_groups("") for line in _presets(loader, group, composed)]
    example, sweep = _example(name, composed)
    parts = [
        _about(name),
        f"usage: {command} [SETTING=VALUE ...]",
        _others(name, before),
        _table("Settings, with the values that conf/ gives them", settings),
        _table("Presets, which change several settings at once", presets),
        _table(
            "Try a value, or several of them in a sweep, which compares them",
            [(f"{command} {example}", ""), (f"{command} -m {sweep}", "")] if example else [],
        ),
        _table("Sweep in another way", _launching(loader)),
        _table("Options", OPTIONS),
    ]
    return "\n\n".join(filter(None, parts))


OPTIONS = [
    ("-m", "sweep: run one job for each combination of values; finished jobs are not run again"),
    ("--cfg job", "print the settings that would be used, and run nothing"),
    ("--register", "let the models that this run evaluates become versions, and the best the champion"),
    ("--in-place", "run the stage in this very process, for a debugger"),
    ("--hydra-help", "print the options that Hydra has besides these"),
]


def _about(name: str) -> str:
    """The first paragraph of the docstring of a stage's module; nothing of it is imported but its package."""
    if name == WHOLE:
        return f"Run all stages in one process: {', '.join(stage for stage in project().stages)}."
    if project().is_command(name):
        return f"Run the stage {name} of dvc.yaml: {'; '.join(graph.read(here().code)[name].cmd)}"
    spec = find_spec(project().module(name))
    docstring = ast.get_docstring(ast.parse(Path(spec.origin).read_text())) if spec and spec.origin else None
    return (docstring or f"Run the stage {name}.").partition("\n\n")[0]


def _others(name: str, before: list[str]) -> str:
    """What runs, and where it is written."""
    first = "" if name == WHOLE or not before else f" after {', '.join(before)}, which it needs,"
    return _filled(
        f"It runs{first} in a new folder below outputs/, and MLflow records it. DVC's files stay as they are."
    )


def _settings(
    composed: DictConfig, sections: Sequence[str], loader: ConfigLoader, comments: Mapping[str, str]
) -> Iterator[Line]:
    """A line for each setting of the sections, and for each choice, as they are typed."""
    choices = {group: chosen for group, chosen in composed.hydra.runtime.choices.items() if chosen is not None}
    plain: Any = OmegaConf.to_container(composed, resolve=False)

    def lines(key: str, value: Any) -> Iterator[Line]:
        group = key.replace(".", "/")
        if group in choices:
            others = [one for one in loader.get_group_options(group) if one != choices[group]]
            yield f"{group}={choices[group]}", f"or {', '.join(others)}" if others else ""
        if isinstance(value, Mapping) and value:
            if key in comments:
                yield f"{key}: {comments[key]}", ""
            for name, inner in value.items():
                yield from lines(f"{key}.{name}", inner)
        else:
            yield f"{key}={_typed(value)}", comments.get(key, "")

    for section in sections:
        yield from lines(section, plain[section])


def _comments(loader: ConfigLoader, config: str, overrides: list[str]) -> dict[str, str]:
    """What stands behind settings in the files that they are composed of, by dotted key."""
    from ruamel.yaml import YAML  # which keeps comments; DVC needs it too

    found: dict[str, str] = {}

    def collect(node: Any, prefix: str) -> None:
        for key, value in node.items() if isinstance(node, Mapping) else ():
            token = node.ca.items.get(key, [None] * 3)[2]
            if token and (comment := token.value.partition("\n")[0].strip().removeprefix("#").strip()):
                found[f"{prefix}{key}"] = comment
            collect(value, f"{prefix}{key}.")

    for one in loader.compute_defaults_list(config, overrides, RunMode.RUN).defaults:
        file = _file(str(one.config_path))
        if file.is_file() and not str(one.config_path).startswith("hydra"):
            collect(YAML().load(file), f"{one.package}." if one.package else "")
    return found


def _file(config: str) -> Path:
    """The file of a config by its name in Hydra; without conf/, params.yaml."""
    return here().code / (graph.PARAMS if config == "params" else f"conf/{config}.yaml")


def _presets(loader: ConfigLoader, group: str, composed: DictConfig) -> Iterator[Line]:
    """A line for each choice of a group that is no section of the settings, as conf/experiment/, with its comment; of a
    group in it, one line with the names."""
    if group == "hydra" or group in composed:
        return
    for choice in loader.get_group_options(group):
        yield f"+{group}={choice}", _first_comment(f"{group}/{choice}")
    for below in loader.list_groups(group):
        if choices := loader.get_group_options(f"{group}/{below}"):
            yield f"+{group}={below}/NAME", f"NAME is one of {', '.join(choices)}"


def _launching(loader: ConfigLoader) -> Iterator[Line]:
    """A line for each launcher and sweeper that conf/hydra/ has."""
    for group in ("hydra/launcher", "hydra/sweeper"):
        for choice in loader.get_group_options(group):
            if told := _first_comment(f"{group}/{choice}"):
                yield f"{group}={choice}", told


def _first_comment(config: str) -> str:
    """The first sentence of the comment that a file begins with, but for Hydra's `@package`."""
    file, told = _file(config), []
    for line in file.read_text().splitlines() if file.is_file() else ():
        if not line.startswith("#"):
            break
        if not line.startswith("# @package"):
            told.append(line.lstrip("# "))
    return re.split(r"(?<=[.?]) (?=[A-Z])", " ".join(told))[0]


def _example(name: str, composed: DictConfig) -> tuple[str, str]:
    """A setting of the stage with another value, and with several; "" where it has no whole number."""
    own = graph.split(name)[0]
    section, prefix = (composed, "") if name == WHOLE else (composed.get(own), f"{own}.")
    for key, value in section.items() if isinstance(section, DictConfig) else ():
        if isinstance(value, int) and not isinstance(value, bool):
            setting = prefix + str(key)
            return f"{setting}={value + 1 if value < 2 else value // 2}", f"{setting}={value},{2 * value or 1}"
    return "", ""


def _typed(value: Any) -> str:
    """A value as it is typed in an override."""
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix("...\n").strip()


def _table(title: str, lines: Iterable[Line]) -> str:
    """A title and its lines, the meanings in a column of their own; "" without lines."""
    if not (rows := list(lines)):
        return ""
    width = max([len(typed) for typed, meaning in rows if meaning and len(typed) <= WIDEST], default=0)
    return "\n".join([f"{title}:", *(_row(typed, meaning, width) for typed, meaning in rows)])


def _row(typed: str, meaning: str, width: int) -> str:
    if not meaning:
        return f"  {typed}"
    indent = " " * (width + 4)
    head = f"  {typed:{width}}  " if len(typed) <= width else f"  {typed}\n{indent}"
    return head + _filled(meaning, indent).lstrip()


def _filled(told: str, indent: str = "") -> str:
    """A text over as many lines as the terminal needs."""
    width = min(shutil.get_terminal_size().columns, 120)
    return textwrap.fill(told, max(width, len(indent) + 30), initial_indent=indent, subsequent_indent=indent)
