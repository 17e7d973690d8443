"""The shape of iterative/example-get-started: names of its own for every file, `vars` in dvc.yaml, a params.yaml that
is written by hand; neither conf/ nor `compose` (posts/)."""

import json
import re

import pytest
import yaml

pytestmark = pytest.mark.xdist_group("posts")
ROWS = 'id,text\n1,"<p>data frame ggplot tidyverse apply</p>"\n2,"<p>java class thread compile</p>"\n'


@pytest.fixture(scope="module")
def posts(whole):
    """The project after two configurations under `dvc repro`, the better one first."""
    made = whole("posts", "scripts/make_posts.py")
    made.run("dvc", "add", "-q", "data/data.xml")
    made.told = made.run("dvc", "repro").stdout
    made.commit()
    made.settings(train={"seed": 20170428, "n_est": 2, "min_split": 0.01})
    made.run("dvc", "repro")
    made.commit()
    return made


def stage_runs(posts, stage, command="dvc repro"):
    """The runs of a stage by a command, the first one first."""
    own = [run for run in posts.runs() if run["tags"].get("stage") == stage]
    return [run for run in own if run["tags"]["command"].startswith(command)][::-1]


@pytest.mark.long
def test_dvc_repro_runs_once_and_what_it_says_is_told_of_the_model(posts):
    told = posts.run("dvc", "repro").stdout
    assert "Running stage" not in told
    assert posts.run("git", "status", "--porcelain").stdout == ""
    runs = posts.runs()
    assert {run["status"] for run in runs if run["tags"].get("command") == "dvc repro"} == {"FINISHED"}
    assert [len(stage_runs(posts, stage)) for stage in ("prepare", "featurize", "train", "evaluate")] == [1, 1, 2, 2]
    lock = yaml.safe_load((posts.path / "dvc.lock").read_text())["stages"]["train"]["outs"]
    first, second = stage_runs(posts, "train")
    assert lock == [{**lock[0], "path": "model.pkl", "md5": second["tags"]["model_md5"]}]
    found = json.loads((posts.path / "eval/metrics.json").read_text())
    for name in ("avg_prec", "roc_auc"):
        assert second["metrics"][name] == pytest.approx(found[name], rel=1e-4)
        assert first["metrics"][name] > second["metrics"][name]
    client = posts.client()
    versions = client.search_model_versions("name = 'posts'")
    assert {version.run_id for version in versions} == {first["id"], second["id"]}
    assert client.get_model_version_by_alias("posts", "champion").run_id == first["id"]


@pytest.mark.long
def test_runs_and_their_differences_are_told(posts):
    head, *rows = posts.run("tracked", "runs", "--most", "1000").stdout.splitlines()
    assert head.split()[:6] == ["run", "name", "status", "started", "cv_avg_prec", "cv_roc_auc"]
    assert len(rows) == len(posts.runs())
    first, second = stage_runs(posts, "train")
    told = posts.run("tracked", "diff", first["id"], second["id"]).stdout
    assert re.search(r"n_est\W+50\W+2\b", told)
    assert "avg_prec" in told


@pytest.mark.long
def test_the_champion_answers_a_table_of_texts(posts, tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    head, *rows = posts.run("tracked", "predict", str(tmp_path / "rows.csv")).stdout.splitlines()
    assert head == "output_1,output_2"
    about_r, other = (float(row.split(",")[1]) for row in rows)
    assert about_r > 0.5 > other
    with posts.serve_model("models:/posts@champion") as ask:
        status, answer = ask({"dataframe_records": [{"text": "data frame ggplot tidyverse apply"}]})
    assert status == 200
    assert answer["predictions"][0][1] > 0.5


@pytest.mark.long
def test_the_pages_show_the_metrics_of_the_goals(posts, page):
    first, second = stage_runs(posts, "train")
    with posts.ui() as link:
        page.goto(link)
        page.get_by_text("matching runs").wait_for()
        heads = page.locator(".ag-header-cell")
        heads.filter(has_text="cv_roc_auc").wait_for()
        shown = [head.inner_text().strip() for head in sorted(heads.all(), key=lambda head: head.bounding_box()["x"])]
        assert [name for name in shown if name.startswith("cv_")] == ["cv_avg_prec", "cv_roc_auc"]
        for run in (first, second):
            page.locator(".ag-row", has_text=str(run["metrics"]["cv_avg_prec"])[:5]).first.wait_for()
        parent = first["tags"]["mlflow.parentRunId"]
        page.goto(f"{link.split('/#')[0]}/#/experiments/1/runs/{parent}/model-metrics")
        for metric in ("cv_avg_prec", "cv_roc_auc"):
            page.get_by_text(metric, exact=True).first.wait_for()


@pytest.mark.long
@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_without_conf_settings_are_those_of_params_yaml_and_a_grid_varies_them(posts, launcher):
    before = (posts.path / "params.yaml").read_bytes()
    sweep = ("tracked", "run", "train", "-m", "train.n_est=3,5,7", "train.min_split=0.02", f"hydra/launcher={launcher}")
    told = posts.run(*sweep, "hydra.sweeper.rerun=true").stdout
    assert "3 jobs: 3 done" in told
    jobs = stage_runs(posts, "train", "tracked run train train.n_est")[-3:]
    best = max(jobs, key=lambda run: run["metrics"]["cv_avg_prec"])
    assert f"best by cv_avg_prec: dvc exp run -S train.n_est={best['params']['n_est']} " in told
    assert "3 jobs: 0 done, 0 running, 3 skipped" in posts.run(*sweep).stdout
    assert (posts.path / "params.yaml").read_bytes() == before


@pytest.mark.long
def test_without_conf_a_search_varies_the_settings(posts):
    search = ("tracked", "run", "train", "-m", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=3")
    told = posts.run(*search, "train.n_est=range(2,30)").stdout
    assert "3 jobs: 3 done" in told
    assert re.search(r"best by cv_avg_prec: dvc exp run -S train.n_est=\d+", told)


@pytest.mark.long
def test_without_conf_the_whole_pipeline_is_swept(posts):
    told = posts.run("tracked", "run", "-m", "featurize.max_features=20,100", "train.n_est=5").stdout
    assert "2 jobs: 2 done" in told
    assert "model avg_prec" in told


@pytest.mark.long
def test_without_conf_a_stage_takes_settings_and_a_mistake_is_one_line(posts):
    posts.run("tracked", "run", "train", "train.n_est=4")
    newest = stage_runs(posts, "train", "tracked run train train.n_est=4")[-1]
    assert (newest["params"]["n_est"], newest["status"]) == ("4", "FINISHED")
    (line,) = posts.run("tracked", "run", "train", "train.trees=4", ok=False).stderr.splitlines()
    assert line.startswith("error: there is no setting train.trees")


@pytest.mark.long
def test_every_import_is_declared(posts):
    assert "lack" not in posts.run("tracked", "deps").stdout


@pytest.mark.long
def test_few_lines_are_about_tracked(whole):
    lines = whole("posts", "scripts/make_posts.py").about_tracked()
    assert 12 < len(lines) <= 25, "\n".join(lines)
