"""No setting is read from the environment, whoever composes; Hydra's own may be."""

import pytest
from omegaconf import OmegaConf
from omegaconf.errors import InterpolationResolutionError
from omegaconf.resolvers import oc

from tracked.errors import UserError
from tracked.settings import environment
from tracked.settings.loading import as_dict


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    monkeypatch.setenv("PLANTED", "pl4nted")
    environment.close()
    yield
    OmegaConf.register_new_resolver("oc.env", oc.env, replace=True)


FROM_THE_ENVIRONMENT = [
    "${oc.env:PLANTED}",
    "a ${oc.env:PLANTED} b",
    "${oc.env:NONE,1}",
    r"${oc.decode:'\${oc.env:PLANTED}'}",
    r"${oc.create:{hydra:'\${oc.env:PLANTED}'}}",
    "${${name}:PLANTED}",
    "${oc.select:${oc.env:PLANTED}}",
]
FROM_ELSEWHERE = ["${hydra:run.dir}", "${hydra.run.dir}", "${now:%S}", "${oc.select:hydra.run.dir}"]


@pytest.mark.parametrize("value", FROM_THE_ENVIRONMENT + FROM_ELSEWHERE)
def test_a_setting_from_the_environment_is_refused_by_its_key(value):
    settings = {"name": "oc.env", "data": {"x": value}, "hydra": {"run": {"dir": "${oc.env:PLANTED}"}}}
    with pytest.raises(UserError, match=r"data\.x") as refused:
        as_dict(OmegaConf.create(settings))
    assert "pl4nted" not in str(refused.value)


@pytest.mark.parametrize("value", FROM_THE_ENVIRONMENT)
def test_it_is_refused_where_dvc_composes(value):
    with pytest.raises(InterpolationResolutionError):
        OmegaConf.resolve(OmegaConf.create({"name": "oc.env", "x": value}))


def test_a_setting_may_name_another():
    assert as_dict(OmegaConf.create({"seed": 3, "x": ["${seed}: a", "a: ${seed}"]}))["x"] == ["3: a", "a: 3"]


def test_hydras_own_may_be():
    config = OmegaConf.create({"hydra": {"x": "${oc.env:PLANTED}", "y": "${oc.env:NONE,1}"}})
    assert (config.hydra.x, str(config.hydra.y)) == ("pl4nted", "1")


def test_hydra_closes_it_when_it_starts(tiny):
    config = tiny.path / "conf/config.yaml"
    config.write_text(config.read_text().replace("seed: 0", "seed: ${oc.env:PLANTED}"))
    done = tiny.run("python", "-m", "tiny.make", ok=False, PLANTED="7654321")
    (line,) = done.stderr.splitlines()
    assert "seed: '${oc.env:PLANTED}' is not allowed: a setting may name another, as ${seed} does" in line
    composing = (
        "from dvc.utils.hydra import compose_and_dump\n"
        f"compose_and_dump('params.yaml', {str(tiny.path / 'conf')!r}, None, 'config', '', [])"
    )
    before = (tiny.path / "params.yaml").read_bytes()
    assert "seed: a setting is not read" in tiny.python(composing, ok=False, PLANTED="7654321").stderr
    assert (tiny.path / "params.yaml").read_bytes() == before
    assert not [file for file in tiny.path.rglob("*.yaml") if b"7654321" in file.read_bytes()]
