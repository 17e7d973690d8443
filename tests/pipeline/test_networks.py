"""What a network needs, step by step as docs/own.md lists it: a step that is missing is named."""

import dataclasses
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from pipeline.networks import NETWORKS
from pipeline.settings import Settings
from tracked.dvc.internals import composition, written

ROOT = Path(__file__).parents[2]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
NAMES = sorted({*NETWORKS, *(stage.removeprefix("train_") for stage in STAGES if stage.startswith("train_"))})


@pytest.fixture(scope="module")
def composed():
    return yaml.safe_load(written(composition(ROOT / "conf")))


@pytest.mark.parametrize("network", NAMES)
def test_a_network_has_all_that_it_needs(network, composed):
    stage, file = f"train_{network}", f"models/{network}.npz"
    assert network in NETWORKS, f"pipeline/networks.py: NETWORKS has no line for {network}"
    assert (ROOT / f"pipeline/{stage}.py").exists(), f"pipeline/{stage}.py is missing"
    assert hasattr(import_module(f"pipeline.{stage}"), "outcome"), f"pipeline/{stage}.py has no outcome"
    assert stage in composed, f"conf/config.yaml has no section {stage}"
    assert stage in {field.name for field in dataclasses.fields(Settings)}, f"pipeline/settings.py: no {stage}"
    assert stage in STAGES, f"dvc.yaml has no stage {stage}"
    assert file in STAGES[stage]["outs"], f"dvc.yaml, stage {stage}: outs lack {file}"
    deps, outs = STAGES["evaluate"]["deps"], STAGES["evaluate"]["outs"]
    for dep in (file, f"reports/{stage}/curves.csv"):
        assert dep in deps, f"dvc.yaml, stage evaluate: deps lack {dep}"
    assert f"reports/evaluate/{network}" in outs, f"dvc.yaml, stage evaluate: outs lack reports/evaluate/{network}"
    metrics = [path for entry in STAGES["evaluate"]["metrics"] for path in entry]
    assert f"metrics/{network}.json" in metrics, f"dvc.yaml, stage evaluate: metrics lack metrics/{network}.json"
