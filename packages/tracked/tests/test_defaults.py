"""To name a setting that has the default of the schema is to leave it out: what ran before it was named is found."""

import json

import pytest
import yaml

SCHEMA = """
import dataclasses
from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass


class Kind(Enum):
    PLAIN = "plain"
    OTHER = "other"


@dataclasses.dataclass
class Noise:  # no pydantic one
    scale: float
    seeds: list[int] = dataclasses.field(default_factory=lambda: [1, 2])


class Cut(BaseModel):
    at: int = 3


@dataclass
class Stop:
    patience: int | None = None
    least: float = 0


@dataclass
class Fit:
    rate: float
    epochs: int
    decay: Annotated[float, Field(ge=0)] | None = None
    flag: bool | int = False
    kind: Kind = Kind.PLAIN
    stop: Stop = Field(default_factory=Stop)
    noises: list[Noise] = Field(default_factory=list)
    by_name: dict[str, Noise] = Field(default_factory=dict)
    either: Cut | Noise | None = None
    free: dict[str, Any] | None = None
    shape: tuple[int, ...] = (1, 2)


@dataclass
class Settings:
    seed: int
    fit_slow: Fit
    fit_fast: Fit
    more: Stop = Field(default_factory=Stop)
"""
PRINT = """
import json
from tracked.settings.settings import Settings
base = {"seed": 1, "fit_slow": {"rate": 1, "epochs": 2}, "fit_fast": {"rate": 0.5, "epochs": 2}}

def of(more=None, **own):
    return {**base, "fit_fast": {**base["fit_fast"], **own}, **(more or {})}

def kept(settings):  # of a fit, what it need not have; and sections that need not be there
    found = Settings(settings).named
    return [{key: value for key, value in found["fit_fast"].items() if key not in ("rate", "epochs")},
            {key: value for key, value in found.items() if key not in base}]
"""


NONE = [{}, {}]
CASES = {
    "kept(of())": NONE,
    "kept(of(decay=None, flag=False, kind='plain'))": NONE,
    "kept(of(decay=0, flag=True, kind='other'))": [{"decay": 0, "flag": True, "kind": "other"}, {}],
    "kept(of(flag=0))": [{"flag": 0}, {}],  # no false
    "kept(of(stop={}))": NONE,
    "kept(of(stop={'patience': None, 'least': 0.0}))": NONE,
    "kept(of(stop={'patience': None, 'least': 1}))": [{"stop": {"least": 1}}, {}],
    "kept(of(noises=[], by_name={}, either=None, free=None, shape=[1, 2]))": NONE,
    "kept(of(shape=[2, 1]))": [{"shape": [2, 1]}, {}],
    "kept(of(noises=[{'scale': 1, 'seeds': [1, 2]}, {'scale': 2, 'seeds': []}]))": [
        {"noises": [{"scale": 1}, {"scale": 2, "seeds": []}]}, {}],
    "kept(of(by_name={'a': {'scale': 1, 'seeds': [1, 2]}}))": [{"by_name": {"a": {"scale": 1}}}, {}],
    "kept(of(either={'at': 3}))": [{"either": {}}, {}],
    "kept(of(either={'scale': 3, 'seeds': [1, 2]}))": [{"either": {"scale": 3}}, {}],
    "kept(of(free={'shape': None, 'decay': None}))": [{"free": {"shape": None, "decay": None}}, {}],
    "kept(of({'more': {'patience': None}}))": NONE,
    "kept(of({'more': {'patience': 1, 'least': 0}}))": [{}, {"more": {"patience": 1}}],
    "kept(of({'other': None}))": [{}, {"other": None}],  # the schema passes it over; a command may read it
    "kept(of(rate='no number', decay=None))": [{"decay": None}, {}],  # refused: as it is
    "Settings(of()).named['fit_slow']": {"rate": 1, "epochs": 2},  # as it was written, 1 for 1.0
    "Settings(of(decay=None, stop={'least': 0})).complete(of())['fit_fast']": {
        "rate": 0.5, "epochs": 2, "decay": None, "stop": {"least": 0}},
    "Settings(of(decay=None)).complete(of(decay=1))['fit_fast']['decay']": 1,
    "Settings(of(decay=1)).complete(of())['fit_fast']": {"rate": 0.5, "epochs": 2},
    "Settings(of(stop={'patience': 1, 'least': 0})).complete(of(stop={}))['fit_fast']['stop']": {"least": 0},
}  # fmt: skip


