"""Students' networks as runs of their own: the commands of the teacher's page, and the lines of the students' page."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "kit/teacher/TEACHER.md").read_text()


@pytest.fixture
def handed_in(clone, handed_out):
    """Four students beside a pipeline that trains for two epochs: one's code ends Python, one has written nothing."""
    clone.params("train_numpy.epochs", 2)
    net = (handed_out / "teacher/solution/neural_net.py").read_text()
    blank = (handed_out / "students/neural_net.py").read_text()
    single = "\n\nclass NeuralNet(NeuralNet):\n    def fit(self, x, *rest):\n"
    single += "        super().fit(x.astype(np.float32), *rest)\n"
    texts = {"ann": net, "bob": f"{net}\nimport os\nos._exit(0)\n", "cy": blank, "dora": net + single}
    for name, text in texts.items():
        (clone.path / "handed_in" / name).mkdir(parents=True)
        (clone.path / "handed_in" / name / "neural_net.py").write_text(text)
    (clone.path / ".venv").symlink_to(sys.prefix)
    return clone


def student(clone, *words, ok=True):
    return clone.run(sys.executable, "-m", "kit.student", *words, ok=ok)


@pytest.mark.long
def test_a_students_network_is_a_run_of_its_own_until_it_is_undone(handed_in, handed_out):
    clone = handed_in
    before = {file: file.read_bytes() for file in (clone.path / "metrics").iterdir()}
    done = student(clone, "handed_in", ok=False)
    assert "2 of 4 logged" in done.stdout
    assert "bob: its code ended Python" in done.stderr
    assert "cy: NotImplementedError: question 13: set self.W_h" in done.stderr
    assert before == {file: file.read_bytes() for file in (clone.path / "metrics").iterdir()}
    assert not [line for line in clone.run("git", "status", "--porcelain").stdout.splitlines()
                if line[3:] not in ("handed_in/", "params.yaml", ".venv")]  # fmt: skip

    dora, run = clone.runs()
    assert dora["name"] == "dora"
    assert (run["name"], run["status"], run["tags"]["student"]) == ("ann", "FINISHED", "ann")
    assert run["metrics"]["test_accuracy"] > 0.9
    assert run["metrics"]["val_accuracy"] > 0.9
    assert run["params"] == {"n_hidden": "100", "learning_rate": "0.15", "epochs": "2", "batch_size": "1", "seed": "0"}
    kept = {file.path for file in clone.client().list_artifacts(run["id"])}
    assert {"neural_net.py", "curves.png", "draw.html", "numpy"} <= kept
    tags = clone.client().get_experiment("1").tags
    view = json.loads(json.loads(tags["mlflow.sharedViewState.students"])["state"])
    assert view["searchFilter"] == 'tags.student != ""'
    assert [found.info.run_id for found in clone.client().search_runs(["1"], view["searchFilter"])] == [
        dora["id"],
        run["id"],
    ]

    from digitrack.data.samples import read_samples
    from digitrack.neural_net import NAMES, one_hot

    students, train = {}, read_samples(clone.path / "outputs/students/ann/data", "train")
    exec((handed_out / "teacher/solution/neural_net.py").read_text(), students)  # noqa: S102
    np.random.seed(0)
    net = students["NeuralNet"](64, 100, 10)
    net.fit(train.x[:], one_hot(train.y, 10), 0.15, 2)
    with np.load(clone.path / "outputs/students/ann/models/numpy.npz") as file:
        for name in NAMES:
            np.testing.assert_allclose(file[name], getattr(net, name), rtol=1e-6)

    student(clone, "handed_in/ann")
    assert [run["name"] for run in clone.runs()] == ["ann", "dora"]  # in place of the other
    student(clone, "--name", "ann", "--remove")
    assert [run["name"] for run in clone.runs()] == ["dora"]
    assert not (clone.path / "outputs/students/ann").exists()


def test_make_says_what_the_page_says():
    commands = re.findall(r"^    make (student .*?) +#", PAGE, re.M)
    assert len(commands) == 4
    for command in commands:
        done = subprocess.run(
            ["make", "--no-print-directory", "-n", *command.split()],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        words = done.stdout.splitlines()[-1]
        for value in re.findall(r"(?:FOLDER|STUDENT)=(\S+)", command):
            assert value in words
        assert ("--remove" in words) == ("UNDO" in command)


@pytest.mark.parametrize(("words", "message"), [
    (["nowhere"], "nowhere: there is no such folder"),
    ([], "say whose"),
    (["--name", "a/b", "kit/teacher"], "a/b is no name for a run"),
    (["--name", "ann", "kit"], "ann is the name of one student, and these are 2 folders"),
])  # fmt: skip
def test_a_mistake_is_one_line(words, message):
    command = [sys.executable, "-m", "kit.student", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(rf"error: {re.escape(message)}.*\n", done.stderr)


@pytest.fixture
def server(tmp_path):
    """The address of an MLflow server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{tmp_path}/mlflow.db",
               "--port", address.rpartition(":")[2], "--workers", "1"]  # fmt: skip
    with (tmp_path / "log").open("w") as log, subprocess.Popen(
        command, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True
    ) as process:  # fmt: skip
        try:
            for _ in range(900):
                try:
                    urlopen(f"{address}/health", timeout=5).close()  # noqa: S310
                    break
                except OSError:
                    time.sleep(0.2)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.long
def test_the_lines_for_the_notebook_log_a_run_on_a_server(server):
    import mlflow

    (lines,) = re.findall(r"```python\n(.*?)```", (ROOT / "kit/students/README.md").read_text(), re.S)
    net = type("Net", (), {"predict": lambda self, x: x})()
    names = {"np": np, "by_epoch": [2.0, 1.0], "net": net, "X_val": np.arange(4), "y_val": np.array([0, 1, 2, 0])}
    try:
        exec(lines.replace("http://SERVER:5000", server), names)  # noqa: S102
        client = mlflow.MlflowClient(server)
        (run,) = client.search_runs([client.get_experiment_by_name("digitrack").experiment_id], 'tags.student != ""')
        assert run.data.metrics == {"train_loss": 1.0, "val_accuracy": 0.75}
        assert (run.info.run_name, run.data.tags["n_hidden"]) == ("YOUR NAME", "100")
    finally:
        mlflow.set_tracking_uri(None)
