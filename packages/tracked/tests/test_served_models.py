"""Models as stages give them: tables with text, files, any flavour of MLflow. They are tried, logged and served."""

import json
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
import requests

from tracked.admin.mlflow_server import answers
from tracked.errors import UserError
from tracked.outcome import Outcome, Served
from tracked.runs import served_example
from tracked.runs.active import StageRun
from tracked.runs.computed import Computed

HERE = Computed(Outcome(), StageRun("fit"))
STAGE = """
import pandas as pd
from tiny.fitting import fit, trained
from tracked import Served

def run(settings, folder, report):
    fit("slow", settings.fit_slow, folder, report)
{before}
    return outcome(settings, folder)

def outcome(settings, folder):
    made = trained("slow", folder, {{}})
    made.served = lambda spare: served(folder, spare)
    return made

def served(folder, spare):
{body}
"""
PEOPLE = """
def load(files):
    factor = float(files["factor"].read_text())
    def outputs(table):
        if (table["age"] < 0).any():
            raise ValueError("an age is below 0")
        known = table["city"].notna()
        return table["age"].fillna(1).to_numpy()[:, None] * factor + known.to_numpy()[:, None]
    return outputs

def size(files):
    return lambda content: [[len(content)]]
"""
EXAMPLE = """
    (spare / "factor.txt").write_text("2")
    rows = pd.DataFrame({"age": [30.0, None], "city": ["Bern", None]})
    outputs = pd.DataFrame({"price": [61.0, 2.0]})
    return Served("tinylib.people:load", {"factor": spare / "factor.txt"}, rows, outputs)
"""
FILE = """
    return Served("tinylib.people:size", {"x": folder / "models/slow.npz"}, b"abc", [[3]])
"""
FLAVOUR = """
    import mlflow
    from sklearn.linear_model import LinearRegression
    rows = pd.DataFrame({"b": [1.0, 2.0], "a": [0.0, 1.0]})
    model = LinearRegression().fit(rows, [1.0, 2.0])
    return mlflow.sklearn.log_model(model, name="line", input_example=rows, pip_requirements=["scikit-learn"])
"""
AUTOLOGGED = """
    import mlflow
    from sklearn.linear_model import LinearRegression
    mlflow.sklearn.log_model(LinearRegression().fit([[1.0]], [1.0]), name="another", pip_requirements=["scikit-learn"])
"""
REQUESTS = (  # all of the same two rows
    {"dataframe_split": {"columns": ["city", "age"], "data": [["Bern", 30], [None, None]]}},
    {"dataframe_records": [{"age": 30, "city": "Bern"}, {"age": None, "city": None}]},
    {"inputs": {"age": [30, None], "city": ["Bern", None]}},
    {"inputs": [[30, "Bern"], [None, None]]},
    {"instances": [[30, "Bern"], [None, None]]},
)
REFUSED = (
    ({"dataframe_records": [{"age": 30, "town": "Bern"}]}, "columns must be age, city: no city, town"),
    ({"dataframe_records": [{"age": "30", "city": "Bern"}]}, "column age must be number: there is '30'"),
    ({"inputs": {"age": [-1], "city": ["Bern"]}}, "an age is below 0"),
    ({"inputs": [[30, "Bern"]]}, "send dataframe_split or dataframe_records"),
)


def write(tiny, body, before=""):
    (tiny.path / "tiny/fit_slow.py").write_text(STAGE.format(body=body, before=before))
    (tiny.path / "src/tinylib/people.py").write_text(PEOPLE)


def version(tiny):
    """The registered version of the model that fit_slow has logged."""
    (run,) = [run for run in tiny.runs() if run["tags"].get("stage") == "fit_slow"]
    (found,) = tiny.client().search_model_versions(f"name = 'lines' and run_id = '{run['id']}'")
    return found, run


def predicted(tiny, content):
    """What `tracked predict` prints of a file with this content."""
    (tiny.path / "given").write_text(content)
    return tiny.run("tracked", "predict", "given", "--model", f"models:/lines/{version(tiny)[0].version}").stdout


