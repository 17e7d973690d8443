"""A params.yaml that a refused `dvc exp run` has left is recognised, whatever was edited since."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tracked import strays
from tracked.dvc import composing
from tracked.errors import UserError
from tracked.project import _Process, here

ROOT = Path(__file__).parents[2]


@pytest.fixture
def refused(tmp_path, monkeypatch):
    """A folder in which `dvc exp run -S train_numpy.learning_rate=-1` was refused; its params.yaml."""
    shutil.copytree(ROOT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns(*strays.NAMES))
    shutil.copy(ROOT / "dvc.lock", tmp_path)
    monkeypatch.chdir(tmp_path)
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["train_numpy"]["learning_rate"] = -1
    Path("params.yaml").write_text(yaml.safe_dump(settings))
    with monkeypatch.context() as experiment:
        experiment.setenv("DVC_EXP_NAME", "wrong")
        with pytest.raises(UserError, match=r"`git checkout params\.yaml`"):
            composing.compose()
    return Path("params.yaml")


@pytest.mark.parametrize("edited", [False, True])
def test_the_next_repro_names_the_key_and_the_remedy(refused, edited):
    if edited:
        conf = Path("conf/config.yaml")
        conf.write_text(conf.read_text().replace("seed: 0", "seed: 1"))
    before = refused.read_bytes()
    with pytest.raises(UserError, match=r"train_numpy\.learning_rate: -1 .*`git checkout params.yaml` brings"):
        composing.compose()
    assert refused.read_bytes() == before


def test_the_remedy_helps(refused):
    shutil.copy(ROOT / "params.yaml", refused)
    composing.compose()
    assert refused.read_bytes() == (ROOT / "params.yaml").read_bytes()


def test_in_a_copy_that_is_thrown_away_nothing_is_to_be_taken_back(refused, monkeypatch):
    monkeypatch.setattr(_Process, "where", replace(here(), root=Path("elsewhere")))
    monkeypatch.setenv("DVC_EXP_NAME", "wrong")
    with pytest.raises(UserError, match=r"learning_rate: -1(?!.*git checkout)"):
        composing.compose()
