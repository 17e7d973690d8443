"""Outputs that DVC brought are told to a store that never saw them made, once; and nothing else is."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tracked import hashes

pytestmark = pytest.mark.long
RESTORE = "from tracked.runs.sync import sync; sync()"


@pytest.fixture
def pulled(tiny_copy):
    """The project as after a clone and `dvc pull`: outputs and dvc.lock are there, but no store."""
    graph = yaml.safe_load((tiny_copy.path / "dvc.yaml").read_text())["stages"]
    settings = yaml.safe_load((tiny_copy.path / "params.yaml").read_text())
    stages = {
        name: {
            "params": {"params.yaml": {key: settings[key] for key in stage.get("params", [])}},
            "outs": [{"path": path, "md5": md5(tiny_copy.path / path)} for path in stage["outs"]],
        }
        for name, stage in graph.items()
    }
    for entry in stages["judge"]["outs"]:
        entry["nfiles"] = 1
    (tiny_copy.path / "dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": stages}))
    (tiny_copy.path / "mlflow.db").unlink()
    shutil.rmtree(tiny_copy.path / "mlartifacts")
    tiny_copy.made = tiny_copy.commit()
    (tiny_copy.path / "README.md").write_text("A commit that makes nothing.")
    tiny_copy.commit()
    return tiny_copy


def md5(path):
    return hashes.md5_of_folder(path) if path.is_dir() else hashes.md5(path)


def test_all_is_told_once_as_if_it_had_run_here_but_marked(pulled, tiny_ran):
    told = pulled.python(RESTORE)
    assert "logging make, fit_slow, fit_fast, judge ..." in told.stderr
    assert told.stdout == ""

    found, expected = ({run["name"].split(",")[0]: run for run in tiny.runs()} for tiny in (pulled, tiny_ran))
    assert found.keys() == expected.keys()
    for name, run in found.items():
        assert run["status"] == "FINISHED"
        assert run["tags"]["restored"] == run["tags"]["git_commit"] == pulled.made
        assert run["params"] == expected[name]["params"]
        assert run["metrics"] == {
            key: pytest.approx(value, rel=1e-4)
            for key, value in expected[name]["metrics"].items()
            if key != "training_seconds"
        }
        assert "DVC brought the outputs" in run["tags"]["mlflow.note.content"]
        assert f"git checkout {pulled.made}" in run["tags"]["mlflow.note.content"]
    for name in ("fit_slow", "fit_fast"):
        points = [
            tiny.client().get_metric_history(runs[name]["id"], "val_loss")
            for tiny, runs in ((pulled, found), (tiny_ran, expected))
        ]
        assert len(points[0]) == len(points[1])
    assert "errors.png" in {file.path for file in pulled.client().list_artifacts(found["judge"]["id"])}
    champion = pulled.client().get_model_version_by_alias("lines", "champion")
    assert champion.tags["model"] == "fast"

    assert pulled.python(RESTORE).stderr == ""
    assert len(pulled.runs()) == len(found)


def test_a_model_is_asked_for_and_there(pulled, tiny_ran):
    ask = """
from pathlib import Path
import numpy as np
from tracked import champion
print(champion(np.array([[1.0]])).tolist())
"""
    assert json.loads(pulled.python(ask).stdout) == json.loads(tiny_ran.python(ask).stdout)
    assert len(pulled.runs()) == len(tiny_ran.runs())


@pytest.mark.parametrize("gone", ["all", "a model's"])
def test_models_whose_files_are_gone_are_logged_again(pulled, gone):
    pulled.python(RESTORE)
    before = pulled.client().get_model_version_by_alias("lines", "champion")
    if gone == "all":
        shutil.rmtree(pulled.path / "mlartifacts")
    else:
        (Path(before.source.removeprefix("file://")) / "MLmodel").unlink()
    assert f"champion: version {before.version} -> " in pulled.python(RESTORE).stderr
    champion = pulled.client().get_model_version_by_alias("lines", "champion")
    assert (Path(champion.source.removeprefix("file://")) / "MLmodel").is_file()
    assert pulled.python(RESTORE).stderr == ""


def test_a_file_that_is_another_or_missing_and_other_settings_tell_nothing(pulled):
    model = pulled.path / "models/slow.npz"
    right = model.read_bytes()
    model.write_bytes(right[:-1] + b"?")
    nothing(pulled)
    model.unlink()
    nothing(pulled)
    model.write_bytes(right)
    params = pulled.path / "params.yaml"
    before = params.read_text()
    pulled.settings(seed=7)
    nothing(pulled)
    params.write_text(before)
    (pulled.path / "reports/judge/more.txt").write_text("more")
    nothing(pulled)


def nothing(tiny):
    done = tiny.python(RESTORE)
    assert (done.stdout, done.stderr) == ("", "")
    assert not (tiny.path / "mlflow.db").exists()


def test_what_this_store_knows_is_not_told_again(pulled):
    pulled.stages("make", "fit_slow")
    before = [run["id"] for run in pulled.runs()]
    assert "logging fit_fast, judge" in pulled.python(RESTORE).stderr
    new = [run for run in pulled.runs() if run["id"] not in before]
    assert sorted(run["tags"]["stage"] for run in new) == ["fit_fast", "judge"]
    assert len(pulled.client().search_model_versions("name = 'lines'")) == 2

    for run in pulled.runs():
        pulled.client().delete_run(run["id"])
    assert pulled.python(RESTORE).stderr == ""
    assert pulled.runs() == []


def test_a_stage_that_tells_nothing_of_its_files_is_named(pulled):
    judge = pulled.path / "tiny/judge.py"
    judge.write_text(judge.read_text().replace("outcome(", "result("))
    assert pulled.python(RESTORE).stderr.splitlines() == [
        "warning: could not log all that DVC has fetched: tiny.judge has no function outcome(settings, folder)"
    ]
    assert pulled.runs() == []


def test_the_lock_that_was_committed_has_the_models_that_a_clone_logs(pulled, tmp_path):
    lock, records = pulled.path / "models.lock", pulled.path / ".dvc/tmp/logged_models"
    committed, rows = lock.read_text(), tmp_path / "x.csv"
    rows.write_text("1\n")
    shutil.rmtree(records)
    answer = pulled.run("tracked", "predict", str(rows)).stdout
    assert answer.startswith("output\n")
    assert pulled.run("git", "status", "--porcelain").stdout == ""
    shutil.rmtree(records)  # as on another machine that uses the same server
    assert pulled.run("tracked", "predict", str(rows)).stdout == answer
    lock.unlink()  # as of models that were registered before there was a lock
    assert pulled.run("tracked", "predict", str(rows)).stdout == answer
    assert lock.read_text() == committed


def test_to_look_what_is_to_be_told_leaves_todays_code_to_no_model(pulled):
    schema = pulled.path / "tiny/settings.py"
    schema.write_text(f"import tinylib.serving\n{schema.read_text()}")
    code = (
        "import sys; from tracked.runs import sync; "
        "print(sync.to_do(), [name for name in sys.modules if 'tinylib' in name])"
    )
    assert pulled.python(code).stdout == "True []\n"
