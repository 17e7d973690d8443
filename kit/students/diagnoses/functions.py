"""Questions 10 and 11: sigmoid, dsigmoid, softmax, nll. The right values are scipy's and scikit-learn's."""

import numpy as np
from scipy.special import expit, log_softmax
from scipy.special import softmax as scipys_softmax

from .students_module import named
from .tell import Wrong, array, equal

Z = np.array([[0.5, -1.0, 2.0], [0.1, 3.0, -2.0], [1.0, 1.5, 0.2]])  # square: a sum lacking keepdims broadcasts


def sigmoid(module):
    s = named(module, "sigmoid")
    equal(
        s(Z.copy()),
        expit(Z),
        {
            "this is 1 / (1 + exp(z)): the exponent is -z.": expit(-Z),
            "this is tanh, the sigmoid is 1 / (1 + exp(-z)).": np.tanh(Z),
            "this is tanh(z / 2): the sigmoid is half of it, plus 1/2.": np.tanh(Z / 2),
            "this is (1 + tanh(z)) / 2, the sigmoid of 2 z.": expit(2 * Z),
            "this is ReLU, max(z, 0): the sigmoid is 1 / (1 + exp(-z)).": np.maximum(Z, 0),
            "this is a softmax, whose rows sum to 1: the sigmoid takes each entry alone.": (
                scipys_softmax(Z, axis=1),
                scipys_softmax(Z),
            ),
            "this is 1 / 1 + exp(-z): the denominator needs brackets, 1 / (1 + exp(-z)).": 1 + np.exp(-Z),
            "this is 1 / exp(-z): 1 is missing in the denominator.": np.exp(Z),
            "this is 1 / (1 - exp(-z)): a sign is wrong.": 1 / (1 - np.exp(-Z)),
            "this is sigmoid', its derivative.": expit(Z) * expit(-Z),
            "it rounds: each entry is a number between 0 and 1.": (np.round(expit(Z)), 1.0 * (Z > 0), 1.0 * (Z >= 0)),
        },
    )
    try:
        far = s(np.array([-1000.0, 0.0, 1000.0]))
    except OverflowError:
        return "At z = -1000 it stops, as math.exp overflows: np.exp goes on, and gives 0."
    equal(far, [0, 0.5, 1], otherwise="Far out, at -1000 and 1000, it must be 0 and 1.")


def dsigmoid(module):
    s = expit(Z)
    equal(
        named(module, "dsigmoid")(Z.copy()),
        s * (1 - s),
        {
            "this is z (1 - z), which would be right if it were given h = sigmoid(z). It is given z: "
            "sigmoid(z) (1 - sigmoid(z)).": Z * (1 - Z),
            "this is sigmoid(z) itself: times (1 - sigmoid(z)).": s,
            "this is 1 - sigmoid(z): times sigmoid(z).": 1 - s,
            "the sign is wrong: the sigmoid rises everywhere, so its derivative is positive.": -s * (1 - s),
            "this is sigmoid(z) (1 + sigmoid(z)): a sign is wrong.": s * (1 + s),
            "this is sigmoid(z) - 1: derive it once more, sigmoid' = sigmoid (1 - sigmoid).": s - 1,
            "this is sigmoid(z) (1 - z): the bracket takes sigmoid(z), too.": s * (1 - Z),
            "this is z (1 - sigmoid(z)): the first factor is sigmoid(z).": Z * (1 - s),
            "this is ReLU's slope, 1 where z > 0 and 0 elsewhere: the sigmoid's is sigmoid(z) (1 - sigmoid(z)).": (
                1.0 * (Z > 0),
                1.0 * (Z >= 0),
            ),
            "this is tanh's slope, 1 - tanh(z)^2: the sigmoid's is sigmoid(z) (1 - sigmoid(z)).": 1 - np.tanh(Z) ** 2,
            "this is 1 - sigmoid(z)^2, a formula of tanh's kind: sigmoid(z) (1 - sigmoid(z)).": 1 - s**2,
            "this is 1 / (1 + exp(-z))^2: the factor exp(-z) of the inner derivative is missing.": s**2,
            "the sigmoid is taken twice: sigmoid(z) (1 - sigmoid(z)).": (expit(s) * expit(-s), expit(1 - s)),
            "it is taken twice, squared: sigmoid(z) (1 - sigmoid(z)).": (s * (1 - s)) ** 2,
        },
        "Compare it with (sigmoid(z + 1e-6) - sigmoid(z)) / 1e-6.",
    )


def softmax(module):
    f = named(module, "softmax")
    got = array(f(Z.copy()))
    sums = got.sum(axis=-1)
    equal(
        got,
        scipys_softmax(Z, axis=1),
        softmax_mistakes(f"its rows sum to {sums.round(2)}, not to 1"),
        f"Its rows sum to {sums.round(2)}, to be 1. Which axis does np.sum go along, and is keepdims=True there?",
    )
    try:
        single = f(Z[0].copy())
    except Exception as error:
        raise Wrong(
            "right for a batch, but a single sample, of shape (n_classes,), fails: "
            f"{error}. The last axis, axis=-1, is there in both."
        ) from None
    equal(single, scipys_softmax(Z[0]), otherwise="This was a single sample, of shape (n_classes,).")
    far = array(f(np.array([[1000.0, 0.0, -1000.0]])))
    if not np.isfinite(far).all():
        return "For z = 1000 it gives nan, as exp overflows: softmax(z - max(z)) is the same, and safe."


