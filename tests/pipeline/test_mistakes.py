"""A user's mistake is one line that names it, and exit code 1; what was there before can be had back."""

import hashlib
import json
import sys

import pytest

SETTINGS = [
    ("train_numpy.n_hiden", 3, "train_numpy.n_hiden: there is no such setting"),
    ("train_keras.epochs", "many", "train_keras.epochs: 'many' is not allowed"),
    ("train_numpy.learning_rate", -0.1, "train_numpy.learning_rate: -0.1 is not allowed"),
    ("train_numpy.l2", -1, "train_numpy.l2: -1 is not allowed"),
    ("train_keras.n_hidden", 0, "train_keras.n_hidden: 0 is not allowed"),
    ("split.test", 0.3, "split: train + validation + test must be 1, not 1.1"),
    (
        "train_keras.optimizer._target_",
        "keras.optimizers.Adm",
        "train_keras.optimizer._target_: keras.optimizers has no Adm: did you mean keras.optimizers.Adam?",
    ),
    ("train_keras.optimizer._target_", "keras.layers.ReLU", "train_keras.optimizer: keras."),
    (
        "data._target_",
        "sklearn.datasets.load_digit",
        "data._target_: sklearn.datasets has no load_digit: did you mean sklearn.datasets.load_digits?",
    ),
    ("data._target_", "os.getcwd", "data: os.getcwd returns builtins.str: it must be a Bunch of scikit-learn"),
]


def only_line(done):
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert done.returncode == 1
    return line


@pytest.mark.parametrize(("key", "value", "told"), SETTINGS)
def test_a_bad_setting_is_refused_on_the_command_line(clone, key, value, told):
    plus = "+" if key == "train_numpy.n_hiden" else ""
    stage = "train_keras" if "keras" in key else "train_numpy"
    done = clone.run("python", "-m", f"pipeline.{stage}", f"{plus}{key}={value}", ok=False)
    assert told in only_line(done)


@pytest.mark.parametrize("line", ["train_keras.n_hidden=5", "train_keras/optimizer=sgd", "evaluate.n_errors=3"])
def test_a_setting_that_a_stage_does_not_read_is_refused(clone, line):
    done = clone.run("python", "-m", "pipeline.train_numpy", line, "hydra.run.dir=outputs/mine", ok=False)
    told = "changes nothing of train_numpy, which reads data, seed, split, train_numpy"
    assert f"{line.partition('=')[0]} {told}" in only_line(done)


@pytest.mark.long
def test_compose_refuses_every_bad_setting_before_dvc_removes_anything(finished):
    outputs = {path: digest(path) for path in finished.path.glob("models/*")}
    good = (finished.path / "params.yaml").read_bytes()
    for key, value, told in SETTINGS:
        finished.params(key, value)
        assert told in only_line(finished.stage("compose", ok=False))
        (finished.path / "params.yaml").write_bytes(good)
    finished.params("train_numpy.learning_rate", -1)
    assert "train_numpy.learning_rate" in finished.run("dvc", "repro", ok=False).stderr
    assert {path: digest(path) for path in finished.path.glob("models/*")} == outputs


def test_an_unknown_group_choice_is_refused(clone):
    done = clone.run("python", "-m", "pipeline.train_keras", "train_keras/optimizer=none", ok=False)
    assert "none" in only_line(done)
    clone.edit("conf/config.yaml", "train_keras/optimizer: adam", "train_keras/optimizer: none")
    assert "none" in only_line(clone.stage("compose", ok=False))


@pytest.mark.long
def test_a_bad_file_is_named_and_the_last_good_one_comes_back(finished):
    data, model = finished.path / "data/train.npy", finished.path / "models/numpy.npz"

    def refused(stage, told, **env):
        line = only_line(finished.stage(stage, ok=False, **env))
        assert told in line
        assert "dvc checkout" in line

    whole = data.read_bytes()
    replace(data, whole[: len(whole) // 2])
    refused("train_numpy", "data/train.npy is damaged")
    replace(data, whole.replace(whole[2000:2100], bytes(100), 1))
    refused("train_numpy", "data/train.npy is damaged")
    data.unlink()
    refused("train_numpy", "data/train.npy is missing")
    finished.run("dvc", "checkout")
    assert data.read_bytes() == whole

    good = model.read_bytes()
    code = "from digitrack.neural_net import NeuralNet; NeuralNet(9, 5, 10).save('other.npz')"
    finished.run("python", "-c", code)
    replace(model, (finished.path / "other.npz").read_bytes())
    refused("evaluate", "models/numpy.npz is damaged, or not what train_numpy made last")
    finished.run("dvc", "checkout", "--force")
    assert model.read_bytes() == good

    model.unlink()
    model.mkdir()
    refused("train_numpy", "models/numpy.npz")
    model.rmdir()

    refused("train_numpy", "http://127.0.0.1:1 does not answer", MLFLOW_TRACKING_URI="http://127.0.0.1:1")
    assert {run["status"] for run in finished.runs()} == {"FINISHED", "FAILED"}


def replace(path, content):
    """Write a file that DVC may have linked to its cache."""
    path.unlink()
    path.write_bytes(content)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.long
def test_a_mistake_on_the_command_line_leaves_nothing_behind(clone):
    before = sorted(clone.path.iterdir())
    clone.run("python", "-m", "pipeline.train_numpy", "train_numpy.n_hidden=0", ok=False)
    assert sorted(clone.path.iterdir()) == before


@pytest.mark.long
def test_without_git_or_a_driver_the_line_says_so(clone, tmp_path):
    short = ("python", "-m", "pipeline.train_numpy", "train_numpy.epochs=1")
    line = only_line(clone.run(*short, ok=False, MLFLOW_TRACKING_URI="mysql://user:geheim@localhost/x"))
    assert "driver is not installed" in line
    assert "geheim" not in line
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(sys.executable)
    assert "git is not on the PATH" in only_line(
        clone.run(sys.executable, *short[1:], ok=False, PATH=f"{tmp_path}/bin")
    )


@pytest.mark.long
def test_a_first_epoch_that_diverges_is_a_result_in_every_way_of_starting(clone):
    rates = ("train_numpy.learning_rate=1e200", "train_keras.optimizer.learning_rate=1e200")
    for command in (
        ("python", "-m", "pipeline", *rates),
        ("python", "-m", "pipeline.train_numpy", "-m", "train_numpy.learning_rate=1e200,1e308"),
        ("dvc", "exp", "run", "-S", rates[0], "-S", rates[1]),
    ):
        done = clone.run(*command)
        assert "Traceback" not in done.stdout + done.stderr
    assert {run["status"] for run in clone.runs()} == {"FINISHED"}
    written = [*clone.path.glob("outputs/**/metrics/*.json"), *clone.path.glob("metrics/*.json")]
    assert len(written) == 4
    for file in written:
        found = json.loads(file.read_text(), parse_constant=lambda name: pytest.fail(f"JSON has no {name}"))
        assert found["val_loss"] is None
