"""What a user of Hydra is used to works here too; but a setting must not hold a secret."""

import re

import pytest
import yaml
from dvc.utils.hydra import compose_and_dump

from tracked.dvc import internals

SECRET = {"SERVICE_TOKEN": "swordfish1"}
CALLBACK = """
from hydra.experimental.callback import Callback

class Told(Callback):
    def __init__(self, word):
        self.word = word

    def on_job_start(self, config, **kwargs):
        print(self.word, "begins", config.make.n)

    def on_multirun_start(self, config, **kwargs):
        print(self.word, "sweeps")
"""
# Hydra takes plugins from packages called hydra_plugins alone; every folder on Python's path can have one.
PLUGINS = """
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper

class MyLauncher(BasicLauncher):
    def launch(self, overrides, initial_job_idx):
        print("my launcher has", len(overrides))
        return super().launch(overrides, initial_job_idx)

class MySweeper(BasicSweeper):
    def sweep(self, arguments):
        print("my sweeper has", arguments)
        return super().sweep(arguments)
"""


@pytest.fixture
def conf(points):
    """Writes the settings, with more of them."""

    def write(more="", name="config"):
        (points.path / f"conf/{name}.yaml").write_text(
            f"seed: 0\nmake: {{n: 40}}\ntrain: {{rate: 1.0, epochs: 2}}\n{more}"
        )

    write()
    return write


@pytest.fixture
def repository(points, conf):
    points.init()
    return points


def shown(points, *arguments, **env):
    """The settings that a run would have."""
    done = points.run("tracked", "run", "make", "--cfg", "job", "--resolve", *arguments, **env)
    return yaml.safe_load(done.stdout)


def kept(points):
    """The settings that the newest run has kept."""
    return next(run for run in points.runs() if "configuration" in run["tags"])["params"]


def test_callbacks(repository, conf):
    (repository.path / "told.py").write_text(CALLBACK)
    conf("hydra: {callbacks: {one: {_target_: told.Told, word: mine}}}\n")
    assert "mine begins 30" in repository.run("tracked", "run", "make", "make.n=30").stdout
    told = repository.run("tracked", "run", "train", "-m", "train.rate=1,2").stdout
    assert "mine sweeps" in told


def test_a_search_path(points, conf):
    (points.path / "more/extra").mkdir(parents=True)
    (points.path / "more/extra/one.yaml").write_text("y: 2\n")
    conf("defaults: [extra: one, _self_]\nhydra: {searchpath: ['file://${oc.env:PLACE,more}']}\n")
    assert shown(points)["extra"] == {"y": 2}
    points.run("tracked", "compose")
    assert yaml.safe_load((points.path / "params.yaml").read_text())["extra"] == {"y": 2}


@pytest.mark.long
def test_a_variable_has_its_value_of_the_time_of_compose(repository, conf):
    conf("who: ${oc.env:WHO}\n")
    repository.run("dvc", "repro", "make", WHO="first")
    told = repository.run("dvc", "repro", "make", WHO="second").stdout
    assert "up to date" in told
    assert yaml.safe_load((repository.path / "params.yaml").read_text())["who"] == "first"
    assert kept(repository)["who"] == "first"
    assert "WHO" in repository.run("tracked", "run", "make", ok=False).stderr


@pytest.mark.long
def test_what_hydra_knows_and_the_time_in_settings(repository, conf):
    conf("job: ${hydra:job.name}\nwhere: ${hydra:runtime.output_dir}\nyear: ${now:%Y}\n")
    repository.run("tracked", "run", "make")
    params = kept(repository)
    assert params["job"] == "make"
    assert str(repository.path / "outputs") in params["where"]
    assert re.fullmatch(r"20\d\d", params["year"])
    conf("job: ${hydra:job.name}\nyear: ${now:%Y}\n")
    assert "2 done" in repository.run("tracked", "run", "train", "-m", "train.rate=1,2").stdout
    told = repository.run("tracked", "compose", ok=False).stderr
    assert "${hydra:...} works in `tracked run` alone" in told
    assert told.count("\n") == 1


@pytest.mark.long
def test_a_launcher_and_a_sweeper_of_ones_own(repository):
    (repository.path / "hydra_plugins").mkdir()
    (repository.path / "hydra_plugins/mine.py").write_text(PLUGINS)
    for kind, node in (("launcher", "MyLauncher"), ("sweeper", "MySweeper\nmax_batch_size: null\nparams: null")):
        (repository.path / f"conf/hydra/{kind}").mkdir(parents=True)
        (repository.path / f"conf/hydra/{kind}/mine.yaml").write_text(f"_target_: hydra_plugins.mine.{node}\n")
    told = repository.run("tracked", "run", "train", "-m", "train.rate=1,2", "hydra/launcher=mine").stdout
    assert "my launcher has 2" in told
    assert "2 jobs: 2 done" in told
    told = repository.run("tracked", "run", "train", "-m", "train.rate=3,4", "hydra/sweeper=mine").stdout
    assert "my sweeper has ['train.rate=3,4']" in told


