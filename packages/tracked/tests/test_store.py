"""The store: made once, refused in one line when it is none, followed when it moves, kept free of lost runs."""

import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest
from mlflow import MlflowClient

from tracked.store.store import uri_of

OPEN = "from tracked.project import here; from tracked.store.store import Store; store = Store.at(here().root)\n"
REFUSED = "from tracked.errors import UserError\ntry:\n    {}\nexcept UserError as error:\n    print(error)"


def refused(tiny, statement="import tracked.store.store as s; s.Store.at(s.Path.cwd())", **env):
    """The one line that the statement is refused with."""
    (line,) = tiny.python(REFUSED.format(statement), **env).stdout.splitlines()
    return line


@pytest.mark.long
def test_a_store_whose_making_was_cut_off_is_made_anew(tiny):
    process = tiny.start("python", "-c", OPEN)
    while not (tiny.path / "mlflow.db.part").exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.1)
    process.kill()
    process.communicate()
    assert not (tiny.path / "mlflow.db").exists()
    tiny.python(OPEN)
    assert tiny.runs() == []


@pytest.mark.long
def test_two_that_open_it_first_at_once_make_it_once(tiny):
    both = [tiny.start("python", "-c", f"{OPEN}store.create('a', {{}}, {{}}, diff=False)") for _ in range(2)]
    assert [process.communicate(timeout=60)[1] for process in both] == ["", ""]
    assert [run["name"] for run in tiny.runs()] == ["a", "a"]


@pytest.mark.long
def test_two_repositories_that_open_a_shared_one_first_at_once_make_it_once(tiny, tmp_path):
    other = type(tiny)(tmp_path / "other")
    shutil.copytree(tiny.path, other.path)
    uri = f"sqlite:///{tmp_path}/shared.db"
    command = ("env", f"MLFLOW_TRACKING_URI={uri}", "python", "-c", f"{OPEN}store.create('a', {{}}, {{}}, diff=False)")
    both = [project.start(*command) for project in (tiny, other)]
    assert [process.communicate(timeout=60)[1] for process in both] == ["", ""]
    assert [run.info.run_name for run in MlflowClient(uri).search_runs(["1"])] == ["a", "a"]


@pytest.mark.long
def test_a_store_that_is_none_is_refused_in_one_line(tiny):
    (tiny.path / "mlflow.db").write_text("not a database")
    line = refused(tiny)
    assert line.startswith(f"sqlite:///{tiny.path}/mlflow.db is no MLflow store: ")
    assert "not a database; move it away, or set MLFLOW_TRACKING_URI" in line


