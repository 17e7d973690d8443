import copy
import hashlib
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler

from digitrack.neural_net import (
    NAMES,
    NeuralNet,
    cross_entropy,
    dsigmoid,
    log_softmax,
    nll,
    one_hot,
    rows,
    sigmoid,
    softmax,
)

DTYPES = ("float64", "float32")
sizes = st.integers(1, 6)
logits = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(2, 6)), elements=st.floats(-1e4, 1e4))
quick = settings(deadline=None, max_examples=40, derandomize=True)


@quick
@given(
    n=sizes,
    n_features=sizes,
    n_hidden=sizes,
    n_classes=st.integers(2, 6),
    seed=st.integers(0, 999),
    l2=st.sampled_from([0, 0.3]),
)
def test_gradients_match_central_differences(n, n_features, n_hidden, n_classes, seed, l2):
    net, x, y = example(n, n_features, n_hidden, n_classes, seed=seed)
    gradient = net.grad_loss(x, y, l2)
    slopes = {name: slope(net, name, x, y, l2) for name in NAMES}
    for name in NAMES:
        difference = np.linalg.norm(gradient[name] - slopes[name])
        assert difference <= 1e-6 * max(np.linalg.norm(slopes[name]), 1e-3)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 5])
def test_an_update_is_the_textbooks(n, dtype):
    net, x, y = example(n, dtype=dtype)
    W_h, b_h, W_o, b_o = (getattr(net, name).astype(float) for name in NAMES)

    h = 1 / (1 + np.exp(-(x @ W_h + b_h)))
    e = np.exp(h @ W_o + b_o)
    d_o = (e / e.sum(1, keepdims=True) - y) / n
    d_h = d_o @ W_o.T * h * (1 - h)
    expected = W_h - 0.3 * x.T @ d_h, b_h - 0.3 * d_h.sum(0), W_o - 0.3 * h.T @ d_o, b_o - 0.3 * d_o.sum(0)

    net.train_sample(x if n > 1 else x[0], y if n > 1 else y[0], 0.3)
    for name, array in zip(NAMES, expected, strict=True):
        np.testing.assert_allclose(getattr(net, name), array, rtol=tolerance(dtype), atol=tolerance(dtype))


@pytest.mark.parametrize("l2", [0, 0.01])
@pytest.mark.parametrize("dtype", DTYPES)
def test_training_follows_keras_update_by_update(dtype, l2):
    from digitrack.keras_net.quiet import keras
    from digitrack.keras_net.quiet import tensorflow as tf

    net, x, y = example(n=60, n_features=20, n_hidden=15, n_classes=5, dtype=dtype)
    weights = [np.array(getattr(net, name)) for name in NAMES]
    losses = net.fit(x, y, learning_rate=0.1, epochs=2, shuffle=False, l2=l2)

    settings = {"dtype": dtype, "kernel_regularizer": keras.regularizers.L2(l2)}
    layers = [keras.layers.Dense(n, activation=kind, **settings) for n, kind in ((15, "sigmoid"), (5, "softmax"))]
    model = keras.Sequential([keras.Input((20,), dtype=dtype), *layers])
    model.set_weights(weights)
    sgd, loss_of = keras.optimizers.SGD(0.1), keras.losses.CategoricalCrossentropy()

    @tf.function
    def update(one_x, one_y):
        with tf.GradientTape() as tape:
            loss = loss_of(one_y, model(one_x))
            minimised = sum(tf.cast(part, "float64") for part in (loss, *model.losses))
        gradient = tape.gradient(minimised, model.trainable_variables)
        sgd.apply_gradients(zip(gradient, model.trainable_variables, strict=True))
        return loss

    rows = [(x[i : i + 1].astype(dtype), y[i : i + 1].astype(dtype)) for i in range(len(x))]
    theirs = [float(update(*row)) for _ in range(2) for row in rows]
    np.testing.assert_allclose(losses, theirs, rtol=1e-4)
    for name, array in zip(NAMES, model.get_weights(), strict=True):
        np.testing.assert_allclose(getattr(net, name), array, rtol=1e-3, atol=1e-5)