def softmax_mistakes(sums):
    unsafe, by_column = np.exp(Z), np.exp(Z - Z.max(axis=0))
    both = (unsafe, np.exp(Z - Z.max(axis=1, keepdims=True)))
    return {
        f"{sums}, but its columns do: a sample is a row, so np.sum goes along axis=-1.": (
            tuple(e / e.sum(axis=0) for e in both)
        ),
        f"{sums}, but the whole batch does: np.sum needs axis=-1 and keepdims=True.": (
            tuple(e / e.sum() for e in both)
        ),
        f"{sums}, as each row's sum divides a column: np.sum needs keepdims=True, to stay a column itself.": (
            tuple(e / e.sum(axis=1) for e in both)
        ),
        f"{sums}, as nothing divides exp(z): np.sum with axis=-1 and keepdims=True.": both,
        "these are the logarithms of the probabilities: take exp.": log_softmax(Z, axis=1),
        "it divides z itself: exp(z) comes first.": Z / Z.sum(axis=-1, keepdims=True),
        "it is the sigmoid of each entry: exp(z), divided by the sum of its row.": expit(Z),
        "the sign is wrong: exp(z), not exp(-z).": scipys_softmax(-Z, axis=1),
        "the softmax is taken twice.": scipys_softmax(scipys_softmax(Z, axis=1), axis=1),
        f"{sums}, as the row's maximum divides it, not its sum.": tuple(e / e.max(axis=1, keepdims=True) for e in both),
        f"{sums}, as the row's mean divides it, not its sum.": both[0] / both[0].mean(axis=1, keepdims=True),
        "it rounds: wanted are the probabilities.": np.eye(3)[Z.argmax(axis=1)],
        "the maximum must be taken off row by row: np.max needs axis=-1 and keepdims=True.": (
            by_column / by_column.sum(axis=1, keepdims=True)
        ),
    }


def nll(module):
    f = named(module, "nll")
    y_true = np.eye(4)[[0, 2, 3]]
    y_pred = scipys_softmax(np.array([[0.3, 0.1, -0.5, 1.0], [2.0, 0.0, 1.0, -1.0], [0.5, 0.5, 0.0, 2.0]]), axis=1)
    each = -np.log(y_pred[y_true == 1])
    got = array(f(y_true.copy(), y_pred.copy()))
    summed = got.size == 1 and np.isclose(got, each.sum(), rtol=1e-4)
    if not summed and not (got.size == 1 and np.isclose(got, each.mean(), rtol=1e-4)):
        equal(got, each, nll_mistakes(y_true, y_pred, each), "It is -sum over the classes of y_true log(y_pred).")
    equal(f(y_true[0].copy(), y_pred[0].copy()), each[0], otherwise="This was a single sample, of shape (n_classes,).")
    sure = array(f(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])))
    if not np.isfinite(sure).all():
        raise Wrong("a probability of 0 gives nan or infinity: add the epsilon of 1e-10 in the logarithm.")
    if summed:
        return "Of a batch it gives one number, the sum, as L is; grad_loss must then give the gradient of the sum."


def nll_mistakes(y_true, y_pred, each):
    logs, swapped = y_true * np.log(y_pred), -(y_pred * np.log(y_true + 1e-10)).sum(axis=1)
    return {
        "the sign is wrong: the loss is -log(y_pred) of the true class, and positive.": (
            -each,
            -each.mean(),
            -each.sum(),
        ),
        "it sums over the samples, not over the classes: axis=-1.": -logs.sum(axis=0),
        "it is not summed over the classes yet.": -logs,
        "y_true and y_pred have changed places: the logarithm is y_pred's.": (swapped, swapped.mean(), swapped.sum()),
        "it is n_classes times too small: over the classes it is a sum, not a mean.": (
            each / y_true.shape[1],
            -logs.mean(),
        ),
        "it takes all classes: y_true picks the one that counts.": -np.log(y_pred).sum(axis=1),
        "it is a probability: the logarithm is missing.": tuple(s * (y_true * y_pred).sum(axis=1) for s in (1, -1)),
        "it is the squared error: the loss is -log(y_pred) of the true class.": tuple(
            e for d in [(y_true - y_pred) ** 2] for e in (d.sum(axis=1), d.mean(axis=1), d.sum(), d.mean())
        ),
        "it is the cross-entropy of two classes, with (1 - y_true) log(1 - y_pred): here it is y_true log(y_pred).": (
            -(logs + (1 - y_true) * np.log(1 - y_pred)).sum(axis=1)
        ),
        "the logarithm is to base 10: np.log.": each / np.log(10),
        "the logarithm is to base 2: np.log.": each / np.log(2),
    }
