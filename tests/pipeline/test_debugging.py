"""What docs/debugging.md says."""

import json
import re
from pathlib import Path
from time import sleep

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs/debugging.md"


@pytest.mark.long
@pytest.mark.parametrize("command", [["python", "-m", "pipeline.split"], ["dvc", "repro", "split"]], ids=" ".join)
def test_a_breakpoint_stops_a_stage(finished, terminal, command):
    assert f"    {' '.join(command)}\n" in DOCUMENT.read_text()
    finished.edit("pipeline/split.py", "    loaded, shares =", "    breakpoint()\n    loaded, shares =")
    stage = terminal(*command, cwd=finished.path, env=finished.env())
    stage.wait_for("(Pdb)")
    sleep(2.5)
    stage.type("p settings.split.train\n")
    assert "Running" not in stage.wait_for("0.6")  # nothing is written over the prompt
    stage.type("q\n")
    assert stage.wait_for("BdbQuit")


@pytest.mark.long
def test_a_breakpoint_stops_a_job_of_a_sweep(finished, terminal):
    finished.edit("pipeline/train_numpy.py", "    training = ", "    breakpoint()\n    training = ")
    command = ("python", "-m", "pipeline.train_numpy", "-m", "train_numpy.n_hidden=2,3")
    sweep = terminal(*command, cwd=finished.path, env=finished.env())
    for n in (2, 3):
        sweep.wait_for("(Pdb)")
        sweep.type("p settings.train_numpy.n_hidden\n")
        sweep.wait_for(f"\n{n}")
        sweep.type("c\n")
    assert sweep.close() == 0


@pytest.mark.long
def test_under_a_debugger_the_stage_runs_in_its_process(finished, terminal):
    assert "`python -m pdb -m pipeline.split`" in DOCUMENT.read_text()
    stage = terminal("python", "-m", "pdb", "-m", "pipeline.split", cwd=finished.path, env=finished.env())
    stage.wait_for("(Pdb)")
    stage.type("b pipeline/split.py:25\n")
    stage.wait_for("Breakpoint 1")
    stage.type("c\n")
    stage.wait_for("pipeline/split.py(25)run()")


@pytest.mark.long
def test_the_code_reads_curves_and_compares_sweeps(finished):
    for n in ("2,3", "4,5"):
        finished.run("python", "-m", "pipeline.train_numpy", "-m", f"train_numpy.n_hidden={n}")
    code = re.search(r"```python\n(.+?)```", DOCUMENT.read_text(), re.S)[1]
    show = "import json; print(json.dumps([[*curves.index], [*compared['count']]]))"
    epochs, counts = json.loads(finished.run("python", "-c", f"{code}\n{show}").stdout.splitlines()[-1])
    assert epochs == [1, 2]
    assert counts == [2, 2]