@quick
@given(
    n=st.integers(1, 70),
    batch_size=st.integers(1, 40),
    size=sizes,
    dtype=st.sampled_from(DTYPES),
    shuffle=st.booleans(),
    rate=st.floats(0, 1),
    l2=st.sampled_from([0, 1e-3, 0.1, 0.5]),  # at a rate of 1 the last one leaves nothing of a kernel
    rate_decay=st.sampled_from([1, 0.5]),
)
def test_the_fast_loop_makes_the_updates_of_the_plain_one(n, batch_size, size, dtype, rate, **how):
    assert_fast_is_plain(n, dtype, size, 7 - size, batch_size=batch_size, learning_rate=rate, seed=n, **how)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("shape", "l2"), [((64, 1000), 0), ((64, 1000), 1e-3), ((784, 20), 1e-3), ((784, 700), 0)]
)  # blocks of 8, 8, 25 and 32 samples
def test_the_fast_loop_makes_the_updates_of_a_large_network(shape, l2, dtype):
    assert_fast_is_plain(40, dtype, *shape, stddev=0.05, learning_rate=0.1, shuffle=False, l2=l2)


@quick
@given(n=st.integers(1, 70), batch_size=st.integers(1, 40), dtype=st.sampled_from(DTYPES))
def test_fit_is_train_sample_in_a_loop(n, batch_size, dtype):
    (a, x, y), (b, _, _) = (example(n, dtype=dtype) for _ in range(2))
    losses = a.fit(x, y, 0.1, 2, batch_size=batch_size, shuffle=False, fast=False)
    batches = [slice(i, i + batch_size) for i in range(0, n, batch_size)]
    looped = [b.train_sample(x[batch], y[batch], 0.1) for _ in range(2) for batch in batches]
    np.testing.assert_array_equal(losses, np.concatenate(looped))
    assert same_weights(a, b)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("batch_size", [1, 6, 50])
def test_rows_read_as_needed_train_to_the_bits_of_the_array(as_needed, monkeypatch, batch_size, fast, dtype):
    monkeypatch.setattr(rows, "ROWS", 70)
    heard = {}
    trained = {}
    for kind in (np.asarray, as_needed):
        net, x, y = example(n=300, dtype=dtype)
        given = kind(x), kind(x[:100])
        on_epoch = heard.setdefault(kind, []).append
        net.fit(given[0], y, 0.1, 2, batch_size=batch_size, seed=0, fast=fast, validation=(given[1], y[:100]),
                on_epoch=lambda *news, on_epoch=on_epoch: on_epoch(news))  # fmt: skip
        trained[kind] = net
    assert same_weights(*trained.values())
    assert heard[np.asarray] == heard[as_needed]
    assert 0 < max(part.largest for part in given) <= 96  # of batches of 50, 50; of blocks of 32 samples, 64


def test_the_projects_own_samples_are_read_as_needed_and_arrays_of_all_kinds_are_not(digits):
    assert rows.as_needed(digits.train.x)
    assert not any(map(rows.as_needed, (np.eye(2), [[1, 0]], pd.DataFrame(np.eye(2)))))


