"""A search by Optuna: one list of trials, whatever kills it, and poor trials that end early."""

import re
import signal
import time

import pytest

from tracked.sweeps import trials

SEARCH = ("tracked", "run", "fit_fast", "-m", "hydra/sweeper=optuna")
RATES = "fit_fast.rate=tag(log,interval(0.00001,0.1))"
PRUNER = "hydra.sweeper.pruner={_target_: optuna.pruners.MedianPruner, n_startup_trials: 2}"


def sweeps(tiny):
    return [run for run in tiny.runs() if "sweep" in run["tags"]]


def below(tiny, sweep):
    return [run for run in tiny.runs() if run["tags"].get("mlflow.parentRunId") == sweep["id"]]


def listed(tiny):
    (sweep,) = sweeps(tiny)
    return trials.read(sweep["tags"])


def rates(found):
    return [trial.values["fit_fast.rate"] for trial in found]


def wait_for(process, tiny, ready):
    for _ in range(600):
        assert process.poll() is None, process.communicate()
        if (tiny.path / "mlflow.db").exists() and sweeps(tiny) and ready():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come so far")


def is_at_the_eighth(tiny):
    states = [run["status"] for run in below(tiny, sweeps(tiny)[0])]
    return states.count("FINISHED") == 7 and states.count("RUNNING") == 1


@pytest.mark.long
def test_a_search_that_was_killed_goes_on_with_the_trials_it_had_drawn(tiny):
    search = (*SEARCH, RATES, "fit_fast.epochs=101", "hydra.sweeper.n_trials=20")  # an epoch takes 10 ms
    process = tiny.start(*search)
    wait_for(process, tiny, lambda: is_at_the_eighth(tiny))
    process.kill()
    process.communicate()
    before = listed(tiny)
    assert len(before) == 8  # the one that ran is drawn already

    tiny.run(*search)
    after = listed(tiny)
    assert rates(after)[:8] == rates(before)
    assert len(set(rates(after))) == len(after) == 20
    assert {trial.state for trial in after} == {"COMPLETE"}
    runs = [run for run in below(tiny, sweeps(tiny)[0]) if run["status"] == "FINISHED"]
    assert sorted(float(run["params"]["rate"]) for run in runs) == sorted(map(float, rates(after)))
    assert sorted(run["tags"]["job"] for run in runs) == sorted(trial.job for trial in after)


@pytest.mark.long
def test_a_search_goes_on_runs_again_what_failed_and_lists_what_others_have_run(tiny):
    """A rate below 0 is refused by the fit."""
    tiny.run("tracked", "run", "fit_fast", "-m", "fit_fast.rate=0.01,0.02")
    search = (*SEARCH, "fit_fast.rate=-0.01,0.01,0.02,0.03")
    done = tiny.run(*search, ok=False)
    assert "4 jobs: 1 done, 0 running, 2 skipped, 1 failed" in done.stdout
    sweep = sweeps(tiny)[0]
    assert len(below(tiny, sweep)) == 2
    first = trials.read(sweep["tags"])
    assert {trial.values["fit_fast.rate"]: trial.state for trial in first} == {
        "-0.01": "FAIL", "0.01": "COMPLETE", "0.02": "COMPLETE", "0.03": "COMPLETE"
    }  # fmt: skip
    again = tiny.run(*search, ok=False)
    assert "4 jobs: 0 done, 0 running, 3 skipped, 1 failed" in again.stdout
    assert trials.read(sweeps(tiny)[0]["tags"]) == first

    tiny.client().set_tag(sweep["id"], "trials.0", '[{"number": 0, "values": {"fit_fast.rate": "7"}, "job": "x"}]')
    other = tiny.run(*search, ok=False)  # what is listed there is nothing that this search can have drawn
    assert "4 jobs: 0 done, 0 running, 3 skipped, 1 failed" in other.stdout
    assert sorted(rates(trials.read(sweeps(tiny)[0]["tags"]))) == sorted(rates(first))


@pytest.mark.long
@pytest.mark.parametrize("launcher", ["basic", "joblib"])
def test_poor_trials_end_early_and_are_no_results(tiny, launcher):
    search = (*SEARCH, RATES, PRUNER, "fit_fast.epochs=101", "hydra.sweeper.n_trials=12", f"hydra/launcher={launcher}")
    told = tiny.run(*search, "hydra.sweeper.at_once=2").stdout
    (sweep,) = sweeps(tiny)
    found = below(tiny, sweep)
    pruned = {run["tags"]["job"]: run for run in found if "pruned_at" in run["tags"]}
    assert pruned
    assert f", {len(pruned)} ended early" in told
    for run in pruned.values():
        assert run["status"] == "KILLED"
        last = tiny.client().get_metric_history(run["id"], "val_loss")[-1]
        assert last.step == int(run["tags"]["pruned_at"]) < 101
    listing = trials.read(sweep["tags"])
    assert {trial.job: trial.steps for trial in listing if trial.state == "PRUNED"} == {
        job: int(run["tags"]["pruned_at"]) for job, run in pruned.items()
    }
    (folder,) = re.findall(r"compared in (\S+)/report\.html", told)
    table = (tiny.path / folder / "comparison.csv").read_text().splitlines()
    assert len(table) == 1 + 12 - len(pruned)
    assert not any(run["id"] in line for line in table for run in pruned.values())
    finished = [run for run in found if run["status"] == "FINISHED"]
    (best,) = (run for run in finished if run["params"]["rate"] == sweep["tags"]["best.fit_fast.rate"])
    assert best["metrics"]["val_loss"] == min(run["metrics"]["val_loss"] for run in finished)
    assert len(finished) + len(pruned) == 12

    again = tiny.run(*search, "hydra.sweeper.at_once=2").stdout
    assert "12 jobs: 0 done, 0 running, 12 skipped, 0 failed" in again
    assert len(below(tiny, sweep)) == 12
    grid = tiny.run("tracked", "run", "fit_fast", "-m", "fit_fast.epochs=101",
                    f"fit_fast.rate={','.join(rates(listing))}").stdout  # fmt: skip
    assert f"12 jobs: {len(pruned)} done, 0 running, {12 - len(pruned)} skipped" in grid  # a pruned run is no result


