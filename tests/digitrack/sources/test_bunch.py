"""The module digitrack.data.sources.bunch."""

import numpy as np
import pytest
from sklearn import datasets
from sklearn.utils import Bunch

from digitrack import Refused
from digitrack.data.sources import bunch


def test_images_come_before_rows():
    digits = datasets.load_digits()
    found = bunch.source(digits)
    np.testing.assert_array_equal(found.x, digits.images)
    np.testing.assert_array_equal(found.y, digits.target)
    assert found.class_names == tuple("0123456789")
    assert found.feature_names is None
    assert bunch.source(datasets.load_digits(n_class=3)).class_names == ("0", "1", "2")


def test_rows_come_with_the_names_of_their_features_and_classes():
    found = bunch.source(datasets.load_wine())
    assert found.x.shape == (178, 13)
    assert found.class_names == ("class_0", "class_1", "class_2")
    assert found.feature_names[:2] == ("alcohol", "malic_acid")
    assert bunch.source(datasets.load_breast_cancer()).class_names == ("malignant", "benign")


def test_classes_can_be_texts():
    found = bunch.source(Bunch(data=np.ones((4, 2)), target=["b", "a", "b", "a"], target_names=["kind"]))
    assert (found.y.tolist(), found.class_names) == ([1, 0, 1, 0], ("a", "b"))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (None, "must have images or data, and target"),
        (Bunch(data=np.ones((4, 2))), "must have images or data, and target"),
        (Bunch(target=[0, 1, 0, 1]), "must have images or data, and target"),
        (Bunch(data=[[1], [1, 2], [3], [4]], target=[0, 1, 0, 1]), "rows differ in length"),
        (Bunch(data=np.full((4, 2), "a"), target=[0, 1, 0, 1]), "must be numbers"),
        (Bunch(data=np.ones((4, 2)), target=[0.5, 1.5, 0.5, 1.5]), "classes are 0.5, 1.5"),
    ],
    ids=str,
)
def test_what_is_no_data_set_is_refused(found, told):
    with pytest.raises(Refused, match=told) as error:
        bunch.source(found)
    assert len(str(error.value).splitlines()) == 1