def test_the_parts_of_an_epoch_alter_no_bit(monkeypatch):
    (a, x, y), (b, _, _) = example(n=300), example(n=300)
    whole = a.fit(x, y, 0.1, 2, seed=0)
    monkeypatch.setattr(rows, "ROWS", 70)
    np.testing.assert_array_equal(b.fit(x, y, 0.1, 2, seed=0), whole)
    assert same_weights(a, b)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x: np.where(x == x[2, 1], np.nan, x), "x holds NaN"),
        (lambda x: x[:, 1:], r"x must be \(3,\) or \(n, 3\), not \(5, 2\)"),
        (lambda x: x[1:], r"y_true must be \(4, 3\)"),
        (lambda x: x[:, 0], r"x must be \(n, n_features\), not \(5,\)"),
    ],
)
def test_rows_read_as_needed_that_do_not_fit_are_refused(as_needed, spoil, message):
    net, x, y = example()
    for args in ((as_needed(spoil(x)), y, None), (x, y, (as_needed(spoil(x)), y))):
        with pytest.raises(ValueError, match=message):
            net.fit(*args[:2], epochs=1, validation=args[2], on_epoch=lambda *_: None)


def test_rows_of_another_shape_than_asked_for_are_refused(as_needed):
    net, x, y = example()
    given = as_needed(x)
    given._array = x[:, :2]
    with pytest.raises(ValueError, match=r"x returned rows of shape \(5, 2\) instead of \(5, 3\)"):
        net.fit(given, y)


@pytest.mark.parametrize("dtype", DTYPES)
def test_batch_results_are_stacked_single_results(dtype):
    net, x, y = example(dtype=dtype)
    close = {"rtol": tolerance(dtype), "atol": tolerance(dtype)}
    for batch, singles in zip(
        net.forward_with_hidden(x), zip(*map(net.forward_with_hidden, x), strict=True), strict=True
    ):
        assert batch.dtype == dtype
        np.testing.assert_allclose(batch, singles, **close)
    np.testing.assert_allclose(
        nll(y, net.forward(x)), [nll(a, net.forward(b)) for a, b in zip(y, x, strict=True)], **close
    )
    for name, gradient in net.grad_loss(x, y).items():
        assert gradient.shape == getattr(net, name).shape
        np.testing.assert_allclose(gradient, sum(net.grad_loss(a, b)[name] for a, b in zip(x, y, strict=True)), **close)
    assert isinstance(net.predict(x[0]), int)
    assert net.predict(x).tolist() == [net.predict(row) for row in x]


@quick
@given(z=logits, shift=st.floats(-1e4, 1e4))
def test_softmax_sums_to_one_and_ignores_a_shift(z, shift):
    y = softmax(z)
    np.testing.assert_allclose(y.sum(-1), 1)
    np.testing.assert_allclose(softmax(z + shift), y, atol=1e-10)
    np.testing.assert_array_equal(y[0], softmax(z[0]))


@quick
@given(z=logits)
def test_functions_neither_overflow_nor_turn_nan(z):
    with np.errstate(all="raise", under="ignore"):
        assert ((sigmoid(z) >= 0) & (sigmoid(z) <= 1)).all()
        assert ((dsigmoid(z) >= 0) & (dsigmoid(z) <= 0.25)).all()
        y = np.eye(z.shape[1])[np.zeros(len(z), int)]
        assert np.isfinite(nll(y, softmax(z))).all()
        assert (cross_entropy(y, log_softmax(z)) >= 0).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("batch_size", [1, 5])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_saturated_network_trains_without_warnings(dtype, batch_size):
    net, x, y = example(dtype=dtype)
    net.W_o[:] *= 1e4
    losses = net.fit(1e4 * x, y, learning_rate=0.1, epochs=2, batch_size=batch_size)
    assert np.isfinite(losses).all()
    assert all(np.isfinite(gradient).all() for gradient in net.grad_loss(1e4 * x, y).values())
    assert np.isfinite(net.train_sample(1e4 * x[0], y[0], 0.1))


def test_integers_are_numbers():
    for dtype in (int, np.uint8, np.int8):
        z = np.array([1, 0, 2], dtype)
        for function in (sigmoid, dsigmoid, softmax):
            np.testing.assert_array_equal(function(z), function(z.astype(float)))


def test_dsigmoid_is_the_slope_of_sigmoid():
    z = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(dsigmoid(z), (sigmoid(z + 1e-6) - sigmoid(z - 1e-6)) / 2e-6, rtol=1e-6)


