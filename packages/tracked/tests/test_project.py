"""How the project is found, from wherever a command starts, and that what it writes belongs to it."""

import os
import sys

import pytest
import yaml

from tracked.errors import UserError
from tracked.project import Where, find

MARKED = {"pyproject.toml": '[tool.tracked]\nproject = "project:PROJECT"\n'}
TWO_SWEEPS = """
import os
import sys
from tracked.stages.main import start
for folder in sys.argv[1:]:
    os.chdir(folder)
    sys.argv = ["tracked", "-m", "train.rate=1,2", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"]
    start("train")
"""


def mark(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(MARKED["pyproject.toml"])
    return folder


def test_the_nearest_project_upwards_is_the_one(tmp_path, monkeypatch):
    monkeypatch.delenv("DVC_ROOT", raising=False)
    outer, inner = mark(tmp_path / "outer"), mark(tmp_path / "outer/inner")
    (inner / "a/b").mkdir(parents=True)
    (inner / "a/pyproject.toml").write_text("[tool.other]\n")
    assert find(inner / "a/b") == Where(inner, inner, "project:PROJECT", inner / "a/b")
    assert find(outer).root == outer


@pytest.mark.parametrize(
    "content", ["[tool.tracked]\n", "[tool.tracked]\nproject = 3\n", '[tool.tracked]\nproject="x"']
)
def test_a_project_without_a_name_and_a_folder_without_a_project_are_one_line_each(tmp_path, content):
    with pytest.raises(
        UserError, match=r"^no project found in .* its pyproject\.toml must have a table \[tool\.tracked\]$"
    ):
        find(tmp_path)
    (tmp_path / "pyproject.toml").write_text(content)
    with pytest.raises(UserError, match=r"\[tool\.tracked\] must name the project, as in"):
        find(tmp_path)


def test_results_of_a_copy_that_dvc_made_belong_to_the_original(tmp_path, monkeypatch):
    original, copy = mark(tmp_path / "top/sub"), mark(tmp_path / "top/.dvc/tmp/exps/1/sub")
    (tmp_path / "top/.dvc/tmp/exps/1/.dvc").mkdir()
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "top"))
    assert (find(copy).code, find(copy).root) == (copy, original)
    assert find(original).root == original


def test_another_project_that_a_stage_of_dvc_starts_is_no_copy(tmp_path, monkeypatch):
    mark(tmp_path / "top")
    other = mark(tmp_path / "other/deep")
    (tmp_path / "other/.dvc").mkdir()
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "top"))
    assert find(other).root == other


@pytest.mark.parametrize("command", [("ui",), ("run", "make"), ("sync",), ("compose",)])
def test_a_command_in_no_project_is_one_line(tiny, tmp_path, command):
    (tmp_path / "none").mkdir()
    tiny.path = tmp_path / "none"
    told = tiny.run("tracked", *command, ok=False).stderr
    assert told.startswith("error: no project found in ")
    assert told.count("\n") == 1


@pytest.mark.long
def test_a_sweep_from_a_subfolder_that_changes_folders_and_writes_elsewhere(points, tmp_path):
    points.init()
    below, elsewhere = points.path / "conf", tmp_path / "elsewhere"
    told = points.run(
        *("env", "-C", str(below), "tracked", "run", "train", "-m", "train.rate=1,2", "train.epochs=2"),
        *("hydra/launcher=joblib", "hydra.launcher.n_jobs=2", "hydra.job.chdir=true", f"hydra.sweep.dir={elsewhere}"),
    ).stdout
    assert "2 jobs: 2 done" in told
    assert (elsewhere / "report.html").exists()
    assert f"compared in {elsewhere}/report.html" in told
    assert len(list(elsewhere.glob("*/models/line.npz"))) == 2
    assert sorted(run["status"] for run in points.runs()) == ["FINISHED"] * 3
    assert sorted(os.listdir(below)) == ["config.yaml"]


@pytest.mark.long
def test_two_projects_swept_by_one_process_do_not_mix(points, tmp_path):
    other = type(points)(tmp_path / "other")
    other.fill()
    file = other.path / "train.py"
    file.write_text(file.read_text().replace("return Outcome(", "return Outcome(metrics={'other': 1.0}, "))
    (other.path / "project.py").write_text('from tracked import Project\n\nPROJECT = Project(name="other")\n')
    for one in (points, other):
        one.init()
    points.run(sys.executable, "-c", TWO_SWEEPS, str(points.path), str(other.path), str(points.path))
    for one, metrics in ((points, 0), (other, 2)):
        trainings = [run for run in one.runs() if "model" in run["tags"]]
        assert [run["status"] for run in trainings] == ["FINISHED"] * 2
        assert sum("other" in run["metrics"] for run in trainings) == metrics
    assert {experiment.name for experiment in other.client().search_experiments()} == {"Default", "other"}


@pytest.mark.long
@pytest.mark.parametrize("kind", ["alone", "dvc init --subdir", "below DVC's folder"])
def test_an_experiment_in_a_copy_belongs_to_the_original(points, tmp_path, kind):
    if kind == "alone":
        points.init()
    elif kind == "dvc init --subdir":
        points.init("init", "--subdir", top=tmp_path)
    else:
        points.init("--cd", str(tmp_path), "init", top=tmp_path)
    points.run("tracked", "compose")
    points.commit()
    points.run("dvc", "exp", "run", "--temp", "-n", "tried", "-S", "make.n=300", "make")
    (stage,) = [run for run in points.runs() if run["tags"].get("stage") == "make"]
    assert (stage["status"], stage["params"]["n"], stage["tags"]["dvc_experiment"]) == ("FINISHED", "300", "tried")
    stores = [path.parent for path in tmp_path.rglob("mlflow.db")]
    assert stores == [points.path]
    assert not (points.path / "data").exists()
    assert yaml.safe_load((points.path / "params.yaml").read_text())["make"]["n"] == 400
