"""Stages that are commands of a project that DVC alone ran before: swept, told by their files, recorded."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from tracked.dvc import graph
from tracked.errors import UserError
from tracked.project import Where
from tracked.stages import scripts

FILES = {
    "pyproject.toml": '[tool.tracked]\nproject = "project:PROJECT"\n',
    "project.py": 'from tracked import Project\n\nPROJECT = Project("lines", models={"line": "line.json"})\n',
    ".gitignore": "/mlflow.db*\n/mlartifacts/\n/outputs/\n/multirun/\n__pycache__/\n/raw.txt\n/line.json\n",
    "raw.txt": "1 2 3 4\n",
    "params.yaml": "fit:\n  slope: 2\n  fails: false\n",
    "steps/shared.py": "def numbers(file):\n    return [float(word) for word in open(file).read().split()]\n",
    "steps/fit.py": """
import json, sys, time
from pathlib import Path
import dvc.api
import yaml
from shared import numbers

settings = yaml.safe_load(open("params.yaml"))["fit"]
assert dvc.api.params_show()["fit"] == settings
assert Path(__file__).resolve().parents[1] == Path.cwd().resolve()
if settings["fails"]:
    raise ValueError("as it was told")
source, target = sys.argv[1:]
json.dump({"slope": settings["slope"], "n": len(numbers(source))}, open(target, "w"))
if settings["slope"] == 99:
    print("waits", flush=True)
    time.sleep(60)
""",
    "steps/judge.sh": 'echo "{\\"error\\": {\\"mean\\": 0.5}, \\"kind\\": \\"line\\"}" > told/metrics.json\n',
    "dvc.yaml": """
stages:
  fit:
    cmd: python steps/fit.py raw.txt line.json
    deps: [raw.txt, steps/fit.py]
    params: [fit]
    outs: [line.json]
  judge:
    cmd:
      - mkdir -p told
      - sh steps/judge.sh && true
    deps: [line.json, steps/judge.sh]
    outs: [told: {cache: false}]
