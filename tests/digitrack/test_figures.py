"""The pictures of the stages are for eyes; here, that they come in every size and in the same bytes."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from digitrack.data.sample_info import SampleInfo
from digitrack.data.samples import Samples
from digitrack.data.scaled import Scaled, Scaler
from digitrack.plots import captions, confusion, curves, drawing, errors, samples

COLUMNS = ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy")


def table(n, loss=1.0):
    """Curves of n epochs."""
    epochs = np.arange(1, n + 1)
    columns = (epochs, loss / epochs, 1 - 0.5 / epochs, loss * 1.5 / epochs, 1 - 0.7 / epochs)
    return np.rec.fromarrays([column.astype(float) for column in columns], names=COLUMNS)


@pytest.mark.parametrize("shape", [(8, 8), (5, 9, 3), (13,)])
@pytest.mark.parametrize("n", [0, 1, 10, 23])
def test_errors_of_any_number_and_kind_are_drawn_the_same_each_time(tmp_path, n, shape):
    rows = [{"index": 9, "true": "1", "predicted": "7", "probability": 0.5}] * n
    images = np.random.default_rng(0).uniform(0, 16, (n, *shape))
    for name in ("a.png", "b.png"):
        errors.errors(tmp_path / name, "numpy", rows, images)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    ink = (imread(tmp_path / "a.png")[40:, :, :3] < 0.9).any(-1)
    assert ink.any()  # also where there are none, which is said
    assert not ink[:, -1].any()  # nothing is cut off at the right


def test_a_matplotlibrc_of_the_users_changes_no_picture(tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.facecolor: red\n")
    draw = (
        "import numpy; from pathlib import Path; from digitrack.plots import confusion; "
        "confusion.confusion(Path('a.png'), {'keras': numpy.eye(3, dtype=int)}, ('x', 'y', 'z'))"
    )
    subprocess.run([sys.executable, "-c", draw], cwd=tmp_path, check=True)  # matplotlib looks for it in the folder too
    confusion.confusion(tmp_path / "b.png", {"keras": np.eye(3, dtype=int)}, ("x", "y", "z"))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("n", [2, 9, 10, 12, 20])
def test_no_place_of_an_error_grid_stays_empty_where_rows_can_be_even(tmp_path, n):
    rows = [{"true": 1, "predicted": 7, "probability": 0.5}] * n
    images = np.full((n, 8, 8), 8.0)  # gray, which neither text nor paper is
    images[:, 0, 0], images[:, 0, 1] = 0, 16
    errors.errors(tmp_path / "a.png", "numpy", rows, images)
    gray = (abs(imread(tmp_path / "a.png")[..., :3] - 0.5) < 0.05).all(-1)
    across = np.flatnonzero(gray.sum(0) > 30)
    assert across[0] == pytest.approx(gray.shape[1] - 1 - across[-1], abs=2)  # as far from the left as from the right
    last_row = gray[np.flatnonzero(gray.sum(1) > 30)[-1]]
    assert np.flatnonzero(last_row)[-1] == across[-1]


@pytest.mark.parametrize("times", [1, 4, 200])  # 400 pixels are more than there is room for
def test_a_mistake_alone_stands_below_its_caption(times):
    image = np.array([[16, 0], [0, 16]]).repeat(times, 0).repeat(times, 1)
    rows = [{"true": 3, "predicted": predicted, "probability": 0.5} for predicted in (5, 8)]
    five, eight = captions.captioned(np.stack([0 * image, image]), np.array([1, 1]), rows)
    said, digit = np.split(five, [captions.CAPTION])
    (top, left), (bottom, right) = np.argwhere(digit == 0)[[0, -1]]  # ink is dark
    assert top == 0
    assert bottom - top == right - left >= 150
    assert left == digit.shape[1] - 1 - right
    assert (eight[captions.CAPTION :] == digit).all()
    assert (eight[: captions.CAPTION] != said).any()
    assert said[:, [0, -1]].min() == said[[0, -1]].min() == 255  # nothing is cut off


def test_a_confusion_matrix_a_network_is_drawn(tmp_path):
    confusion.confusion(tmp_path / "one.png", {"a": np.eye(3, dtype=int)}, "abc")
    confusion.confusion(tmp_path / "two.png", {"a": np.eye(3, dtype=int), "b": np.eye(3, dtype=int)}, "abc")
    assert imread(tmp_path / "two.png").shape[1] == 2 * imread(tmp_path / "one.png").shape[1]


@pytest.mark.parametrize("n_networks", [1, 2, 9])
@pytest.mark.parametrize("n_epochs", [1, 30])
@pytest.mark.filterwarnings("error")
def test_the_curves_of_any_number_of_networks_and_epochs_show(tmp_path, n_networks, n_epochs):
    curves.curves(tmp_path / "curves.png", {f"net{i}": table(n_epochs, 1 + i) for i in range(n_networks)})
    colors = imread(tmp_path / "curves.png")[..., :3].reshape(-1, 3)
    for color in ((0x1F, 0x77, 0xB4), (0xFF, 0x7F, 0x0E))[:n_networks]:
        shown = (abs(colors * 255 - color) < 2).all(1).sum()
        assert shown > 100


def test_a_diverged_training_leaves_gaps(tmp_path):
    lost = table(5)
    lost["train_loss"][3:] = lost["val_loss"][3:] = np.nan
    curves.curves(tmp_path / "curves.png", {"keras": lost})
    assert (tmp_path / "curves.png").exists()


@pytest.mark.parametrize("names", [["malignant tumour", "benign tumour"], [f"class {k}" for k in range(60)]])
def test_long_and_many_names_of_classes_are_not_cut_off(tmp_path, names):
    confusion.confusion(tmp_path / "a.png", {"keras": np.eye(len(names), dtype=int)}, names)
    ink = (imread(tmp_path / "a.png")[..., :3] < 0.9).any(-1)
    assert not ink[:, [0, -1]].any()
    assert not ink[[0, -1]].any()


def of(raw, y, **about):
    scaler = Scaler(raw.reshape(len(raw), -1).mean(axis=0), np.full(raw[0].size, 4.0))
    train = Samples(np.arange(len(raw)), raw, Scaled(raw, scaler), y)
    names = tuple(f"class {k}" for k in range(y.max() + 1))
    return train, SampleInfo(raw.shape[1:], names, **about)


@pytest.mark.parametrize("channels", [(), (3,)])
def test_samples_are_drawn_a_column_a_class(tmp_path, channels):
    images = np.random.default_rng(0).uniform(0, 16, (8, 8, 8, *channels))
    samples.samples(tmp_path / "reports/samples.png", *of(images, np.arange(8) % 4, largest=16.0))
    assert imread(tmp_path / "reports/samples.png").shape[:2] == (506, 440)


@pytest.mark.parametrize("n_features", [1, 13, 200])
def test_features_are_drawn_a_row_each_as_far_as_there_is_room(tmp_path, n_features):
    rows = np.random.default_rng(0).normal(size=(50, n_features))
    for name in ("a.png", "b.png"):
        samples.features(tmp_path / name, *of(rows, np.arange(50) % 2))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert imread(tmp_path / "a.png").shape[0] == int((1.2 + 0.25 * min(n_features, samples.MOST)) * 110)


ODD = ["$", "$$", "$x_1_2$", "<$1{0$", r"\$", "_a", "\x1b[31m", "a\nb", "\u202e"]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.filterwarnings("error")
def test_names_are_drawn_as_they_are_written(tmp_path, name):
    names = (name, "b")
    confusion.confusion(tmp_path / "confusion.png", {"keras": np.eye(2, dtype=int)}, names)
    rows = [{"index": 9, "true": name, "predicted": "b", "probability": 0.5}]
    errors.errors(tmp_path / "table.png", "keras", rows, np.ones((1, 3)))
    errors.errors(tmp_path / "images.png", "keras", rows, np.ones((1, 8, 8)))
    captions.captioned(np.ones((1, 8, 8)), np.array([0]), rows)
    images, of_two = of(np.ones((4, 8, 8)), np.arange(4) % 2, largest=16.0)
    samples.samples(tmp_path / "samples.png", images, of_two._replace(class_names=names))
    table, of_two = of(np.ones((4, 2)), np.arange(4) % 2)
    samples.features(tmp_path / "features.png", table, of_two._replace(feature_names=names))


def test_the_dollar_of_a_name_is_ink(tmp_path):
    for name in ("a", "$a$"):
        rows = [{"index": 9, "true": name, "predicted": "b", "probability": 0.5}]
        errors.errors(tmp_path / f"{name}.png", "keras", rows, np.ones((1, 3)))
    ink = {file.stem: (imread(file)[..., :3] < 0.5).any(-1).sum() for file in tmp_path.iterdir()}
    assert ink["$a$"] > ink["a"] + 20


@pytest.mark.parametrize(("lowest", "labels"), [(1e-3, ["10⁻³", "10⁻²", "10⁻¹", "10⁰"]), (0.4, ["4\xd710⁻¹", "10⁰"])])
def test_a_logarithmic_axis_is_labelled_by_powers(tmp_path, lowest, labels):
    figure = Figure()
    axes = figure.subplots()
    axes.set_yscale("log")
    axes.plot([lowest, 1.2])
    drawing.save(figure, tmp_path / "a.png")
    both = axes.get_yticklabels() + axes.get_yticklabels(minor=True)
    told = [label.get_text() for label in both]
    assert set(labels) <= set(told)
    assert not [text for text in told if "$" in text]
