"""The command `tracked`: `tracked run STAGE` starts a stage, the others look after the runs."""

import argparse
import os
import sys
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version

from tracked import interrupts
from tracked.project import WHOLE, here
from tracked.stages.lines import errors_in_one_line

# Each module has `add_arguments(parser)` and `run(arguments)`, and is imported when its command is given.
COMMANDS = {
    "init": ("tracked.admin.init", "join the DVC project here: print what it needs, with --write add it"),
    "compose": ("tracked.settings.composing", "compose conf/ into params.yaml, as the stage of `dvc repro`"),
    "ui": ("tracked.admin.ui", "browse the runs in MLflow's UI, on this machine"),
    "server": ("tracked.admin.server", "start the MLflow server that a team shares"),
    "runs": ("tracked.admin.runs", "list the runs; with --csv, all that MLflow knows of them"),
    "diff": ("tracked.admin.diff", "tell in what two runs differ: settings, metrics, data and code"),
    "deps": ("tracked.deps", "hold what stages import against what dvc.yaml declares"),
    "predict": (
        "tracked.serving.predict",
        "ask the best registered model, or another, about a CSV file or any it takes",
    ),
    "sync": ("tracked.sync", "tell MLflow of outputs that DVC brought"),
    "gc": ("tracked.admin.gc", "remove for good what was deleted in the UI, and what nothing needs any more"),
    "backup": ("tracked.admin.backup", "back up the runs, also while runs are going on"),
    "move": ("tracked.admin.move", "move this project's own runs to a server's database"),
    "completion": ("tracked.completion", "print what turns on tab completion in bash"),
}
ANYWHERE = ("backup", "init")  # may be told a folder that no project is around, or are to make one
LISTS = ("runs", "diff")  # who reads these may have enough before their end, as `| head`
SERVERS = ("ui", "server")  # Ctrl-C is how these are meant to end


def main() -> None:
    """Run the command that sys.argv names. Exits with one line and code 1 for a user's mistake."""
    if sys.argv[1:2] == ["run"]:
        from tracked.stages.main import start

        del sys.argv[1]  # the rest is for Hydra
        named = len(sys.argv) > 1 and sys.argv[1][:1] not in ("-", "+", "~", "") and "=" not in sys.argv[1]
        start(sys.argv.pop(1) if named else WHOLE)
        return
    if sys.argv[1:2] and sys.argv[1] in COMMANDS:
        _run(sys.argv[1], sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="tracked", description="DVC, Hydra and MLflow joined.")
    parser.add_argument("--version", action="version", version=f"tracked {version('tracked')}")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands", required=True)
    commands.add_parser("run", help="run a stage, or without one all stages: tracked run [STAGE] [SETTING=VALUE ...]")
    for name, (_, about) in COMMANDS.items():
        commands.add_parser(name, help=about)
    parser.parse_args()


def _run(name: str, arguments: list[str]) -> None:
    module, about = COMMANDS[name]
    interrupts.install()
    with errors_in_one_line(name):
        home = import_module(module)
        parser = argparse.ArgumentParser(prog=f"tracked {name}", description=about[0].upper() + about[1:] + ".")
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
            try:
                home.run(given)
                sys.stdout.flush()
            except BrokenPipeError:  # as Python's documentation of SIGPIPE advises: else it complains at its end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        else:
            home.run(given)