def test_another_configuration(points, conf, tmp_path):
    conf("made: {n: 7}\n", name="other")
    assert shown(points, "--config-name", "other")["made"] == {"n": 7}
    (tmp_path / "beside/extra").mkdir(parents=True)
    (tmp_path / "beside/extra/one.yaml").write_text("y: 3\n")
    assert shown(points, "--config-dir", "../beside", "+extra=one")["extra"] == {"y": 3}
    (points.path / "below").mkdir()
    points.path = points.path / "below"
    assert shown(points, "--config-dir=../../beside", "+extra=one")["extra"] == {"y": 3}


@pytest.mark.long
def test_a_sweep_of_another_configuration_is_one_of_ours(repository, conf):
    conf("made: 1\n", name="other")
    told = repository.run("tracked", "run", "train", "--config-name", "other", "-m", "train.rate=1,2").stdout
    assert "2 jobs: 2 done" in told
    assert (
        "there is no setting nothing"
        in repository.run(*("tracked", "run", "make", "--config-name", "other", "nothing=1"), ok=False).stderr
    )


@pytest.mark.long
def test_the_project_itself_as_the_folder_of_a_run(repository):
    told = repository.run("tracked", "run", "make", "hydra.run.dir=.").stdout
    assert "written to ." in told
    assert (repository.path / "data/points.npz").exists()


@pytest.mark.long
def test_outputs_below_conf_do_no_harm(repository):
    repository.run("env", "-C", "conf", "tracked", "run", "make", "hydra.run.dir=conf/outputs/1", "make.n=30")
    assert (repository.path / "conf/outputs/1/.hydra/overrides.yaml").exists()
    repository.run("env", "-C", "conf", "tracked", "run", "make", "make.n=31")
    repository.run("dvc", "repro", "make")


@pytest.mark.parametrize(
    ("setting", "variable"),
    [
        ("${oc.env:SERVICE_TOKEN}", SECRET),
        ("${oc.env:HARMLESS}", {"HARMLESS": "ghp_0123456789012345678901234567890123456"}),
        ("https://${oc.env:${name}}@host", SECRET),
        ("${b}", SECRET),
        ("${oc.decode:${oc.env:SERVICE_TOKEN}}", SECRET),
    ],
)
def test_a_secret_of_the_environment_is_refused_in_one_line(points, conf, setting, variable):
    conf(f"name: SERVICE_TOKEN\nb: '${{oc.decode:${{oc.env:SERVICE_TOKEN,none}}}}'\na: '{setting}'\n")
    for command in (("run", "make"), ("compose",), ("run", "train", "-m", "train.rate=1,2")):
        told = points.run("tracked", *command, ok=False, **variable).stderr
        assert told.count("\n") == 1, told
        assert "read it in code" in told
        assert not any(value in told for value in variable.values())
    assert not (points.path / "params.yaml").exists()
    assert not (points.path / "mlflow.db").exists()


@pytest.mark.long
def test_a_secret_is_refused_in_an_experiment_of_dvc_too(repository, conf):
    conf("a: none\n")
    repository.run("dvc", "config", "hydra.enabled", "true")
    repository.run("tracked", "compose")
    repository.commit()
    setting = ("dvc", "exp", "run", "-S", "a='${oc.env:SERVICE_TOKEN}'", "make")
    told = repository.run(*setting, ok=False, **SECRET).stderr
    assert "a holds a secret, and runs would keep it: read it in code" in told
    conf("a: ${oc.env:SERVICE_TOKEN}\n")
    told = repository.run("dvc", "exp", "run", "make", ok=False, **SECRET).stderr
    assert "a is read from the variable SERVICE_TOKEN, which holds a secret" in told
    assert not (repository.path / "mlflow.db").exists()


def test_settings_are_composed_byte_for_byte_as_dvc_does(points, conf, monkeypatch, tmp_path):
    monkeypatch.setenv("WHO", "1e-3")
    conf("a: {b: '${seed}', c: [1, '${oc.env:WHO}', 1e-3, null, 'no', '2020-01-01', 'ä']}\n")
    compose_and_dump(str(tmp_path / "params.yaml"), str(points.path / "conf"), None, "config", "", [])
    assert internals.written(internals.composition(points.path / "conf")) == (tmp_path / "params.yaml").read_bytes()
