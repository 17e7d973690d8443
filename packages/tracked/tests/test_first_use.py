"""A store that another program makes in the same moment."""

import errno
import os
import subprocess
import sys
import time

import pytest

from tracked.store import first_use

OTHER = """
import time
from mlflow import MlflowClient
from mlflow.store.db import utils
upgrade = utils._upgrade_db
utils._upgrade_db = lambda *given: (time.sleep({seconds}), upgrade(*given))
MlflowClient("sqlite:///mlflow.db").create_experiment("theirs")
"""


@pytest.mark.long
@pytest.mark.parametrize("seconds", [0.5, 3])
def test_a_store_that_another_program_is_making_is_waited_for(tiny, seconds):
    """As plain MLflow makes it, between its first tables and the others."""
    other = subprocess.Popen([sys.executable, "-c", OTHER.format(seconds=seconds)], cwd=tiny.path, env=tiny.env())
    while not (tiny.path / "mlflow.db").exists():
        assert other.poll() is None
        time.sleep(0.05)
    told = tiny.stages("make", "fit_fast").stdout
    assert "fit_fast" in told
    assert other.wait(60) == 0
    client = tiny.client()
    assert {experiment.name for experiment in client.search_experiments()} == {"Default", "theirs", "tiny"}
    tiny_id = client.get_experiment_by_name("tiny").experiment_id
    assert {run.info.status for run in client.search_runs([tiny_id])} == {"FINISHED"}


@pytest.mark.long
def test_of_two_that_make_a_store_neither_loses_what_the_other_has_written(tiny):
    """Whoever has made it first: the other one takes it."""
    quick = OTHER.format(seconds=0)
    others = [subprocess.Popen([sys.executable, "-c", quick], cwd=tiny.path, env=tiny.env())]
    tiny.stages("make", "fit_fast")
    assert others[0].wait(60) == 0
    names = {experiment.name for experiment in tiny.client().search_experiments()}
    assert {"theirs", "tiny"} <= names


@pytest.mark.parametrize("links", [True, False])
def test_a_store_is_put_where_no_other_is_also_on_a_disk_without_links(tmp_path, monkeypatch, links):
    def refused(*_):
        raise OSError(errno.EPERM, "no links here")

    if not links:
        monkeypatch.setattr(os, "link", refused)
    part, file = tmp_path / "part", tmp_path / "file"
    for text in ("first", "second"):
        part.write_text(text)
        first_use._put(part, file)
        assert file.read_text() == "first"
        assert not part.exists()
