"""Questions 1, 2 and 9: what is done to the digits before a network sees them, and the mistakes that it makes."""

import numpy as np
from sklearn.datasets import load_digits

from .students_module import named
from .tell import Wrong, array, equal

ROW_EACH = "Expected 2D array"  # scikit-learn's words
SPLIT = "train_test_split(X, y) returns X_train, X_test, y_train, y_test, in this order."


def split_and_scale(module):
    X, y = load_digits(return_X_y=True)
    try:
        parts = named(module, "split_and_scale")(X.copy(), y.copy())
    except ValueError as error:
        if ROW_EACH in str(error):
            raise Wrong(f"the scaler was given labels. {SPLIT}") from None
        raise
    if not isinstance(parts, tuple | list) or len(parts) != 5:
        raise Wrong("it must return five things: X_train, X_test, y_train, y_test, scaler.")
    X_train, X_test, y_train, y_test = (array(part) for part in parts[:4])
    if X_train.ndim != 2 or X_test.ndim != 2:
        raise Wrong(f"X_train has the shape {X_train.shape} and X_test {X_test.shape}. {SPLIT}")
    if len(X_train) + len(X_test) != len(X):
        raise Wrong(
            f"the parts have {len(X_train)} and {len(X_test)} samples: together all {len(X)}, each in one part."
        )
    if len(X_train) < len(X_test):
        raise Wrong(f"{len(X_train)} samples to train with, {len(X_test)} to test: most belong into the training set.")
    if (X_train.min(), X_train.max()) == (0, 16):
        raise Wrong("X_train still holds pixels from 0 to 16: return what the scaler makes of it.")
    if (X_test.min(), X_test.max()) == (0, 16):
        raise Wrong("X_test still holds pixels from 0 to 16: the same transformation for the test set.")
    if not np.isfinite(X_train).all():
        raise Wrong("X_train holds nan: pixels that are the same in all images have a standard deviation of 0.")
    means, test_means = X_train.mean(axis=0), X_test.mean(axis=0)
    if np.allclose(test_means, 0):
        raise Wrong(
            "the test set has its own mean and deviation: fit the scaler on X_train, and only transform X_test."
        )
    if not np.allclose(means, 0) and np.allclose(scaled_mean(X_train, X_test), 0, atol=1e-6):
        raise Wrong("the scaler was fitted on all of X: split first, as the test set must not tell it anything.")
    if not np.allclose(means, 0, atol=1e-6):
        raise Wrong(
            f"the pixels of X_train have means up to {abs(means).max():.2g}, to be 0: fit the scaler on X_train."
        )
    deviations = X_train.std(axis=0)
    if not np.all(np.isclose(deviations, 1) | np.isclose(deviations, 0)):
        raise Wrong("the pixels of X_train must have a standard deviation of 1: StandardScaler.")
    if not labels_belong(array(parts[4].inverse_transform(X_train)), y_train, X, y):
        raise Wrong("y_train are not the labels of X_train: split X and y in one call of train_test_split.")
    if not labels_belong(array(parts[4].inverse_transform(X_test)), y_test, X, y):
        raise Wrong("y_test are not the labels of X_test, or these were not scaled by the scaler that is returned.")


def scaled_mean(*parts):
    return np.concatenate(parts).mean(axis=0)


def labels_belong(pixels, labels, X, y):
    known = {tuple(row): label for row, label in zip(X.astype(int), y, strict=True)}
    found = [known.get(tuple(row)) for row in np.rint(pixels).astype(int)]
    return len(found) == len(labels) and all(a == b for a, b in zip(found, labels, strict=True))


def recover(module):
    from sklearn.preprocessing import StandardScaler

    X = load_digits().data
    scaler = StandardScaler().fit(X[:1000])
    scaled = scaler.transform(X[1000:1001])[0]
    try:
        got = named(module, "recover")(scaled.copy(), scaler)
    except ValueError as error:
        if ROW_EACH in str(error):
            raise Wrong(
                "scalers take a row for each sample, and this is one sample, of shape (64,): "
                "scaler.inverse_transform(sample.reshape(1, -1))[0]."
            ) from None
        raise
    equal(
        array(got).reshape(-1),
        X[1000],
        {
            "that scales it once more: inverse_transform goes back.": scaler.transform([scaled])[0],
            "the mean is not added yet: x * scale + mean.": scaled * scaler.scale_,
            "times the scale first, then the mean: x * scale + mean.": (scaled + scaler.mean_) * scaler.scale_,
            "times the standard deviation (scale_), not the variance (var_).": scaled * scaler.var_ + scaler.mean_,
            "that is the scaled sample: nothing was done to it.": scaled,
        },
    )


def one_hot(module):
    labels = np.array([3, 0, 1, 3])
    equal(
        named(module, "one_hot")(labels.copy()),
        np.eye(10)[labels],
        {
            "it has as many columns as these labels need, which here have no 9: tell to_categorical num_classes=10.": (
                np.eye(4)[labels]
            ),
            "these are the labels as they were: to_categorical makes vectors of them.": labels,
            "it is turned: a row for each sample, a column for each class.": np.eye(10)[labels].T,
            "the classes are counted from 0: the label 3 has its one in the fourth column.": np.eye(10)[labels - 1],
        },
    )


def mistakes(module):
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3], [0.5, 0.3, 0.2], [0.2, 0.5, 0.3]])
    labels = np.array([0, 1, 1, 2, 1])
    equal(
        named(module, "mistakes")(probabilities.copy(), labels.copy()),
        [1, 3],
        {
            "these are the samples that it got right: !=, not ==.": [0, 2, 4],
            "that is true and false, sample by sample; wanted are the indices: np.flatnonzero.": [0, 1, 0, 1, 0],
            "that is how many there are; wanted are their indices: np.flatnonzero.": 2,
        },
        "The predicted class is the one with the highest probability of its row: argmax(axis=1).",
    )
