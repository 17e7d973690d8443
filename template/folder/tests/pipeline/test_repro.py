"""The pipeline as a user meets it: real DVC, real MLflow, in a clone that trains for two epochs."""

import json
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


def test_repro_runs_every_stage_and_registers_the_model(reproduced):
    first, *between, last = reproduced.ran(reproduced.first)  # trainings in any order
    assert (first, last, sorted(between)) == ("compose", "evaluate", sorted(STAGES.keys() - {"compose", "evaluate"}))
    about = json.loads((reproduced.path / "metrics/test.json").read_text())
    for network, found in about.items():
        assert f"\n{network}: test accuracy {found['test_accuracy']:.4f}, loss" in reproduced.first.stdout

    runs = reproduced.runs()
    assert {run["status"] for run in runs} == {"FINISHED"}
    trainings = {run["tags"]["model"]: run for run in runs if "model" in run["tags"]}
    assert set(trainings) == set(about)
    client = reproduced.client()
    for network, training in trainings.items():
        shown = {name: training["metrics"][name] for name in about[network]}
        assert shown == pytest.approx(about[network], rel=1e-4)  # five digits there
        epochs = [point.step for point in client.get_metric_history(training["id"], "val_loss")]
        assert epochs == [*range(1, int(training["params"].get("epochs", 1)) + 1)]
    champion = client.get_model_version_by_alias("NAME", "champion")
    assert champion.run_id in {training["id"] for training in trainings.values()}
    assert reproduced.run("dvc", "metrics", "show").stdout.count("metrics/test.json") == 1


def test_repro_runs_again_what_changed_and_nothing_else(finished):
    assert finished.ran(finished.run("dvc", "repro")) == []
    finished.edit("conf/config.yaml", "n_hidden: 16", "n_hidden: 8")
    assert finished.ran(finished.run("dvc", "repro")) == ["compose", "train", "evaluate"]


@pytest.mark.whole
def test_the_same_commit_gives_the_same_bytes(reproduced, clone):
    clone.run("dvc", "repro")
    for stage in STAGES.values():
        for output in stage["outs"]:
            (name,) = [output] if isinstance(output, str) else output
            assert (clone.path / name).read_bytes() == (reproduced.path / name).read_bytes(), name


def test_stages_declare_what_they_import(reproduced):
    """DVC looks at the files that `deps` lists, and no others: a change in one that is missing there runs nothing."""
    reproduced.run("tracked", "deps")
