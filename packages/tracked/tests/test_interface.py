"""The names that the package offers, each used as its documentation says."""

import json
import signal
import sys
import time
from importlib.util import find_spec

import pytest

import tracked

HEAVY = ("mlflow", "hydra", "omegaconf", "dvc", "pandas", "numpy", "pydantic", "yaml")
CONNECT = """
import mlflow
from tracked import connect
client = connect()
with mlflow.start_run(run_name="by hand") as run:
    mlflow.log_metric("answer", 42)
print(client.get_run(run.info.run_id).data.metrics["answer"], end="")
"""
STAGE = """
import json
from pathlib import Path
import numpy as np
from tracked import load_settings, run_stage
for seed in (1, 2):
    run_stage("make", Path(f"made{seed}"), {"seed": seed})
run = run_stage("fit_slow", "made2", {"seed": 2, "fit_slow.epochs": 5})
print("RUN", run)
"""
LINE = """
from tracked import UserError, run_stage
try:
    run_stage({!r}, "made", {!r})
except UserError as error:
    print(error, end="")
"""


def test_what_is_offered_is_there_and_documented():
    assert sorted(tracked.__all__) == tracked.__all__
    for name in {*tracked.__all__} - {"Report"}:  # a type alias has no docstring
        assert getattr(tracked, name).__doc__, name


def test_no_name_is_also_a_modules_which_would_take_its_place_when_it_is_imported():
    assert [name for name in tracked.__all__ if find_spec(f"tracked.{name}")] == []


def test_importing_it_imports_nothing_heavy(tiny):
    told = tiny.python(f"import sys, tracked; print([name for name in {HEAVY} if name in sys.modules])").stdout
    assert told == "[]\n"


def test_the_settings_are_those_of_params_yaml_or_of_another_file(tiny):
    (tiny.path / "other.yaml").write_text(
        "seed: 7\nfit_slow: {rate: 1, epochs: 2}\nfit_fast: {rate: 1, epochs: many}\n"
    )
    script = "from tracked import load_settings; print(load_settings({}).fit_slow.epochs)"
    assert tiny.python(script.format("")).stdout == "3\n"
    told = tiny.python(script.format("'other.yaml'"), ok=False).stderr
    assert "UserError: other.yaml: fit_fast.epochs: 'many' " in told


def test_mlflow_uses_the_projects_store_which_is_made_on_first_use(tiny):
    assert tiny.python(CONNECT).stdout == "42.0"
    (run,) = tiny.runs()
    assert (run["name"], run["status"]) == ("by hand", "FINISHED")


def test_connecting_closes_what_a_killed_process_left(tiny_copy):
    tiny_copy.settings(fit_slow={"rate": 0.01, "epochs": 100_000})
    stage = tiny_copy.start("tracked", "run", "fit_slow", DVC_STAGE="fit_slow")
    _until(lambda: tiny_copy.runs()[0]["status"] == "RUNNING")
    stage.kill()
    stage.communicate()
    tiny_copy.python("from tracked import connect; connect()")
    assert {run["status"] for run in tiny_copy.runs()} == {"FINISHED", "KILLED"}


def test_runs_are_a_table(tiny_ran):
    script = """
from tracked import search_runs
fits = search_runs("tags.model = 'slow'")
print(len(search_runs()), *fits["tags.stage"], fits["params.rate"][0])
"""
    assert tiny_ran.python(script).stdout == f"{len(tiny_ran.runs())} fit_slow 0.01\n"


def test_a_stage_runs_in_a_folder_with_changed_settings(tiny):
    before = (tiny.path / "params.yaml").read_bytes()
    told = tiny.python(STAGE).stdout
    run = next(run for run in tiny.runs() if f"RUN {run['id']}\n" in told)
    assert (run["tags"]["stage"], run["status"]) == ("fit_slow", "FINISHED")
    assert run["params"] == {"rate": "0.01", "epochs": "5"}
    assert run["tags"]["command"] == "tracked run fit_slow seed=2 fit_slow.epochs=5"
    assert (tiny.path / "made2/models/slow.npz").exists()
    assert not (tiny.path / "data").exists()
    assert (tiny.path / "made1/data/train.npz").read_bytes() != (tiny.path / "made2/data/train.npz").read_bytes()
    assert (tiny.path / "params.yaml").read_bytes() == before


