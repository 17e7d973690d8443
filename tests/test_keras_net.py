import numpy as np
import pytest

from digitrack import arrays, config, dataset, keras_net
from digitrack.errors import UserError
from digitrack.neural_net import NeuralNet

NODES = {
    "optimizer": {"_target_": "keras.optimizers.Adam", "learning_rate": 0.01},
    "kernel_initializer": {"_target_": "keras.initializers.GlorotUniform"},
}


def trained(**changes):
    data = dataset.make({"_target_": "sklearn.datasets.load_digits"}, config.Split(0.6, 0.2, 0.2), seed=0)
    settings = config.TrainKeras(**{"n_hidden": 8, "epochs": 2, "batch_size": 32, **NODES, **changes})
    calls = []
    model = keras_net.fit(settings, 0, data.train, 10, lambda epoch, predict: calls.append((epoch, predict)))
    return model, data, calls


def test_the_saved_arrays_and_the_raw_pixel_model_predict_as_keras_does():
    model, data, calls = trained()
    expected = model.predict_on_batch(data.test.x)
    net = NeuralNet.from_arrays(**dict(zip(arrays.WEIGHTS, model.get_weights(), strict=True)))
    np.testing.assert_allclose(net.forward(data.test.x.astype(np.float32)), expected, atol=1e-5)
    servable = keras_net.on_raw_pixels(model, data.scaler)
    np.testing.assert_allclose(servable.predict_on_batch(data.test.raw.reshape(-1, 64)), expected, atol=1e-4)
    assert [epoch for epoch, _ in calls] == [0, 1]


def test_the_same_seed_gives_the_same_bits():
    (a, *_), (b, *_) = trained(), trained()
    for x, y in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(x, y)


@pytest.mark.parametrize("node", [{"_target_": "keras.optimizers.Adm"}, {"_target_": "keras.optimizers.Adam", "lr": 1}])
def test_what_keras_refuses_names_the_setting(node):
    with pytest.raises(UserError, match=r"^train_keras\.optimizer: keras\.optimizers\.Ad"):
        trained(optimizer=node)


def test_what_is_no_optimizer_is_refused():
    nodes = {**NODES, "optimizer": {"_target_": "builtins.dict"}}
    settings = config.TrainKeras(n_hidden=8, epochs=2, batch_size=32, **nodes)
    with pytest.raises(UserError, match="is not a Keras Optimizer"):
        keras_net.check(settings)
