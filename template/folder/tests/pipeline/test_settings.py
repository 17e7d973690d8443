"""A bad setting is one line, on every way in, before anything has run."""

import pytest


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("train.n_hidden=0", "train.n_hidden: 0 is not allowed: it must be greater than or equal to 1"),
        ("train.learning_rate=fast", "train.learning_rate: 'fast' is not allowed: it must be a valid number"),
        ("+train.rate=1", "train.rate: there is no such setting"),
        ("split.test=0.5", "split: train + validation + test must be 1, not 1.3"),
    ],
)
def test_on_the_command_line(reproduced, setting, told):
    done = reproduced.run("tracked", "run", "train", setting, ok=False)
    assert (done.returncode, done.stderr) == (1, f"error: settings: {told}\n")


def test_in_the_files(finished):
    before = finished.runs()
    finished.edit("conf/config.yaml", "batch_size: 16", "batch_size: none")
    assert "error: conf/: train.batch_size: 'none' is not allowed" in finished.run("dvc", "repro", ok=False).stderr
    finished.edit("conf/config.yaml", "batch_size: none", "batch_size: 16")
    finished.edit("conf/config.yaml", "train: 0.6\n  validation: 0.2", "train: 0.7999\n  validation: 0.0001")
    assert "error: split.validation: 0.0001 of the" in finished.stage("compose", ok=False).stderr
    assert len(finished.runs()) == len(before)
    assert (finished.path / "models/net.npz").exists()
