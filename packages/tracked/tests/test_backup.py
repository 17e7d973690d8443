"""A backup is whole or none, and goes nowhere where something is."""

import sqlite3
from contextlib import closing

import pytest

from tracked.admin.backup import back_up
from tracked.errors import UserError


@pytest.fixture
def store(tmp_path):
    """A folder with a database of one row, and an artifact."""
    folder = tmp_path / "store"
    (folder / "mlartifacts/run").mkdir(parents=True)
    (folder / "mlartifacts/run/a.txt").write_text("a")
    with closing(sqlite3.connect(folder / "mlflow.db")) as made, made:
        made.execute("CREATE TABLE runs (name)")
        made.execute("INSERT INTO runs VALUES ('first')")
    return folder


def names(database):
    with closing(sqlite3.connect(database)) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM runs")]


def test_what_is_half_written_is_not_in_it(store, tmp_path):
    with closing(sqlite3.connect(store / "mlflow.db")) as writer:
        writer.execute("INSERT INTO runs VALUES ('half')")
        back_up(store, tmp_path / "copy")
        writer.commit()
    assert names(tmp_path / "copy/mlflow.db") == ["first"]
    assert (tmp_path / "copy/mlartifacts/run/a.txt").read_text() == "a"
    assert names(store / "mlflow.db") == ["first", "half"]
    assert {path.name for path in tmp_path.iterdir()} == {"store", "copy"}


def test_a_folder_that_is_there_is_left_as_it_is(store, tmp_path):
    (tmp_path / "copy").mkdir()
    with pytest.raises(UserError, match="copy already exists"):
        back_up(store, tmp_path / "copy")
    assert not list((tmp_path / "copy").iterdir())


def test_without_a_store_nothing_is_made(tmp_path):
    with pytest.raises(UserError, match="has no store"):
        back_up(tmp_path, tmp_path / "copy")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_said_to_be_none(store, tmp_path):
    (store / "mlflow.db").write_bytes(b"no database" * 1000)
    with pytest.raises(UserError, match=r"mlflow\.db can't be read"):
        back_up(store, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
