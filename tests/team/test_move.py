"""Runs of a repository's own store moved to a server on PostgreSQL: nothing is lost, nothing comes twice."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import mlflow
import psycopg
import pytest
from mlflow.entities import ViewType
from playwright.sync_api import expect

pytestmark = [pytest.mark.team, pytest.mark.xdist_group("move")]
ROOT = Path(__file__).parents[2]
CONFIGURATIONS, JOBS = 2, 6
MOVE = ("tracked", "move")


@pytest.fixture(scope="module")
def filled(reproduced, tmp_path_factory):
    """A repository with runs of all kinds; not to be changed."""
    folder = tmp_path_factory.mktemp("filled") / "clone"
    shutil.copytree(reproduced.path, folder, symlinks=True)
    made = type(reproduced)(folder, fill=False)
    made.run("python", str(ROOT / "bench/filled.py"), str(CONFIGURATIONS), str(JOBS))
    return made


@pytest.fixture(scope="module")
def moved(filled, postgres, serve, tmp_path_factory):
    """What the first start told, the environment of the move, and a server that has the runs."""
    folder, store = tmp_path_factory.mktemp("moved") / "server", postgres.database()
    env = {"MLFLOW_BACKEND_STORE_URI": store, "MLFLOW_ARTIFACTS_DESTINATION": f"{folder}/artifacts"}
    told = filled.run(*MOVE, **env)
    with serve(folder, store=store) as server:
        arrived = values(client(server.uri))  # later tests add runs
        yield told.stdout, env, server, arrived


def table(told):
    """The numbers of each row of what the command prints."""
    return {line.split()[0]: tuple(map(int, line.split()[1:])) for line in told.splitlines()[1:]}


def client(store):
    return mlflow.MlflowClient(store)


def runs_of(one):
    found = one.search_runs(["1"], run_view_type=ViewType.ALL, max_results=1000)
    return {run.info.run_id: run for run in found}


def values(one):
    """All that can be asked of the runs, as (what, value), places of files apart."""
    found = []
    for run_id, run in runs_of(one).items():
        info = run.info
        found += [
            ((run_id, "info"), (info.run_name, info.status, info.start_time, info.end_time, info.lifecycle_stage))
        ]
        found += [((run_id, key), value) for key, value in (run.data.params | run.data.tags).items()]
        for name in run.data.metrics:
            points = sorted((p.step, p.timestamp, p.value) for p in one.get_metric_history(run_id, name))
            found += [((run_id, name, point[:2]), point[2]) for point in points]
        inputs = run.inputs.dataset_inputs
        found += [((run_id, "data", each.dataset.digest), each.dataset.name) for each in inputs]
        found += (
            [((run_id, "models"), sorted(out.model_id for out in run.outputs.model_outputs))] if run.outputs else []
        )
    for model in one.search_logged_models(["1"]):
        facts = (model.name, model.source_run_id, str(model.status), model.params, model.tags)
        metrics = sorted((metric.key, metric.value, metric.step) for metric in model.metrics or [])
        found.append(((model.model_id,), (facts, metrics)))
    for version in one.search_model_versions("name = 'digits'"):
        facts = (version.run_id, version.description, version.tags, version.aliases, version.creation_timestamp)
        found.append((("version", int(version.version)), facts))
    aliases = one.get_registered_model("digits").aliases  # a server says numbers as text
    found.append((("aliases",), {alias: int(number) for alias, number in aliases.items()}))
    return found


def test_counts_and_values_are_those_of_before(moved, filled):
    told, *_, arrived = moved
    counted = table(told)
    assert counted["runs"] == (n := len(runs_of(filled.client())), 0, n)
    assert n == 5 + 3 * CONFIGURATIONS + 4 + JOBS + 1  # the interrupted one has a parent of its own
    assert all(here == arrived and before == 0 for here, before, arrived in counted.values())
    assert {"metrics", "inputs", "logged_models", "model_versions", "registered_model_aliases", "files"} <= set(counted)
    ours, theirs = values(filled.client()), dict(arrived)
    assert len(ours) == len(theirs)
    for key, value in random.sample(ours, min(200, len(ours))):
        assert theirs[key] == value


def test_runs_that_failed_or_were_deleted_are_so_there(moved):
    found = [facts for what, facts in moved[3] if what[1:] == ("info",)]
    assert {status for _, status, *_ in found} == {"FINISHED", "FAILED", "KILLED"}
    assert [stage for *_, stage in found].count("deleted") == 1


def test_files_are_served_from_there(moved, filled, tmp_path):
    one, here = client(moved[2].uri), filled.client()
    for run in here.search_runs(["1"], "tags.stage = 'evaluate'"):
        ours = Path(here.download_artifacts(run.info.run_id, "", str(tmp_path)))
        theirs = Path(one.download_artifacts(run.info.run_id, "", str(tmp_path)))
        names = sorted(file.relative_to(ours) for file in ours.rglob("*.*"))
        assert len(names) > 40
        assert all((ours / name).read_bytes() == (theirs / name).read_bytes() for name in names)
    assert all("mlflow-artifacts:" in run.info.artifact_uri for run in runs_of(one).values())


def test_a_second_start_copies_nothing_and_a_new_run_alone(moved, filled, tmp_path):
    _, env, server, _ = moved
    before = values(client(server.uri))
    told = table(filled.run(*MOVE, **env).stdout)
    assert all(here == known and arrived == 0 for here, known, arrived in told.values())
    assert values(client(server.uri)) == before
    shutil.copytree(filled.path, tmp_path / "more", symlinks=True)
    more = type(filled)(tmp_path / "more", fill=False)
    more.run("python", str(ROOT / "bench/filled.py"), "0", "2")  # the jobs are known: a sweep, and three odd ends
    told = table(more.run(*MOVE, **env).stdout)
    assert told["runs"][2] == 4
    assert len(runs_of(client(server.uri))) == told["runs"][0]


def test_the_champion_predicts_and_the_project_goes_on_there(moved, filled, tmp_path):
    uri = moved[2].uri
    shutil.copytree(filled.path, tmp_path / "clone", symlinks=True)
    clone = type(filled)(tmp_path / "clone", fill=False)
    (clone.path / "mlflow.db").unlink()
    shutil.rmtree(clone.path / "mlartifacts")
    picture = str(ROOT / "docs/images/digit.png")
    here = filled.run("python", "-m", "pipeline.predict", picture).stdout
    assert clone.run("python", "-m", "pipeline.predict", picture, MLFLOW_TRACKING_URI=uri).stdout == here
    n = len(runs_of(client(uri)))
    sweep = ("python", "-m", "pipeline.train_numpy", "-m", f"train_numpy.n_hidden=range(5,{5 + JOBS})")
    told = clone.run(*sweep, "train_numpy.epochs=2", MLFLOW_TRACKING_URI=uri).stdout
    assert f"{JOBS} jobs: 0 done, 0 running, {JOBS} skipped" in told
    assert len(runs_of(client(uri))) == n


def test_a_picture_opens_in_the_ui(moved, browser):
    run = client(moved[2].uri).search_runs(["1"], "tags.stage = 'evaluate'")[0].info
    with browser.browser() as opened:
        page = browser.new_page(opened)
        page.set_default_timeout(60_000)
        page.goto(
            f"{moved[2].uri}/#/experiments/1/runs/{run.run_id}/artifacts/confusion.png?workflowType=machine_learning"
        )
        image = page.locator("img[src^='blob:'], img[src*='confusion.png']").first
        expect(image).to_be_visible()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_two_repositories_come_together(moved, filled, reproduced, postgres, tmp_path):
    """The experiment has another number, versions are numbered on, and the champion there stays."""
    env = {"MLFLOW_BACKEND_STORE_URI": postgres.database(), "MLFLOW_ARTIFACTS_DESTINATION": f"{tmp_path}/artifacts"}
    store = env["MLFLOW_BACKEND_STORE_URI"]
    with sqlite3.connect(filled.path / "mlflow.db") as here:
        (link,) = here.execute("SELECT value FROM tags WHERE value LIKE '%#/experiments/1/runs%'").fetchone()
    filled.run("python", "-c", PREPARE, **env)
    filled.run(*MOVE, **env)
    reproduced.run(*MOVE, **env)
    with psycopg.connect(store) as there:
        assert there.execute("SELECT DISTINCT experiment_id FROM runs").fetchall() == [(2,)]
        assert there.execute(
            "SELECT value FROM tags WHERE value = %s", [link.replace("ments/1/", "ments/2/")]
        ).fetchone()
        numbers = there.execute("SELECT version FROM model_versions WHERE name = 'digits' ORDER BY 1").fetchall()
        champion = there.execute("SELECT version FROM registered_model_aliases").fetchall()
        shown = there.execute(
            "SELECT tag_value FROM logged_model_tags WHERE tag_key = 'mlflow.modelVersions'"
        ).fetchall()
    assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1))
    assert champion == [(int(filled.client().get_registered_model("digits").aliases["champion"]),)]
    assert sorted(int(json.loads(text)[0]["version"]) for (text,) in shown) == list(range(1, len(numbers) + 1))


PREPARE = """
import os
from mlflow import MlflowClient
from tracked.admin.shared_store import prepare
prepare(os.environ["MLFLOW_BACKEND_STORE_URI"])
MlflowClient(os.environ["MLFLOW_BACKEND_STORE_URI"]).create_experiment("another")
"""


@pytest.mark.parametrize("seconds", [1.5, 3.0, 4.0, 5.0])
def test_a_move_that_is_killed_is_made_whole_by_the_next(filled, postgres, tmp_path, seconds):
    env = {"MLFLOW_BACKEND_STORE_URI": postgres.database(), "MLFLOW_ARTIFACTS_DESTINATION": f"{tmp_path}/artifacts"}
    process = subprocess.Popen([sys.executable, *MOVE[1:]], cwd=filled.path, env=filled.env(**env))
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    told = table(filled.run(*MOVE, **env).stdout)
    assert all(here == before + arrived for here, before, arrived in told.values())
    with psycopg.connect(env["MLFLOW_BACKEND_STORE_URI"]) as there:
        for kind in ("runs", "metrics", "tags", "params", "inputs", "logged_models", "model_versions"):
            assert there.execute(f"SELECT count(*) FROM {kind}").fetchone() == (told[kind][0],)  # noqa: S608
