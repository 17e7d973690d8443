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
    if not hasattr(parts[4], "inverse_transform"):
        raise Wrong(f"the last of the five is to be the scaler, and is of type {type(parts[4]).__name__}.")
    if not np.isfinite(X_train).all():
        raise Wrong("X_train holds nan: pixels that are the same in all images have a standard deviation of 0.")
    if (X_train.min(), X_train.max()) == (0, 16):
        raise Wrong("X_train still holds pixels from 0 to 16: return what the scaler makes of it.")
    if (X_test.min(), X_test.max()) == (0, 16):
        raise Wrong("X_test still holds pixels from 0 to 16: the same transformation for the test set.")
    scaled_once(parts[4], X_train, X_test, X)
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
    if not np.all(np.isclose(deviations, 1, rtol=1e-3) | np.isclose(deviations, 0, atol=1e-6)):
        raise Wrong("the pixels of X_train must have a standard deviation of 1: StandardScaler.")
    if not labels_belong(array(parts[4].inverse_transform(X_train)), y_train, X, y):
        raise Wrong("y_train are not the labels of X_train: split X and y in one call of train_test_split.")
    if not labels_belong(array(parts[4].inverse_transform(X_test)), y_test, X, y):
        raise Wrong("y_test are not the labels of X_test, or these were not scaled by the scaler that is returned.")
    obeys_its_seed(named(module, "split_and_scale"), X, y)


def scaled_once(scaler, X_train, X_test, X):
    """Raises Wrong where undoing the scaler twice gives pixels, or it was fitted on what was scaled already."""
    known = {tuple(row) for row in X.astype(int)}

    def is_pixels(rows):
        whole = np.rint(rows)
        return np.allclose(rows, whole, atol=1e-2) and all(tuple(row) in known for row in whole.astype(int)[:20])

    for name, rows in (("X_train", X_train), ("X_test", X_test)):
        try:
            once = array(scaler.inverse_transform(rows))
            twice = array(scaler.inverse_transform(once))
        except Exception:
            return  # another check says what is wrong with it
        if is_pixels(once):
            continue
        if is_pixels(twice):
            raise Wrong(f"{name} was scaled twice: transform it once.")
        if is_pixels(once * 16) or is_pixels(once * 255):
            raise Wrong("it is scaled twice: the pixels were divided by a number before the scaler saw them.")
        if np.allclose(once.mean(axis=0), 0, atol=0.5) and not np.allclose(once.std(axis=0).max(), 0):
            raise Wrong(
                "it is scaled twice: the scaler that is returned was fitted on what had been scaled already, so that "
                "inverse_transform gives no pixels."
            )


def obeys_its_seed(split, X, y):
    """Raises Wrong unless the same seed draws the same parts, and another one others."""

    def drawn(seed):
        return array(split(X.copy(), y.copy(), seed)[2])

    first, again, other = drawn(1), drawn(1), drawn(2)
    if not np.array_equal(first, again):
        raise Wrong("seed is ignored: the same seed draws other parts each time. Hand it on, as random_state=seed.")
    if np.array_equal(first, other):
        raise Wrong("seed is ignored: every seed draws the same parts. Hand it on, as random_state=seed.")


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