def test_the_loss_of_a_certain_truth_is_zero_and_of_an_excluded_one_finite():
    assert nll(np.eye(3), np.eye(3)).tolist() == [0, 0, 0]
    assert not np.signbit(nll(np.eye(3), np.eye(3))).any()
    assert nll(np.eye(3)[0], np.eye(3)[1]) == pytest.approx(-np.log(1e-10))


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("batch_size", [1, 2, 7])
@pytest.mark.parametrize("dtype", DTYPES)
def test_losses_are_those_of_nll_but_for_its_floor(dtype, batch_size, fast):
    net, x, y = example(n=7, dtype=dtype)
    near = net.fit(x, y, 0.0, 1, batch_size=batch_size, shuffle=False, fast=fast)
    np.testing.assert_allclose(near, nll(y, net.forward(x)), rtol=10 * tolerance(dtype))
    net.W_o *= 1000
    heard = []
    far = net.fit(x, y, 0.0, 1, batch_size=batch_size, shuffle=False, fast=fast, validation=(x, y),
                  on_epoch=lambda *news: heard.append(news))  # fmt: skip
    z_o = net.logits(x).astype(float)
    exact = np.log(np.exp(z_o - z_o.max(1, keepdims=True)).sum(1)) + z_o.max(1) - (y * z_o).sum(1)
    assert exact.max() > 100
    np.testing.assert_allclose(far, exact, rtol=1e-4, atol=1e-4)
    assert heard[0][2] == pytest.approx(exact.mean(), rel=1e-4)


def test_rows_and_columns_in_any_layout_train_alike():
    (a, x, y), (b, _, _) = example(n=40), example(n=40)
    b.W_h, b.W_o = np.asfortranarray(b.W_h), np.asfortranarray(b.W_o)
    losses = a.fit(x, y, 0.1, 2, seed=0)
    np.testing.assert_array_equal(b.fit(np.asfortranarray(x), np.asfortranarray(y), 0.1, 2, seed=0), losses)
    assert same_weights(a, b)


@pytest.mark.filterwarnings("error")
def test_new_weights_heal_a_diverged_network():
    (net, x, y), (fresh, _, _) = example(), example()
    assert np.isnan(net.fit(x, y, learning_rate=1e300, epochs=2)[-len(x) :]).any()
    net.W_h, net.b_h, net.W_o, net.b_o = (getattr(fresh, name).copy() for name in NAMES)
    train = {"learning_rate": 0.1, "epochs": 1, "seed": 0}
    np.testing.assert_array_equal(net.fit(x, y, **train), fresh.fit(x, y, **train))


def test_weights_can_be_updated_in_place_and_assigned():
    net, x, y = example()
    twin, gradient = copy.deepcopy(net), net.grad_loss(x, y)
    net.W_h -= 0.1 * gradient["W_h"]
    net.b_o = net.b_o - 0.1 * gradient["b_o"]
    np.testing.assert_array_equal(net.W_h, twin.W_h - 0.1 * gradient["W_h"])
    np.testing.assert_array_equal(net.b_o, twin.b_o - 0.1 * gradient["b_o"])
    net.W_o = np.ones((2, 2))
    for use in (lambda: net.forward(x), lambda: net.fit(x, y)):
        with pytest.raises(ValueError, match=r"shapes don't fit: .* W_o \(2, 2\)"):
            use()


def test_a_learning_rate_of_zero_changes_nothing():
    net, x, y = example()
    before = copy.deepcopy(net)
    net.fit(x, y, learning_rate=0, epochs=2)
    assert same_weights(net, before)


def test_training_learns():
    net, x, y = example()
    losses = net.fit(x, y, learning_rate=0.3, epochs=200, seed=0)
    assert losses.shape == (200 * 5,)
    assert losses[-5:].mean() < losses[:5].mean() / 5


