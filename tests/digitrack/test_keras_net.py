"""The room digitrack.keras_net."""

import os
import subprocess
import sys

import numpy as np
import pytest

from digitrack import Refused
from digitrack.keras_net import check, network
from digitrack.keras_net.batches import Batches
from digitrack.keras_net.quiet import keras, unsaid
from digitrack.neural_net import NAMES, NeuralNet, cross_entropy, log_softmax, one_hot, softmax
from digitrack.scores.measures import loss_and_accuracy

SMALL = {
    "n_hidden": 8,
    "epochs": 2,
    "batch_size": 32,
    "optimizer": lambda: keras.optimizers.Adam(0.01),
    "kernel_initializer": keras.initializers.GlorotUniform,
}


def trained(digits, on_epoch=lambda epoch, model: False, seed=0, **changes):
    return network.fit(digits.train.x, digits.train.y, 10, seed=seed, on_epoch=on_epoch, **{**SMALL, **changes})


def test_the_saved_arrays_and_the_raw_pixel_model_predict_as_keras_does(digits, tmp_path):
    model, test = trained(digits), digits.test
    expected = softmax(model.predict_on_batch(test.x[:]))
    network.save(tmp_path / "models/keras.npz", model.get_weights())
    net = NeuralNet.load(tmp_path / "models/keras.npz")
    np.testing.assert_allclose(net.forward(test.x), expected, atol=1e-5)
    served = network.on_raw_pixels(model, digits.scaler)
    np.testing.assert_allclose(served.predict_on_batch(test.raw.reshape(-1, 64)), expected, atol=1e-4)


@pytest.mark.parametrize(("offset", "step"), [(1.7e9, 1.0), (-9e8, 1e-3), (0.0, 4e-9), (0.0, 1e40)])
def test_the_served_model_scales_as_exactly_as_the_training_did(digits, tmp_path, offset, step):
    model, raw = trained(digits), digits.test.raw.reshape(-1, 64)
    scaler = digits.scaler._replace(mean=digits.scaler.mean * step + offset, scale=digits.scaler.scale * step)
    network.on_raw_pixels(model, scaler).save(tmp_path / "model.keras")
    served = keras.saving.load_model(tmp_path / "model.keras")
    found = served.predict_on_batch(raw * step + offset)
    np.testing.assert_allclose(found, softmax(model.predict_on_batch(digits.test.x[:])), atol=1e-3)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(digits, tmp_path):
    for name, seed in (("a.npz", 0), ("b.npz", 0), ("c.npz", 1)):
        network.save(tmp_path / name, trained(digits, seed=seed).get_weights())
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.npz", "b.npz", "c.npz"))
    assert a == b != c


@pytest.mark.long
def test_what_is_large_is_read_batch_by_batch_and_learned_alike(digits, monkeypatch, as_needed):
    whole = trained(digits, epochs=4)
    monkeypatch.setattr(network, "AT_ONCE", 0)
    x = as_needed(digits.train.x)
    parts = [
        network.fit(x, digits.train.y, 10, seed=0, on_epoch=lambda *_: False, **{**SMALL, "epochs": 4}) for _ in "ab"
    ]
    assert x.largest == SMALL["batch_size"]
    for a, b in zip(*(model.get_weights() for model in parts), strict=True):
        np.testing.assert_array_equal(a, b)
    right = [
        (model.predict_on_batch(digits.test.x[:]).argmax(-1) == digits.test.y).mean() for model in (whole, parts[0])
    ]
    assert right[0] == pytest.approx(right[1], abs=0.03)
    assert min(right) > 0.8


def test_every_epoch_reads_every_sample_once_in_an_order_of_its_own():
    batches, orders = Batches(np.arange(10.0)[:, None], np.eye(10), 4, seed=0), []
    for _ in range(2):
        batches.on_epoch_begin()
        rows = [batches[i] for i in range(len(batches))]
        assert [len(x) for x, _ in rows] == [4, 4, 2]
        assert all((x[:, 0] == y.argmax(-1)).all() for x, y in rows)
        orders.append([int(value) for x, _ in rows for value in x[:, 0]])
    assert orders[0] != orders[1]
    assert all(sorted(order) == list(range(10)) for order in orders)


def test_each_layer_is_drawn_by_an_initializer_of_its_own(digits):
    made = []

    def kernel_initializer():
        made.append(keras.initializers.GlorotUniform())
        return made[-1]

    trained(digits, epochs=1, kernel_initializer=kernel_initializer)
    assert len(made) == 2


def test_every_epoch_is_told_of_and_training_ends_when_the_answer_is_true(digits):
    heard = []

    def on_epoch(epoch, model):
        heard.append(epoch)
        assert model.predict_on_batch(digits.test.x[:]).shape == (len(digits.test.y), 10)
        return epoch == 1

    trained(digits, on_epoch, epochs=5)
    assert heard == [0, 1]


