"""The room digitrack.keras_net."""

import numpy as np
import pytest

from digitrack import Refused
from digitrack.keras_net import check, network
from digitrack.keras_net.quiet import keras
from digitrack.neural_net import NeuralNet

SMALL = {
    "n_hidden": 8,
    "epochs": 2,
    "batch_size": 32,
    "optimizer": lambda: keras.optimizers.Adam(0.01),
    "kernel_initializer": keras.initializers.GlorotUniform,
}


def trained(digits, on_epoch=lambda epoch, predict: False, seed=0, **changes):
    return network.fit(digits.train.x, digits.train.y, 10, seed=seed, on_epoch=on_epoch, **{**SMALL, **changes})


def test_the_saved_arrays_and_the_raw_pixel_model_predict_as_keras_does(digits, tmp_path):
    model, test = trained(digits), digits.test
    expected = model.predict_on_batch(test.x[:])
    network.save(tmp_path / "models/keras.npz", model)
    net = NeuralNet.load(tmp_path / "models/keras.npz")
    np.testing.assert_allclose(net.forward(test.x), expected, atol=1e-5)
    served = network.on_raw_pixels(model, digits.scaler)
    np.testing.assert_allclose(served.predict_on_batch(test.raw.reshape(-1, 64)), expected, atol=1e-4)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(digits, tmp_path):
    for name, seed in (("a.npz", 0), ("b.npz", 0), ("c.npz", 1)):
        network.save(tmp_path / name, trained(digits, seed=seed))
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.npz", "b.npz", "c.npz"))
    assert a == b != c


def test_each_layer_is_drawn_by_an_initializer_of_its_own(digits):
    made = []

    def kernel_initializer():
        made.append(keras.initializers.GlorotUniform())
        return made[-1]

    trained(digits, epochs=1, kernel_initializer=kernel_initializer)
    assert len(made) == 2


def test_every_epoch_is_told_of_and_training_ends_when_the_answer_is_true(digits):
    heard = []

    def on_epoch(epoch, predict):
        heard.append(epoch)
        np.testing.assert_allclose(predict(digits.test.x[:]).sum(-1), 1, rtol=1e-5)
        return epoch == 1

    trained(digits, on_epoch, epochs=5)
    assert heard == [0, 1]


def test_what_is_no_optimizer_or_initializer_is_refused():
    good = (SMALL["optimizer"], SMALL["kernel_initializer"])
    check.check(*good)
    with pytest.raises(Refused, match=r"^optimizer: builtins\.dict is not a Keras Optimizer$"):
        check.check(dict, good[1])
    with pytest.raises(Refused, match=r"^kernel_initializer: keras\..*Adam is not a Keras Initializer$"):
        check.check(good[0], good[0])
