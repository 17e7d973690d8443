"""What a stage logs with MLflow's own functions is on its run, or on one below it, however the stage is started."""

import signal
import time

import pytest

STAGE = """
import mlflow
from mlflow import start_run
from tiny.fitting import fit, trained

def run(settings, folder, report):
{body}
    fit("slow", settings.fit_slow, folder, report)
    mlflow.log_metric("after", 2)
    return outcome(settings, folder)

def outcome(settings, folder):
    return trained("slow", folder, {{}})
"""
CALLS = """
mlflow.log_metric("before", 1)
assert mlflow.active_run() is not None
mlflow.set_experiment("another")
with mlflow.start_run() as own:
    mlflow.log_metric("within", 1)
    mlflow.log_param("rate", "of the stage's own")
    with mlflow.start_run(nested=True):
        mlflow.log_metric("nested", 1)
with start_run(run_name="fold"):
    mlflow.log_metric("fold", 1)
mlflow.end_run()
mlflow.log_metric("between", own.info.run_id == mlflow.active_run().info.run_id)
mlflow.start_run(run_name="never ended")
mlflow.log_text("told", "said.txt")
"""
SWEEP = ("tracked", "run", "fit_slow", "-m", "fit_slow.rate=0.01,0.02", "hydra.sweep.dir=swept")
LAUNCHERS = pytest.mark.parametrize(
    "launcher",
    [(), pytest.param(("hydra/launcher=joblib", "hydra.launcher.n_jobs=2"), marks=pytest.mark.long)],
    ids=["in process", "joblib"],
)


def write(tiny, body, stage="fit_slow"):
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    (tiny.path / f"tiny/{stage}.py").write_text(STAGE.format(body=lines))


def runs(tiny):
    """All runs by their ids. None is in another experiment than the project's."""
    client = tiny.client()
    experiments = [found.experiment_id for found in client.search_experiments()]
    found = {run.info.run_id: run for run in client.search_runs(experiments)}
    assert {run.info.experiment_id for run in found.values()} == {"1"}
    return found


def stage_runs(tiny, status="FINISHED"):
    """The runs of fit_slow, each with those below it."""
    found = runs(tiny)
    below = {run_id: [] for run_id in found}
    for run in found.values():
        below.get(run.data.tags.get("mlflow.parentRunId"), []).append(run)
    own = [run for run in found.values() if run.data.tags.get("stage") == "fit_slow"]
    assert {run.info.status for run in own} == {status}
    assert "RUNNING" not in {run.info.status for run in found.values()}
    return [(run, below[run.info.run_id]) for run in own]


def assert_all_there(tiny, n):
    found = stage_runs(tiny)
    assert len(found) == n
    for run, below in found:
        assert {"before": 1, "within": 1, "between": 1}.items() < run.data.metrics.items()
        assert "val_loss" in run.data.metrics
        assert {child.info.status for child in below} == {"FINISHED"}
        nested, fold, left = sorted(below, key=lambda child: child.info.start_time)
        assert nested.data.metrics == {"nested": 1}
        assert (fold.info.run_name, fold.data.metrics) == ("fold", {"fold": 1})
        assert (left.info.run_name, left.data.metrics) == ("never ended", {"after": 2})
        assert [file.path for file in tiny.client().list_artifacts(left.info.run_id)] == ["said.txt"]
    ours = {"stage", "configuration", "sweep", "mlflow.parentRunId"}
    assert all(ours & run.data.tags.keys() for run in runs(tiny).values())


@pytest.mark.long
@pytest.mark.parametrize("command", [("tracked", "run", "fit_slow"), ("python", "-m", "tiny.fit_slow")])
def test_on_the_command_line_a_stages_calls_land_on_its_run(tiny, command):
    write(tiny, CALLS.replace('mlflow.log_param("rate"', 'mlflow.log_param("other"'))
    with (tiny.path / "tiny/fit_slow.py").open("a") as file:
        file.write('\nif __name__ == "__main__":\n    from tracked import main\n    main(run)\n')
    tiny.run(*command)
    assert_all_there(tiny, 1)


@pytest.mark.long
def test_as_dvc_starts_it_the_next_stage_has_calls_of_its_own(tiny):
    write(tiny, CALLS.replace('mlflow.log_param("rate"', 'mlflow.log_param("other"'))
    tiny.stages("make", "fit_slow", "fit_fast")
    assert_all_there(tiny, 1)
    (fast,) = [run for run in runs(tiny).values() if run.data.tags.get("stage") == "fit_fast"]
    assert "before" not in fast.data.metrics


@LAUNCHERS
def test_jobs_of_a_sweep_keep_their_calls_apart_and_are_skipped_when_they_have_finished(tiny, launcher):
    write(tiny, CALLS)
    tiny.run(*SWEEP, *launcher)
    assert_all_there(tiny, 2)
    assert {run.data.params["rate"] for run, _ in stage_runs(tiny)} == {"of the stage's own"}
    before = set(runs(tiny))
    assert "2 skipped, 0 failed" in tiny.run(*SWEEP, *launcher).stdout
    assert set(runs(tiny)) == before


