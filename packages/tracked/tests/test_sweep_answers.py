"""What a sweep says in the end: which settings all jobs share, the command of the best, and nothing about chance."""

import re
import shlex

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
    assert "2 jobs, which differ in the seed alone" in shown
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
    names = [run["name"] for run in tiny.runs() if run["tags"].get("stage") == "fit_fast"]
    assert sorted(names) == ["fit_fast, seed=1", "fit_fast, seed=2"]


@pytest.mark.long
def test_of_settings_with_several_seeds_the_mean_tells_the_best(tiny):
    done = tiny.run(*FAST, "seed=1,2", "fit_fast.rate=0.01,0.02", "hydra.sweep.subdir=of_${hydra.job.id}")
    told = "best by val_loss, the mean of 2 seeds: dvc exp run -S fit_fast.epochs=2 -S fit_fast.rate=0.02\n"
    assert told in done.stdout
    tags = sweep_of(tiny)["tags"]
    assert [key for key in tags if key.startswith("best.")] == ["best.fit_fast.rate"]
    assert tags["command"].endswith("'hydra.sweep.subdir=of_${hydra.job.id}'")


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
