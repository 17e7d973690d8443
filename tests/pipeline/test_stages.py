"""Stages are plain functions: run without the library around them, they write the bytes that dvc.lock names."""

import copy
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

RUNNER = """
import importlib, json, sys, types, yaml
from pathlib import Path
from pydantic import TypeAdapter
stub = types.ModuleType("tracked")  # nothing of it can have a say
stub.Report = None
stub.Outcome = stub.Served = lambda *given, **named: types.SimpleNamespace(**named)
stub.main = None
sys.modules["tracked"] = stub
from pipeline.settings import Settings
stages, given = json.loads(Path("given.json").read_text())
for folder, values in given.items():
    for stage in stages:
        settings = TypeAdapter(Settings).validate_python(values)
        outcome = importlib.import_module(f"pipeline.{stage}").run(settings, Path(folder), lambda *_: None)
        getattr(outcome, "pictures", lambda: None)()
"""
STAGES = ("split", "train_keras", "train_numpy", "evaluate")
OTHER = {
    "seed": 1,
    "data": {"_target_": "sklearn.datasets.load_digits", "n_class": 5},
    "split": {"train": 0.5, "validation": 0.3, "test": 0.2},
    "train_keras": {"n_hidden": 7},
    "train_numpy": {"n_hidden": 7},
    "evaluate": {"n_errors": 3},
}


def run(clone, stages, given):
    """Run stages in folders, each with its settings, without `tracked`."""
    (clone.path / "given.json").write_text(json.dumps([stages, given]))
    clone.run("python", "-c", RUNNER)


def declared(clone, stage):
    return yaml.safe_load((clone.path / "dvc.yaml").read_text())["stages"][stage]


def outputs(clone, stage, folder="."):
    """The hashes of a stage's files, by their paths below the folder."""
    entries = declared(clone, stage)["outs"] + declared(clone, stage).get("metrics", [])
    paths = [
        clone.path / folder / path for entry in entries for path in (entry if isinstance(entry, dict) else [entry])
    ]
    files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return {
        file.relative_to(clone.path / folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


@pytest.mark.long
def test_stages_give_the_bytes_of_the_pipeline_without_the_library_around_them(finished):
    settings = yaml.safe_load((finished.path / "params.yaml").read_text())
    run(finished, STAGES, {"bare": settings})
    for stage in STAGES:
        assert outputs(finished, stage, "bare") == outputs(finished, stage)
    found = {file.relative_to(finished.path / "bare").as_posix() for file in (finished.path / "bare").rglob("*.*")}
    assert found == {file for stage in STAGES for file in outputs(finished, stage)}  # and no files besides
    keys = [[*json.loads((finished.path / f"metrics/{net}.json").read_text())] for net in ("keras", "numpy")]
    assert keys[0] == keys[1]  # else `dvc metrics show` would have columns of dashes
    table = finished.run("dvc", "metrics", "show").stdout
    assert max(map(len, table.splitlines())) <= 120


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_reads_the_settings_that_it_declares(finished, stage):
    settings = yaml.safe_load((finished.path / "params.yaml").read_text())
    params = declared(finished, stage)["params"]
    given = {"others": altered(settings, set(OTHER) - set(params))}
    given |= {f"other_{key}": altered(settings, [key]) for key in params}
    for folder in given:  # with the inputs of the pipeline
        for part in ("data", "models", "reports"):
            (finished.path / folder).mkdir(exist_ok=True)
            finished.run("cp", "-rL", part, folder)
    run(finished, [stage], given)
    plain = outputs(finished, stage)
    assert outputs(finished, stage, "others") == plain
    for key in params:
        assert outputs(finished, stage, f"other_{key}") != plain, key


def altered(settings, keys):
    settings = copy.deepcopy(settings)
    for key in keys:
        other = OTHER[key]
        settings[key] = {**settings[key], **other} if isinstance(other, dict) else other
    return settings


TRACKED = str(Path(sys.executable).parent / "tracked")


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "imported", "code"),
    [
        ((TRACKED, "compose"), "hydra.", 130),
        ((TRACKED, "run", "train_keras"), "digitrack.", 130),
        (("-m", "pipeline.train_keras"), "digitrack.", -signal.SIGINT),
    ],
)
def test_ctrl_c_in_the_imports_of_a_stage_prints_nothing(clone, command, imported, code):
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", *command],  # tells of every module as it is imported
        cwd=clone.path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # it may be ignored here
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        next(line for line in process.stderr if line.split()[-1].startswith(imported))
        process.send_signal(signal.SIGINT)
        left = process.stderr.read()
    assert "Traceback" not in left
    assert process.returncode == code


@pytest.mark.long
def test_at_a_terminal_a_stage_that_is_silent_for_long_is_said_to_run(finished, terminal):
    computes = "    from time import process_time\n    end = process_time() + 3\n"
    computes += "    while process_time() < end:\n        pass\n"
    finished.edit("pipeline/train_numpy.py", "    own = settings", f"{computes}    own = settings")
    stage = terminal("python", "-m", "pipeline.train_numpy", cwd=finished.path, env=finished.env())
    stage.wait_for("Running train_numpy ... 1 s")
    stage.wait_for("train_numpy: step 1/")
    assert "Running" not in stage.wait_for("written to")
