"""In what two runs differ: `tracked diff A B`, each an id, its beginning, or a name."""

import argparse

from tracked.project import here
from tracked.waiting import waiting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", help="a run: its id, the beginning of it, or its name")
    parser.add_argument("b", help="another")


def run(given: argparse.Namespace) -> None:
    with waiting("Reading the runs"):
        from tracked.admin import differences  # slow to import
        from tracked.store.store import Store

        found = differences.of(Store.at(here().root), given.a, given.b)
    print("\n".join(found))
