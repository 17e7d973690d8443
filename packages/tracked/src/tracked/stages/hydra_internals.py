"""A trick: Hydra's private parser and loader, so that settings are composed before Hydra begins, as Hydra will.

Hydra's public `compose` takes neither the options of a command line (`--config-dir`, `--config-name`) nor a sweep's
mode. Without this, a mistake would be told only when Hydra has made a folder for the run, and not in one line.
"""

import argparse

from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_config_search_path, get_args_parser
from hydra.core.config_loader import ConfigLoader
from hydra.core.config_search_path import SearchPathQuery


def options() -> argparse.Namespace:
    """The options and overrides of this process's command line, as Hydra reads them."""
    return get_args_parser().parse_args()


def loader(args: argparse.Namespace, conf: str, name: str) -> ConfigLoader:
    """What composes settings, with the folders that the command line names."""
    search = create_config_search_path(args.config_path or conf)
    if args.config_dir:
        search.prepend("command-line", f"file://{args.config_dir}", SearchPathQuery(provider="schema"))
    return Hydra.create_main_hydra2(name, search).config_loader
