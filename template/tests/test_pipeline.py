"""The pipeline as a user meets it."""

import json
import re

import yaml
from conftest import ROOT

STAGES = [*yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]]


def ran(printed):
    """The stages that a `dvc repro` ran."""
    return re.findall(r"^Running stage '(\w+)'", printed, re.M)


def test_repro_runs_every_stage_and_a_champion_answers(reproduced):
    assert sorted(ran(reproduced.first)) == sorted(STAGES)
    metrics = json.loads((reproduced.path / "metrics/test.json").read_text())
    for name in metrics:
        assert f"\n{name}: val_" in reproduced.first
    rows = len((reproduced.path / "data/test.csv").read_text().splitlines())
    assert len(reproduced.run("tracked", "predict", "data/test.csv").splitlines()) == rows


def test_repro_runs_again_what_changed_and_nothing_else(finished):
    assert ran(finished.run("dvc", "repro")) == []
    finished.edit("conf/config.yaml", "penalty: 1.0", "penalty: 2.0")
    assert ran(finished.run("dvc", "repro")) == ["compose", "train", "evaluate"]


def test_a_sweep_goes_on_where_it_stopped(finished):
    first = finished.run("tracked", "run", "train", "-m", "train.penalty=1,10")
    assert "2 jobs: 2 done, 0 running, 0 skipped, 0 failed" in first
    more = finished.run("tracked", "run", "train", "-m", "train.penalty=1,10,100")
    assert "3 jobs: 1 done, 0 running, 2 skipped, 0 failed" in more


def test_a_bad_setting_is_one_line_and_nothing_runs(reproduced):
    told = reproduced.run("tracked", "run", "train", "train.penalty=0", ok=False)
    assert told == "error: settings: train.penalty: 0 is not allowed: it must be greater than 0\n"
    told = reproduced.run("tracked", "run", "train", "split.test=0.9", ok=False)
    assert told == "error: settings: split: validation + test leave nothing to train on\n"
