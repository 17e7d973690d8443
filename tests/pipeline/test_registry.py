"""The registry holds each model once, also when two evaluate at once, and knows the best on validation data."""

import json
import shutil
import subprocess

import pytest


def registry(clone):
    client = clone.client()
    found = client.search_model_versions("name = 'digits'")
    return {
        "champion": str(client.get_model_version_by_alias("digits", "champion").version),
        "versions": {str(version.version): {**version.tags, "source": version.source} for version in found},
    }


def test_both_models_are_registered_with_their_figures_and_the_better_is_champion(reproduced):
    found = registry(reproduced)
    versions = found["versions"]
    assert sorted(version["model"] for version in versions.values()) == ["keras", "numpy"]
    for version in versions.values():
        tested = json.loads((reproduced.path / f"metrics/{version['model']}.json").read_text())
        assert float(version["test_accuracy"]) == round(tested["test_accuracy"], 6)
    best = max(versions.values(), key=lambda v: (float(v["val_accuracy"]), -float(v["val_loss"])))
    assert versions[found["champion"]] == best


@pytest.mark.long
def test_the_same_bytes_are_one_version_and_a_worse_model_takes_no_crown(finished, tmp_path):
    (finished.path / ".dvc/tmp").mkdir(exist_ok=True)
    before = registry(finished)
    copy = shutil.copytree(finished.path, tmp_path / "copy", symlinks=True)  # as of a queued experiment
    env = finished.env(DVC_STAGE="evaluate", DVC_ROOT=str(finished.path))
    command = ["python", "-m", "pipeline.evaluate"]
    both = [subprocess.Popen(command, cwd=folder, env=env) for folder in (finished.path, copy)]
    assert [process.wait(120) for process in both] == [0, 0]
    again = registry(finished)
    assert len(again["versions"]) == 2
    assert again["champion"] == before["champion"]
    assert str(finished.path) in again["versions"]["1"]["source"]  # the store was copied with its repository

    finished.edit("conf/config.yaml", "n_hidden: 100\n  learning_rate", "n_hidden: 1\n  learning_rate")
    finished.run("dvc", "repro")
    worse = registry(finished)
    assert len(worse["versions"]) == 3
    assert worse["champion"] == before["champion"]