@pytest.mark.long
def test_the_command_of_such_a_run_makes_it_again(tiny_copy):
    tiny_copy.python(
        "from tracked import run_stage; run_stage('fit_slow', '.', {'fit_slow': {'rate': 0.02, 'epochs': 4}})"
    )
    run = tiny_copy.runs()[0]
    tiny_copy.run("bash", "-c", run["tags"]["command"])
    again = tiny_copy.runs()[0]
    assert again["id"] != run["id"]
    assert (again["params"], again["metrics"]["val_loss"]) == (run["params"], run["metrics"]["val_loss"])
    assert again["tags"]["mlflow.parentRunId"] == run["tags"]["mlflow.parentRunId"]


@pytest.mark.parametrize(
    ("stage", "changes", "line"),
    [
        ("guess", {}, "there is no stage 'guess': the project has make, fit_slow, fit_fast, judge"),
        ("make", {"sead": 1}, "sead: params.yaml has no such setting"),
        ("make", {"seed": {1, 2}}, "seed: Value 'set' is not a supported primitive type"),
    ],
)
def test_what_can_not_run_is_one_line(tiny, stage, changes, line):
    assert tiny.python(LINE.format(stage, changes)).stdout == line
    assert not (tiny.path / "mlflow.db").exists()


def test_the_champion_answers_rows_that_depend_on_its_file(tiny_ran):
    script = """
import json
import numpy as np
from tracked import champion
told = []
def rows(content):
    told.append(content)
    return np.array([[1.0]])
answers = [champion(np.array([[1.0]])), champion(rows), champion(rows, "models:/lines/1", "net")]
print(json.dumps([*[float(answer.item()) for answer in answers], told[0], told[1][:2].decode()]))
"""
    plain, asked, first, without, zip_file = json.loads(tiny_ran.python(script).stdout)
    assert plain == asked == pytest.approx(2, abs=0.5)
    assert first != plain
    assert (without, zip_file) == (None, "PK")


def test_files_are_checked_against_the_lock_file(tiny):
    tiny.run("dvc", "init", "-q")
    tiny.stages("make", "fit_slow")
    tiny.run("dvc", "commit", "-f", "-q", "make", "fit_slow")
    check = "from tracked import check_files; check_files(['models/slow.npz', 'README.md'])"
    assert tiny.python(check).stderr == ""
    (tiny.path / "models/slow.npz").chmod(0o644)
    (tiny.path / "models/slow.npz").write_bytes(b"")
    assert "UserError: models/slow.npz is damaged" in tiny.python(check, ok=False).stderr


def _script(body):
    return f"import os, time\nfrom tracked import UserError, script\nwith script():\n    {body}\n"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("raise UserError('so not')", "error: so not\n"),
        ("open('nowhere')", "error: [Errno 2] No such file or directory: 'nowhere'\n"),
        ("import tinylib; raise tinylib.Refused('nor so')", "error: nor so\n"),
        ("raise UserError(os.environ['API_TOKEN'])", "error: ***\n"),
    ],
)
def test_a_script_ends_with_a_users_mistake_in_one_line(tiny, body, line):
    done = tiny.python(_script(body), ok=False, API_TOKEN="abcdefgh12345678")  # noqa: S106
    assert (done.returncode, done.stderr) == (1, line)


def test_a_script_outside_of_a_project_says_so(tiny, tmp_path):
    tiny.path = tmp_path
    told = tiny.python(_script("pass"), ok=False).stderr
    assert (
        told
        == f"error: no project found in {tmp_path} or above it: its pyproject.toml must have a table [tool.tracked]\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_script_ends_with_130(tiny, number):
    script = tiny.start(sys.executable, "-c", _script("print('on', flush=True); time.sleep(60)"))
    assert script.stdout.readline() == "on\n"
    script.send_signal(number)
    assert (script.communicate(timeout=30)[1], script.returncode) == ("", 130)


def _until(true):
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError
