"""A disk that fills up: said in one line, and with room again the same command ends well, nothing lost or doubled."""

import shutil
import subprocess
import time

import pytest

EPOCHS = 150  # of 10 ms, to fill the disk in their midst
FITS = ("tracked", "run", "fit_slow")
WAYS = {
    "repro": ("dvc", "repro"),
    "stage": (*FITS, f"fit_slow.epochs={EPOCHS}", "fit_slow.rate=0.02"),
    "sweep": (*FITS, "-m", f"fit_slow.epochs={EPOCHS}", "fit_slow.rate=0.02,0.03", "hydra/sweeper=grid"),
}
pytestmark = pytest.mark.long


@pytest.fixture
def disk(tmp_path):
    """A disk of 16 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting a small disk is not permitted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk):
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass


def wait_for(tiny, process, store=None):
    """Until a run of fit_slow is RUNNING."""
    while process.poll() is None:
        if any(run["tags"].get("stage") == "fit_slow" and run["status"] == "RUNNING" for run in tiny.runs(store)):
            return
        time.sleep(0.05)
    raise AssertionError(process.communicate())


def said(process):
    """How a command ends, and what it says on standard error, but for DVC."""
    told, errors = process.communicate(timeout=120)
    assert "Traceback" not in told + errors
    return process.returncode, [line for line in errors.splitlines() if line and not line.startswith("ERROR: ")]


@pytest.mark.parametrize("way", WAYS)
def test_where_stages_write(tiny, disk, way):
    tiny.path = shutil.move(tiny.path, disk / "tiny")
    tiny.run("dvc", "init", "-q")
    tiny.commit()
    tiny.run("dvc", "repro")
    before = {run["id"] for run in tiny.runs()}
    tiny.settings(fit_slow={"rate": 0.02, "epochs": EPOCHS})
    process = tiny.start(*WAYS[way])
    wait_for(tiny, process)
    fill(disk)
    code, (line,) = said(process)
    assert code
    assert "o space left on " in line
    assert ": make room" in line

    (disk / "filler").unlink()
    tiny.run(*WAYS[way])
    runs = [run for run in tiny.runs() if run["id"] not in before]
    assert "RUNNING" not in {run["status"] for run in runs}
    fits = [run for run in runs if run["tags"].get("stage") == "fit_slow" and run["status"] == "FINISHED"]
    assert sorted(run["params"]["rate"] for run in fits) == (["0.02", "0.03"] if way == "sweep" else ["0.02"])
    if way == "repro":
        assert "up to date" in tiny.run("dvc", "status").stdout


def test_where_the_store_is(tiny, disk):
    store = f"sqlite:///{disk}/mlflow.db"
    tiny.stages(MLFLOW_TRACKING_URI=store)
    process = tiny.start(*WAYS["stage"], MLFLOW_TRACKING_URI=store)
    wait_for(tiny, process, store)
    fill(disk)
    code, (line,) = said(process)
    assert code == 0
    full = f"no space left on the disk of {store}: make room there, and start again"
    assert line.startswith(f"warning: {full}; could not log everything of fit_slow; the rest is queued in ")
    fill(disk)  # also what a journal of SQLite took until now
    code, (line,) = said(tiny.start("tracked", "run", "make", MLFLOW_TRACKING_URI=store))
    assert code == 1
    assert line == f"error: {full}"

    (disk / "filler").unlink()
    told = tiny.run("tracked", "run", "make", MLFLOW_TRACKING_URI=store).stdout
    assert told.splitlines()[0] == "logged 1 run queued while the store was away"
    runs = tiny.runs(store)
    assert {run["status"] for run in runs} == {"FINISHED"}
    (fit,) = (run for run in runs if run["tags"].get("stage") == "fit_slow" and run["params"]["rate"] == "0.02")
    curve = tiny.client(store).get_metric_history(fit["id"], "val_loss")
    assert [point.step for point in curve] == [*range(1, EPOCHS + 1)]
