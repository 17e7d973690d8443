"""What docs/debugging.md says."""

import json
import re
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs/debugging.md"


@pytest.mark.whole
@pytest.mark.parametrize("command", [["python", "-m", "pipeline.split"], ["dvc", "repro", "split"]], ids=" ".join)
def test_a_breakpoint_stops_a_stage(finished, terminal, command):
    assert f"    {' '.join(command)}\n" in DOCUMENT.read_text()
    finished.edit("pipeline/split.py", "    loaded, shares =", "    breakpoint()\n    loaded, shares =")
    stage = terminal(*command, cwd=finished.path, env=finished.env())
    stage.wait_for("(Pdb)")
    stage.type("p settings.split.train\n")
    stage.wait_for("0.6")
    stage.type("q\n")
    assert stage.wait_for("BdbQuit")


@pytest.mark.whole
def test_the_code_reads_curves_and_compares_sweeps(finished):
    for n in ("2,3", "4,5"):
        finished.run("python", "-m", "pipeline.train_numpy", "-m", f"train_numpy.n_hidden={n}")
    code = re.search(r"```python\n(.+?)```", DOCUMENT.read_text(), re.S)[1]
    show = "import json; print(json.dumps([[*curves.index], [*compared.loc['count']]]))"
    epochs, counts = json.loads(finished.run("python", "-c", f"{code}\n{show}").stdout.splitlines()[-1])
    assert epochs == [1, 2]
    assert counts == [2, 2]
