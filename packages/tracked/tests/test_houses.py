"""A regression: no epochs, no classes, two goals of opposite direction, a table with texts and gaps (houses/)."""

import csv
import json
import re
import shutil

import pytest
import yaml

pytestmark = pytest.mark.xdist_group("houses")
MODELS = ("gbm", "ridge")
FOLDER, FILE = "models/ridge", "models/gbm.joblib"
ROWS = 'description,year,area,rooms\n"lake view, garage",1990,120,4\n,,80.5,\n'
RECORDS = [
    {"description": "lake view, garage", "year": 1990, "area": 120, "rooms": 4},
    {"description": None, "year": None, "area": 80.5, "rooms": None},
]


@pytest.fixture(scope="module")
def houses(whole):
    """The project after `dvc repro`."""
    made = whole("houses", "scripts/make_houses.py")
    made.told = made.run("dvc", "repro").stdout
    made.commit()
    return made


def evaluated(houses):
    return json.loads((houses.path / "eval/metrics.json").read_text())


def trainings(houses):
    """The run of each model that `dvc repro` made."""
    runs = [run for run in houses.runs() if run["tags"]["command"] == "dvc repro"]
    return {run["tags"]["model"]: run for run in runs if "model" in run["tags"]}


def all_finished(houses):
    return {run["status"] for run in houses.runs()} == {"FINISHED"}


@pytest.mark.long
def test_dvc_repro_runs_once_and_git_is_clean_after_it(houses):
    again = houses.run("dvc", "repro").stdout
    assert "Running stage" not in again
    assert "didn't change, skipping" in again
    assert houses.run("git", "status", "--porcelain").stdout == ""
    assert all_finished(houses)


@pytest.mark.long
def test_the_champion_has_the_lower_error_and_the_tags_are_dvcs_hashes(houses):
    client, runs = houses.client(), trainings(houses)
    best = min(MODELS, key=lambda model: runs[model]["metrics"]["val_rmse"])
    champion = client.get_model_version_by_alias("houses", "champion")
    assert champion.tags["model"] == best
    assert runs["gbm"]["metrics"]["val_rmse"] < runs["ridge"]["metrics"]["val_rmse"]
    lock = yaml.safe_load((houses.path / "dvc.lock").read_text())["stages"]
    for model, path in (("gbm", FILE), ("ridge", FOLDER)):
        (out,) = lock[f"train_{model}"]["outs"]
        assert (out["path"], out["md5"]) == (path, runs[model]["tags"]["model_md5"])
        assert out["md5"].endswith(".dir") == (path == FOLDER)
        assert runs[model]["metrics"]["test_rmse"] == pytest.approx(evaluated(houses)[model]["test_rmse"], rel=1e-4)
    parent = client.get_run(runs["gbm"]["tags"]["mlflow.parentRunId"])
    assert parent.data.tags["best_model"] == best
    assert parent.data.metrics["val_rmse"] == runs[best]["metrics"]["val_rmse"]
    assert [file.path for file in client.list_artifacts(parent.info.run_id, "eval")] == ["eval/errors.png"]


@pytest.mark.long
def test_a_grid_sweep_shows_the_goals_first_and_names_the_least_error(houses):
    varied = ("train_gbm.rate=0.05,0.2", "train_gbm.leaves=4,15", "train_gbm.rounds=30")
    sweep = ("tracked", "run", "train_gbm", "-m", *varied)
    told = houses.run(*sweep).stdout
    table = houses.path / re.search(r"compared in (\S+)/report.html", told)[1] / "comparison.csv"
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:4] == ["rate", "leaves", "val_rmse", "val_r2"]
    assert len(rows) == 4
    best = min(rows, key=lambda row: float(row["val_rmse"]))
    given = f"-S train_gbm.rate={best['rate']} -S train_gbm.leaves={best['leaves']}"
    assert f"best by val_rmse: dvc exp run {given}" in told
    report = (table.parent / "report.html").read_text()
    assert report.index("val_rmse") < report.index("val_r2")
    assert "4 skipped" in houses.run(*sweep).stdout
    assert all_finished(houses)


