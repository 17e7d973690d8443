"""The network: its gradients are those of its loss, and it learns."""

import numpy as np
import pytest

from NAME.network import Network, fit, served
from NAME.scores import loss_and_accuracy

SETTINGS = {"n_hidden": 4, "learning_rate": 0.3, "epochs": 30, "batch_size": 8, "seed": 0}


@pytest.fixture
def data():
    """Two clouds of points."""
    random = np.random.default_rng(0)
    y = np.arange(60) % 2
    return random.normal(size=(60, 3)) + 3 * y[:, None], y


def never(epoch, network):
    return False


def test_gradients_match_central_differences(data):
    x, y = data[0][:5], data[1][:5]
    network = fit(x, y, **SETTINGS | {"epochs": 1}, on_epoch=never)

    def loss():
        return -np.log(network.probabilities(x)[np.arange(len(y)), y]).mean()

    weights = (network.W_h, network.b_h, network.W_o, network.b_o)
    for array, gradient in zip(weights, network.gradients(x, y), strict=True):
        for i in np.ndindex(array.shape):
            value, found = array[i], []
            for step in (1e-6, -1e-6):
                array[i] = value + step
                found.append(loss())
            array[i] = value
            np.testing.assert_allclose(gradient[i], (found[0] - found[1]) / 2e-6, rtol=1e-5, atol=1e-8)


def test_it_learns_and_hears_of_every_epoch(data):
    heard = []
    network = fit(*data, **SETTINGS, on_epoch=lambda epoch, _: heard.append(epoch) is not None)
    assert heard == [*range(1, 31)]
    assert loss_and_accuracy(network.probabilities(data[0]), data[1])[1] > 0.95


def test_it_ends_when_it_is_told_to(data):
    heard = []
    fit(*data, **SETTINGS, on_epoch=lambda epoch, _: heard.append(epoch) or epoch == 3)
    assert heard == [1, 2, 3]


def test_a_column_that_is_constant_does_no_harm(data):
    x = np.column_stack([data[0], np.ones(60)])
    assert np.isfinite(fit(x, data[1], **SETTINGS, on_epoch=never).probabilities(x)).all()


def test_the_same_seed_gives_the_same_bytes_and_the_file_is_the_network(data, tmp_path):
    for name in ("one", "two"):
        fit(*data, **SETTINGS, on_epoch=never).save(tmp_path / name / "net.npz")
    assert (tmp_path / "one/net.npz").read_bytes() == (tmp_path / "two/net.npz").read_bytes()

    probabilities = Network.load(tmp_path / "one/net.npz").probabilities(data[0])
    np.testing.assert_array_equal(served({"model": tmp_path / "two/net.npz"})(data[0]), probabilities)


def test_a_served_network_refuses_what_is_no_number(data, tmp_path):
    fit(*data, **SETTINGS, on_epoch=never).save(tmp_path / "net.npz")
    with pytest.raises(ValueError, match="finite"):
        served({"model": tmp_path / "net.npz"})(np.full((1, 3), np.nan))
