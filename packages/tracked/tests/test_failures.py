"""A store that fails: what is said of it, and when."""

import socket
import sqlite3
import threading
from contextlib import contextmanager

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from tracked.store import failures

REFUSED = """
import time
from tracked.errors import UserError
from tracked.store import failures
failures.BUSY_SECONDS = {busy}
import tracked.store.store as s
started = time.monotonic()
try:
    s.Store.at(s.Path.cwd()).create("a", {{}}, {{}}, diff=False)
except UserError as error:
    print(error)
print(round(time.monotonic() - started, 1))
"""


def refused(tiny, busy=failures.BUSY_SECONDS, **env):
    """What is said of the store, and after how many seconds."""
    done = tiny.python(REFUSED.format(busy=busy), **env)
    line, seconds = done.stdout.splitlines()
    assert done.stderr == ""
    assert "move it away" not in line
    return line, float(seconds)


@contextmanager
def locked(file):
    """Another program that writes to a store all the time."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield other
    finally:
        other.close()


@pytest.mark.long
def test_a_busy_store_is_waited_for_and_then_said_to_be_busy(tiny_copy):
    with locked(tiny_copy.path / "mlflow.db"):
        line, seconds = refused(tiny_copy)
    assert line.startswith(f"sqlite:///{tiny_copy.path}/mlflow.db is busy: another program")
    assert 30 <= seconds < 60


@pytest.mark.long
def test_a_store_that_is_busy_for_a_while_is_no_failure(tiny_copy):
    script = REFUSED.format(busy=failures.BUSY_SECONDS)
    with locked(tiny_copy.path / "mlflow.db") as other:
        threading.Timer(8, other.close).start()  # longer than SQLite waits by itself
        assert len(tiny_copy.python(script).stdout.splitlines()) == 1


@pytest.mark.long
def test_a_server_that_accepts_and_never_answers_is_said_in_time(tiny):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://user:word@127.0.0.1:{silent.getsockname()[1]}"
        line, seconds = refused(tiny, MLFLOW_TRACKING_URI=uri)
    assert line.startswith(f"MLFLOW_TRACKING_URI={uri.replace('user:word', '***')} does not answer: ")
    assert "word" not in line
    assert seconds < 12


@pytest.mark.parametrize(
    ("error", "uri", "said"),
    [
        (OSError(28, "No space left on device"), "sqlite:////a.db", "no space left on the disk of sqlite:////a.db: "),
        (
            Exception("(sqlite3.OperationalError) attempt to write a readonly database"),
            "sqlite:////a.db",
            "permissions",
        ),
        (Exception("Detected out-of-date database schema"), "sqlite:////a.db", "another version of MLflow"),
        (Exception("refused\nand more"), "http://u:p@h", "MLFLOW_TRACKING_URI=http://***@h does not answer: refused"),
        (Exception(""), "postgresql://u:p@h/d", "MLFLOW_TRACKING_URI=postgresql://***@h/d does not answer: Exception"),
    ],
)
def test_every_failure_has_its_line(error, uri, said):
    line = failures.reason(uri, error)
    assert said in line
    assert len(line.splitlines()) == 1
    assert "move it away" not in line


def test_what_a_flavour_says_of_a_stages_model_is_no_failure_of_the_store(tmp_path):
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    with (
        pytest.raises(MlflowException, match="references untrusted types"),
        failures.in_one_line("sqlite:///mlflow.db", of_stage=True),
    ):
        mlflow.sklearn.save_model(model, tmp_path / "model", pip_requirements=[])
    (tmp_path / "mlflow.db").write_text("no store")
    with pytest.raises(failures.StoreFailed), failures.in_one_line("sqlite:///mlflow.db", of_stage=True):
        mlflow.MlflowClient(f"sqlite:///{tmp_path}/mlflow.db").search_experiments()


@pytest.mark.parametrize("uri", ["mlruns", "./mlruns", "file:/tmp/x", "file:///tmp/x", "foo://x"])
def test_what_is_no_address_of_a_store_is_refused_with_what_would_be_one(uri):
    with pytest.raises(failures.StoreFailed) as refused, failures.of_opening(uri):
        raise AssertionError
    assert str(refused.value).startswith(f"MLFLOW_TRACKING_URI={uri} is ")
    assert "sqlite:////FOLDER/mlflow.db" in str(refused.value)


ODD = {
    "a folder in its place": "sqlite:///{path}/conf",
    "a file in its folder's place": "sqlite:///{path}/params.yaml/mlflow.db",
    "nobody there": "postgresql://u@127.0.0.1:1/db",
}


@pytest.mark.long
@pytest.mark.parametrize("odd", ODD)
def test_a_store_that_can_not_be_opened_is_said_within_seconds(tiny, odd):
    _, seconds = refused(tiny, MLFLOW_TRACKING_URI=ODD[odd].format(path=tiny.path))
    assert seconds < 10


@pytest.mark.long
def test_a_store_with_runs_is_never_to_be_moved_away(tiny_copy):
    store = tiny_copy.path / "mlflow.db"
    with sqlite3.connect(store) as database:
        (n,) = database.execute("SELECT count(*) FROM runs").fetchone()
        database.execute("DROP TABLE experiment_tags")
    line = refused(tiny_copy)[0]
    assert f"has {n} runs, but can't be used: " in line
    assert "keep it" in line
