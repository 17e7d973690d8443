"""Hydra applications of other people, which do the same whether `tracked` is installed or not."""

import re
import subprocess

import pytest

HYDRA = "hydra: {run: {dir: out}, sweep: {dir: out}, output_subdir: .hydra}\n"
APP = """
import hydra
from omegaconf import OmegaConf

@hydra.main(version_base="1.3", config_path="CONF", config_name="config")
def main(config):
    print(OmegaConf.to_yaml(config, resolve=True))

if __name__ == "__main__":
    main()
"""
CALLBACK = """
from hydra.experimental.callback import Callback

class Told(Callback):
    def on_run_start(self, config, **kwargs):
        print("begins", config.x)

    def on_job_end(self, config, job_return, **kwargs):
        print("ended", job_return.status)
"""
PLUGIN = """
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.config_store import ConfigStore

class Theirs(BasicSweeper):
    def sweep(self, arguments):
        print("theirs", arguments)
        return super().sweep(arguments)

NODE = {"_target_": "hydra_plugins.their_sweeper.Theirs", "max_batch_size": None, "params": None}
ConfigStore.instance().store(group="hydra/sweeper", name="optuna", node=NODE, provider="theirs")
"""
STRANGERS = {
    "the environment and a search path": (
        {
            "app.py": APP.replace("CONF", "conf"),
            "conf/config.yaml": f"defaults: [more: one, _self_]\nwho: ${{oc.env:WHO}}\n"
            f"{HYDRA.replace('{run', '{searchpath: [file://elsewhere], run')}",
            "elsewhere/more/one.yaml": "y: 2\n",
        },
        ["app.py"],
    ),
    "callbacks": (
        {
            "app.py": APP.replace("CONF", "conf"),
            "told.py": CALLBACK,
            "conf/config.yaml": f"x: 1\n{HYDRA.replace('{run', '{callbacks: {one: {_target_: told.Told}}, run')}",
        },
        ["app.py"],
    ),
    "another sweeper called optuna": (
        {
            "app.py": APP.replace("CONF", "conf"),
            "hydra_plugins/their_sweeper.py": PLUGIN,
            "conf/config.yaml": f"x: 1\n{HYDRA}",
        },
        ["app.py", "-m", "hydra/sweeper=optuna", "x=1,2"],
    ),
    "a package called pipeline": (
        {
            "pipeline/__init__.py": "",
            "pipeline/project.py": "PROJECT = 'theirs'\n",
            "pipeline/__main__.py": f"from pipeline.project import PROJECT\n{APP.replace('CONF', '../conf')}",
            "conf/config.yaml": f"x: 1\n{HYDRA}",
        },
        ["-m", "pipeline", "-m", "x=3,4"],
    ),
}
SEEN = """
import sys
from hydra.core.plugins import Plugins
from hydra.core.config_store import ConfigStore
Plugins.instance()
print([name for name in sys.modules if name.split(".")[0] == "tracked"])
print("tracked" in str(ConfigStore.instance().repo))
"""


def run(environment, folder, *arguments):
    """What a command prints, and the files that it leaves, which are then removed; without times."""
    before = set(folder.rglob("*"))
    done = subprocess.run(
        [environment.bin / "python", *arguments],
        cwd=folder,
        env=environment.env(WHO="me", PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    made = sorted(path for path in folder.rglob("*") if path not in before and path.is_file())
    files = {path.relative_to(folder).as_posix(): untimed(path.read_text()) for path in made}
    for path in made:
        path.unlink()
    return done.returncode, untimed(done.stdout), untimed(done.stderr), files


def untimed(text):
    return re.sub(r"\d\d:\d\d:\d\d,\d+|\d+\.\d+", "TIME", text)


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_does_the_same_with_and_without(name, without_tracked, with_tracked, tmp_path):
    files, command = STRANGERS[name]
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    without = run(without_tracked, tmp_path, *command)
    assert without[0] == 0, without[2]
    assert without[1]
    assert without[3]
    assert run(with_tracked, tmp_path, *command) == without


def test_hydra_lists_two_plugins_more_and_loads_nothing_else(without_tracked, with_tracked, tmp_path):
    (tmp_path / "app.py").write_text(APP.replace("CONF", "."))
    (tmp_path / "config.yaml").write_text("x: 1\n")
    told = [run(one, tmp_path, "app.py", "--info", "plugins")[1] for one in (without_tracked, with_tracked)]
    without, with_ours = (told_of_plugins(text) for text in told)
    assert "BasicSweeper" in without
    assert sorted(with_ours) == sorted([*without, "Grid", "Optuna"])
    code, out, err, _ = run(with_tracked, tmp_path, "-c", SEEN)
    assert (code, out) == (0, "[]\nFalse\n"), err


def told_of_plugins(text):
    """The plugins that Hydra lists, without how long it looked for them."""
    return re.findall(r"^\t\t(\w+)$", text, re.MULTILINE)
