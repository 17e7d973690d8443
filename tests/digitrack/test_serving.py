"""The module digitrack.prediction.serving."""

import subprocess
import sys

import numpy as np
import pytest

from digitrack.data import samples
from digitrack.data.sample_info import write_sample_info
from digitrack.neural_net import NeuralNet, softmax
from digitrack.prediction import serving
from digitrack.prediction.picture import DIGITS


@pytest.fixture
def numpy_files(digits, tmp_path):
    """An untrained network with its scaling."""
    files = {"net": tmp_path / "net.npz", "scaler": tmp_path / "scaler.npz", "about": tmp_path / "about.json"}
    NeuralNet(64, 5, 10, seed=0).save(files["net"])
    samples.save_scaler(files["scaler"], digits.scaler)
    write_sample_info(files["about"], DIGITS)
    return files


def test_the_numpy_net_takes_raw_pixels(digits, numpy_files):
    expected = NeuralNet.load(numpy_files["net"]).forward(digits.test.x)
    answer = serving.numpy_net(numpy_files)(digits.test.raw.reshape(-1, 64))
    np.testing.assert_allclose(answer, expected, rtol=1e-12)


def test_the_keras_net_takes_raw_pixels(digits, numpy_files):
    from digitrack.keras_net import network
    from digitrack.keras_net.quiet import keras

    model = network.untrained(64, 5, 10, keras.initializers.GlorotUniform)
    network.save(numpy_files["net"], model.get_weights())
    answer = serving.keras_net(numpy_files)
    np.testing.assert_allclose(
        answer(digits.test.raw.reshape(-1, 64)), softmax(model.predict_on_batch(digits.test.x[:])), atol=1e-5
    )
    with pytest.raises(ValueError, match="a pixel is 17"):
        answer(np.full((1, 64), 17))


@pytest.mark.parametrize(("rows", "told"), [(np.zeros((1, 63)), r"not \(1, 63\)"), (np.full((1, 64), 17), "is 17")])
def test_what_are_no_pixels_is_refused(numpy_files, rows, told):
    with pytest.raises(ValueError, match=told):
        serving.numpy_net(numpy_files)(rows)


def test_to_serve_the_numpy_net_numpy_is_enough():
    code = (
        "import sys, numpy; before = set(sys.modules); import digitrack.prediction.serving;"
        "print({m.split('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'digitrack'}"
