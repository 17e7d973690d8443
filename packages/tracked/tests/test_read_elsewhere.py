"""What settings make stages read counts wherever it lies, links followed."""

from dataclasses import replace

import pytest

from tracked.dvc import declared
from tracked.project import project


@pytest.fixture
def data(tmp_path, working_for, monkeypatch):
    """A file outside of a project that reads it, and links to it inside."""
    inside, outside = tmp_path / "project", tmp_path / "outside"
    for folder in (inside / "inputs", outside / "deep"):
        folder.mkdir(parents=True)
    (outside / "deep/x.csv").write_text("1")
    (inside / "inputs/linked").symlink_to(outside)
    (inside / "inputs/x.csv").symlink_to(outside / "deep/x.csv")
    (outside / "round").symlink_to(inside / "inputs")
    (inside / "dvc.yaml").write_text("stages: {make: {cmd: true, deps: [inputs], outs: [data]}}\n")
    working_for(inside)
    own = replace(project(), reads=f"{__name__}:reads")
    monkeypatch.setattr(declared, "project", lambda: own)
    monkeypatch.setattr("tracked.project.resolved", lambda name: lambda settings: [settings["path"]])
    return outside / "deep/x.csv"


@pytest.mark.parametrize("path", ["../outside/deep/x.csv", "../outside", "inputs/linked", "inputs/x.csv"])
def test_an_edit_of_what_settings_name_is_seen(data, path):
    before = declared.read({"path": path})
    assert before
    data.write_text("2")
    assert declared.read({"path": path}) != before


def test_an_edit_behind_a_link_in_a_declared_folder_is_seen(data):
    before = declared.code(["make"])
    data.write_text("2")
    assert declared.code(["make"]) != before


def test_links_that_lead_back_end(data):
    assert len(declared.hashes(["make"])) == 2
