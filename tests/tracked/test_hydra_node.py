"""What is said to Hydra runs no code that is not known, and is refused in one line."""

import shutil
import sys
from pathlib import Path

import pytest

from tracked.errors import UserError
from tracked.settings import hydra_flags, hydra_node

HERE = Path(__file__).parent
PRESETS = HERE.parents[1] / "conf/hydra"
REFUSED = [
    "hydra.launcher._target_=os.getcwd",
    "hydra.sweeper._target_=os.getcwd",
    "+hydra.launcher.more={_target_: os.getcwd}",
    "+hydra.launcher.more=[{_target_: os.getcwd}]",
    "+hydra.launcher._args_=[1]",
    "+hydra.launcher._partial_=true",
    "hydra.launcher=${data}",
    "+hydra.launcher.more=${data}",
    r"+hydra.launcher.more=\${data}",
    "+hydra.launcher.setup=[rm]",
    "+hydra.launcher.ray={init: {runtime_env: {worker_process_setup_hook: os.getcwd}}}",
    "+hydra.callbacks.more._target_=os.getcwd",
    "hydra.searchpath=[pkg://this]",
    "hydra={searchpath: [pkg://this]}",
    "+hydra.job.env_set.PYTHONPATH=/tmp",
    "hydra.job_logging.handlers.file.filename=params.yaml",
    "+hydra.job_logging.handlers.file.mode=w",
    "+hydra.job_logging.handlers.more={class: os.getcwd}",
    "+hydra.job_logging.formatters.more={class: os.getcwd}",
    "hydra.job_logging.handlers.console.stream=ext://os.environ",
    "hydra.hydra_logging=${data}",
    "hydra.job.name=../x",
    "hydra.output_subdir=../conf",
    "+hydra.sweeper.place=1",
    "hydra.sweeper.rerun=7",
    "hydra.sweeper.params=7",
    "hydra.sweeper.params={seed: '${oc.env:HOME},2'}",
    "hydra.sweeper.params=${hydra.job}",
    "hydra.run.dir=a,b",
    """+hydra.launcher.more='${oc.select:"at${now:%S}"}'""",
    """hydra.callbacks='${oc.select:"at${now:%S}"}'""",
    """hydra.job.env_set='${oc.select:"at${now:%S}"}'""",
    "hydra.verbose=${data}",
    "hydra=5",
    "nowhere=5",
    "=5",
    "",
    "x=" + "[" * 2000 + "]" * 2000,
    "x=1" + "0" * 5000,
]
TAKEN = [
    ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"],
    ["hydra/sweeper=optuna", "hydra.sweeper.n_trials=3", "hydra.sweeper.seed=1"],
    ["hydra.job_logging.root.level=INFO", "hydra.run.dir=${oc.env:HOME}/x", "hydra.sweep.dir=x"],
    ["+sweep=rates", "hydra.sweeper.rerun=true"],
    ["hydra.sweep.subdir=${now:%S}_${hydra.job.num}", "hydra/launcher=submitit_local"],
]


@pytest.fixture(autouse=True)
def no_module_is_imported_by_a_search_path(monkeypatch):
    yield
    assert "this" not in sys.modules


@pytest.fixture(scope="module")
def conf(tmp_path_factory):
    """Settings of the small project beside, with this one's launchers and sweepers."""
    made = tmp_path_factory.mktemp("settings") / "conf"
    shutil.copytree(HERE / "tiny/conf", made)
    own = made / "config.yaml"
    own.write_text(own.read_text().replace("defaults:\n", "defaults:\n  - override hydra/sweeper: grid\n"))
    shutil.copytree(PRESETS, made / "hydra")
    (made / "sweep").mkdir()
    (made / "sweep/rates.yaml").write_text(
        "# @package _global_\nhydra: {mode: MULTIRUN, sweeper: {params: {fit_fast.rate: '1,2'}}}\n"
    )
    return made


@pytest.mark.parametrize("override", REFUSED, ids=lambda text: text[:60])
def test_what_could_run_code_is_refused(conf, override):
    with pytest.raises(UserError) as error:
        hydra_node.composed(conf, [override], "fit_fast")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("overrides", TAKEN, ids=str)
def test_what_runs_jobs_is_taken(conf, overrides):
    assert hydra_node.composed(conf, overrides, "fit_fast").hydra.job.name == "fit_fast"


@pytest.mark.parametrize(
    "line",
    ["--config-dir /tmp", "--config-name x", "-cp x", "--experimental-rerun x", "--nonsense", "-c job -i", "--resolve"],
)
def test_other_settings_than_those_in_conf_are_refused(monkeypatch, line):
    monkeypatch.setattr("sys.argv", ["stage", *line.split()])
    with pytest.raises(UserError):
        hydra_flags.parsed()


def test_no_module_is_imported_by_a_search_path_whoever_composes(tiny):
    """DVC, --help and a sweep's file, too."""
    (tiny.path / "evil.py").write_text("open('ran', 'w')\n")
    compose = "import sys; sys.path.insert(0, '.'); from dvc.utils.hydra import compose_and_dump as compose\n"
    asked = f"compose('x.yaml', {str(tiny.path / 'conf')!r}, None, 'config', '', ['hydra.searchpath=[pkg://evil]'])"
    done = tiny.python(compose + asked, ok=False)
    assert "hydra.searchpath: settings come from conf/ alone" in done.stderr
    shutil.copytree(PRESETS, tiny.path / "conf/hydra")
    (tiny.path / "conf/sweep").mkdir()
    (tiny.path / "conf/sweep/evil.yaml").write_text(
        "# @package hydra.sweeper.params\nhydra.searchpath: '[pkg://evil],[pkg://evil]'\nfit_fast.epochs: 1,2\n"
    )
    done = tiny.run("python", "-m", "tiny.fit_fast", "-m", "+sweep=evil", "hydra/sweeper=grid", ok=False)
    assert "hydra.searchpath could run any code" in done.stderr
    done = tiny.run("python", "-m", "tiny.make", "--help", "+hydra.hydra_logging.x={class: evil.X}", ok=False)
    assert "hydra.hydra_logging.x.class could run any code" in done.stderr
    assert not (tiny.path / "ran").exists()