@pytest.mark.long
def test_a_killed_search_does_not_run_again_what_had_ended_early(tiny):
    search = (*SEARCH, RATES, PRUNER, "fit_fast.epochs=150", "hydra.sweeper.n_trials=12")
    process = tiny.start(*search)
    wait_for(process, tiny, lambda: any("pruned_at" in run["tags"] for run in below(tiny, sweeps(tiny)[0])))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    told = tiny.run(*search).stdout
    found = below(tiny, sweeps(tiny)[0])
    pruned = [run for run in found if "pruned_at" in run["tags"]]
    assert len({run["tags"]["job"] for run in pruned}) == len(pruned)
    assert len(listed(tiny)) == 12
    assert "RUNNING" not in {trial.state for trial in listed(tiny)}
    assert "ended early" in told or "12 skipped" in told


STAGE = """
def run(settings, folder, report):
    try:
        report(1, {{"val_loss": 1.0}})
        report(2, {{"val_loss": 1.0}})
    except {what}:
        (folder / "caught").touch()
    return outcome(settings, folder)
"""


@pytest.mark.long
@pytest.mark.parametrize(("what", "caught"), [("Exception", False), ("BaseException", True)])
def test_a_stage_learns_of_it_by_an_exception_that_is_no_error(tiny, what, caught):
    """Even one that goes on after it ended early."""
    file = tiny.path / "tiny/fit_fast.py"
    stage, rest = file.read_text().split("\n\n\ndef outcome")
    own = f"from tiny.fitting import fit\n{STAGE.format(what=what)}"
    own = own.replace("    try:\n", '    fit("fast", settings.fit_fast, folder, lambda *told: None)\n    try:\n')
    file.write_text(stage.partition("def run")[0] + own + "\n\ndef outcome" + rest)
    always = "hydra.sweeper.pruner={_target_: optuna.pruners.ThresholdPruner, upper: 0.5}"
    done = tiny.run(*SEARCH, "fit_fast.rate=0.01,0.02", always)
    assert "2 jobs: 0 done, 0 running, 0 skipped, 0 failed, 2 ended early" in done.stdout
    assert {run["status"] for run in below(tiny, sweeps(tiny)[0])} == {"KILLED"}
    assert len(list(tiny.path.rglob("caught"))) == (2 if caught else 0)

    tiny.run(*SEARCH, "fit_fast.rate=0.01,0.02", "hydra.sweeper.rerun=true")  # to their end
    again = tiny.run(*SEARCH, "fit_fast.rate=0.01,0.02", always).stdout
    assert "2 jobs: 0 done, 0 running, 2 skipped, 0 failed" in again
    assert {trial.state for trial in listed(tiny)} == {"COMPLETE"}


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (
            ["hydra.sweeper.pruner=mean"],
            "error: hydra.sweeper.pruner=mean is not allowed: it must be median, or one of ",
        ),
        pytest.param(["hydra.sweeper.pruner=3"], "error: hydra.sweeper.pruner=3 is not", marks=pytest.mark.long),
        pytest.param(
            ["hydra.sweeper.pruner={_target_: collections.OrderedDict}"],
            "error: hydra.sweeper.pruner=",
            marks=pytest.mark.long,
        ),
        (["hydra.sweeper.pruner={_target_: optuna.pruners.Median}"], "error: "),
        (["hydra.sweeper.pruner={_target_: optuna.pruners.PercentilePruner}"], "error: "),
    ],
)
def test_what_is_no_pruner_is_refused_in_one_line(tiny, more, line):
    done = tiny.run(*SEARCH, "fit_fast.rate=0.01,0.02", *more, ok=False)
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == 1
    assert not (tiny.path / "mlflow.db").exists()


@pytest.mark.long
def test_the_whole_pipeline_is_not_pruned(tiny):
    whole = ("tracked", "run", "-m", "hydra/sweeper=optuna", "fit_fast.rate=0.01,0.02", "hydra.sweeper.pruner=median")
    done = tiny.run(*whole, ok=False)
    assert done.stderr.startswith("error: hydra.sweeper.pruner ends a stage early by what it reports: search a stage")
