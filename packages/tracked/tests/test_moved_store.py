"""Paths of a moved store follow; tables that are not as expected are left as they are."""

import sqlite3

import pytest

from tracked.store import moved_store

TABLES = """
CREATE TABLE experiments (artifact_location);
CREATE TABLE runs (artifact_uri);
CREATE TABLE logged_models (artifact_location);
CREATE TABLE model_versions (source, storage_location);
INSERT INTO experiments VALUES ('file:///old_place');
INSERT INTO runs VALUES ('file:///old_place/1'), ('file:///oldXplace/1');
INSERT INTO logged_models VALUES ('file:///old_place/models/2');
INSERT INTO model_versions VALUES ('file:///old_place/models/2', NULL);
"""
PATHS = """
SELECT artifact_location FROM experiments UNION ALL SELECT artifact_uri FROM runs
UNION ALL SELECT artifact_location FROM logged_models
"""


@pytest.fixture
def store(tmp_path):
    """A database with MLflow's tables, as far as they have paths."""
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.executescript(TABLES)
    return tmp_path / "store.db"


def asked(store, question):
    with sqlite3.connect(store) as connection:
        return [value for row in connection.execute(question) for value in row]


def test_paths_below_the_old_place_follow_and_others_stay(store):
    moved_store.follow(f"sqlite:///{store}", "file:///old_place", "file:///new")
    expected = ["file:///new", "file:///new/1", "file:///oldXplace/1", "file:///new/models/2"]
    assert asked(store, PATHS) == expected
    assert asked(store, "SELECT * FROM model_versions") == ["file:///new/models/2", None]


def test_where_a_table_is_not_as_expected_nothing_changes_and_it_is_said(store, capsys):
    before = asked(store, PATHS)
    asked(store, "ALTER TABLE model_versions RENAME COLUMN source TO origin")
    moved_store.follow(f"sqlite:///{store}", "file:///old_place", "file:///new")
    assert asked(store, PATHS) == before
    assert "still looks for its files in file:///old_place" in capsys.readouterr().err
