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


def stage_runs(posts, stage):
    """The runs of a stage, the first one first."""
    return [run for run in posts.runs() if run["tags"].get("stage") == stage][::-1]


@pytest.mark.whole
def test_dvc_repro_runs_once_and_what_it_says_is_told_of_the_model(posts):
    told = posts.run("dvc", "repro").stdout
    assert "Running stage" not in told
    assert posts.run("git", "status", "--porcelain").stdout == ""
    runs = posts.runs()
    assert {run["status"] for run in runs} == {"FINISHED"}
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


@pytest.mark.whole
def test_runs_and_their_differences_are_told(posts):
    head, *rows = posts.run("tracked", "runs").stdout.splitlines()
    assert head.split() == ["run", "name", "status", "started", "avg_prec", "roc_auc"]
    assert len(rows) == len(posts.runs())
    first, second = stage_runs(posts, "train")
    told = posts.run("tracked", "diff", first["id"], second["id"]).stdout
    assert re.search(r"n_est\W+50\W+2\b", told)
    assert "avg_prec" in told


@pytest.mark.whole
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


@pytest.mark.whole
def test_the_pages_show_the_metrics_of_the_goals(posts, page):
    first, second = stage_runs(posts, "train")
    with posts.ui() as link:
        page.goto(link)
        page.get_by_text("matching runs").wait_for()
        heads = page.locator(".ag-header-cell")
        heads.filter(has_text="roc_auc").wait_for()
        shown = [head.inner_text().strip() for head in sorted(heads.all(), key=lambda head: head.bounding_box()["x"])]
        assert [name for name in shown if name in ("avg_prec", "roc_auc")] == ["avg_prec", "roc_auc"]
        for run in (first, second):
            page.locator(".ag-row", has_text=str(run["metrics"]["avg_prec"])[:5]).first.wait_for()
        parent = first["tags"]["mlflow.parentRunId"]
        page.goto(f"{link.split('/#')[0]}/#/experiments/1/runs/{parent}/model-metrics")
        for metric in ("avg_prec", "roc_auc"):
            page.get_by_text(metric, exact=True).first.wait_for()


@pytest.mark.whole
def test_without_conf_settings_on_the_command_line_and_sweeps_are_those_of_params_yaml(posts):
    before = (posts.path / "params.yaml").read_bytes()
    sweep = "tracked", "run", "-m", "train.n_est=3,5", "hydra/launcher=joblib"
    told = posts.run(*sweep, ok=False)  # no training reports what is to choose the best: a sweep knows no test data
    assert "2 jobs: 2 done" in told.stdout
    assert "2 jobs: 0 done, 0 running, 2 skipped" in posts.run(*sweep, ok=False).stdout
    posts.run("tracked", "run", "train", "train.n_est=4")
    newest = stage_runs(posts, "train")[-1]
    assert (newest["params"]["n_est"], newest["status"]) == ("4", "FINISHED")
    told = posts.run("tracked", "run", "train", "train.trees=4", ok=False).stderr
    assert told.startswith("error: there is no setting train.trees")
    assert (posts.path / "params.yaml").read_bytes() == before


@pytest.mark.whole
def test_every_import_is_declared(posts):
    assert "lack" not in posts.run("tracked", "deps").stdout


@pytest.mark.long
def test_few_lines_are_about_tracked(whole):
    lines = whole("posts", "scripts/make_posts.py").about_tracked()
    assert 12 < len(lines) <= 25, "\n".join(lines)
