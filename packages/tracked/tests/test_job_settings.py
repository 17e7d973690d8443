"""A job's settings are those that Hydra gives a single run with the same overrides, whatever their order."""

import shlex

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import RunMode
from omegaconf import OmegaConf

from tracked.errors import UserError
from tracked.sweeps import job_settings, overrides, plan

CONFIG = """
defaults: [{kind: plain}, _self_]
seed: 0
fit: {rate: 0.1, epochs: 3, kind: {a: 1}}
"""
SWEEP = """# @package _global_
defaults: [{override /kind: other}]
fit: {epochs: 9, note: "it's: a", sizes: [1, 2]}
hydra: {sweeper: {params: {seed: "1,2"}}}
"""
GIVEN = [
    "seed=1,2 'fit={rate:5}' 'fit={epochs:8}'",
    "fit.rate=3,4 'fit={epochs:5}'",
    "'fit={rate:5}' fit.rate=3,4",
    "fit.rate=3 'fit={rate:5}' fit.rate=4 seed=1,2",
    "'fit={rate:5},{rate:6,epochs:1}' fit.epochs=9",
    "fit.kind.a=2,3 +fit.kind={b:5}",
    "kind=plain,other fit.rate=2",
    "fit.rate=1,2 +fit.more=3,4 ~fit.epochs",
    "seed=1,2 seed=3,4",
]


@pytest.fixture
def hydra(tmp_path):
    (tmp_path / "kind").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "kind/plain.yaml").write_text("# @package fit\nshape: flat\n")
    (tmp_path / "kind/other.yaml").write_text("# @package fit\nrate: 7\nshape: round\n")
    (tmp_path / "kind/sweeping.yaml").write_text("# @package _global_\nhydra: {sweeper: {max_batch_size: 3}}\n")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        yield GlobalHydra.instance().config_loader()


def jobs(loader, given):
    """The overrides and settings of each job, as a sweep makes them."""
    arguments = shlex.split(given)
    config = loader.load_configuration("config", arguments, RunMode.MULTIRUN)
    chosen = overrides._last(OverridesParser.create(config_loader=loader).parse_overrides(arguments))
    for values in overrides.combinations([each for each in chosen if each.is_sweep_override()]):
        yield overrides.lines(chosen, values), job_settings.settings(config, loader, chosen, values)


@pytest.mark.parametrize("given", GIVEN)
def test_a_job_has_what_a_single_run_with_its_overrides_has(hydra, given):
    for lines, settings in jobs(hydra, given):
        assert settings == OmegaConf.to_container(compose("config", lines), resolve=True)


def test_the_last_word_on_a_key_counts(hydra):
    (_, first), (_, second) = jobs(hydra, GIVEN[3])
    assert (first["fit"]["rate"], first["seed"], second["seed"]) == (4, 1, 2)
    assert [settings["seed"] for _, settings in jobs(hydra, GIVEN[8])] == [3, 4]


@pytest.mark.parametrize("given", ["fit.rate=3,4 'fit={rate:5}'", "fit.kind.a=2,3 fit.kind={a:5}", "seed=1,2 ++seed=5"])
def test_values_that_no_job_would_have_are_refused(hydra, given):
    with pytest.raises(UserError, match=r"^\S+=\d: \S+ is 5 in the end: another override comes after it$"):
        list(jobs(hydra, given))


def test_a_value_that_is_given_twice_is_one_job(hydra):
    assert [settings["fit"]["rate"] for _, settings in jobs(hydra, "fit.rate=0.1,0.10,1e-1,0.2")] == [0.1, 0.2]
    assert len(list(jobs(hydra, """+fit.note=a,"'a'",b"""))) == 2


@pytest.mark.parametrize("choice", ["+sweep=own", "+sweep=[none,own]"])
def test_the_command_of_a_job_has_all_that_the_file_of_its_sweep_sets(hydra, tmp_path, choice):
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep/own.yaml").write_text(SWEEP)
    (tmp_path / "sweep/none.yaml").write_text("# @package _global_\n")
    config = hydra.load_configuration("config", [choice, "fit.rate=8"], RunMode.MULTIRUN)
    overrides = OverridesParser.create().parse_overrides(["seed=1,2", choice, "fit.rate=8"])
    chosen = plan.chosen(config, hydra, overrides, {"seed", "fit"}, "fit")
    assert chosen == ["kind=other", "fit.epochs=9", "+fit.note='it\\'s: a'", "+fit.sizes=[1,2]"]
    alone = OmegaConf.to_container(compose("config", [*chosen, "fit.rate=8"]))
    assert alone == {key: value for key, value in OmegaConf.to_container(config).items() if key != "hydra"}


def test_a_file_that_says_how_to_sweep_is_not_one_of_several_values(hydra):
    with pytest.raises(UserError, match=r"^kind=sweeping sets hydra\.sweeper, which can't be one of several values"):
        list(jobs(hydra, "kind=plain,sweeping"))
