"""A stage as DVC starts it."""

import os
import shutil
import signal
import time

import psutil
import pytest


@pytest.mark.long
def test_a_stage_that_outlives_its_dvc_is_not_started_beside_itself(tiny_copy):
    tiny_copy.settings(fit_slow={"rate": 0.01, "epochs": 1000})
    with tiny_copy.start("dvc", "repro", "fit_slow") as process:
        while not any(line.startswith("fit_slow: step") for line in process.stdout):
            assert process.poll() is None
        while not any(run["status"] == "RUNNING" for run in tiny_copy.runs()):  # it computes before its run is there
            time.sleep(0.1)
        below = psutil.Process(process.pid).children(recursive=True)
        (stage,) = (one for one in below if one.cmdline()[1:] == [shutil.which("tracked"), "run", "fit_slow"])
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

        told = tiny_copy.run("dvc", "repro", "fit_slow", ok=False)
        assert (
            "error: fit_slow is still running here, for a `dvc` that was killed: wait until it has ended" in told.stderr
        )
        assert stage.is_running()
        stage.kill()  # its end closes what it prints to
        psutil.wait_procs([stage])
    tiny_copy.run("dvc", "repro", "fit_slow")
    statuses = [run["status"] for run in tiny_copy.runs() if run["tags"].get("stage") == "fit_slow"]
    assert statuses[:2] == ["FINISHED", "KILLED"]
