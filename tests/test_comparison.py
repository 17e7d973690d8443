import math

import numpy as np
import pytest
from matplotlib.image import imread

from digitrack import comparison
from digitrack.comparison import Row


def rows(key, values, **metrics):
    """Rows whose figures are given in columns."""
    curve = {"train_loss": [1.0, 0.5], "val_loss": [1.1, 0.6]}
    return [
        Row({key: str(v)}, 0.1 + i, f"run{i}", {k: column[i] for k, column in metrics.items()}, curve)
        for i, v in enumerate(values)
    ]


def test_the_interval_of_seeds_covers_the_true_mean_as_often_as_it_says():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(400):
        sample = rng.normal(0.97, 0.01, 5)
        (line,) = comparison.chance(rows("seed", range(5), val_accuracy=sample))
        low, high = map(float, line.split("of the mean ")[1].split(",")[0].split(" to "))
        hits += low <= 0.97 <= high
    assert 0.92 < hits / 400 < 0.98


@pytest.mark.parametrize(("shift", "verdict"), [(0.01, "they differ"), (0.0, "do not differ beyond chance")])
def test_paired_networks_differ_when_each_seed_says_so(shift, verdict):
    rng = np.random.default_rng(1)
    keras = rng.normal(0.97, 0.01, 10)
    numpy = keras - shift + rng.normal(0, 0.001, 10)
    told = comparison.chance(rows("seed", range(10), **{"keras.test_accuracy": keras, "numpy.test_accuracy": numpy}))
    assert verdict in told[-1]


def test_many_jobs_are_shown_by_their_best():
    made = rows("train_numpy.learning_rate", np.geomspace(1e-4, 1, 60), val_loss=np.arange(60.0))
    lines = comparison.text(made).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "... the best 20 of 60"


@pytest.mark.parametrize("n", [1, 4, 60])
def test_pictures_of_few_and_of_many_jobs_show_a_diverged_one(tmp_path, n):
    figures = {f"{part}_{kind}": np.linspace(0.1, 0.9, n) for part in ("train", "val") for kind in ("loss", "accuracy")}
    made = rows("train_numpy.learning_rate", np.geomspace(1e-4, 1, n), **figures)
    made[-1].objective = math.inf
    made[-1].curves = {}
    files = comparison.write(tmp_path, "sweep", made, {"seed": 0})
    assert [file.name for file in files] == ["comparison.csv", "comparison.png", "report.html"]
    pixels = imread(tmp_path / "comparison.png")
    red = (pixels[..., 0] > 0.9) & (pixels[..., 1] < 0.1) & (pixels[..., 2] < 0.1)
    assert red.any()
