"""Every way in which a stage that runs can end early: what becomes of its run, how the command ends, and how fast.

The recorder is the process that writes to the store, the child the one that computes. `pytest -s` prints the table.
"""

import os
import shutil
import signal
import time
from importlib.util import find_spec

import psutil
import pytest

LONG = 2000  # epochs of 10 ms
SWEEP = ("tracked", "run", "fit_slow", "-m", f"fit_slow.epochs={LONG},1", "hydra.sweep.dir=swept")
WAYS = {
    "alone": ("tracked", "run", "fit_slow", f"fit_slow.epochs={LONG}"),
    "dvc": ("dvc", "repro", "fit_slow"),
    "sweep": SWEEP,
    "joblib": (*SWEEP, "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"),
    "submitit_local": (*SWEEP, "hydra/launcher=submitit_local", "hydra.launcher.timeout_min=2"),
    "ray": (*SWEEP, "hydra/launcher=ray"),
}
IN_STAGE = {"os._exit(3)": "os._exit(3)", "segfault": "ctypes.string_at(0)"}
SENT = ("Ctrl-C", "SIGTERM to the recorder", "SIGKILL of the child", "SIGKILL of the recorder", "SIGKILL of dvc")
# How a run ends, when the next command has started. Nobody is there to note why the process of a recorder died.
ENDS = {
    "Ctrl-C": "KILLED",
    "SIGTERM to the recorder": "KILLED",
    "SIGKILL of the child": "FAILED",
    "SIGKILL of the recorder": "KILLED",
    "SIGKILL of dvc": "FINISHED",
    "os._exit(3)": "FAILED",
    "segfault": "FAILED",
}
AGAIN = (
    "ray",
    "SIGKILL of the recorder",
)  # Ray itself starts a task again whose worker has died: its second run finishes
QUICK = [("alone", death) for death in ("Ctrl-C", "SIGKILL of the child", "SIGKILL of the recorder")]
MARKS = {"ray": pytest.mark.cluster}


def cases():
    for way in WAYS:
        for death in (*SENT, *IN_STAGE):
            if (death == "SIGKILL of dvc") <= (way == "dvc"):
                marks = [] if (way, death) in QUICK else [MARKS.get(way, pytest.mark.long)]
                yield pytest.param(way, death, marks=marks, id=f"{way}-{death}")


@pytest.mark.parametrize(("way", "death"), [*cases()])
def test_a_run_that_dies_ends_as_what_it_died_of(tiny_made, way, death):
    if way == "ray" and not find_spec("ray"):
        pytest.skip("`make ray` installs Ray")
    tiny = tiny_made
    prepare(tiny, way, death)
    process = tiny.start(*WAYS[way], start_new_session=True)
    if death in SENT:
        recorder, child = when_it_computes(tiny, process)
        at = time.monotonic()
        kill(death, process, recorder, child)
        _, said = process.communicate(timeout=90)
        seconds = time.monotonic() - at
        gone = [child] if death == "SIGKILL of dvc" else [child, recorder]
        _, left = psutil.wait_procs(gone, timeout=30 if death == "SIGKILL of dvc" else 5)
        assert not left, "something still computes"
    else:
        at = time.monotonic()
        _, said = process.communicate(timeout=90)
        seconds = time.monotonic() - at
    code = process.returncode
    tiny.python("from tracked import connect; connect()")  # the next start
    run, *earlier = long_ones(tiny)
    if (way, death) == AGAIN:
        assert (run["status"], code, [one["status"] for one in earlier]) == ("FINISHED", 0, ["FAILED"])
        return
    assert not earlier
    print(f"| {way} | {death} | {run['status']} | {code} | {seconds:.1f} s |")
    assert run["status"] in ends(way, death)
    assert "RUNNING" not in {one["status"] for one in tiny.runs()}
    assert code != 0
    assert "Traceback" not in said, said
    if run["status"] == "FAILED" and death != "SIGKILL of the recorder":
        assert "its process" in run["tags"]["error"]


def ends(way, death):
    if way in ("joblib", "submitit_local", "ray") and death in ("SIGTERM to the recorder", "SIGKILL of the recorder"):
        return "KILLED", "FAILED"  # the driver is there, and may note first that a worker is gone
    return (ENDS[death],)


def prepare(tiny, way, death):
    tiny.settings(fit_slow={"rate": 0.01, "epochs": 600 if death == "SIGKILL of dvc" else LONG})
    file = tiny.path / "tiny/fit_slow.py"
    begun = "import ctypes, os, pathlib\n    if settings.fit_slow.epochs > 1:\n        "
    begun += IN_STAGE.get(death, f"pathlib.Path({str(tiny.path / 'pid')!r}).write_text(str(os.getpid()))")
    file.write_text(file.read_text().replace("    fit(", f"    {begun}\n    fit("))
    shutil.rmtree(tiny.path / ".dvc")  # of the stage that has run: DVC makes none in a folder that git ignores
    tiny.run("dvc", "init", "-q")
    tiny.commit()
    if way == "dvc":
        tiny.run("dvc", "repro", "make")


def when_it_computes(tiny, process):
    """The recorder and its child, once the stage has begun and its run is there."""
    file, end = tiny.path / "pid", time.monotonic() + 60
    while not (file.exists() and file.read_text() and (tiny.path / "mlflow.db").exists() and long_ones(tiny)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it does not begin"
        time.sleep(0.1)
    time.sleep(0.5)
    child = psutil.Process(int(file.read_text()))
    return child.parent(), child


def long_ones(tiny):
    """The runs of the stage, but for the job that ends at once."""
    runs = [one for one in tiny.runs() if one["tags"].get("stage") == "fit_slow"]
    return [one for one in runs if "epochs=1" not in one["name"].split(", ")]


def kill(death, process, recorder, child):
    if death == "Ctrl-C":
        os.killpg(process.pid, signal.SIGINT)
    elif death == "SIGTERM to the recorder":
        recorder.terminate()
    elif death == "SIGKILL of the child":
        child.kill()
    elif death == "SIGKILL of the recorder":
        recorder.kill()
    else:
        process.kill()
