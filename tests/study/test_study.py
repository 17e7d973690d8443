"""The study itself, small: two seeds, two epochs; and interrupted."""

import json
import signal
import time

import pytest

SMALL = """
import json
from study import evidence, making
from study.questions import NAMES, question
from study.sweep import Sweep

for name in NAMES:
    module = question(name)
    if all(isinstance(each, Sweep) and each.stage for each in module.EVIDENCE.values()):
        found = {key: evidence.known(each) or evidence.found(each) for key, each in module.EVIDENCE.items()}
        figures = json.loads(json.dumps(module.measure(found)))
        assert module.claims(figures)
        making.pictures(name, figures)
"""


@pytest.fixture
def small(clone):
    """A clone whose sweeps have two seeds."""
    for file in (clone.path / "conf/sweep/practical").glob("*.yaml"):
        text = file.read_text()
        for seeds in ("range(10)", "range(5)", "range(3)"):
            text = text.replace(seeds, "range(2)")
        file.write_text(text)
    clone.commit()
    return clone


@pytest.mark.study
def test_sweeps_become_figures_and_pictures_and_the_second_time_nothing_runs(small):
    small.run("python", "-c", SMALL)
    pictures = sorted(file.name for file in (small.path / "docs/images/practical").glob("*.png"))
    runs = len(small.runs())
    before = {file: file.read_bytes() for file in (small.path / "docs").rglob("*") if file.is_file()}

    small.run("python", "-c", SMALL)

    assert {"start_start.png", "q04_width_width.png", "q06_rate_rate.png"} <= set(pictures)
    assert len(small.runs()) == runs
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.study
def test_an_interrupted_study_goes_on_with_the_jobs_that_are_left(small):
    study = small.start("python", "-m", "study")
    store = small.path / "mlflow.db"
    for _ in range(600):
        if store.exists() and any(run["status"] == "FINISHED" for run in small.runs()):
            break
        time.sleep(0.2)
    study.send_signal(signal.SIGTERM)
    study.communicate(timeout=120)
    done = {run["id"] for run in small.runs() if run["status"] == "FINISHED"}

    one = "from study import evidence; from study.questions import start; evidence.found(start.EVIDENCE['grid'])"
    small.run("python", "-c", one)

    assert study.returncode == 130
    assert done
    finished = [run for run in small.runs() if run["tags"].get("job") and run["status"] == "FINISHED"]
    assert done <= {run["id"] for run in small.runs() if run["status"] == "FINISHED"}
    assert len(finished) == len({run["tags"]["job"] for run in finished}) == 16
    assert json.loads(next((small.path / ".dvc/tmp/study").glob("practical_start*.json")).read_text())["result"]