def test_a_setting_with_the_schemas_default_counts_as_left_out(tiny):
    (tiny.path / "tiny/settings.py").write_text(SCHEMA)
    told = tiny.python(PRINT + "".join(f"print(json.dumps({case}))\n" for case in CASES)).stdout
    found = dict(zip(CASES, map(json.loads, told.splitlines()), strict=True))
    assert {case: value for case, value in found.items() if value != CASES[case]} == {}


def test_without_a_schema_every_setting_counts(tiny):
    project = tiny.path / "tiny/project.py"
    project.write_text(project.read_text().replace('settings="tiny.settings:Settings",', ""))
    code = "from tracked.settings.settings import Settings; print(Settings({'a': None, 'b': {'c': 0}}).named)"
    assert tiny.python(code).stdout == "{'a': None, 'b': {'c': 0}}\n"


def test_what_was_applied_before_a_setting_was_named_is_kept_and_nothing_else(tiny):
    graph = yaml.safe_load((tiny.path / "dvc.yaml").read_text())
    written = [{file: {"cache": False, "persist": True}} for file in ("conf.lock.yaml", "params.yaml")]
    graph["stages"]["compose"] = {"cmd": "tracked compose", "deps": ["conf"], "outs": written}
    (tiny.path / "dvc.yaml").write_text(yaml.safe_dump(graph))
    tiny.run("tracked", "compose")
    tiny.settings(fit_fast={"rate": 0.3, "epochs": 3, "decay": 0.5})
    name_decay(tiny)
    told = tiny.run("tracked", "compose").stdout
    assert "has in place of conf/'s (fit_fast.rate: 0.1 -> 0.3, fit_fast.decay: None -> 0.5);" in told
    assert yaml.safe_load((tiny.path / "params.yaml").read_text())["fit_slow"]["decay"] is None

    old = {"rate": 0.01, "epochs": 3}
    tiny.settings(fit_slow=old, fit_fast={"rate": 0.1, "epochs": 3})  # a file from before, beside the record of today
    asked = "from tracked.dvc.composing import applied_values; print(applied_values())"
    assert tiny.python(asked).stdout == "{}\n"
    lock = {"stages": {"fit_slow": {"params": {"params.yaml": {"fit_slow": old}}}}}
    (tiny.path / "dvc.lock").write_text(yaml.safe_dump(lock))
    assert tiny.run("tracked", "compose", DVC_EXP_NAME="one").stderr == ""
    assert tiny.run("tracked", "compose").stdout == ""
    assert (tiny.path / "params.yaml").read_text() == (tiny.path / "conf.lock.yaml").read_text()


@pytest.mark.long
def test_what_ran_before_a_setting_with_a_default_was_named_is_found(tiny_copy):
    """A configuration's run, a sweep and its jobs, in a store from before conf/ named another setting."""
    sweep = ("tracked", "run", "fit_fast", "-m", "fit_fast.rate=0.01,0.02")
    tiny_copy.run(*sweep)
    before = {run["id"] for run in tiny_copy.runs()}
    name_decay(tiny_copy)
    conf = yaml.safe_load((tiny_copy.path / "conf/config.yaml").read_text())
    tiny_copy.settings(fit_slow=conf["fit_slow"], fit_fast=conf["fit_fast"])

    assert "2 jobs: 0 done, 0 running, 2 skipped" in (done := tiny_copy.run(*sweep)).stdout + done.stderr
    assert {run["id"] for run in tiny_copy.runs()} == before  # the sweep's own is gone on with
    tiny_copy.stages("make")
    (new,) = (run for run in tiny_copy.runs() if run["id"] not in before)
    assert new["tags"]["mlflow.parentRunId"] in before
    assert new["name"] == "make"

    swept = tiny_copy.run("tracked", "run", "fit_fast", "-m", "fit_fast.decay=null,1", "fit_fast.rate=0.01")
    assert "2 jobs: 1 done, 0 running, 1 skipped" in swept.stdout + swept.stderr


def name_decay(tiny):
    """Give both fits a setting with a default, which conf/ names."""
    schema, conf = tiny.path / "tiny/settings.py", tiny.path / "conf/config.yaml"
    schema.write_text(schema.read_text().replace("epochs: int", "epochs: int\n    decay: float | None = None"))
    conf.write_text(conf.read_text().replace("epochs: 3", "epochs: 3, decay: null"))
