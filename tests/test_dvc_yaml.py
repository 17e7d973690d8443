"""dvc.yaml declares what a stage reads: no more, or it runs needlessly; no less, or its result is stale."""

import copy
import hashlib
import json

import pytest
import yaml

STAGES = ("split", "train_keras", "train_numpy", "evaluate")
OTHER = {
    "seed": 1,
    "data": {"_target_": "sklearn.datasets.load_digits", "n_class": 5},
    "split": {"train": 0.5, "validation": 0.3, "test": 0.2},
    "train_keras": {"n_hidden": 7},
    "train_numpy": {"n_hidden": 7},
    "evaluate": {"n_errors": 3},
}
RECORDER = """
import atexit, json, sys, pathlib
def write():
    root = pathlib.Path.cwd()
    files = {getattr(m, "__file__", None) or "" for m in sys.modules.values()}
    files = [str(pathlib.Path(f).relative_to(root)) for f in files if f.startswith(str(root))]
    file = pathlib.Path("imported.json")  # of all processes of the stage
    file.write_text(json.dumps(sorted({*files, *(json.loads(file.read_text()) if file.exists() else [])})))
atexit.register(write)
"""
EACH = """
import hashlib, json, runpy, sys
from pathlib import Path
stage, outs, *settings = json.loads(Path("given.json").read_text())
hashes = []
for given in settings:
    Path("params.yaml").write_text(json.dumps(given))
    runpy.run_module(f"pipeline.{stage}", run_name="__main__", alter_sys=True)
    hashes.append({out: hashlib.sha256(Path(out).read_bytes()).hexdigest() for out in outs})
Path("hashes.json").write_text(json.dumps(hashes))
"""


def declared(clone, stage):
    return yaml.safe_load((clone.path / "dvc.yaml").read_text())["stages"][stage]


def outputs(clone, stage):
    """Their hashes."""
    outs = declared(clone, stage)["outs"] + declared(clone, stage).get("metrics", [])
    return {out: hashlib.sha256((clone.path / out).read_bytes()).hexdigest() for out in outs if isinstance(out, str)}


def run_with(clone, stage, settings):
    """Run a stage as DVC does; returns the hashes of its outputs."""
    (clone.path / "params.yaml").write_text(yaml.safe_dump(settings))
    (clone.path / "recorder").mkdir(exist_ok=True)
    (clone.path / "recorder/sitecustomize.py").write_text(RECORDER)
    clone.run("python", "-m", f"pipeline.{stage}", DVC_STAGE=stage, PYTHONPATH=f"{clone.path}/recorder")
    return outputs(clone, stage)


def altered(settings, keys):
    settings = copy.deepcopy(settings)
    for key in keys:
        other = OTHER[key]
        settings[key] = {**settings[key], **other} if isinstance(other, dict) else other
    return settings


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_reads_the_settings_and_modules_that_it_declares(finished, stage):
    settings = yaml.safe_load((finished.path / "params.yaml").read_text())
    params = declared(finished, stage)["params"]
    plain = outputs(finished, stage)
    assert run_with(finished, stage, altered(settings, set(OTHER) - set(params))) == plain
    given = [stage, list(plain), *(altered(settings, [key]) for key in params)]
    (finished.path / "given.json").write_text(json.dumps(given))
    finished.run("python", "-c", EACH, DVC_STAGE=stage)  # in one process, as it takes long to start
    for key, found in zip(params, json.loads((finished.path / "hashes.json").read_text()), strict=True):
        assert found != plain, key

    imported = set(json.loads((finished.path / "imported.json").read_text())) - {"recorder/sitecustomize.py"}
    assert imported == {dep for dep in declared(finished, stage)["deps"] if dep.endswith(".py")}


def test_compose_declares_the_modules_that_it_imports(finished):
    finished.edit("conf/config.yaml", "- train_keras/optimizer: adam", "- train_keras/optimizer: sgd")
    finished.edit("conf/config.yaml", "train: 0.6", "train: 0.5")
    finished.edit("conf/config.yaml", "test: 0.2", "test: 0.3")
    (finished.path / "recorder").mkdir()
    (finished.path / "recorder/sitecustomize.py").write_text(RECORDER)
    finished.run("python", "-m", "pipeline.compose", DVC_STAGE="compose", PYTHONPATH=f"{finished.path}/recorder")
    imported = set(json.loads((finished.path / "imported.json").read_text())) - {"recorder/sitecustomize.py"}
    assert imported == {dep for dep in declared(finished, "compose")["deps"] if dep.endswith(".py")}