def test_the_defaults_learn_the_digits():
    digits = load_digits()
    x, y = StandardScaler().fit_transform(digits.data), one_hot(digits.target, 10)
    net = NeuralNet(64, 100, 10)
    losses = net.fit(x[:1200], y[:1200])
    assert losses.shape == (20 * 1200,)
    assert (net.predict(x[1200:]) == digits.target[1200:]).mean() > 0.9


@pytest.mark.parametrize("fast", [True, False])
def test_weights_and_order_are_drawn_anew_unless_seeded(fast):
    _, x, y = example(n=40)

    def trained(seed):
        net = NeuralNet(3, 4, 3, seed=seed)
        return net.fit(x, y, 0.1, 1, seed=seed, fast=fast)

    assert (trained(None) != trained(None)).any()
    assert (trained(1) == trained(1)).all()


@pytest.mark.parametrize("fast", [True, False])
def test_weights_that_a_callback_sets_are_trained_on(fast):
    (net, x, y), (other, _, _) = example(), example(seed=5)

    def on_epoch(epoch, *_):
        if epoch == 0:
            net.W_h, net.W_o = other.W_h.copy(), other.W_o.copy()
            net.b_h[:], net.b_o[:] = other.b_h, other.b_o

    losses = net.fit(x, y, 0.1, 2, shuffle=False, on_epoch=on_epoch, fast=fast)
    np.testing.assert_allclose(losses[len(x) :], other.fit(x, y, 0.1, 1, shuffle=False, fast=fast), rtol=1e-12)


def test_a_copy_trains_by_itself():
    net, x, y = example()
    twin = copy.deepcopy(net)
    twin.fit(x, y, learning_rate=0.1, epochs=1, seed=0)
    assert not same_weights(net, twin)
    net.fit(x, y, learning_rate=0.1, epochs=1, seed=0)
    assert same_weights(net, twin)


def test_the_same_seed_gives_the_same_bits_with_any_number_of_blas_threads():
    assert len({weights_hash_in_a_fresh_process(threads) for threads in ("1", "2", "1")}) == 1


def test_zero_weights_keep_hidden_units_identical():
    net = NeuralNet(3, 4, 3, initializer="zeros")
    _, x, y = example()
    net.fit(x, y, learning_rate=0.1, epochs=3)
    assert net.W_h.any()
    assert (net.W_h == net.W_h[:, :1]).all()
    assert (net.W_o == net.W_o[:1]).all()


def test_kernels_start_uniform_in_glorots_bounds_or_normal_and_biases_at_zero():
    uniform, normal = NeuralNet(64, 100, 10, seed=1), NeuralNet(64, 100, 10, initializer="normal", stddev=0.5, seed=1)
    bound = np.sqrt(6 / 164)
    assert 0.99 * bound < abs(uniform.W_h).max() <= bound
    assert normal.W_h.std() == pytest.approx(0.5, rel=0.05)
    assert not uniform.b_h.any()
    assert not normal.b_o.any()
    with pytest.raises(ValueError, match="initializer must be"):
        NeuralNet(2, 2, 2, initializer="glorot")
    with pytest.raises(ValueError, match="dtype must be"):
        NeuralNet(2, 2, 2, dtype=int)
    with pytest.raises(ValueError, match="needs stddev"):
        NeuralNet(2, 2, 2, initializer="normal")


