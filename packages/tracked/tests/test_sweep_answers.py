"""What a sweep says in the end: which settings all jobs share, the command of the best, and nothing about chance."""

import csv
import json
import re
import shlex
import signal
import time
from pathlib import Path
from statistics import mean, stdev

import pytest

FAST = ("tracked", "run", "fit_fast", "-m", "fit_fast.epochs=2")


def page(tiny, done):
    (file,) = re.findall(r"compared in (\S+)/report\.html", done.stdout)
    return (tiny.path / file / "report.html").read_text()


def sweep_of(tiny):
    return next(run for run in tiny.runs() if "sweep" in run["tags"])


def test_seeds_have_no_winner_and_settings_that_differ_are_not_shared(tiny):
    done = tiny.run(*FAST, "seed=1,4000000001")
    assert "2 seeds (too few for an interval)" in done.stdout
    assert "95 % interval" not in done.stdout
    assert "best by" not in done.stdout
    shown = page(tiny, done)
    assert "2 jobs. The jobs differ in the seed alone: what differs between them is chance." in shown
    shared = shown.partition("Settings that all jobs share")[2]
    assert "fit_fast.epochs: 2" in shared
    assert "seed" not in shared
    sweep = sweep_of(tiny)
    assert not [key for key in sweep["tags"] if key.startswith("best.")]
    assert "seed" not in sweep["params"]
    below = [run for run in tiny.runs() if run["tags"].get("mlflow.parentRunId") == sweep["id"]]
    assert {run["name"] for run in below} == {"seed=1", "seed=4000000001"}
    assert sweep["metrics"]["val_loss"] == pytest.approx(sum(run["metrics"]["val_loss"] for run in below) / 2, rel=1e-4)


@pytest.mark.long
def test_the_command_of_the_best_runs_whatever_its_values_are(tiny):
    (tiny.path / "conf/config.yaml").write_text((tiny.path / "conf/config.yaml").read_text() + "note: plain\n")
    graph = tiny.path / "dvc.yaml"
    graph.write_text(graph.read_text().replace("    - fit_fast\n", "    - fit_fast\n    - note\n"))
    settings = tiny.path / "tiny/settings.py"
    settings.write_text(settings.read_text().replace("    fit_fast: Fit\n", "    fit_fast: Fit\n    note: str\n"))
    done = tiny.run(*FAST, """note='a, "b" c','d = e: {f}'""", "fit_fast.rate=0.05")
    (command,) = re.findall(r"best by val_loss: dvc exp run (.*)", done.stdout)
    given = [word for word in shlex.split(command) if word != "-S"]
    tiny.run("tracked", "run", "fit_fast", *given)
    alone = next(run for run in tiny.runs() if run["tags"].get("stage") == "configuration" or "note" in run["params"])
    assert alone["params"]["note"] in ('a, "b" c', "d = e: {f}")


@pytest.mark.long
def test_jobs_that_would_share_a_folder_are_refused(tiny):
    for launcher in ("basic", "joblib"):
        done = tiny.run(*FAST, "seed=1,2", "hydra.sweep.subdir=same", f"hydra/launcher={launcher}", ok=False)
        assert done.stderr.splitlines() == [
            "error: hydra.sweep.subdir='same' is one folder for seed=1 and seed=2: leave it as it is by default, or "
            "name in it all that is swept"
        ]
    done = tiny.run(*FAST, "seed=1,2", "hydra.sweep.subdir=of_${seed}", "hydra.sweep.dir=multirun/here")
    assert sorted(path.name for path in (tiny.path / "multirun/here").glob("of_*")) == ["of_1", "of_2"]


@pytest.mark.long
def test_stages_of_whole_pipelines_have_names_that_tell_them_apart(tiny):
    tiny.run("tracked", "run", "-m", "seed=1,2", "fit_fast.epochs=2", "fit_slow.epochs=2")
    assert names_of(tiny, "fit_fast") == ["seed=1, fit_fast", "seed=2, fit_fast"]


@pytest.mark.long
def test_names_of_stages_have_what_the_stage_or_one_before_it_reads(tiny):
    swept = "fit_slow.rate=0.01,0.02", "fit_fast.rate=0.1,0.2"
    done = tiny.run("tracked", "run", "-m", *swept, "fit_fast.epochs=2", "fit_slow.epochs=2")
    assert names_of(tiny, "make") == ["make"]
    assert names_of(tiny, "fit_fast") == ["rate=0.1, fit_fast", "rate=0.2, fit_fast"]
    assert names_of(tiny, "fit_slow") == ["rate=0.01, fit_slow", "rate=0.02, fit_slow"]
    both = "fit_slow.rate=0.01, fit_fast.rate=0.1"
    assert f"{both}, judge" in names_of(tiny, "judge")
    assert both in names_of(tiny, "pipeline")
    head = next(line for line in done.stdout.splitlines() if "fit_slow.rate" in line)
    assert "val_loss (mean of slow, fast)" in head
    assert "fast test_accuracy" in head


def names_of(tiny, stage):
    return sorted({run["name"] for run in tiny.runs() if run["tags"].get("stage") == stage})