@pytest.mark.long
def test_a_stage_that_only_makes_what_a_job_needs_gets_a_run_where_it_logs(tiny):
    make = tiny.path / "tiny/make.py"
    make.write_text(
        make.read_text().replace(
            "    return outcome(",
            '    import mlflow\n    mlflow.log_metric("n", 20)\n    with mlflow.start_run():\n'
            '        mlflow.log_metric("within", 1)\n    return outcome(',
            1,
        )
    )
    tiny.run(*SWEEP)
    own = [run for run in runs(tiny).values() if run.data.metrics.get("n") == 20]
    assert [(run.info.run_name, run.info.status) for run in own] == [("make", "FINISHED")]
    assert "mlflow.parentRunId" not in own[0].data.tags


@pytest.mark.long
@pytest.mark.parametrize("way", ["dvc", "sweep"])
def test_a_stage_that_fails_after_logging_has_failed_and_what_is_below_it(tiny, way):
    write(tiny, 'mlflow.log_metric("before", 1)\nmlflow.start_run(nested=True)\nraise ValueError("no")')
    tiny.stages("make")
    tiny.run(*SWEEP, ok=False) if way == "sweep" else tiny.stages("fit_slow", ok=False)
    for run, below in stage_runs(tiny, "FAILED"):
        assert run.data.metrics == {"before": 1}
        assert run.data.tags["error"].startswith("ValueError: no")
        assert [child.info.status for child in below] == ["FAILED"]


@pytest.mark.long
@pytest.mark.parametrize(("way", "sent"), [("dvc", signal.SIGKILL), ("sweep", signal.SIGKILL), ("dvc", signal.SIGINT)])
def test_nothing_stays_running_after_a_kill(tiny, way, sent):
    tiny.stages("make")
    write(tiny, 'mlflow.start_run(nested=True)\nfor step in range(10**6):\n    mlflow.log_metric("step", step, step)')
    command = SWEEP if way == "sweep" else ("tracked", "run", "fit_slow")
    process = tiny.start(*command)
    end = time.monotonic() + 60
    while not any("step" in run.data.metrics for run in runs(tiny).values()):
        assert time.monotonic() < end
        time.sleep(0.2)
    process.send_signal(sent)
    process.communicate(timeout=60)
    tiny.stages("make")
    for run, below in stage_runs(tiny, "KILLED"):
        assert run.data.metrics == {}
        assert [child.info.status for child in below] == ["KILLED"]


SKLEARN = """
from sklearn.linear_model import Ridge
mlflow.sklearn.autolog(log_models=False)
Ridge(alpha=0.5).fit([[1.0], [2.0]], [1.0, 2.0])
mlflow.sklearn.autolog(disable=True)
"""


@pytest.mark.long
@pytest.mark.parametrize("way", ["dvc", "sweep"])
def test_autologging_lands_there_too(tiny, way):
    write(tiny, SKLEARN)
    tiny.stages("make")
    tiny.run(*SWEEP) if way == "sweep" else tiny.stages("fit_slow")
    for run, below in stage_runs(tiny):
        assert run.data.params["alpha"] == "0.5"
        assert "training_score" in run.data.metrics
        assert below == []


KERAS = """
import keras, numpy as np
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(loss="mse")
model.fit(np.ones((4, 1)), np.ones(4), epochs=2, verbose=0, callbacks=[mlflow.keras.MlflowCallback()])
"""


@pytest.mark.long
def test_a_keras_callback_too(tiny):
    write(tiny, KERAS)
    tiny.run(*SWEEP)
    found = stage_runs(tiny)
    assert len(found) == 2
    for run, _ in found:
        assert "loss" in run.data.metrics


@pytest.mark.long
def test_threads_of_a_stage_log_to_its_run(tiny):
    write(
        tiny,
        'from threading import Thread\nthread = Thread(target=mlflow.log_metric, args=("before", 1))\n'
        "thread.start()\nthread.join()",
    )
    tiny.stages("make", "fit_slow")
    ((run, below),) = stage_runs(tiny)
    assert run.data.metrics["before"] == 1
    assert below == []


@pytest.mark.long
def test_the_process_of_a_sweeps_jobs_imports_no_mlflow(tiny):
    (tiny.path / "tiny/fit_slow.py").write_text(
        "import sys\nfrom tiny.fitting import fit, trained\n\n"
        "def run(settings, folder, report):\n"
        '    fit("slow", settings.fit_slow, folder, report)\n'
        '    return trained("slow", folder, {"mlflow": "mlflow" in sys.modules})\n'
    )
    tiny.run(*SWEEP)
    assert {run.data.metrics["mlflow"] for run, _ in stage_runs(tiny)} == {0}