@pytest.mark.long
def test_a_server_that_does_not_answer_is_said_in_one_line(tiny):
    line = refused(tiny, MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert line.startswith("MLFLOW_TRACKING_URI=http://127.0.0.1:9 does not answer: ")


@pytest.mark.long
def test_a_deleted_experiment_is_refused_with_the_way_to_restore_it(tiny_copy):
    tiny_copy.client().delete_experiment("1")
    assert "`mlflow experiments restore --experiment-id 1`" in refused(tiny_copy)


def test_without_runs_it_is_said_and_nothing_is_made(tiny):
    line = refused(tiny, "import tracked.store.store as s; s.with_runs(s.Path.cwd())")
    assert line == (
        f"there are no runs in sqlite:///{tiny.path}/mlflow.db, and no outputs here to log: "
        "`dvc repro` makes them, `dvc pull` fetches those of others"
    )
    assert not (tiny.path / "mlflow.db").exists()


@pytest.mark.long
def test_a_moved_store_finds_its_files(tiny_copy):
    tiny_copy.python(OPEN)
    (model,) = tiny_copy.client().search_logged_models(["1"], max_results=1)
    assert model.artifact_location.startswith(tiny_copy.path.as_uri())
    for run in tiny_copy.client().search_runs(["1"]):
        assert run.info.artifact_uri.startswith(tiny_copy.path.as_uri())


def test_equal_settings_are_one_configuration(tiny_copy):
    before = [run["id"] for run in tiny_copy.runs() if "configuration" in run["tags"]]
    tiny_copy.stages("make")
    assert [run["id"] for run in tiny_copy.runs() if "configuration" in run["tags"]] == before
    tiny_copy.settings(seed=1)
    tiny_copy.stages("make", DVC_EXP_NAME="brave-ant")
    new, _ = (run for run in tiny_copy.runs() if "configuration" in run["tags"])
    assert new["name"] == "brave-ant"
    assert new["params"]["fit_slow.rate"] == "0.01"
    assert new["tags"]["rate"] == "0.01, 0.1"


@pytest.mark.long
def test_children_are_found_on_all_pages(tiny_copy):
    script = f"""{OPEN}
import tracked.store.store
parent = store.create("parent", {{}}, {{}}, diff=False)
for n in range(3):
    store.create(str(n), {{"mlflow.parentRunId": parent, "n": str(n)}}, {{}}, diff=False)
tracked.store.store.PAGE = 2
print([run.info.run_name for run in store.children(parent)])
print([run.info.run_name for run in store.children(parent, "tags.n = '1'")])
"""
    assert tiny_copy.python(script).stdout.splitlines() == ["['2', '1', '0']", "['1']"]


@pytest.mark.long
def test_what_a_killed_process_left_running_is_closed_by_the_next_start(tiny_copy):
    tiny_copy.settings(fit_slow={"rate": 0.01, "epochs": 100_000})
    script = "from tracked.stages import from_params; from_params.run('fit_slow')"
    process = subprocess.Popen(["python", "-c", script], cwd=tiny_copy.path, env=tiny_copy.env(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_until_running(tiny_copy)
        fit = next(run["id"] for run in tiny_copy.runs() if run["status"] == "RUNNING" and "stage" in run["tags"])
        model = tiny_copy.client().create_logged_model("1", "model", fit)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert [run["status"] for run in tiny_copy.runs()].count("RUNNING") == 2
    tiny_copy.python(OPEN)
    statuses = [run["status"] for run in tiny_copy.runs()]
    assert ("RUNNING" not in statuses, statuses.count("KILLED")) == (True, 2)  # the fit and its parent
    assert tiny_copy.client().get_logged_model(model.model_id).status == "FAILED"


@pytest.mark.long
def test_an_older_experiment_gets_the_views_of_today(tiny_copy):
    client = tiny_copy.client()
    client.set_experiment_tag("1", "mlflow.sharedViewState.runs", "{}")
    tiny_copy.python(f"{OPEN}store.renew_page()")
    assert (
        json.loads(client.get_experiment("1").tags["mlflow.sharedViewState.runs"])["name"] == "Runs with their stages"
    )


@pytest.mark.long
def test_a_page_says_what_the_project_says_unless_a_user_says_otherwise(tiny_copy):
    client = tiny_copy.client()

    def shown(about):
        file = tiny_copy.path / "tiny/project.py"
        file.write_text(re.sub(r'description=".*?"', f'description="{about}"', file.read_text()))
        tiny_copy.python(f"{OPEN}store.renew_page()")
        return client.get_experiment("1").tags["mlflow.note.content"]

    assert [shown("Of lines."), shown("Of planes.")] == ["Of lines.", "Of planes."]
    client.set_experiment_tag("1", "mlflow.note.content", "by hand")
    assert shown("Of spheres.") == "by hand"


def wait_until_running(tiny):
    for _ in range(200):
        if any(run["status"] == "RUNNING" and run["tags"].get("stage") == "fit_slow" for run in tiny.runs()):
            return
        time.sleep(0.1)
    raise AssertionError("no stage started")


def test_a_relative_path_of_a_store_is_one_from_the_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///sub/mlflow.db")
    assert uri_of(tmp_path) == f"sqlite:///{tmp_path}/sub/mlflow.db"
    for uri in ("sqlite:////abs/mlflow.db", "sqlite:///:memory:", "http://host:5000", "postgresql:///db"):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        assert uri_of(tmp_path) == uri
