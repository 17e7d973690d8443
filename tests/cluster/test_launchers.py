"""Sweeps by every launcher: complete, continued, and ended with their driver. `make cluster` runs these."""

import os
import signal
import time

import psutil
import pytest

pytestmark = pytest.mark.cluster
SECRET = "not-to-be-written"  # noqa: S105


def of_clone(clone, word=""):
    """The processes that work in a clone, but for those that clean up after others, and those that have ended."""
    found = []
    for process in psutil.process_iter():
        try:
            if "resource_tracker" in " ".join(process.cmdline()):
                continue
            if process.environ().get("PYTHONPATH", "").find(str(clone.path)) >= 0 and word in " ".join(
                process.cmdline()
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def assert_all_end(clone):
    """What worked for a driver that is gone ends by itself."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        left = of_clone(clone)
        if not left:
            return
        time.sleep(0.3)
    raise AssertionError(left)


def listening(pid):
    """The addresses that a process and those below it listen on."""
    pids = {pid, *(process.pid for process in psutil.Process(pid).children(recursive=True))}
    return [one.laddr.ip for one in psutil.net_connections("tcp") if one.status == "LISTEN" and one.pid in pids]


def is_loopback(address):
    return address.removeprefix("::ffff:").startswith("127.") or address == "::1"


@pytest.mark.parametrize(("section", "n"), [("In parallel", 1), ("On a Ray cluster", 1), ("On SLURM", 1)])
def test_documented_commands_work_on_one_machine(clone, commands, tmp_path, section, n):
    for program, *arguments in commands(section)[:n]:
        clone.run(program, *arguments, HOME=str(tmp_path))


@pytest.mark.parametrize("stage", ["train_numpy", "train_keras"])
def test_a_cluster_whose_machines_share_no_folder(clone, server, nodes, sweep, stage):
    swept = sweep(clone, stage, "5,25", *nodes.arguments, uri=server)
    swept.env |= {**nodes.home, "MLFLOW_TRACKING_USERNAME": "somebody", "MLFLOW_TRACKING_PASSWORD": SECRET}
    assert swept.run() == {"done": 20, "running": 0, "skipped": 0, "failed": 0}
    swept.assert_complete()
    assert swept.run() == {"done": 0, "running": 0, "skipped": 20, "failed": 0}
    swept.assert_complete()

    tags = [run.data.tags for run in swept.jobs()]
    hosts = {tag["process"].split()[0] for tag in tags}
    assert len(hosts) == (2 if nodes.apart else 1)
    assert {tag["git_commit"] for tag in tags} == {clone.run("git", "rev-parse", "HEAD").stdout.strip()}
    assert all(tag["command"].startswith(f"tracked run {stage} ") for tag in tags)
    for file in (*clone.path.rglob(".hydra/*"), *clone.path.rglob("multirun/**/*.yaml")):
        assert SECRET not in file.read_text()


def test_a_cluster_of_which_a_machine_dies(clone, server, nodes, sweep):
    swept = sweep(clone, "train_numpy", "5,25", *nodes.arguments, uri=server)
    swept.env |= nodes.home
    process = swept.start()
    try:
        swept.wait_for(5, process)
        nodes.kill_second()
        process.communicate(timeout=600)
    finally:
        process.kill()
    if process.returncode:
        swept.run()
    swept.assert_complete()


def test_jobs_get_the_cpus_and_gpus_that_they_ask_for(clone, sweep):
    """They see them before they import anything."""
    clone.edit(
        "pipeline/train_numpy.py",
        "    own = settings.train_numpy\n",
        "    own = settings.train_numpy\n    import os; from threadpoolctl import threadpool_info as pools\n"
        "    assert os.environ['CUDA_VISIBLE_DEVICES'] == '0', 'no GPU'\n"
        "    assert {pool['num_threads'] for pool in pools()} == {1}, pools()\n",
    )
    swept = sweep(clone, "train_numpy", "5,7", "hydra/launcher=ray", "+hydra.launcher.ray.init.num_gpus=1",
                  "hydra.launcher.ray.remote.num_gpus=1", "hydra.launcher.ray.remote.num_cpus=1")  # fmt: skip
    assert swept.run()["done"] == 2


@pytest.mark.parametrize(("launcher", "worker"), [("joblib", "loky"), ("submitit_local", "submitit.core._submit")])
def test_a_worker_that_dies_costs_one_more_run_at_most(clone, sweep, launcher, worker):
    swept = sweep(clone, "train_numpy", "5,17", f"hydra/launcher={launcher}")
    process = swept.start()
    try:
        swept.wait_for(5, process)
        victims = []
        while not victims:
            victims = of_clone(clone, worker)
        victims[-1].kill()
        process.communicate(timeout=600)
    finally:
        process.kill()
    if process.returncode:
        swept.run()
    swept.assert_complete()


@pytest.mark.parametrize("launcher", ["joblib", "ray"])
def test_killed_with_all_its_processes_a_sweep_goes_on_with_the_rest(clone, sweep, launcher):
    swept = sweep(clone, "train_numpy", "5,17", f"hydra/launcher={launcher}")
    process = swept.start()
    swept.wait_for(5, process)
    assert all(is_loopback(address) for address in listening(process.pid))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert_all_end(clone)
    finished = len(swept.finished())
    assert 5 <= finished < 12
    assert swept.run() == {"done": 12 - finished, "running": 0, "skipped": finished, "failed": 0}
    swept.assert_complete()


@pytest.mark.parametrize("launcher", ["joblib", "ray", "submitit_local"])
def test_poor_trials_of_a_search_end_early_wherever_they_run(clone, sweep, launcher):
    pruner = "hydra.sweeper.pruner={_target_: optuna.pruners.MedianPruner, n_startup_trials: 2}"
    swept = sweep(clone, "train_numpy", "1,40,3", f"hydra/launcher={launcher}", "hydra/sweeper=optuna", pruner,
                  "hydra.sweeper.n_trials=10", epochs=30)  # fmt: skip
    told = swept.run()
    pruned = [run for run in swept.jobs() if "pruned_at" in run.data.tags]
    assert pruned
    assert {run.info.status for run in pruned} == {"KILLED"}
    assert told == {"done": 10 - len(pruned), "running": 0, "skipped": 0, "failed": 0, "ended": len(pruned)}
    assert swept.run() == {"done": 0, "running": 0, "skipped": 10, "failed": 0}


@pytest.mark.parametrize("launcher", ["joblib", "ray", "submitit_local"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_driver(clone, sweep, launcher, number):
    swept = sweep(clone, "train_numpy", "5,9", f"hydra/launcher={launcher}", epochs=100_000)
    process = swept.start()
    try:
        until = time.monotonic() + 300
        while not ((clone.path / "mlflow.db").exists() and swept.jobs()) and time.monotonic() < until:
            assert process.poll() is None, process.communicate()
            time.sleep(0.3)
        process.send_signal(number)
        _, errors = process.communicate(timeout=120)
    finally:
        process.kill()
    assert_all_end(clone)
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert "Traceback" not in errors
        assert {run.info.status for run in swept.runs()} == {"KILLED"}
