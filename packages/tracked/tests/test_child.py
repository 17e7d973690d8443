"""The process that computes beside the recorder: what it prints, imports, hears and leaves."""

import os
import signal
import sys
import time

import pytest


def edit(tiny, before="", body="", file="fit_slow"):
    """Put code at the top of a stage, and at the beginning of its `run`."""
    path = tiny.path / f"tiny/{file}.py"
    text = path.read_text().replace(
        "def run(settings, folder, report):\n", f"def run(settings, folder, report):\n{body}"
    )
    path.write_text(before + text)


def test_prints_and_steps_stay_in_order_in_a_pipe_too(tiny_made):
    body = """
    print("before")
    for step in (1, 2, 3):
        report(step, {"loss": 1.0}, 3)
        print("after", step)
"""
    edit(tiny_made, body=body)
    said = tiny_made.run("tracked", "run", "fit_slow", "hydra.run.dir=here").stdout.splitlines()
    ours = [line for line in said if line.startswith(("before", "after"))]
    assert ours == ["before", "after 1", "after 2", "after 3"]
    steps = [said.index(f"after {step}") for step in (1, 2, 3)]
    assert [said[at - 1].startswith(f"fit_slow: step {n}/3") for n, at in enumerate(steps, 1)] == [True] * 3


@pytest.mark.parametrize(
    ("command", "apart"),
    [
        (("tracked", "run", "fit_slow"), True),
        (("tracked", "run", "--in-place", "fit_slow"), False),
        pytest.param(("tracked", "run", "fit_slow", "--in-place"), False, marks=pytest.mark.long),
        pytest.param(
            (sys.executable, "-m", "trace", "--count", "-C", "counts", "--module", "tiny.fit_slow"),
            False,
            marks=pytest.mark.long,
        ),
    ],
    ids=["tracked run", "in place", "in place, said last", "under a tracer"],
)
def test_the_recorder_imports_nothing_of_the_stage_unless_it_runs_it(tiny_made, command, apart):
    who = tiny_made.path / "who"
    edit(tiny_made, before=f'import os\nopen({str(who)!r}, "a").write(f"{{os.getpid()}} {{os.getppid()}}\\n")\n')
    process = tiny_made.start(*command, "hydra.run.dir=here")
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    pids = {tuple(map(int, line.split())) for line in who.read_text().splitlines()}
    ((pid, parent),) = pids
    assert (parent if apart else pid) == process.pid


@pytest.mark.parametrize("more", [("-m", "fit_slow.rate=0.1,0.2"), ("hydra.mode=MULTIRUN",)], ids=["-m", "mode"])
def test_a_sweep_in_place_is_refused(tiny_made, more):
    done = tiny_made.run("tracked", "run", "fit_slow", "--in-place", *more, ok=False)
    assert done.stderr.splitlines()[-1].startswith("error: --in-place runs one stage in this process: a sweep's jobs")
    assert "Traceback" not in done.stderr


def test_pictures_and_the_model_are_made_where_the_stage_ran(tiny_made):
    edit(
        tiny_made,
        before="import os\n",
        body="    print('run', os.getpid())\n",
    )
    path = tiny_made.path / "tiny/fit_slow.py"
    path.write_text(
        path.read_text().replace(
            '    return trained("slow", folder, metrics)',
            """    made = trained("slow", folder, metrics)
    served = made.served
    made.served = lambda spare: [print("model", os.getpid()), served(spare)][1]
    made.pictures = lambda: print("draw", os.getpid())
    return made""",
        )
    )
    lines = tiny_made.run("tracked", "run", "fit_slow").stdout.splitlines()
    said = dict(line.split() for line in lines if line.startswith(("run ", "model ", "draw ")))
    assert said["run"] == said["model"] == said["draw"]
    run = of_stage(tiny_made)[0]
    assert "served_model" in run["tags"]


CHECKPOINT = """
    from pathlib import Path
    import time
    try:
        Path("BEGAN").touch()
        time.sleep(60)
    except KeyboardInterrupt:
        time.sleep(SECONDS)
        Path("CHECKPOINT").write_text("whole")
        raise
"""


@pytest.mark.parametrize(
    ("seconds", "twice", "written"),
    [(1, False, True), pytest.param(60, False, False, marks=pytest.mark.long), (3, True, False)],
    ids=["in time", "too late", "Ctrl-C again"],
)
def test_an_interrupted_stage_has_five_seconds_to_write_what_it_has(tiny_made, seconds, twice, written):
    checkpoint = tiny_made.path / "checkpoint"
    edit(
        tiny_made,
        body=CHECKPOINT.replace("SECONDS", str(seconds))
        .replace("CHECKPOINT", str(checkpoint))
        .replace("BEGAN", str(tiny_made.path / "began")),
    )
    process = tiny_made.start("tracked", "run", "fit_slow", start_new_session=True)
    begun(tiny_made, tiny_made.path / "began", process)
    at = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    if twice:
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    assert checkpoint.exists() == written
    assert time.monotonic() - at < (2.5 if twice else 8)
    assert {one["status"] for one in of_stage(tiny_made)} == {"KILLED"}


def begun(tiny, file, process):
    """Wait until the stage has written a file, and its run is there."""
    end = time.monotonic() + 60
    while not (file.exists() and (tiny.path / "mlflow.db").exists() and of_stage(tiny)):
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    time.sleep(0.5)


def of_stage(tiny):
    return [one for one in tiny.runs() if one["tags"].get("stage") == "fit_slow"]


def test_a_stage_that_exits_ends_with_its_code_and_its_run_failed(tiny_made):
    edit(tiny_made, body="    raise SystemExit(3)\n")
    process = tiny_made.start("tracked", "run", "fit_slow")
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (3, "")
    run = of_stage(tiny_made)[0]
    assert run["status"] == "FAILED"
    assert run["tags"]["error"] == "it called sys.exit(3)"

    swept = tiny_made.run("tracked", "run", "fit_slow", "-m", "fit_slow.rate=0.02,0.03", ok=False)
    assert swept.stderr.count("it called sys.exit(3)") == 2


UNHEARD = """
from pathlib import Path
from tracked.project import here
from tracked.runs.active import StageRun
from tracked.settings.loading import load
from tracked.stages.child import Child
here()
child = Child()
child.begin("fit_slow", load(Path("params.yaml")), Path(), keeps=False)
try:
    child.run(StageRun("fit_slow"), lambda step, metrics: 1 / 0)
except ZeroDivisionError:
    print(child.has_ended)
"""


def test_a_stage_that_nobody_listens_to_any_more_ends(tiny_made):
    """Its steps would be taken for those of the next stage."""
    assert tiny_made.python(UNHEARD).stdout == "True\n"