metrics: [told/metrics.json]
""",
}
RECORDED = FILES["dvc.yaml"].replace("cmd: python", "cmd: tracked run fit -- python")


@pytest.fixture
def lines(of_files):
    return of_files(FILES)


def written(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text)


def where(folder):
    return Where(folder, folder, "project:PROJECT", folder)


def test_metrics_and_plots_that_stand_beside_the_stages_are_those_of_the_stage_that_writes_them(tmp_path):
    beside = {"metrics": ["told/m.json", "b.json"], "plots": [{"curve": {"y": {"told/p.csv": "a"}}}, "told/p.png"]}
    stages = {"a": {"cmd": "x", "outs": ["told"]}, "b": {"cmd": ["x", "y"], "metrics": ["b.json"]}}
    written(tmp_path, {"dvc.yaml": yaml.safe_dump({"stages": stages, **beside})})
    found = graph.read(tmp_path)
    assert (found["a"].metrics, found["a"].plots) == (("told/m.json",), ("told/p.csv", "told/p.png"))
    assert (found["b"].metrics, found["b"].plots, found["b"].cmd) == (("b.json",), (), ("x", "y"))


@pytest.mark.parametrize(
    ("name", "text"),
    [("m.json", '{"a": {"loss": 1e-05}, "n": 3, "is": true, "what": "x"}'),
     ("m.yaml", "a: {loss: 1e-05}\nn: 3\nis: true\nwhat: x\n"),
     ("m.toml", "n = 3\nis = true\nwhat = 'x'\n[a]\nloss = 1e-05\n")],
)  # fmt: skip
def test_metrics_are_the_numbers_that_dvc_reads(tmp_path, name, text):
    stages = {"a": {"cmd": "x", "metrics": [name]}}
    written(tmp_path, {"dvc.yaml": yaml.safe_dump({"stages": stages}), name: text})
    assert scripts.outcome(where(tmp_path), {}, "a", {}, tmp_path).metrics == {"a.loss": 1e-5, "n": 3}


def test_metrics_that_can_not_be_read_are_one_line(tmp_path):
    stages = {"a": {"cmd": "x", "metrics": ["m.json"]}}
    written(tmp_path, {"dvc.yaml": yaml.safe_dump({"stages": stages}), "m.json": "{"})
    with pytest.raises(UserError, match=r"^m\.json: its metrics can't be read: "):
        scripts.outcome(where(tmp_path), {}, "a", {}, tmp_path)


@pytest.mark.long
def test_without_a_change_of_a_stage_what_dvc_made_is_logged_and_sweeps_run(lines):
    lines.run("dvc", "repro")
    lines.commit()
    lines.run("tracked", "sync")
    judge, fit, *_ = lines.runs()
    assert (judge["tags"]["stage"], judge["metrics"]) == ("judge", {"line.error.mean": 0.5})
    assert (fit["tags"]["model"], fit["metrics"]) == ("line", {"error.mean": 0.5})

    made = json.loads((lines.path / "line.json").read_text())
    told = lines.run("tracked", "run", "-m", "fit.slope=3,4", "hydra/launcher=joblib").stdout
    assert "2 jobs: 2 done" in told
    assert "2 jobs: 0 done, 0 running, 2 skipped" in lines.run("tracked", "run", "-m", "fit.slope=3,4").stdout
    folders = sorted(file.parent for file in lines.path.glob("multirun/*/*/*/line.json"))
    assert [json.loads((folder / "line.json").read_text())["slope"] for folder in folders] == [3, 4]
    placed = "steps/fit.py", "params.yaml", "dvc.yaml", ".dvc"
    assert not any((folder / path).exists() for folder in folders for path in placed)
    assert json.loads((lines.path / "line.json").read_text()) == made
    assert lines.run("git", "status", "--porcelain").stdout == ""

    (lines.path / "dvc.yaml").write_text(RECORDED)
    assert "2 skipped" in lines.run("tracked", "run", "-m", "fit.slope=3,4").stdout  # the same command
    (lines.path / "dvc.yaml").write_text(RECORDED.replace("python steps", "python -u steps"))
    assert "2 done" in lines.run("tracked", "run", "-m", "fit.slope=3,4").stdout


@pytest.mark.long
def test_a_recorded_command_is_finished_failed_or_killed_as_it_went(lines):
    (lines.path / "dvc.yaml").write_text(RECORDED)
    lines.run("dvc", "repro")
    lines.settings(fit={"slope": 2, "fails": True})
    told = lines.run("dvc", "repro", ok=False).stderr
    line = "error: `python steps/fit.py raw.txt line.json` ended with exit code 1: ValueError: as it was told"
    assert line in told
    failed, first = [run for run in lines.runs() if run["tags"].get("stage") == "fit"]
    assert [failed["status"], first["status"]] == ["FAILED", "FINISHED"]
    assert failed["tags"]["error"] == line.removeprefix("error: ")
    trace = lines.client().download_artifacts(failed["id"], "error.log", str(lines.path.parent))
    assert 'raise ValueError("as it was told")' in Path(trace).read_text()

    lines.settings(fit={"slope": 99, "fails": False})
    process = lines.start("tracked", "run", "fit", DVC_STAGE="fit")
    assert process.stdout.readline() == "waits\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert lines.runs()[0]["status"] == "KILLED"


def test_a_command_that_does_not_write_what_is_declared_is_one_line(lines):
    (lines.path / "dvc.yaml").write_text(
        FILES["dvc.yaml"].replace("cmd: python steps/fit.py raw.txt line.json", "cmd: echo")
    )
    told = lines.run("tracked", "run", "fit", ok=False).stderr
    assert told.startswith("error: fit: its command has not written line.json below ")
    assert told.count("\n") == 1
    told = lines.run("tracked", "run", "fit", "--", "python", "steps/fit.py", ok=False).stderr
    assert told == "error: `-- COMMAND` belongs in dvc.yaml: give only `tracked run fit`, which runs that command\n"


@pytest.mark.long
def test_a_script_that_is_to_be_a_function_is_one_line_and_is_not_imported(lines):
    graph_file = lines.path / "dvc.yaml"
    graph_file.write_text(
        FILES["dvc.yaml"].replace("cmd: python steps/fit.py raw.txt line.json", "cmd: tracked run fit")
    )
    told = lines.run("tracked", "run", "fit", ok=False).stderr
    absent = "error: the stage fit is to be the module fit, which is not there: in Project(...), "
    assert told == f'{absent}modules={{"fit": "MODULE"}} names another\n'
    module = lines.path / "project.py"
    module.write_text(module.read_text().replace("models=", 'modules={"fit": "steps.fit"}, models='))
    told = lines.run("dvc", "repro", ok=False).stderr
    assert "error: steps/fit.py has no function run(settings, folder, report) for `tracked run fit` to call" in told
    (lines.path / "steps/fit.py").write_text(
        "from tracked import Outcome\n\n\ndef run(settings, folder, report):\n"
        "    (folder / 'line.json').write_text(str(settings.fit.slope))\n    return Outcome({'n': 4})\n"
    )
    lines.run("dvc", "repro")
    assert lines.runs()[0]["metrics"] == {"n": 4}
    told = lines.run("tracked", "run", "-m", "fit.slope=3,4").stdout
    assert "2 jobs: 2 done" in told
    (head,) = (line.split() for line in told.splitlines() if line.startswith("slope"))
    assert {*head} == {"slope", "n", "line", "error.mean"}


def test_what_a_command_imports_is_found(lines):
    told = lines.run("tracked", "deps", ok=False).stdout
    assert told.splitlines()[0] == "fit: deps lack steps/shared.py"


def test_a_command_ends_with_the_process_that_started_it(tmp_path):
    code = "import os; from tracked.stages import scripts; scripts._call('sleep 60', '.', os.environ)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path) as process:
        deadline = time.monotonic() + 20
        while not (children := psutil.Process(process.pid).children()) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    assert children
    psutil.wait_procs(children, timeout=10)
    assert not any(child.is_running() for child in children)
