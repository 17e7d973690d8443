import numpy as np
import pytest

from digitrack.neural_net import NAMES, NeuralNet, dsigmoid, nll, one_hot, sigmoid, softmax


def example(n=5, n_features=3, n_hidden=4, n_classes=3):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(n, n_features)), one_hot(rng.integers(n_classes, size=n), n_classes)
    return NeuralNet(n_features, n_hidden, n_classes, initializer="normal", stddev=1.0, seed=1), x, y


def test_gradients_match_central_differences():
    net, x, y = example()
    gradient = net.grad_loss(x, y)
    for name in NAMES:
        weight = getattr(net, name)
        for i in np.ndindex(weight.shape):
            kept, losses = weight[i], []
            for step in (1e-5, -1e-5):
                weight[i] = kept + step
                losses.append(nll(y, net.forward(x)).sum())
            weight[i] = kept
            assert gradient[name][i] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-6, abs=1e-8)


def test_functions_are_stable_and_take_one_sample_or_a_batch():
    z = np.array([[-1e4, 0, 1e4], [1.0, 2.0, 3.0]])
    with np.errstate(all="raise", under="ignore"):
        assert sigmoid(np.array([-1e4, 0, 1e4])).tolist() == [0, 0.5, 1]
        y = softmax(z)
    np.testing.assert_allclose(y.sum(-1), 1)
    np.testing.assert_allclose(y[1], softmax(z[1] + 7))
    np.testing.assert_allclose(nll(np.eye(3)[:2], y), [nll(np.eye(3)[i], y[i]) for i in range(2)])
    np.testing.assert_allclose(dsigmoid(z[1]), (sigmoid(z[1] + 1e-6) - sigmoid(z[1] - 1e-6)) / 2e-6, rtol=1e-6)


def test_a_fit_learns_repeats_and_returns_every_loss():
    (a, x, y), (b, _, _) = example(), example()
    losses = a.fit(x, y, learning_rate=0.3, epochs=50, seed=3)
    assert losses.shape == (50, 5)
    assert losses[-1].mean() < losses[0].mean() / 5
    np.testing.assert_array_equal(losses, b.fit(x, y, learning_rate=0.3, epochs=50, seed=3))
    assert isinstance(a.predict(x[0]), int)
    assert a.predict(x).tolist() == [a.predict(row) for row in x]


def test_zero_weights_keep_hidden_units_identical():
    net, x, y = example()
    net = NeuralNet(3, 4, 3, initializer="zeros")
    net.fit(x, y, learning_rate=0.1, epochs=3)
    assert (net.W_h == net.W_h[:, :1]).all()
    assert (net.W_o == net.W_o[:1]).all()


def test_a_saved_network_is_the_same(tmp_path):
    net, x, _ = example()
    net.save(tmp_path / "net.npz")
    np.testing.assert_array_equal(NeuralNet.load(tmp_path / "net.npz").forward(x), net.forward(x))
