"""The study itself, small: two seeds, two epochs; also interrupted. Its claims do not hold then, so no page is made."""

import os
import random
import signal
import time
from math import ceil

import pytest

from study.questions import NAMES

SMALL = """
import sys

from study import making
from study.__main__ import measured
from study.questions import NAMES, question
from tracked import script

with script():
    figures = measured(sys.argv[1:] or NAMES)
    assert all(question(name).claims(found) for name, found in figures.items())
    making.figures_and_pictures(figures)
"""
STUDY = ("python", "-c", SMALL)
SOAK = min(1.0, float(os.environ.get("SOAK", "1")))  # the jobs are not enough for more interruptions
FEW = ("start", "q05_approximation", "q12_gradient")  # a sweep, and experiments after it


@pytest.fixture
def small(short_clone, tmp_path):
    """Makes clones whose sweeps and experiments have two seeds and two epochs."""

    def make(name):
        clone = short_clone(tmp_path / name)
        less = {f"range({n})": "range(2)" for n in (3, 5, 10)} | {
            "SEEDS = 10": "SEEDS = 2",
            "EPOCHS = 30": "EPOCHS = 2",
        }
        clone.edit("params.yaml", "epochs: 30", "epochs: 2")
        for folder in ("conf/sweep", "study/experiments"):
            for file in (clone.path / folder).rglob("*.*"):
                text = file.read_text()
                for longer, shorter in less.items():
                    text = text.replace(longer, shorter)
                file.write_text(text)
        clone.commit()
        return clone

    return make


def made(clone, names=NAMES):
    """The bytes of these questions' figures and pictures."""
    folders = [clone.path / "docs/study", clone.path / "docs/images/practical"]
    files = [file for folder in folders for name in names for file in folder.glob(f"{name}*")]
    return {file.name: file.read_bytes() for file in files}


def finished_jobs(clone):
    return sorted(
        (run["name"], run["id"]) for run in clone.runs() if run["tags"].get("job") and run["status"] == "FINISHED"
    )


@pytest.mark.study
def test_the_second_time_nothing_runs_and_all_is_the_same(small):
    clone = small("twice")
    clone.run(*STUDY)
    jobs, before = finished_jobs(clone), made(clone)
    clone.run(*STUDY)
    assert finished_jobs(clone) == jobs
    assert made(clone) == before


@pytest.mark.study
def test_a_study_finds_the_same_when_interrupted(small):
    straight, interrupted = small("straight"), small("interrupted")
    straight.run(*STUDY, *FEW)
    chance = random.Random(0)  # noqa: S311  when to interrupt
    for n in range(1, 1 + ceil(3 * SOAK)):
        study = interrupted.start(*STUDY, *FEW)
        wait_for_jobs(3 * n, interrupted)
        time.sleep(chance.uniform(0, 2))
        study.send_signal(signal.SIGTERM)
        study.communicate(timeout=120)
        assert study.returncode == 130
        assert {run["status"] for run in interrupted.runs()} <= {"FINISHED", "KILLED"}
    interrupted.run(*STUDY, *FEW)

    assert made(interrupted, FEW) == made(straight, FEW)
    assert len(finished_jobs(interrupted)) == 16  # none twice


def wait_for_jobs(n, clone):
    """Until so many have finished."""
    for _ in range(240):
        if (clone.path / "mlflow.db").exists() and len(finished_jobs(clone)) >= n:
            return
        time.sleep(0.5)
    raise AssertionError(f"{n} jobs of a sweep did not finish in two minutes")
