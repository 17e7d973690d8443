"""The runs as a table: `tracked runs [FILTER] [--csv] [--most 20]`.

On the terminal, what tells runs apart and the metrics of the goals; with --csv, all that MLflow knows of each.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from tracked.goal import first
from tracked.messages import number
from tracked.project import project
from tracked.waiting import waiting

if TYPE_CHECKING:
    import pandas as pd

MOST = 20


def shown(runs: "pd.DataFrame") -> "pd.DataFrame":
    """The columns that a terminal has room for, the newest run first."""
    names = runs["tags.mlflow.runName"]
    columns = {"run": runs["run_id"].str[:8], "name": names.str.ljust(names.str.len().max()), "status": runs["status"]}
    columns["started"] = runs["start_time"].dt.tz_convert(None).dt.strftime("%Y-%m-%d %H:%M")
    goals = project().goals
    known = sorted(name.removeprefix("metrics.") for name in runs if name.startswith("metrics."))
    of_goals = {goal.name for goal in goals}
    for name in first(known, goals, project().models):
        if name in of_goals or (name.startswith("test_") and project().goal(name)):
            columns[name] = runs[f"metrics.{name}"].map(number, na_action="ignore")
    import pandas

    return pandas.DataFrame(columns).fillna("")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "filter", nargs="?", default="", help="""which runs, in MLflow's words: "metrics.val_rmse < 20" """
    )
    parser.add_argument("--csv", action="store_true", help="print all columns, as CSV")
    parser.add_argument("--most", type=int, default=MOST, help="how many rows to show (default: %(default)s)")


def run(given: argparse.Namespace) -> None:
    with waiting("Reading the runs"):
        from tracked.runs import access  # slow to import

        runs = access.table(given.filter)
    if given.csv:
        runs.to_csv(sys.stdout, index=False)
    elif runs.empty:
        print("no runs")
    else:
        print(shown(runs.head(given.most)).to_string(index=False))
        if (more := len(runs) - given.most) > 0:
            print(f"... and {more} older; --most {len(runs)} shows all")
