"""A model whose files are damaged answers as it did, or not at all: from files, and as it is served."""

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.samples import read_samples
from digitrack.prediction import serving
from pipeline import predict

N = 60


@pytest.fixture(scope="module")
def rows(reproduced):
    """Raw test digits (20, 64)."""
    return read_samples(reproduced.path / "data", "test").raw[:20].reshape(20, -1)


def copied(clone, folder):
    """The files of a network and its data, as `predict` looks for them."""
    for path in ("models/numpy.npz", "data/scaler.npz", "data/about.json"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes((clone / path).read_bytes())
    return {
        "net": folder / "models/numpy.npz",
        "scaler": folder / "data/scaler.npz",
        "about": folder / "data/about.json",
    }


def damaged(content, rng):
    """A bit flipped anywhere or in a header, or the end cut off."""
    at = [int(rng.integers(len(content))), int(rng.integers(200)), -int(rng.integers(1, 200))][rng.integers(3)]
    at %= len(content)
    if rng.integers(4) == 0:
        return content[:at]
    return content[:at] + bytes([content[at] ^ 1 << int(rng.integers(8))]) + content[at + 1 :]


def refusals(files, ask, rng, n):
    """Damage a file n times; how often there was no answer. The others must be the undamaged one's."""
    expected, refused = ask(), 0
    for _ in range(n):
        file = files[rng.integers(len(files))]
        whole = file.read_bytes()
        file.write_bytes(damaged(whole, rng))
        try:
            np.testing.assert_array_equal(ask(), expected)
        except Refused as error:
            told = str(error)
            assert file.name in told, told
            assert "\n" not in told
            refused += 1
        file.write_bytes(whole)
    return refused


def test_a_network_is_asked_whole_or_not_at_all(reproduced, rows, tmp_path):
    files = copied(reproduced.path, tmp_path)
    ask, rng = (lambda: predict.from_file(files["net"], lambda about: rows)[1]), np.random.default_rng(0)
    assert refusals([files["net"], files["scaler"]], ask, rng, N) > N / 2


@pytest.mark.long
def test_a_served_numpy_net_is_loaded_whole_or_not_at_all(reproduced, rows, tmp_path):
    files = copied(reproduced.path, tmp_path)
    ask, rng = (lambda: serving.numpy_net(files)(rows)), np.random.default_rng(0)
    assert refusals([files["net"], files["scaler"]], ask, rng, N) > N / 2


@pytest.mark.soak
def test_a_served_keras_net_is_loaded_whole_or_not_at_all(reproduced, rows, tmp_path):
    files = copied(reproduced.path, tmp_path)
    files["net"].write_bytes((reproduced.path / "models/keras.npz").read_bytes())
    ask, rng = (lambda: serving.keras_net(files)(rows)), np.random.default_rng(0)
    assert refusals([files["net"], files["scaler"]], ask, rng, N) > N / 2


def test_a_network_that_diverged_and_one_for_other_pixels_have_no_answer(reproduced, rows, tmp_path):
    files = copied(reproduced.path, tmp_path)
    with pytest.raises(Refused, match=r"numpy\.npz: .*\(20, 9\)|broadcast"):
        predict.from_file(files["net"], lambda about: rows[:, :9])
    whole = files["about"].read_bytes()
    files["about"].write_bytes(whole.replace(b"[8, 8]", b"[3, 3]"))
    with pytest.raises(Refused, match=r"scaler\.npz scales 64 numbers, but in .*about\.json a sample has 9"):
        predict.from_file(files["net"], lambda about: rows)
    files["about"].write_bytes(whole)
    with np.load(files["net"]) as file:
        arrays = dict(file)
    np.savez(files["net"], **arrays | {"b_o": arrays["b_o"] + np.nan})
    with pytest.raises(Refused, match=r"numpy\.npz answers NaN or infinity: its training diverged"):
        predict.from_file(files["net"], lambda about: rows)
    np.savez(files["net"], **arrays | {"b_o": arrays["b_o"].astype(np.float32)})
    with pytest.raises(Refused, match=r"numpy\.npz: precisions differ"):
        predict.from_file(files["net"], lambda about: rows)
