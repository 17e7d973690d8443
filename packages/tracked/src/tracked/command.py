"""The command `tracked`: `tracked run STAGE` starts a stage, the others look after the runs."""

import argparse
import sys
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version

from tracked import closed_pipe
from tracked.project import WHOLE, here
from tracked.stages.lines import errors_in_one_line
from tracked.store import interrupts

# Each module has `add_arguments(parser)` and `run(arguments)`, and is imported when its command is given.
COMMANDS = {
    "init": ("tracked.admin.init", "set up tracked in the DVC project here: print what it needs, with --write add it"),
    "compose": ("tracked.dvc.composing", "compose the settings in conf/ into params.yaml, as `dvc repro` does first"),
    "ui": ("tracked.admin.ui", "start MLflow's pages on this machine, and print the link to the runs"),
    "server": ("tracked.admin.server", "start the MLflow server that a team shares"),
    "runs": ("tracked.admin.runs", "list the runs; with --csv, print all that MLflow knows of them"),
    "diff": ("tracked.admin.diff", "show how two runs differ: settings, metrics, data and code"),
    "deps": ("tracked.dvc.deps", "compare what each stage imports with its deps in dvc.yaml"),
    "predict": ("tracked.serving.predict", "ask the champion, or another model, about a CSV file or any file it takes"),
    "sync": ("tracked.runs.sync", "log outputs in MLflow that DVC has fetched"),
    "gc": ("tracked.admin.gc", "remove for good what you deleted in MLflow, and what nothing needs; asks first"),
    "backup": ("tracked.admin.backup", "back up the runs, even while others are going on"),
    "move": ("tracked.admin.move", "copy this project's runs to a server's database"),
    "completion": ("tracked.completion", "print what turns on tab completion in bash"),
}
ANYWHERE = ("backup", "init")  # may be told a folder that no project is around, or are to make one
LISTS = ("runs", "diff")  # who reads these may have enough before their end, as `| head`
SERVERS = ("ui", "server")  # Ctrl-C is how these are meant to end


def main() -> None:
    """Run the command that sys.argv names. Exits with one line and code 1 for a user's mistake."""
    if sys.argv[1:2] == ["run"]:
        from tracked.stages.main import IN_PLACE, start

        del sys.argv[1]  # the rest is for Hydra
        if sys.argv[1:2] == [IN_PLACE]:
            sys.argv.append(sys.argv.pop(1))
        named = len(sys.argv) > 1 and sys.argv[1][:1] not in ("-", "+", "~", "") and "=" not in sys.argv[1]
        start(sys.argv.pop(1) if named else WHOLE)
        return
    if sys.argv[1:2] and sys.argv[1] in COMMANDS:
        _run(sys.argv[1], sys.argv[2:])
        return
    parser = argparse.ArgumentParser(
        prog="tracked",
        description="Run the stages of a DVC project with settings from Hydra, and record each run in MLflow.",
        epilog="`tracked COMMAND --help` shows a command's options, `tracked run STAGE --help` a stage's settings.",
    )
    parser.add_argument("--version", action="version", version=f"tracked {version('tracked')}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands", required=True)
    commands.add_parser("run", help="run a stage, or all stages: tracked run [STAGE] [SETTING=VALUE ...]")
    for name, (_, description) in COMMANDS.items():
        commands.add_parser(name, help=description)
    parser.parse_args()


def _run(name: str, arguments: list[str]) -> None:
    module, description = COMMANDS[name]
    interrupts.install()
    with errors_in_one_line(name):
        home = import_module(module)
        parser = argparse.ArgumentParser(
            prog=f"tracked {name}", description=description[0].upper() + description[1:] + "."
        )
        home.add_arguments(parser)
        given = parser.parse_args(arguments)
        if name not in ANYWHERE:
            here()
        if name in SERVERS:
            interrupts.hear()
            with suppress(KeyboardInterrupt):
                home.run(given)
            interrupts.forget()
        elif name in LISTS:
            with closed_pipe.allowed():
                home.run(given)
        else:
            home.run(given)
