"""The module tracked.runs.trained."""

import pytest

from tracked.errors import UserError
from tracked.runs import trained


@pytest.fixture
def curves(tmp_path, monkeypatch):
    """The figures of a file of curves with this content."""
    monkeypatch.setattr(trained, "curves_file", lambda folder, network: folder / "curves.csv")

    def read(content):
        (tmp_path / "curves.csv").write_text(content)
        return trained.curves(tmp_path, "slow")

    return read


def test_the_figures_of_the_epoch_that_was_kept_come_once_more(curves):
    assert curves("epoch,val_loss\n1,5\n2,4\n") == [{"val_loss": 5}, {"val_loss": 4}]
    epochs = [{"val_loss": 5}, {"val_loss": 4}, {"val_loss": 6}]
    assert curves("epoch,val_loss,kept\n1,5,0\n2,4,1\n3,6,0\n") == [*epochs, {"val_loss": 4, "best_epoch": 2}]


def test_curves_that_are_damaged_are_named(curves):
    with pytest.raises(UserError, match=r"curves\.csv is damaged \(epochs must be counted from 1\)"):
        curves("epoch,val_loss\n1,5\n3,4\n")