def test_the_loss_of_a_network_that_is_wrong_and_sure_is_not_cut_off(digits):
    start = {"kernel_initializer": lambda: keras.initializers.RandomNormal(stddev=50.0)}
    model = trained(digits, epochs=1, optimizer=lambda: keras.optimizers.SGD(0.0), **start)
    x, y = digits.train.x[:], digits.train.y
    found = loss_and_accuracy(model.predict_on_batch(x), y)[0]
    net = NeuralNet.from_arrays(*(array.astype(float) for array in model.get_weights()))
    assert found > 100
    assert found == pytest.approx(cross_entropy(one_hot(y, 10), log_softmax(net.logits(x))).mean(), rel=1e-5)


def test_weight_decay_and_a_decaying_rate_are_those_of_the_numpy_network(digits):
    x, y = digits.train.x, digits.train.y
    same = {"batch_size": len(x), "epochs": 4, "l2": 0.01, "rate_decay": 0.7}  # a batch has no order
    start = {"n_hidden": 8, "kernel_initializer": lambda: keras.initializers.RandomNormal(stddev=0.5)}
    model = trained(digits, optimizer=lambda: keras.optimizers.SGD(0.5), **start, **same)
    network.start_afresh(0)
    first = network.untrained(64, 8, 10, start["kernel_initializer"]).get_weights()
    net = NeuralNet.from_arrays(*(array.astype(float) for array in first))
    net.fit(x, one_hot(y, 10), 0.5, **same)
    for name, array, before in zip(NAMES, model.get_weights(), first, strict=True):
        np.testing.assert_allclose(getattr(net, name), array, rtol=1e-4, atol=1e-5)
        assert np.abs(array - before).max() > 0.01


def test_what_is_no_optimizer_or_initializer_is_refused():
    good = (SMALL["optimizer"], SMALL["kernel_initializer"])
    check.check(*good)
    with pytest.raises(Refused, match=r"^optimizer: builtins\.dict is not a Keras Optimizer$"):
        check.check(dict, good[1])
    with pytest.raises(Refused, match=r"^kernel_initializer: keras\..*Adam is not a Keras Initializer$"):
        check.check(good[0], good[0])


def test_of_what_an_import_says_only_the_missing_gpu_is_not_printed(capfd):
    with unsaid():
        os.write(2, b"I0000 cudart_stub.cc:31] Could not find cuda drivers on your machine.\nbad\n")
    assert capfd.readouterr().err == "bad\n"


@pytest.mark.parametrize(
    "config", ['{"floatx": "float16", "epsilon": 0.5}', '{"backend": "jax"}', '{"floatx": "none"}']
)
@pytest.mark.long
def test_nothing_that_keras_finds_outside_of_the_project_counts(tmp_path, config):
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras/keras.json").write_text(config)
    show = (
        "from digitrack.keras_net.quiet import keras; c = keras.config; "
        "print(c.floatx(), c.epsilon(), c.backend(), c.image_data_format(), c.max_epochs(), c.max_steps_per_epoch())"
    )
    env = os.environ | {"HOME": str(tmp_path), "KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1"}
    env |= {"KERAS_MAX_STEPS_PER_EPOCH": "1", "KERAS_NNX_ENABLED": "1"}
    told = subprocess.run([sys.executable, "-c", show], env=env, capture_output=True, text=True, check=True).stdout
    assert told == "float32 1e-07 tensorflow channels_last None None\n"
    assert (tmp_path / ".keras/keras.json").read_text() == config


@pytest.mark.long
def test_no_compiler_that_the_environment_asks_for_changes_a_training():
    train = (
        "import numpy as np; from digitrack.keras_net import network; from digitrack.keras_net.quiet import keras; "
        "x = np.random.default_rng(0).normal(size=(200, 8)); "
        "model = network.fit(x, np.arange(200) % 3, 3, seed=0, on_epoch=lambda *_: False, n_hidden=30, epochs=3, "
        "batch_size=32, optimizer=lambda: keras.optimizers.Adam(0.01), "
        "kernel_initializer=keras.initializers.GlorotUniform); "
        "print(b''.join(w.tobytes() for w in model.get_weights()).hex())"
    )
    odd = {"TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit", "OMP_NUM_THREADS": "1", "LC_ALL": "C"}
    odd |= {"TF_NUM_INTRAOP_THREADS": "1", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    plain, other = (
        subprocess.run([sys.executable, "-c", train], env=os.environ | more, capture_output=True, check=True).stdout
        for more in ({}, odd)
    )
    assert plain == other