def test_the_callback_hears_of_every_epoch_and_can_end_training():
    net, x, y = example()
    heard = []

    def on_epoch(*news):
        heard.append(news)
        return news[0] == 2

    losses = net.fit(x, y, learning_rate=0.1, epochs=9, validation=(x, y), on_epoch=on_epoch)
    assert [epoch for epoch, _, _ in heard] == [0, 1, 2]
    assert [loss for _, loss, _ in heard] == pytest.approx(losses.reshape(3, -1).mean(1))
    assert heard[-1][2] == pytest.approx(nll(y, net.forward(x)).mean())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda x, y: (x, y.argmax(1)), r"pass one_hot\(y_true, 3\)"),
        (lambda x, y: (x[:, 1:], y), r"x must be \(3,\) or \(n, 3\), not \(5, 2\)"),
        (lambda x, y: (x, y[:, 1:]), r"y_true must be \(5, 3\)"),
        (lambda x, y: (x, y[1:]), r"y_true must be \(5, 3\)"),
        (lambda x, y: (x[:0], y[:0]), "there are no samples"),
        (lambda x, y: (x, 2 * y), "one-hot"),
        (lambda x, y: (x, 0.7 * y + 0.1), "one-hot"),
        (lambda x, y: (np.where(x == x[2, 1], np.nan, x), y), "x holds NaN"),
        (lambda x, y: (x, np.where(y == 1, np.nan, y)), "one-hot"),
    ],
)
def test_data_that_do_not_fit_are_refused_and_change_nothing(spoil, message):
    net, x, y = example()
    before = copy.deepcopy(net)
    for use in (lambda a, b: net.fit(a, b, 0.1, 1), net.grad_loss, lambda a, b: net.train_sample(a, b, 0.1)):
        with pytest.raises(ValueError, match=message):
            use(*spoil(x, y))
    assert same_weights(net, before)


def test_a_decaying_rate_is_another_rate_for_every_epoch():
    (a, x, y), (b, _, _) = example(n=40), example(n=40)
    losses = a.fit(x, y, 0.4, 3, rate_decay=0.5, shuffle=False)
    one_by_one = [b.fit(x, y, rate, 1, shuffle=False) for rate in (0.4, 0.2, 0.1)]
    np.testing.assert_array_equal(losses, np.concatenate(one_by_one))
    assert same_weights(a, b)


def test_l2_makes_kernels_small_and_is_no_part_of_the_losses():
    (a, x, y), (b, _, _) = example(n=40), example(n=40)
    losses = [net.fit(x, y, 0.1, 20, seed=0, l2=l2) for net, l2 in ((a, 0), (b, 0.01))]
    assert losses[0][0] == losses[1][0]  # of the weights before the first update
    assert np.linalg.norm(b.W_h) < np.linalg.norm(a.W_h) / 2
    assert np.linalg.norm(b.W_o) < np.linalg.norm(a.W_o) / 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": -1},
        {"learning_rate": np.nan},
        {"batch_size": 0},
        {"l2": -0.1},
        {"l2": np.inf},
        {"rate_decay": 0},
        {"rate_decay": 1.1},
        {"rate_decay": np.nan},
    ],
)
def test_settings_out_of_range_are_refused(wrong):
    net, x, y = example()
    with pytest.raises(ValueError, match=next(iter(wrong))):
        net.fit(x, y, **{"learning_rate": 0.1, "epochs": 1, **wrong})


