"""A stage whose code or settings are edited while it runs fails, as DVC would take the edit for what it ran with;
a sweep's job too, as no later sweep would run it again."""

import sys

import pytest

FIT = """
from tracked.stages import from_params, lines
with lines.errors_in_one_line("fit_slow"):
    from_params.run("fit_slow")
"""


@pytest.mark.long
@pytest.mark.parametrize("edited", ["tiny/fitting.py", "params.yaml", "conf/config.yaml"])
def test_what_a_stage_reads_is_not_edited_unnoticed_while_it_runs(tiny_copy, edited):
    tiny_copy.settings(fit_slow={"rate": 0.01, "epochs": 120})
    process = tiny_copy.start(sys.executable, "-u", "-c", FIT)
    while "step" not in process.stdout.readline():
        assert process.poll() is None
    if edited == "params.yaml":
        tiny_copy.settings(fit_slow={"rate": 0.02, "epochs": 120})
    else:
        (tiny_copy.path / edited).write_text((tiny_copy.path / edited).read_text() + "\n# edited\n")
    told = process.communicate(timeout=60)[1].splitlines()
    newest = next(run for run in tiny_copy.runs() if run["tags"].get("stage") == "fit_slow")
    if edited == "conf/config.yaml":  # which it does not read
        assert (process.returncode, told, newest["status"]) == (0, [], "FINISHED")
    else:
        assert process.returncode == 1
        assert newest["status"] == "FAILED"
        assert f"{edited} changed while fit_slow ran, which may have used either: run it again" in told[-1]


@pytest.mark.long
def test_jobs_of_a_sweep_do_not_run_edited_code_unnoticed(tiny_copy):
    sweep = ("python", "-u", "-m", "tiny.fit_slow", "-m", "hydra/sweeper=grid", "fit_slow.epochs=150")
    sweep += ("fit_slow.rate=0.02,0.03,0.04",)
    process = tiny_copy.start(*sweep)
    while "1 done, 1 running" not in process.stdout.readline():
        assert process.poll() is None
    code = tiny_copy.path / "tiny/fitting.py"
    code.write_text(code.read_text() + "\n# edited\n")
    told = "".join(process.communicate(timeout=120))
    assert process.returncode == 1
    assert "2 failed" in told
    assert "the code was edited while the sweep ran, and the job may have used either: sweep again" in told
    assert "3 jobs: 3 done, 0 running, 0 skipped, 0 failed" in tiny_copy.run(*sweep).stdout  # all anew
