"""The module digitrack.training.curves."""

import numpy as np
import pytest

from digitrack import Refused
from digitrack.training.curves import Curves

P, Y = np.log([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 0])  # logits


def test_curves_come_back_as_written_at_six_significant_digits(tmp_path):
    curves = Curves()
    figures = curves.add((P, Y), (P, 1 - Y))
    assert figures == curves.last()
    assert list(figures) == list(Curves.NAMES)
    assert figures["train_loss"] == pytest.approx(-np.log([0.75, 0.5]).mean())
    curves.write(tmp_path / "out")
    table = Curves.read(tmp_path / "out")
    assert table["epoch"].tolist() == [1]
    assert table["train_accuracy"].tolist() == [1.0]
    assert table["val_accuracy"].tolist() == [0.0]
    assert table["train_loss"][0] == float(f"{figures['train_loss']:.6g}")


def test_the_epoch_whose_network_was_kept_is_marked_or_is_the_last_one(tmp_path):
    curves = Curves()
    for certain in (0.5, 0.9, 0.7):
        curves.add((np.full((2, 2), certain), Y), (np.full((2, 2), certain), Y))
    for best_epoch, found in ((1, 1), (2, 2), (None, 2)):
        curves.write(tmp_path, best_epoch)
        assert ("kept" in (tmp_path / "curves.csv").read_text()) == (best_epoch is not None)
        table = Curves.read(tmp_path)
        assert table["epoch"].tolist() == [1, 2, 3]
        assert np.flatnonzero(table["kept"]).tolist() == [found]
        assert Curves.of_best_epoch(table)["val_loss"] == pytest.approx(curves.rows[found][2], rel=1e-5)


def test_a_loss_that_is_no_number_is_divergence():
    curves = Curves()
    curves.add((P, Y), (P, Y))
    assert not curves.diverged()
    curves.add((P * np.nan, Y), (P, Y))
    assert curves.diverged()


def test_curves_of_any_training_come_back(tmp_path):
    curves, rng = Curves(), np.random.default_rng(0)
    for scale in (1, 1000, np.inf, np.nan):  # any, certain, diverged
        with np.errstate(invalid="ignore"):
            curves.add((rng.normal(size=(2, 2)) * scale, Y), (np.eye(2)[Y] * scale, Y))
    curves.write(tmp_path)
    table = Curves.read(tmp_path)
    for row, expected in zip(table.tolist(), curves.rows, strict=True):
        assert row[1:5] == pytest.approx(tuple(float(f"{value:.6g}") for value in expected), nan_ok=True)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is missing"),
        ("epoch,loss\n1,0.5\n", "is not valid"),
        ("epoch,train_loss,train_accuracy,val_loss,val_accuracy\n", "is not valid"),
        ("epoch,train_loss,train_accuracy,val_loss,val_accuracy\n1,2,0.3,4,0.5\n1,2\n", "is not valid"),
        ("epoch,train_loss,train_accuracy,val_loss,val_accuracy\n1,2,0.3,4,x\n", "is damaged"),
        ("epoch,train_loss,train_accuracy,val_loss,val_accuracy\n1,2,0.3,4,0.5,1\n", "is not valid"),
        ("epoch,train_loss,train_accuracy,val_loss,val_accuracy,kept\n1,2,0.3,4,0.5,0\n", "is not valid"),
        (
            "epoch,train_loss,train_accuracy,val_loss,val_accuracy,kept\n1,2,0.3,4,0.5,1\n2,2,0.3,4,0.5,1\n",
            "is not valid",
        ),
    ],
)
def test_a_file_without_curves_is_refused(tmp_path, content, told):
    if content is not None:
        (tmp_path / "curves.csv").write_text(content)
    with pytest.raises(Refused, match=rf"curves\.csv {told}"):
        Curves.read(tmp_path)
