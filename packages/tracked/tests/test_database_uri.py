"""A repository works wherever it lies, and its store lies in it."""

import sqlite3
from pathlib import Path

import pytest
import requests
import yaml
from sqlalchemy.engine import make_url

from tracked.store.database_uri import file_of, uri_of

DELETE = """
from pathlib import Path
from tracked.store.store import Store
store = Store.at(Path.cwd())
store.client.delete_run(store.search("tags.sweep LIKE '%'")[0].info.run_id)
"""
NAMES = ["My%20Project", "a?b", "c#d", "50%", "é ü'\" & ;", "%2e%2e", "x=1&y=2"]


@pytest.mark.parametrize("name", [*NAMES, "plain"])
def test_an_address_leads_to_its_file(name):
    file = Path("/some/where") / name / "mlflow.db"
    assert file_of(uri_of(file)) == file
    assert make_url(uri_of(file)).database == str(file)
    assert file_of(f"{uri_of(file)}?mode=ro") == file
    assert (uri_of(file) == f"sqlite:///{file}") == (not {"%", "?"} & set(name))


@pytest.mark.parametrize("uri", ["postgresql://u@h/db", "http://host:5000", "sqlite://", "mlruns"])
def test_what_is_no_sqlite_file_has_none(uri):
    assert file_of(uri) is None


@pytest.mark.long
@pytest.mark.parametrize("name", ["My%20Project", "a?b#c"])
def test_a_repository_of_an_odd_name_keeps_its_runs_in_it(tiny, name, port):
    around = tiny.path.parent / "around"
    around.mkdir()
    home = around / name
    tiny.path.rename(home)
    tiny.path = home
    tiny.stages()
    tiny.run("tracked", "run", "fit_fast", "-m", "fit_fast.rate=0.01,0.02")
    assert {path.name for path in around.iterdir()} == {name}
    with sqlite3.connect(home / "mlflow.db") as store:
        assert store.execute("SELECT count(*) FROM runs").fetchone()[0] == 5 + 3
    assert "fit_fast" in tiny.run("tracked", "runs").stdout
    tiny.python(DELETE)
    tiny.run("tracked", "gc", "--yes")

    process = tiny.start("tracked", "ui", "--port", str(port))
    try:
        link = next(line.split()[-1] for line in process.stdout if "http://" in line)
        found = requests.post(
            f"{link.partition('/#')[0]}/api/2.0/mlflow/runs/search", json={"experiment_ids": ["1"]}, timeout=30
        ).json()
        assert len(found["runs"]) == 5
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert {path.name for path in around.iterdir()} == {name}


@pytest.mark.long
def test_the_environment_may_lie_below_an_odd_name_too(tiny):
    packages = tiny.path.parent / "50%20"
    packages.symlink_to(Path(yaml.__file__).parents[1])
    tiny.stages("make", PYTHONPATH=str(packages))
    assert [run["status"] for run in tiny.runs()] == ["FINISHED"] * 2
