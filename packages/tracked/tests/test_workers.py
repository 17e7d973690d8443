"""What workers are given, and launchers that can't be had, without starting any."""

import os
import socket
import sys
from importlib.metadata import distributions, version
from pathlib import Path

import pathspec
import pytest
from omegaconf import OmegaConf

from tracked.dvc import declared
from tracked.errors import UserError
from tracked.project import here
from tracked.sweeps import ray_copy, ray_workers, workers
from tracked.sweeps.ray_workers import Ray


@pytest.fixture
def head():
    """An address at which something listens."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        yield f"127.0.0.1:{one.getsockname()[1]}"


def ray(address):
    settings = {"ray": {"init": {"address": address}, "remote": {"num_cpus": 3}}}
    return Ray(OmegaConf.create(settings))


def test_a_cluster_needs_a_store_that_its_machines_reach(monkeypatch, head):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(UserError, match=r"address=.*: .* set MLFLOW_TRACKING_URI to a server"):
        ray(head)
    ray("local")  # shares this one's
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://server:5000")
    ray(head)


def test_workers_get_the_store_its_credentials_and_their_threads(monkeypatch, head, tmp_path):
    given = {"TRACKING_URI": "http://server:5000", "TRACKING_TOKEN": "secret", "RUN_ID": "0123"}
    for key, value in given.items():
        monkeypatch.setenv(f"MLFLOW_{key}", value)
    environment = ray(head)._environment({"env_vars": {"MORE": "1"}}, tmp_path)
    told = environment["env_vars"]
    assert (told["MLFLOW_TRACKING_URI"], told["MLFLOW_TRACKING_TOKEN"]) == ("http://server:5000", "secret")
    assert "MLFLOW_RUN_ID" not in told
    assert {told[key] for key in workers.THREADS} == {"3"}
    assert told["MORE"] == "1"
    assert environment["working_dir"] == str(here().code)
    assert "working_dir" not in ray("local")._environment({}, tmp_path)


def test_an_address_at_which_nothing_listens_is_refused_at_once(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://server:5000")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(UserError, match=f"address={address}: no Ray answers there: Connection refused"):
        ray(address)


COPIED = """
import sys
sys.path.insert(0, sys.argv[1])
import tracked_of_driver
tracked_of_driver.enter()
import tracked, hydra_plugins.tracked_sweepers as sweepers, tracked.project as project
from importlib.metadata import distribution
print(tracked.__file__, sweepers.__file__, distribution("tracked").locate_file(""), project.here().root, sep="\\n")
"""


def test_what_a_worker_is_sent_is_found_before_what_is_installed_there(tiny, tmp_path):
    other = tmp_path / "other_version"
    for module in ("tracked/__init__.py", "hydra_plugins/tracked_sweepers.py"):
        (other / module).parent.mkdir(parents=True)
        (other / module).write_text("raise RuntimeError('another version')\n")
    assert "another version" in tiny.python("import tracked", ok=False, PYTHONPATH=str(other)).stderr

    copy = ray_copy.write(tmp_path)
    assert [one.version for one in distributions(path=[str(copy)])] == [version("tracked")]
    printed = tiny.run(sys.executable, "-c", COPIED, str(tmp_path), PYTHONPATH=str(other)).stdout.split()
    files = [copy / "tracked/__init__.py", copy / "hydra_plugins/tracked_sweepers.py"]
    assert printed == [*map(str, files), str(copy), str(tiny.path)]


def sent_by_ray(folder, patterns):
    """The files that it sends of a folder: it passes over one that a pattern matches."""
    spec = pathspec.PathSpec.from_lines("gitignore", patterns)
    for where, folders, files in os.walk(folder):
        inner = Path(where).relative_to(folder)
        folders[:] = [name for name in folders if not spec.match_file(str(inner / name))]
        yield from (str(inner / name) for name in files if not spec.match_file(str(inner / name)))


def test_modules_in_a_folder_whose_name_says_secret_are_sent_and_nothing_else_of_it(tmp_path):
    code = {"src/secrets/__init__.py", "src/secrets/tokens/reset.py", "password_[x]/check.py", "split.py"}
    kept = {
        "src/secrets/db.yaml",
        "src/secrets/tokens/key",
        "password_[x]/list.txt",
        "secret.txt",
        "outputs/secrets/a.py",
    }
    for file in code | kept:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert set(sent_by_ray(tmp_path, ray_workers.not_sent(tmp_path))) == code


def test_the_whole_of_tracked_is_sent(tmp_path):
    copy = ray_copy.write(tmp_path)
    files = {str(file.relative_to(copy)) for file in copy.rglob("*.py")}
    assert len(files) > 100
    assert files <= set(sent_by_ray(copy, ray_workers.not_sent(copy)))


def test_data_and_passwords_are_not_sent():
    left_out = pathspec.PathSpec.from_lines("gitignore", ray_workers.not_sent())
    for path in (
        ".env",
        "keys/server.pem",
        ".git/config",
        ".dvc/cache/ab",
        "mlflow.db-wal",
        ".venv/x",
        *declared.outputs(),
        "pipeline/.#split.py",
        "pipeline/#split.py#",
        "src/__pycache__/x.pyc",
        "src/._split.py",
    ):
        assert left_out.match_file(path), path
    for path in (
        "src/tracked/project.py",
        "src/library/data.py",
        "pipeline/split.py",
        "dvc.yaml",
        "conf/config.yaml",
    ):
        assert not left_out.match_file(path), path


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_joblibs_jobs_share_the_cores(monkeypatch, n_jobs):
    for key in (*workers.THREADS, "PYTHONPATH", "PYTHONWARNINGS"):
        monkeypatch.setenv(key, os.environ.get(key, ""))  # which restores it
    workers.Joblib(OmegaConf.create({"n_jobs": n_jobs})).start()
    assert {os.environ[key] for key in workers.THREADS} == {str(max(1, workers.cores() // n_jobs))}


def test_a_launcher_that_is_not_there_is_refused_with_what_installs_it(monkeypatch):
    with pytest.raises(UserError, match="hydra/launcher=ray is not installed here: `make ray`"):
        workers.require("ray", OmegaConf.create({"_target_": "nowhere.launcher.Launcher"}))
    workers.require(
        "basic", OmegaConf.create({"_target_": "hydra._internal.core_plugins.basic_launcher.BasicLauncher"})
    )
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="no srun here"):
        workers.Slurm(OmegaConf.create({}))