@contextmanager
def server(tiny, uri, port):
    """What `mlflow models serve` answers to a body: status and JSON."""
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", uri, "--env-manager", "local"]
    with (tiny.path / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=tiny.path,
            env=tiny.env(MLFLOW_TRACKING_URI="sqlite:///mlflow.db"),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        assert answers(f"http://127.0.0.1:{port}/ping", process), (tiny.path / "serve.log").read_text()

        def ask(body):
            told = requests.post(f"http://127.0.0.1:{port}/invocations", json=body, timeout=30)
            return told.status_code, told.json()

        yield ask
    finally:
        subprocess.run(["kill", "-TERM", "--", f"-{process.pid}"], check=False)
        process.wait(20)


@pytest.mark.long
def test_a_table_with_text_and_missing_values_is_registered_and_served(tiny, port):
    write(tiny, EXAMPLE)
    tiny.stages()
    found, _ = version(tiny)
    with server(tiny, f"models:/lines/{found.version}", port) as ask:
        for body in REQUESTS:
            assert ask(body) == (200, {"predictions": [[61.0], [2.0]]}), body
        for body, told in REFUSED:
            status, answer = ask(body)
            assert (status, told in answer["message"]) == (400, True), answer
    assert predicted(tiny, "city,age\nBern,30\n,\n") == "price\n61.0\n2.0\n"


@pytest.mark.long
def test_a_model_of_files_is_served(tiny, port):
    write(tiny, FILE)
    tiny.stages()
    found, _ = version(tiny)
    with server(tiny, f"models:/lines/{found.version}", port) as ask:
        assert ask({"inputs": b64encode(b"12345").decode()}) == (200, {"predictions": [[5]]})
        assert ask({"inputs": [[1]]})[0] == 400
    assert predicted(tiny, "12345") == "output\n5\n"


@pytest.mark.long
def test_a_model_of_another_flavour_belongs_to_the_run_and_is_the_one_that_is_registered(tiny):
    write(tiny, FLAVOUR, before=AUTOLOGGED)
    tiny.stages()
    found, run = version(tiny)
    model = tiny.client().get_logged_model(run["tags"]["served_model"])
    assert model.artifact_location == found.source
    assert (model.name, model.source_run_id, model.experiment_id) == ("line", run["id"], "1")
    assert run["status"] == "FINISHED"
    assert tiny.client().search_logged_models(["0"]) == []
    assert predicted(tiny, "a,b\n1,2\n") == "output\n2.0\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (EXAMPLE.replace("30.0", "-30.0"), "the model refuses its own example: an age is below 0"),
        (
            "    return 3",
            "served= of fit_slow must return a Served(...), or what mlflow.FLAVOUR.log_model returned, not",
        ),
    ],
)
def test_a_model_that_can_not_be_served_is_said_in_one_line(tiny, body, told):
    write(tiny, body)
    tiny.stages("make")
    error = tiny.run("tracked", "run", "fit_slow", ok=False).stderr.strip()
    assert told in error
    assert "\n" not in error


@pytest.fixture
def people(tmp_path, monkeypatch):
    """Served as a stage gives it, with other things in it."""
    (tmp_path / "served_people.py").write_text(PEOPLE)
    (tmp_path / "factor.txt").write_text("2")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "served_people", raising=False)
    rows = pd.DataFrame({"age": [30.0, None], "city": ["Bern", None]})

    def made(load="load", example=rows, outputs=((61.0,), (2.0,))):
        return Served(f"served_people:{load}", {"factor": tmp_path / "factor.txt"}, example, np.array(outputs))

    return made


def test_an_example_says_what_the_columns_hold(people):
    example = pd.DataFrame({"age": [30, 2], "city": ["Bern", None], "member": [True, None], "no": [None, 1.5]})
    assert served_example.described(people(example=example)) == {
        "load": "served_people:load",
        "n_features": 4,
        "columns": ["age", "city", "member", "no"],
        "kinds": ["number", "text", "bool", "number"],
        "outputs": None,
    }
    named = Served("a:b", {}, np.ones((2, 3)), pd.DataFrame({"price": [1.0]}))
    assert served_example.described(named) == {
        "load": "a:b",
        "n_features": 3,
        "columns": None,
        "kinds": None,
        "outputs": ["price"],
    }
    assert served_example.described(people(example=b"abc"))["n_features"] is None
    with pytest.raises(UserError, match="column when has datetime64"):
        served_example.described(people(example=pd.DataFrame({"when": pd.to_datetime(["2026-01-01"])})))


def test_a_model_answers_its_own_example_or_is_refused(people):
    served_example.try_out(people(), served_example.described(people()), HERE)
    for wrong, told in (
        (people(example=pd.DataFrame({"age": [-1], "city": ["Bern"]})), "refuses its own example: an age is below 0"),
        (people(outputs=[1.0, 2.0]), r"the model makes \(2, 1\) of its example, but outputs= has \(2,\)"),
        (people(load="missing"), "there is no such function"),
    ):
        with pytest.raises(UserError, match=told) as refused:
            served_example.try_out(wrong, served_example.described(wrong), HERE)
        assert "\n" not in json.loads(json.dumps(str(refused.value)))