@pytest.mark.long
def test_a_search_finds_the_least_error(houses):
    search = ("tracked", "run", "train_ridge", "-m", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=4")
    told = houses.run(*search, "train_ridge.alpha=tag(log,interval(0.01,10000))").stdout
    assert "4 jobs: 4 done, 0 running, 0 skipped, 0 failed" in told
    jobs = [run for run in houses.runs() if run["tags"].get("stage") == "train_ridge" and "job" in run["tags"]]
    assert len(jobs) == 4
    alpha = re.search(r"best by val_rmse: dvc exp run -S train_ridge.alpha=(\S+)", told)[1]
    (chosen,) = [run for run in jobs if run["params"]["alpha"] == alpha]
    assert chosen["metrics"]["val_rmse"] == min(run["metrics"]["val_rmse"] for run in jobs)
    assert all_finished(houses)


@pytest.mark.long
def test_the_whole_pipeline_is_swept(houses):
    told = houses.run("tracked", "run", "-m", "seed=1,2", "train_gbm.rounds=20").stdout
    assert "2 jobs: 2 done, 0 running, 0 skipped, 0 failed" in told
    for metric in ("gbm test_rmse", "ridge test_rmse", "gbm minus ridge"):
        assert metric in told
    assert all_finished(houses)


@pytest.mark.long
def test_the_pages_show_the_metrics_of_the_goals(houses, page):
    runs = trainings(houses)
    with houses.ui() as link:
        page.goto(link)
        page.get_by_text("matching runs").wait_for()
        heads = page.locator(".ag-header-cell")
        heads.filter(has_text="val_r2").wait_for()
        shown = [head.inner_text().strip() for head in sorted(heads.all(), key=lambda head: head.bounding_box()["x"])]
        assert [name for name in shown if name.startswith("val_")] == ["val_rmse", "val_r2"]
        page.locator(".ag-row", has_text=f"{runs['gbm']['metrics']['val_rmse']:.0f}").first.wait_for()
        parent = runs["gbm"]["tags"]["mlflow.parentRunId"]
        page.goto(f"{link.split('/#')[0]}/#/experiments/1/runs/{parent}/model-metrics")
        for metric in ("val_rmse", "val_r2"):
            left, right = (page.get_by_text(f"({metric}/{model})").first for model in MODELS)
            left.wait_for()
            right.wait_for()
            assert left.bounding_box()["y"] == right.bounding_box()["y"]
    assert all_finished(houses)


@pytest.mark.long
def test_both_models_answer_tables_with_texts_and_gaps(houses, tmp_path):
    client = houses.client()
    (houses.path / "outputs").mkdir(exist_ok=True)
    file = houses.path / "outputs/rows.csv"
    file.write_text(ROWS)
    head, *prices = houses.run("tracked", "predict", str(file)).stdout.split()
    assert (head, len(prices)) == ("price", 2)
    versions = {version.tags["model"]: version for version in client.search_model_versions("name = 'houses'")}
    for model, version in versions.items():
        uri = f"models:/houses/{version.version}"
        told = houses.run("tracked", "predict", str(file), "--model", uri).stdout.split()[1:]
        assert (told == prices) == (model == client.get_model_version_by_alias("houses", "champion").tags["model"])
        with houses.serve_model(uri) as ask:
            status, answer = ask({"dataframe_records": RECORDS})
            assert (status, [price for (price,) in answer["predictions"]]) == (200, pytest.approx([*map(float, told)]))
            status, answer = ask({"dataframe_records": [RECORDS[0] | {"area": -1}]})
            assert (status, answer["message"]) == (400, "an area is not above 0")
    assert set(versions) == set(MODELS)


@pytest.mark.long
def test_a_misspelt_goal_is_one_line(houses, tmp_path):
    shutil.copytree(houses.path, tmp_path / "houses", symlinks=True)
    made = type(houses)(tmp_path / "houses")
    project = made.path / "stages/project.py"
    project.write_text(project.read_text().replace('"val_rmse"', '"val_rsme"'))
    done = made.run("tracked", "run", "train_ridge", "-m", "train_ridge.alpha=1,2", ok=False)
    told = "no job has the metric val_rsme, a goal of Project(...): they have val_r2, val_rmse"
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, f"error: {told}")


@pytest.mark.long
def test_every_import_is_declared(houses):
    assert "lack" not in houses.run("tracked", "deps").stdout


@pytest.mark.long
def test_few_lines_are_about_tracked(whole):
    lines = whole("houses", "scripts/make_houses.py").about_tracked()
    assert 15 < len(lines) <= 25, "\n".join(lines)
