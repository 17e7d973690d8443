"""Students' networks as runs of their own in MLflow: `make student FOLDER=handed_in/ann`.

Each trains with the settings of params.yaml, on the data that these make, and is tested by the stage evaluate, in a
folder of its own below outputs/students/. Nothing of the project's own models, metrics and runs is touched.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from digitrack import Refused
from kit.students.diagnoses.handed_in import folders
from kit.students.diagnoses.tell import plain
from tracked import UserError, connect, load_settings, script

HOME = Path("outputs/students")
STAGE = "student"  # the tag `stage` of these runs
VIEW = "mlflow.sharedViewState.students"  # MLflow keeps a saved view as a tag of the experiment


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="with neural_net.py, or a folder of such folders")
    parser.add_argument("--name", help="of the run, where it is to be another than the folder's")
    parser.add_argument("--remove", action="store_true", help="take the runs away again")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="that a training may take (600)")
    options = parser.parse_args()
    with script():
        students = asked(options)
        client = connect()
        failed = [name for name, folder in students.items() if not one(client, name, folder, options)]
        done = f"{len(students) - len(failed)} of {len(students)}"
        link = f"#/experiments/{show(client)}/runs?viewStateShareKey=students"
        print(f"{done} removed" if options.remove else f"{done} logged. `make ui`, then Views, Students: {link}")
    sys.exit(bool(failed))


def asked(options):
    """The folders by the names of their runs. Raises UserError."""
    if options.remove and options.name:
        return {named(options.name): None}
    try:
        found = folders(options.folders)
    except ValueError as error:
        raise UserError(str(error)) from None
    if options.name and len(found) > 1:
        raise UserError(f"{options.name} is the name of one student, and these are {len(found)} folders")
    return {named(options.name or name): folder for name, folder in found.items()}


def named(name):
    """The name of a run, which is that of a folder, too. Raises UserError."""
    if not re.fullmatch(r"\w[\w .-]*", name):
        raise UserError(f"{plain(name)} is no name for a run: take letters, digits, spaces, and . _ -")
    return name


def one(client, name, folder, options):
    """Run one student's network, or take it away; whether that succeeded."""
    import mlflow

    try:
        if options.remove:
            shutil.rmtree(HOME / name, ignore_errors=True)
            forget(client, name)
            return True
        settings, outcome = tested(name, folder, options.limit)
    except UserError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return False
    forget(client, name)  # what was handed in before
    own = settings.train_numpy
    shown = {"n_hidden": own.n_hidden, "learning_rate": own.learning_rate, "epochs": own.epochs, "batch_size": 1}
    description = (
        f"The network of {name}, trained and tested as train_numpy's. To make it again: `make student FOLDER=...`"
    )
    with mlflow.start_run(run_name=name, tags={"student": name, "stage": STAGE}, description=description) as run:
        from pipeline.training import reported

        mlflow.set_tags({**shown, "optimizer": "SGD"})  # columns of the view
        mlflow.log_params({**shown, "seed": settings.seed})
        for epoch, metrics in enumerate(reported(HOME / name / "reports/train_numpy"), 1):
            mlflow.log_metrics(metrics, step=epoch)
        mlflow.log_metrics(outcome.evaluated["numpy"])
        mlflow.log_artifacts(str(HOME / name / "reports/evaluate"))
        mlflow.log_artifact(str(folder / "neural_net.py"))
    print(f"{name}: test accuracy {outcome.evaluated['numpy']['test_accuracy']:.4f}, run {run.info.run_id}")
    return True


def tested(name, folder, limit):
    """The settings, and what `evaluate` finds about a student's network. Raises UserError."""
    from pipeline import evaluate, split
    from pipeline.networks import NETWORKS

    settings, out = load_settings(), HOME / name
    shutil.rmtree(out, ignore_errors=True)
    split.run(settings, out, lambda *_: None)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "kit.in_pipeline", str(folder.resolve()), str(out.resolve())]
    try:
        subprocess.run(command, timeout=limit, check=False, **quiet)
    except subprocess.TimeoutExpired:
        raise UserError(f"the training has not ended after {limit:g} seconds") from None
    if (error := out / "error.txt").exists():
        raise UserError(plain(error.read_text(encoding="utf-8")))
    if not (out / "reports/train_numpy/curves.csv").exists():
        raise UserError("its code ended Python")
    for other in NETWORKS.keys() - {"numpy"}:
        del NETWORKS[other]  # of this process: there is one network to test
    try:
        outcome = evaluate.run(settings, out, lambda *_: None)
    except Refused as refused:
        raise UserError(str(refused)) from None
    outcome.pictures()
    return settings, outcome


def forget(client, name):
    """Delete a student's runs as MLflow's pages do, which can restore them, but not what students logged themselves."""
    own = f"tags.student = '{name}' and tags.stage = '{STAGE}'"
    for run in client.search_runs([experiment(client)], own):
        client.delete_run(run.info.run_id)


def experiment(client):
    from pipeline.project import PROJECT

    return client.get_experiment_by_name(PROJECT.name).experiment_id


def show(client):
    """Give the experiment a view of the students' runs alone, best first; the experiment's id."""
    from pipeline.project import PROJECT

    widths = {"attributes.`Run Name`": 245, **{key: width for key, width in PROJECT.columns.items() if "." in key}}
    state = {
        "searchFilter": 'tags.student != ""',
        "orderByKey": "metrics.`val_accuracy`",
        "orderByAsc": False,
        "startTime": "ALL",
        "lifecycleFilter": "Active",
        "datasetsFilter": [],
        "modelVersionFilter": "All Runs",
        "selectedColumns": list(widths),
        "columnOrder": list(widths),
        "columnWidths": widths,
        "groupBy": None,
    }
    view = {"name": "Students", "createdAt": 0, "updatedAt": 0, "state": json.dumps(state)}
    client.set_experiment_tag(experiment(client), VIEW, json.dumps(view))
    return experiment(client)


if __name__ == "__main__":
    main()
