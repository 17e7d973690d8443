"""Values that were applied to params.yaml, by `dvc exp apply` or by hand, are kept, used or named."""

import pytest
import yaml

pytestmark = pytest.mark.long


def rate(clone):
    return yaml.safe_load((clone.path / "params.yaml").read_text())["train_numpy"]["learning_rate"]


def test_an_applied_value_stays_until_it_is_dropped(finished):
    ran = finished.run("dvc", "exp", "run", "-S", "train_numpy.learning_rate=0.02", "--name", "slow")
    finished.run("git", "stash", "--quiet")
    finished.run("dvc", "exp", "apply", "slow")
    finished.commit()
    finished.edit("conf/config.yaml", "n_errors: 20", "n_errors: 21")
    done = finished.run("dvc", "repro")
    assert "keeps what params.yaml has in place of conf/'s (train_numpy.learning_rate: 0.15 -> 0.02)" in done.stdout
    assert rate(finished) == 0.02
    assert finished.ran(done) == ["compose", "evaluate"]

    alone = finished.run("tracked", "run", "train_numpy", "train_numpy.n_hidden=5")
    assert "note: train_numpy.learning_rate is 0.15 here, from conf/; params.yaml has 0.02" in alone.stderr
    given = finished.run("tracked", "run", "train_numpy", "train_numpy.learning_rate=0.02")
    assert "note:" not in given.stderr

    finished.commit()
    ran = finished.run("dvc", "exp", "run", "-S", "evaluate.n_errors=5")
    told = "train_numpy.learning_rate: 0.02 -> 0.15 (conf/); to keep it, give -S train_numpy.learning_rate=0.02"
    assert told in ran.stdout + ran.stderr
    assert rate(finished) == 0.15


def test_an_edit_of_params_survives_an_edit_of_another_key_and_a_lost_record(finished):
    finished.params("train_numpy.learning_rate", 0.03)
    finished.run("dvc", "repro")
    (finished.path / "conf.lock.yaml").unlink()
    finished.edit("conf/config.yaml", "n_errors: 20", "n_errors: 21")
    done = finished.run("dvc", "repro")
    assert "conf.lock.yaml is missing or damaged" in done.stderr
    assert rate(finished) == 0.03
    (finished.path / "params.yaml").unlink()
    finished.run("dvc", "repro")
    assert rate(finished) == 0.15
