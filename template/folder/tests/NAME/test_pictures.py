"""The pictures: what is in them."""

from types import SimpleNamespace

import numpy as np
import pytest

from NAME import pictures


@pytest.fixture
def drawn(monkeypatch):
    """The figures, in place of files."""
    figures = []
    monkeypatch.setattr(pictures, "_save", lambda figure, file: figures.append(figure))
    return figures


def rows(**curves):
    return [SimpleNamespace(values={"rate": rate}, metrics={"val_accuracy": 0.9}, curves=curves) for rate in "12"]


def test_a_sweep_has_its_curves_if_jobs_have_them_and_of_one_epoch_a_point(drawn, tmp_path):
    for found in (rows(val_loss=[0.3, 0.2] * 10), rows(val_loss=[0.3]), rows()):
        pictures.sweep(tmp_path, "rate=1,2", found)
    long, short, without = ([axes.get_ylabel() for axes in figure.axes] for figure in drawn)
    assert long == short == ["validation loss", "at the end"]
    assert without == ["at the end"]
    assert [[line.get_marker() for line in figure.axes[0].lines] for figure in drawn[:2]] == [["", ""], [".", "."]]


def test_each_network_has_its_confusions(drawn, tmp_path):
    counts = np.array([[5, 1], [0, 4]])
    pictures.confusion(tmp_path / "a.png", {"one": counts, "two": counts})
    assert [axes.get_title() for axes in drawn[0].axes] == ["one", "two"]
