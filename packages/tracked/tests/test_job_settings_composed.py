"""The quick way to a job's settings gives what Hydra gives."""

import pytest
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from hydra.types import RunMode

from tracked.settings.loading import as_dict
from tracked.sweeps import job_settings

FIXED = ["net.bias=false"]


def parsed(swept):
    """The overrides of a sweep: the fixed ones, and those that are swept, here with two values each."""
    lines = [line if line.endswith("1,2") else f"{line},{line.partition('=')[2]}" for line in swept]
    return OverridesParser.create().parse_overrides([*FIXED, *lines])


@pytest.fixture
def composed(tmp_path):
    """A configuration with a group and an interpolation, and Hydra's loader."""
    (tmp_path / "rule").mkdir()
    (tmp_path / "rule/slow.yaml").write_text("name: slow\nrate: 0.1\n")
    (tmp_path / "rule/fast.yaml").write_text("name: fast\nrate: 1.0\n")
    (tmp_path / "config.yaml").write_text(
        "defaults: [rule: slow, _self_]\nseed: 0\nnet: {sizes: [1, 2], bias: true, none: null, seed: '${seed}'}\n"
    )
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        yield loader.load_configuration("config", [*FIXED], RunMode.MULTIRUN), loader


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": "3"},
        {"rule.rate": "1e-3", "net.bias": "true"},
        {"rule.name": "'a, b'"},
        {"rule.rate": "${seed}"},
        {"rule": "fast", "seed": "1"},
        {"net.sizes": "[3,4]"},
        {"net.none": "7"},
        {"+net.new": "1"},
        {"rule.rate": "{a: 1}"},
    ],
    ids=str,
)
def test_settings_are_those_that_hydra_composes(composed, changes):
    config, loader = composed
    lines = [f"{key}={value}" for key, value in changes.items()]
    expected = as_dict(loader.load_sweep_config(config, [*FIXED, *lines]))
    assert job_settings.settings(config, loader, parsed(lines), changes) == expected
    assert expected["net"]["bias"] is ("net.bias" in changes)


@pytest.mark.parametrize("key", ["net.sise", "rule/kind", "sed"])
def test_what_is_not_there_is_refused(composed, key):
    with pytest.raises(HydraException):
        job_settings.settings(*composed, parsed([f"{key}=1,2"]), {key: "1"})