def test_one_hot_takes_labels_in_range_alone():
    assert one_hot([1, 0], 2).tolist() == [[0, 1], [1, 0]]
    for labels in ([-1], [2], [0.5]):
        with pytest.raises(ValueError, match="from 0 to 1"):
            one_hot(labels, 2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_saved_network_is_the_same(tmp_path, dtype):
    net, x, _ = example(dtype=dtype)
    net.save(tmp_path / "net.npz")
    loaded = NeuralNet.load(tmp_path / "net.npz")
    assert loaded.dtype == net.dtype
    np.testing.assert_array_equal(loaded.forward(x), net.forward(x))
    np.savez(tmp_path / "net.npz", W_h=net.W_h, b_h=net.b_h)
    with pytest.raises(ValueError, match=r"net\.npz has no W_o, b_o"):
        NeuralNet.load(tmp_path / "net.npz")


def test_weights_that_do_not_fit_together_are_refused():
    net, _, _ = example()
    with pytest.raises(ValueError, match="shapes don't fit"):
        NeuralNet.from_arrays(net.W_h, net.b_h, net.W_o.T, net.b_o)


def test_the_module_loads_numpy_alone_of_all_packages():
    code = (
        "import sys, numpy; before = set(sys.modules); import digitrack.neural_net;"
        "new = {m.split('.')[0] for m in set(sys.modules) - before} - set(sys.stdlib_module_names);"
        "print(new == {'digitrack'}, sorted(m for m in sys.modules if m.startswith('digitrack')))"
    )
    mine = ["", ".checks", ".fast_loop", ".functions", ".initializers", ".network", ".rows"]
    assert in_a_fresh_process(code) == f"True {['digitrack', *('digitrack.neural_net' + name for name in mine)]}"


def example(n=5, n_features=3, n_hidden=4, n_classes=3, dtype="float64", seed=0, stddev=1):
    """A network with Gaussian weights, and samples."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, n_features)), one_hot(rng.integers(n_classes, size=n), n_classes)
    return NeuralNet(n_features, n_hidden, n_classes, initializer="normal", stddev=stddev, seed=1, dtype=dtype), x, y


def assert_fast_is_plain(n, dtype, n_features, n_hidden, stddev=1, **settings):
    """To rounding: the fast loop adds up the same updates in another order."""
    (a, x, y), (b, _, _) = (example(n, n_features, n_hidden, dtype=dtype, stddev=stddev) for _ in range(2))
    fast, plain = (net.fit(x, y, epochs=2, fast=fast, **settings) for net, fast in ((a, True), (b, False)))
    close = {"rtol": 20 * tolerance(dtype), "atol": 20 * tolerance(dtype)}
    assert fast.dtype == plain.dtype == dtype
    np.testing.assert_allclose(fast, plain, **close)
    for name in NAMES:
        assert getattr(a, name).dtype == dtype
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), **close)


def slope(net, name, x, y, l2, step=1e-5):
    """The gradient of the loss by central differences."""
    weight = getattr(net, name)
    out = np.empty_like(weight)
    for i in np.ndindex(weight.shape):
        kept, losses = weight[i], []
        for nudge in (step, -step):
            weight[i] = kept + nudge
            squares = (net.W_h**2).sum() + (net.W_o**2).sum()
            losses.append((nll(y, net.forward(x)) + l2 * squares).sum())
        weight[i] = kept
        out[i] = (losses[0] - losses[1]) / (2 * step)
    return out


def tolerance(dtype):
    return 1e-12 if dtype == "float64" else 1e-5


def same_weights(a, b):
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in NAMES)


def weights_hash_in_a_fresh_process(threads):
    """Of networks of the pipeline's size and larger, by sample and by batch."""
    code = (
        "import numpy as np; from digitrack.neural_net import NAMES, NeuralNet, one_hot; r = np.random.default_rng(0)\n"
        "for n_features, n_hidden, batch, dtype in CASES:\n"
        "    x, y = r.normal(size=(600, n_features)), one_hot(r.integers(10, size=600), 10)\n"
        "    net = NeuralNet(n_features, n_hidden, 10, dtype=dtype, seed=0)\n"
        "    net.fit(x, y, learning_rate=0.05, epochs=1, batch_size=batch, seed=0)\n"
        "    print([getattr(net, name).tobytes().hex() for name in NAMES])"
    )
    cases = [(64, 100, 1, "float64"), (64, 100, 1, "float32"), (64, 100, 4, "float64"), (64, 100, 32, "float64")]
    cases += [(64, 1000, 1, "float64"), (784, 10, 1, "float32"), (127, 127, 1, "float32")]
    out = in_a_fresh_process(code.replace("CASES", str(cases)), OPENBLAS_NUM_THREADS=threads)
    return hashlib.sha256(out.encode()).hexdigest()


def in_a_fresh_process(code, **env):
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