@pytest.mark.long
def test_settings_that_seeds_repeat_are_told_by_their_means(tiny):
    sweep = (*FAST, "seed=1,2,3", "fit_fast.rate=0.001,0.002,0.02", "hydra.sweep.subdir=of_${hydra.job.id}")
    done = tiny.run(*sweep)
    assert (
        "best by val_loss, the mean of 3 seeds: dvc exp run -S fit_fast.epochs=2 -S fit_fast.rate=0.02\n" in done.stdout
    )
    table = done.stdout[done.stdout.index("rate  seeds") :].splitlines()
    assert [line.split()[:2] for line in table[1:4]] == [["0.001", "3"], ["0.002", "3"], ["0.02", "3"]]
    assert re.fullmatch(r"rate=0\.02 beats beyond chance: rate=0\.001 \(p .*\); rate=0\.002 \(p .*\)", table[4])
    own = sweep_of(tiny)
    assert [key for key in own["tags"] if key.startswith("best.")] == ["best.fit_fast.rate"]
    assert own["tags"]["command"].endswith("'hydra.sweep.subdir=of_${hydra.job.id}'")
    assert table[4] in own["tags"]["verdict"].splitlines()

    (folder,) = re.findall(r"compared in (\S+)/report\.html", done.stdout)
    with (tiny.path / folder / "settings.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    jobs = [run for run in tiny.runs() if run["tags"].get("mlflow.parentRunId") == own["id"]]
    for row in rows:
        losses = [run["metrics"]["val_loss"] for run in jobs if run["params"]["rate"] == row["rate"]]
        assert float(row["val_loss_mean"]) == pytest.approx(mean(losses))
        assert float(row["val_loss_sd"]) == pytest.approx(stdev(losses))
    shown = Path(tiny.client().download_artifacts(own["id"], "settings.json"))
    assert len(json.loads(shown.read_text())["data"]) == 3
    chart = tiny.client().get_metric_history(own["id"], "settings/val_loss")
    assert [point.value for point in chart] == pytest.approx([float(row["val_loss_mean"]) for row in rows], rel=1e-4)

    tiny.run(*sweep)  # nothing is left to run, and nothing is shown twice
    assert len(tiny.client().get_metric_history(own["id"], "settings/val_loss")) == 3


@pytest.mark.long
def test_what_a_search_shares_does_not_depend_on_the_trials_so_far(tiny):
    search = ("tracked", "run", "fit_fast", "-m", "hydra/sweeper=optuna", "seed=2,3", "fit_fast.epochs=${seed}")
    for n in (1, 2):
        done = tiny.run(*search, f"hydra.sweeper.n_trials={n}")
        shared = page(tiny, done).partition("Settings that all jobs share")[2]
        assert "fit_fast.rate: 0.1" in shared
        assert "epochs" not in shared
        assert "seed" not in shared
    assert {"seed", "fit_fast.epochs"}.isdisjoint(sweep_of(tiny)["params"])


@pytest.mark.long
def test_trials_that_would_share_a_folder_are_refused(tiny):
    own = ("hydra.sweep.subdir=of_${fit_fast.epochs}", "hydra/sweeper=optuna", "hydra.sweeper.n_trials=2")
    done = tiny.run(*FAST, "seed=1,2", *own, ok=False)
    assert "hydra.sweep.subdir='of_2' is one folder for seed=" in done.stderr


@pytest.mark.long
def test_where_no_job_has_finished_the_page_says_why(tiny):
    done = tiny.run(*FAST, "fit_fast.rate=-1,wrong", ok=False)
    (file,) = re.findall(r"no job has finished: (\S+)/report\.html", done.stdout)
    shown = (tiny.path / file / "report.html").read_text()
    assert "2 jobs, 2 failed. No job has finished." in shown
    assert "a rate below 0" in shown
    assert "fit_fast.rate" in shown
    sweep = sweep_of(tiny)
    (failed,) = [
        run for run in tiny.runs() if run["tags"].get("mlflow.parentRunId") == sweep["id"]
    ]  # the other is none
    assert f"[`rate=-1`](#/experiments/1/runs/{failed['id']})" in sweep["tags"]["mlflow.note.content"]


@pytest.mark.long
def test_jobs_that_another_sweep_has_run_are_linked(tiny):
    first = tiny.run(*FAST, "fit_fast.rate=0.1,0.2")
    assert "other sweeps" not in first.stdout
    again = tiny.run(*FAST, "fit_fast.rate=0.1,0.2")
    assert "other sweeps" not in again.stdout
    other = tiny.run(*FAST, "fit_fast.rate=0.1,0.2,0.3")
    assert "2 of 3 finished jobs are runs of other sweeps" in other.stdout
    runs = {run["id"]: run for run in tiny.runs()}
    reused = next(id_ for id_, run in runs.items() if run["name"] == "rate=0.1")
    text = sweep_of(tiny)["tags"]["mlflow.note.content"]
    assert f"[`rate=0.1`](#/experiments/1/runs/{reused})" in text
    assert page(tiny, other).count("(of another sweep)") == 2
    tiny.run(*FAST, "fit_fast.rate=0.1,0.2,0.3")
    assert sweep_of(tiny)["tags"]["mlflow.note.content"] == text  # nothing is said twice
    alone = tiny.run(*FAST, "fit_fast.rate=0.3,0.2")
    assert "all jobs are runs of other sweeps" in alone.stdout


@pytest.mark.long
def test_an_interrupted_sweep_says_how_far_it_is(tiny):
    process = tiny.start("tracked", "run", "fit_fast", "-m", "fit_fast.epochs=2,100000,200000")
    try:
        wait_for(lambda: (tiny.path / "mlflow.db").exists() and "epochs=100000" in [run["name"] for run in tiny.runs()])
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    (file,) = re.findall(r"compared in (\S+)/report\.html", told)
    shown = (tiny.path / file / "report.html").read_text()
    assert "Interrupted: 1 of 3; the same command runs the other 2." in shown
    assert "<li>epochs=100000</li><li>epochs=200000</li>" in shown
    assert "`Interrupted: 1 of 3; the same command runs the other 2. " in sweep_of(tiny)["tags"]["mlflow.note.content"]


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError("it did not come to this")
