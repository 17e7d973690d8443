"""Families of mistakes, each in several forms, and right solutions in unlike styles.

Beside each mistake stands what the message must name, as a teacher would say it: not the message's own words.
"""

import csv
import re
import resource
import subprocess
import sys

import pytest

SIGMOID, HIDDEN = "return 1 / (1 + np.exp(-z))", "h = sigmoid(z_h)"
Z_H, Z_O = "x @ self.W_h + self.b_h", "h @ self.W_o + self.b_o"
DELTA, BACK = "dL_dz_o = y - y_true", "(dL_dz_o @ self.W_o.T) * dsigmoid(z_h)"
STEP = 'self.{0} -= learning_rate * gradient["{0}"]'
ORDER, UPDATE = "for i in np.random.permutation(len(x)):", "self.train_sample(x[i], y_true[i], learning_rate)"
EPOCHS = "for _ in range(epochs):"
RATE = "gradient = self.grad_loss(x, y_true)\n        self"
DSIGMOID = "return sigmoid(z) * (1 - sigmoid(z))"

# check, replacements (old, new, old, new ...), what the message names: all of these words
MISTAKES = {
    "tanh for the sigmoid": [
        ("sigmoid", (SIGMOID, "return np.tanh(z)"), "tanh"),
        ("sigmoid", (SIGMOID, "return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))"), "tanh"),
        ("sigmoid", (SIGMOID, "return 2 / (1 + np.exp(-2 * z)) - 1"), "tanh"),
        ("sigmoid", (SIGMOID, "import math\n    return np.vectorize(math.tanh)(z)"), "tanh"),
        ("sigmoid", (SIGMOID, "return (1 + np.tanh(z)) / 2"), "tanh"),
        ("forward", (HIDDEN, "h = np.tanh(z_h)"), "tanh"),
        ("forward", (HIDDEN, "h = (1 - np.exp(-2 * z_h)) / (1 + np.exp(-2 * z_h))"), "tanh"),
        ("dsigmoid", (DSIGMOID, "return 1 - np.tanh(z) ** 2"), "tanh"),
        ("dsigmoid", (DSIGMOID, "return 1 - sigmoid(z) ** 2"), "tanh"),
        ("grad_loss", (BACK, BACK.replace("dsigmoid(z_h)", "(1 - h**2)")), "tanh's slope"),
        ("grad_loss", (BACK, BACK.replace("dsigmoid(z_h)", "(1 - np.tanh(z_h) ** 2)")), "tanh's slope"),
    ],
    "the bias inside the product": [
        ("forward", (Z_H, "x @ (self.W_h + self.b_h)"), "b_h is added to W_h before"),
        ("forward", (Z_H, "np.dot(x, np.add(self.W_h, self.b_h))"), "b_h is added to W_h before"),
        ("forward", (Z_H, "np.einsum('...f,fh->...h', x, self.W_h + self.b_h)"), "b_h is added to W_h before"),
        (
            "forward",
            (Z_H, "sum(x[..., [i]] * (self.W_h[i] + self.b_h) for i in range(x.shape[-1]))"),
            "b_h is added to W_h before",
        ),
        ("forward", (Z_O, "h @ (self.W_o + self.b_o)"), "b_o is added to W_o before"),
        (
            "forward",
            (Z_H, "x @ (self.W_h + self.b_h)", HIDDEN, "h = np.tanh(z_h)"),
            "b_h is added to W_h before",
            "tanh",
        ),
        (
            "forward",
            (Z_H, "x @ (self.W_h + self.b_h)", Z_O, "h @ (self.W_o + self.b_o)", HIDDEN, "h = z_h"),
            "b_h is added",
        ),
        ("forward", (Z_H, "x @ self.W_h - self.b_h"), "b_h is subtracted"),
        ("forward", (Z_O, "h @ self.W_o"), "b_o is not added"),
    ],
    "two mistakes in one gradient": [
        (
            "grad_loss",
            (DELTA, "dL_dz_o = y_true - y", BACK, "dL_dz_o @ self.W_o.T"),
            "sign",
            "dsigmoid(z_h) is missing",
        ),
        (
            "grad_loss",
            (DELTA, "dL_dz_o = y", BACK, BACK.replace("(z_h)", "(h)")),
            "y_true is not subtracted",
            "given h",
        ),
        (
            "grad_loss",
            (DELTA, "dL_dz_o = -y_true / y", BACK, BACK.replace("dsigmoid(z_h)", "h")),
            "derivative by y",
            "h (1 - h)",
        ),
        (
            "grad_loss",
            ("h.T @ dL_dz_o", "z_h.T @ dL_dz_o", BACK, "dL_dz_o @ self.W_o.T"),
            "z_h for h",
            "dsigmoid(z_h) is missing",
        ),
        (
            "grad_loss",
            (DELTA, "dL_dz_o = y_true - y", BACK, BACK.replace("dsigmoid(z_h)", "(z_h > 0)")),
            "sign",
            "ReLU",
        ),
        (
            "grad_loss",
            (DELTA, "dL_dz_o = (y - y_true) * y * (1 - y)", BACK, BACK.replace("dsigmoid(z_h)", "(1 - h)")),
            "twice",
            "1 - h",
        ),
        (
            "grad_loss",
            ("x.T @ dL_dz_h", "dL_dz_h.T @ x", BACK, "dL_dz_o @ self.W_o.T"),
            "transpose",
            "dsigmoid(z_h) is missing",
        ),
        ("grad_loss", (DELTA, "dL_dz_o = y_true - y", "h.T @ dL_dz_o", "dL_dz_o.T @ h"), "sign", "transpose"),
        ("grad_loss", ("h.T @ dL_dz_o", "dL_dz_o.T @ h", "x.T @ dL_dz_h", "dL_dz_h.T @ x"), "W_o and W_h", "transpose"),
    ],
    "a fixed learning rate": [
        ("train_sample", ("learning_rate * gradient", "0.1 * gradient"), "learning_rate has no effect"),
        (
            "train_sample",
            (STEP.format("W_h"), 'self.W_h -= 0.01 * gradient["W_h"]'),
            "learning_rate has no effect",
            "W_h",
        ),
        ("train_sample", (RATE, "learning_rate = 0.05\n        " + RATE), "learning_rate has no effect"),
        ("train_sample", ("learning_rate * gradient", "0.3 * gradient"), "learning_rate has no effect"),
        (
            "train_sample",
            (STEP.format("b_o"), 'self.b_o = self.b_o - gradient["b_o"] / 10'),
            "learning_rate has no effect",
            "b_o",
        ),
        ("fit", (UPDATE, UPDATE.replace("learning_rate", "0.1")), "hand on learning_rate"),
        ("fit", (UPDATE, UPDATE.replace(", learning_rate", ", learning_rate=1e-2")), "hand on learning_rate"),
        ("fit", (EPOCHS, "learning_rate = 0.5\n        " + EPOCHS), "hand on learning_rate"),
        (
            "fit",
            ("y_true, learning_rate):", "y_true, learning_rate=0.1):", UPDATE, "self.train_sample(x[i], y_true[i])"),
            "does not hand its learning_rate on",
        ),
    ],
    "another weight's gradient": [
        ("train_sample", (STEP.format("b_o"), STEP.format("b_o").replace('"b_o"', '"b_h"')), "b_o", "gradient of b_h"),
        (
            "train_sample",
            (STEP.format("b_o"), 'self.b_o = self.b_o - learning_rate * gradient["b_h"]'),
            "b_o",
            "gradient of b_h",
        ),
        ("train_sample", (STEP.format("W_o"), STEP.format("W_o").replace('"W_o"', '"W_h"')), "W_o", "gradient of W_h"),
        (
            "train_sample",
            (
                RATE,
                "gradient = self.grad_loss(x, y_true)\n"
                '        gradient["b_h"], gradient["b_o"] = gradient["b_o"], gradient["b_h"]\n        self',
            ),
            "b_h",
            "gradient of b_o",
        ),
        (
            "train_sample",
            (
                RATE,
                "for w, g in zip((self.W_h, self.b_o, self.W_o, self.b_h), self.grad_loss(x, y_true).values()):\n"
                "            w -= learning_rate * g\n        return\n" + "        " + RATE,
            ),
            "b_h",
            "gradient of b_o",
        ),
        ("grad_loss", ('"b_o": dL_dz_o.sum(axis=0)', '"b_o": dL_dz_h.sum(axis=0)'), "b_o", "gradient of b_h"),
        ("grad_loss", ('"b_h": dL_dz_h.sum(axis=0)', '"b_h": dL_dz_o.sum(axis=0)'), "b_h", "gradient of b_o"),
    ],
    "ReLU's slope": [
        ("grad_loss", (BACK, BACK.replace("dsigmoid(z_h)", "(z_h > 0)")), "ReLU"),
        ("grad_loss", (BACK, BACK.replace("dsigmoid(z_h)", "np.where(z_h > 0, 1.0, 0.0)")), "ReLU"),
        ("grad_loss", (BACK, BACK.replace("dsigmoid(z_h)", "np.heaviside(z_h, 0)")), "ReLU"),
        ("grad_loss", (BACK, "dL_dz_o @ self.W_o.T\n        dL_dz_h[z_h <= 0] = 0"), "ReLU"),
        ("dsigmoid", (DSIGMOID, "return (z > 0).astype(float)"), "ReLU"),
        ("dsigmoid", (DSIGMOID, "return np.where(z >= 0, 1, 0)"), "ReLU"),
        ("sigmoid", (SIGMOID, "return np.maximum(0, z)"), "ReLU"),
        ("forward", (HIDDEN, "h = z_h * (z_h > 0)"), "ReLU"),
    ],
    "a rate that decays": [
        ("fit", (ORDER, "learning_rate *= 0.9\n            " + ORDER), "learning rate changes"),
        (
            "fit",
            (
                EPOCHS,
                "for epoch in range(epochs):",
                UPDATE,
                UPDATE.replace("learning_rate)", "learning_rate / (1 + epoch))"),
            ),
            "learning rate changes",
        ),
        ("fit", (UPDATE, UPDATE + "\n                learning_rate = 0.99 * learning_rate"), "learning rate changes"),
        (
            "fit",
            (UPDATE, UPDATE.replace("learning_rate)", "learning_rate / np.sqrt(1 + len(losses)))")),
            "learning rate changes",
        ),
        (
            "train_sample",
            (
                RATE,
                "self.t = getattr(self, 't', 0) + 1\n        learning_rate = learning_rate / self.t\n        " + RATE,
            ),
            "learning rate changes",
        ),
        (
            "train_sample",
            (
                RATE,
                "self.decay = 0.5 * getattr(self, 'decay', 2)\n        learning_rate *= self.decay\n        " + RATE,
            ),
            "learning rate changes",
        ),
        (
            "train_sample",
            (
                RATE,
                "gradient = self.grad_loss(x, y_true)\n        old = getattr(self, 'old', None)\n"
                "        if old:\n            gradient = {k: g + 0.9 * old[k] for k, g in gradient.items()}\n"
                "        self.old = gradient\n        self",
            ),
            "momentum",
        ),
    ],
    "scaled": [
        ("grad_loss", ("dL_dz_o = y - y_true", "dL_dz_o = 2 * (y - y_true)"), "2 times"),
        ("grad_loss", ("dL_dz_o = y - y_true", "dL_dz_o = 0.1 * (y - y_true)"), "0.1 times"),
        ("grad_loss", ("dL_dz_o = y - y_true", "dL_dz_o = (y - y_true) / len(x) ** 2"), "n twice"),
        ("train_sample", ("learning_rate * gradient", "learning_rate**2 * gradient"), "learning rate twice"),
        ("train_sample", ("learning_rate * gradient", "2 * learning_rate * gradient"), "two steps"),
        ("fit", (UPDATE, UPDATE.replace("learning_rate)", "learning_rate / len(x))")), "hand on learning_rate"),
    ],
}

SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=seed)"
FIT = "scaler = StandardScaler().fit(X_train)"
RETURN = "return scaler.transform(X_train), scaler.transform(X_test), y_train, y_test, scaler"
ANEW = f"{FIT}\n    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)\n    "
PERMUTED = "order = {}.permutation(len(X))\n    train, test = order[360:], order[:360]\n" + (
    "    X_train, X_test, y_train, y_test = X[train], X[test], y[train], y[test]"
)
DATA_MISTAKES = {
    "scaled twice": [
        ((FIT, f"X_train = StandardScaler().fit_transform(X_train)\n    {FIT}"), "scaled twice"),
        ((FIT, "scaler = StandardScaler()\n    X_train = scaler.fit_transform(X_train)"), "X_train was scaled twice"),
        (
            (RETURN, RETURN.replace("scaler.transform(X_test)", "scaler.transform(scaler.transform(X_test))")),
            "X_test was scaled twice",
        ),
        ((SPLIT, f"X = StandardScaler().fit_transform(X)\n    {SPLIT}"), "scaled twice"),
        ((SPLIT, f"X = X / 16\n    {SPLIT}"), "scaled twice"),
        ((FIT, ANEW + FIT), "scaled twice"),
    ],
    "seed ignored": [
        ((", random_state=seed", ""), "seed is ignored"),
        (("random_state=seed", "random_state=0"), "seed is ignored"),
        (("random_state=seed", "random_state=42"), "seed is ignored"),
        (("stratify=y, random_state=seed", "shuffle=False"), "seed is ignored"),
        ((SPLIT, PERMUTED.format("np.random")), "seed is ignored"),
        ((SPLIT, PERMUTED.format("np.random.default_rng(0)")), "seed is ignored"),
    ],
}

# Written below the solution, whose functions and methods they replace.
STYLES = {
    "loops": """
def sigmoid(z):
    out = np.empty(np.shape(z))
    for at in np.ndindex(out.shape):
        out[at] = 1 / (1 + np.exp(-z[at]))
    return out

def softmax(z):
    if np.ndim(z) == 2:
        return np.array([softmax(row) for row in z])
    total = 0
    for value in z:
        total += np.exp(value)
    return np.array([np.exp(value) / total for value in z])

class NeuralNet(NeuralNet):
    def grad_loss(self, x, y_true):
        y, z_h, h = self.forward_with_hidden(x)
        g = {name: np.zeros(getattr(self, name).shape) for name in ("W_h", "b_h", "W_o", "b_o")}
        for k in range(len(y)):
            g["b_o"][k] = y[k] - y_true[k]
            for j in range(len(h)):
                g["W_o"][j, k] = h[j] * (y[k] - y_true[k])
        for j in range(len(h)):
            for k in range(len(y)):
                g["b_h"][j] += (y[k] - y_true[k]) * self.W_o[j, k] * h[j] * (1 - h[j])
            for i in range(len(x)):
                g["W_h"][i, j] = x[i] * g["b_h"][j]
        return g
""",
    "lists": """
import math

def sigmoid(z):
    return [sigmoid(v) for v in z] if np.ndim(z) else 1 / (1 + math.exp(-z))

def dsigmoid(z):
    return [dsigmoid(v) for v in z] if np.ndim(z) else sigmoid(z) * (1 - sigmoid(z))

def softmax(z):
    if np.ndim(z) == 2:
        return [softmax(row) for row in z]
    e = [math.exp(v - max(z)) for v in z]
    return [v / sum(e) for v in e]

def nll(y_true, y_pred):
    if np.ndim(y_pred) == 2:
        return [nll(t, p) for t, p in zip(y_true, y_pred)]
    return -sum(t * math.log(p + 1e-10) for t, p in zip(y_true, y_pred))

class NeuralNet:
    def __init__(self, n_features, n_hidden, n_classes):
        import random
        self.W_h = [[random.uniform(-0.2, 0.2) for _ in range(n_hidden)] for _ in range(n_features)]
        self.b_h = [0.0] * n_hidden
        self.W_o = [[random.uniform(-0.2, 0.2) for _ in range(n_classes)] for _ in range(n_hidden)]
        self.b_o = [0.0] * n_classes

    def forward_with_hidden(self, x):
        if np.ndim(x) == 2:
            return tuple(map(list, zip(*(self.forward_with_hidden(row) for row in x))))
        z_h = [b + sum(v * w for v, w in zip(x, col)) for col, b in zip(zip(*self.W_h), self.b_h)]
        h = sigmoid(z_h)
        z_o = [b + sum(v * w for v, w in zip(h, col)) for col, b in zip(zip(*self.W_o), self.b_o)]
        return softmax(z_o), z_h, h

    def forward(self, x):
        return self.forward_with_hidden(x)[0]

    def grad_loss(self, x, y_true):
        y, z_h, h = self.forward_with_hidden(x)
        d = [p - t for p, t in zip(y, y_true)]
        e = [sum(a * w for a, w in zip(d, row)) * s for row, s in zip(self.W_o, dsigmoid(z_h))]
        return {"W_h": [[v * a for a in e] for v in x], "b_h": e, "W_o": [[v * a for a in d] for v in h], "b_o": d}

    def train_sample(self, x, y_true, learning_rate):
        g = self.grad_loss(x, y_true)
        for name in ("b_h", "b_o"):
            setattr(self, name, [w - learning_rate * a for w, a in zip(getattr(self, name), g[name])])
        for name in ("W_h", "W_o"):
            rows = zip(getattr(self, name), g[name])
            setattr(self, name, [[w - learning_rate * a for w, a in zip(*row)] for row in rows])

    def fit(self, x, y_true, learning_rate=0.1, epochs=20):
        import random
        pairs, losses = list(zip(x, y_true)), []
        for _ in range(epochs):
            random.shuffle(pairs)
            for a, t in pairs:
                losses.append(nll(t, self.forward(a)))
                self.train_sample(a, t, learning_rate)
        return losses

    def predict(self, x):
        y = self.forward(x)
        return [row.index(max(row)) for row in y] if np.ndim(x) == 2 else y.index(max(y))
""",
    "einsum": """
class NeuralNet(NeuralNet):
    def forward_with_hidden(self, x):
        z_h = np.einsum("...f,fh->...h", x, self.W_h) + self.b_h
        h = sigmoid(z_h)
        return softmax(np.einsum("...h,hc->...c", h, self.W_o) + self.b_o), z_h, h

    def grad_loss(self, x, y_true):
        y, z_h, h = self.forward_with_hidden(x)
        d = y - y_true
        e = np.einsum("...c,hc,...h->...h", d, self.W_o, h * (1 - h))
        if x.ndim == 1:
            return {"W_h": np.einsum("f,h->fh", x, e), "b_h": e, "W_o": np.einsum("h,c->hc", h, d), "b_o": d}
        return {
            "W_h": np.einsum("nf,nh->fh", x, e), "b_h": np.einsum("nh->h", e),
            "W_o": np.einsum("nh,nc->hc", h, d), "b_o": np.einsum("nc->c", d),
        }
""",
    "Jacobians": """
class NeuralNet(NeuralNet):
    def grad_loss(self, x, y_true):
        y, z_h, h = self.forward_with_hidden(x)
        dl_dy = -y_true / (y + EPSILON)
        dy_dz_o = np.diag(y) - np.outer(y, y)
        dl_dz_o = dl_dy @ dy_dz_o
        dh_dz_h = np.diag(dsigmoid(z_h))
        dl_dz_h = dl_dz_o @ self.W_o.T @ dh_dz_h
        return dict(W_h=np.kron(x[:, None], dl_dz_h), b_h=dl_dz_h, W_o=np.kron(h[:, None], dl_dz_o), b_o=dl_dz_o)
""",
    "tuples": """
from collections import namedtuple

Gradient = namedtuple("Gradient", "W_h b_h W_o b_o")
Hidden = namedtuple("Hidden", "y z_h h")

class NeuralNet(NeuralNet):
    def forward_with_hidden(self, x):
        return Hidden(*super().forward_with_hidden(x))

    def grad_loss(self, x, y_true):
        return Gradient(**super().grad_loss(x, y_true))

    def train_sample(self, x, y_true, learning_rate):
        for name, slope in self.grad_loss(x, y_true)._asdict().items():
            setattr(self, name, getattr(self, name) - learning_rate * slope)
""",
    "float32": """
class NeuralNet(NeuralNet):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        for name in ("W_h", "b_h", "W_o", "b_o"):
            setattr(self, name, getattr(self, name).astype(np.float32))

    def forward_with_hidden(self, x):
        return super().forward_with_hidden(np.asarray(x, np.float32))

    def grad_loss(self, x, y_true):
        return super().grad_loss(np.asarray(x, np.float32), np.asarray(y_true, np.float32))

    def fit(self, x, y_true, learning_rate=0.1, epochs=20):
        return super().fit(x.astype(np.float32), y_true.astype(np.float32), np.float32(learning_rate), epochs)
""",
    "in place": """
def softmax(z):
    z = np.array(z, float)
    z -= z.max(axis=-1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=-1, keepdims=True)
    return z

class NeuralNet(NeuralNet):
    def grad_loss(self, x, y_true):
        x, y_true = np.atleast_2d(x), np.atleast_2d(y_true)
        y, z_h, h = self.forward_with_hidden(x)
        y -= y_true
        e = y @ self.W_o.T
        e *= h
        e *= np.subtract(1, h, out=z_h)
        return {"W_h": x.T @ e, "b_h": e.sum(0), "W_o": h.T @ y, "b_o": y.sum(0)}

    def train_sample(self, x, y_true, learning_rate):
        for name, slope in self.grad_loss(x, y_true).items():
            slope *= learning_rate
            np.subtract(getattr(self, name), slope, out=getattr(self, name))
""",
    "drawing with replacement": """
class NeuralNet(NeuralNet):
    def fit(self, x, y_true, learning_rate=0.1, epochs=20):
        losses = np.zeros(epochs * len(x))
        for k in range(len(losses)):
            i = np.random.randint(len(x))
            losses[k] = nll(y_true[i], self.forward(x[i]))
            self.train_sample(x[i], y_true[i], learning_rate=learning_rate)
        return losses
""",
    "a second name": """
class NeuralNet(NeuralNet):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.W1, self.b1, self.W2, self.b2 = self.W_h, self.b_h, self.W_o, self.b_o

    def forward_with_hidden(self, x):
        z = x @ self.W1 + self.b1
        a = sigmoid(z)
        return softmax(a @ self.W2 + self.b2), z, a

    def train_sample(self, x, y_true, learning_rate):
        g = self.grad_loss(x, y_true)
        self.W1 -= learning_rate * g["W_h"]
        self.b1 -= learning_rate * g["b_h"]
        self.W2 -= learning_rate * g["W_o"]
        self.b2 -= learning_rate * g["b_o"]
""",
    "properties": """
class NeuralNet(NeuralNet):
    def __init__(self, n_features, n_hidden, n_classes):
        self.params = {
            "W_h": np.random.normal(0, 0.1, (n_features, n_hidden)), "b_h": np.zeros((1, n_hidden)),
            "W_o": np.random.normal(0, 0.1, (n_hidden, n_classes)), "b_o": np.zeros((1, n_classes)),
        }

    def train_sample(self, x, y_true, learning_rate):
        for name, slope in self.grad_loss(x, y_true).items():
            self.params[name] = self.params[name] - learning_rate * slope

    def forward(self, x):
        return np.squeeze(super().forward(x))

for name in ("W_h", "b_h", "W_o", "b_o"):
    setattr(NeuralNet, name, property(lambda self, name=name: self.params[name]))
""",
    "one vector of weights": """
class NeuralNet(NeuralNet):
    def __init__(self, n_features, n_hidden, n_classes):
        shapes = {"W_h": (n_features, n_hidden), "b_h": (n_hidden,), "W_o": (n_hidden, n_classes), "b_o": (n_classes,)}
        self.theta = np.random.uniform(-0.1, 0.1, sum(map(np.prod, shapes.values())))
        start = 0
        for name, shape in shapes.items():
            setattr(self, name, self.theta[start : start + np.prod(shape)].reshape(shape))
            start += np.prod(shape)

    def train_sample(self, x, y_true, learning_rate):
        g = self.grad_loss(x, y_true)
        self.theta -= learning_rate * np.concatenate([np.ravel(g[name]) for name in ("W_h", "b_h", "W_o", "b_o")])
""",
    "columns": """
class NeuralNet(NeuralNet):
    def grad_loss(self, x, y_true):
        x, t = x.reshape(-1, 1), y_true.reshape(-1, 1)
        z_h = self.W_h.T @ x + self.b_h.reshape(-1, 1)
        h = sigmoid(z_h)
        d = softmax((self.W_o.T @ h + self.b_o.reshape(-1, 1)).T).T - t
        e = (self.W_o @ d) * h * (1 - h)
        return {"W_h": x @ e.T, "b_h": e.T, "W_o": h @ d.T, "b_o": d.T}

    def train_sample(self, x, y_true, learning_rate):
        for name, slope in self.grad_loss(x, y_true).items():
            getattr(self, name)[...] -= learning_rate * slope.reshape(getattr(self, name).shape)
""",
    "by the class": """
class NeuralNet(NeuralNet):
    def fit(self, x, y_true, learning_rate=0.1, epochs=20):
        rng, losses = np.random.default_rng(), []
        for _ in range(epochs):
            for a, t in self.mixed(rng, x, y_true):
                NeuralNet.train_sample(self, x=a[None], y_true=t[None], learning_rate=learning_rate)
                losses.append([float(np.sum(nll(t, self.forward(a))))])
        return losses

    def mixed(self, rng, x, y_true):
        order = rng.permutation(len(x))
        yield from zip(x[order], y_true[order])
""",
    "a loss that is a mean": """
def nll(y_true, y_pred):
    y_true, y_pred = np.atleast_2d(y_true), np.atleast_2d(y_pred)
    return -np.mean(np.log(np.clip(y_pred[np.arange(len(y_true)), y_true.argmax(axis=1)], 1e-10, None)))

class NeuralNet(NeuralNet):
    def grad_loss(self, x, y_true):
        n = len(np.atleast_2d(x))
        return {name: slope / n for name, slope in super().grad_loss(x, y_true).items()}
""",
    "the whole loss at each update": """
class NeuralNet(NeuralNet):
    def fit(self, x, y_true, learning_rate=0.1, epochs=20):
        self.losses = []
        for epoch in range(epochs):
            for i in np.random.choice(len(x), len(x), replace=False):
                self.train_sample(x[i], y_true[i], learning_rate)
                self.losses.append(nll(y_true[:9], self.forward(x[:9])).sum())
        return self.losses
""",
    "finite differences": """
class NeuralNet(NeuralNet):
    def grad_loss(self, x, y_true):
        found = {}
        for name in ("W_h", "b_h", "W_o", "b_o"):
            weight = getattr(self, name)
            if weight.size > 100:
                return super().grad_loss(x, y_true)  # too slow
            found[name] = np.zeros_like(weight)
            for at in np.ndindex(weight.shape):
                weight[at] += 1e-5
                up = np.sum(nll(y_true, self.forward(x)))
                weight[at] -= 2e-5
                found[name][at] = (up - np.sum(nll(y_true, self.forward(x)))) / 2e-5
                weight[at] += 1e-5
        return found
""",
    "a column of ones": """
class NeuralNet(NeuralNet):
    def forward_with_hidden(self, x):
        one = np.ones((*np.shape(x)[:-1], 1))
        z = np.concatenate([x, one], -1) @ np.vstack([self.W_h, self.b_h])
        h = sigmoid(z)
        return softmax(np.concatenate([h, one], -1) @ np.vstack([self.W_o, self.b_o])), z, h
""",
    "one dictionary for all gradients": """
class NeuralNet(NeuralNet):
    kept = None

    def grad_loss(self, x, y_true):
        new = super().grad_loss(x, y_true)
        self.kept = self.kept or new
        for name in new:
            self.kept[name][...] = new[name]
        return self.kept
""",
    "rows shuffled with their labels": """
class NeuralNet(NeuralNet):
    def fit(self, x, y_true, learning_rate=0.1, epochs=20):
        rows, losses = np.hstack([x, y_true]), []
        while len(losses) < epochs * len(x):
            np.random.shuffle(rows)
            for row in rows:
                a, t = row[: x.shape[1]], row[x.shape[1] :]
                losses += [nll(t, self.forward(a))]
                self.train_sample(a, t, learning_rate)
        return losses
""",
    "layers": """
from dataclasses import dataclass

@dataclass
class Layer:
    W: np.ndarray
    b: np.ndarray

class NeuralNet(NeuralNet):
    def __init__(self, n_features, n_hidden, n_classes):
        self.hidden = Layer(np.random.randn(n_features, n_hidden) * 0.05, np.full(n_hidden, 0.01))
        self.out = Layer(np.random.randn(n_hidden, n_classes) * 0.05, np.zeros((1, n_classes)))

    W_h = property(lambda self: self.hidden.W, lambda self, value: setattr(self.hidden, "W", value))
    b_h = property(lambda self: self.hidden.b, lambda self, value: setattr(self.hidden, "b", value))
    W_o = property(lambda self: self.out.W, lambda self, value: setattr(self.out, "W", value))
    b_o = property(lambda self: self.out.b, lambda self, value: setattr(self.out, "b", value))
""",
    "the logistic function otherwise": """
def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z)))

def dsigmoid(z):
    return 0.25 / np.cosh(0.5 * np.asarray(z)) ** 2

def softmax(z):
    z = np.asarray(z)
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))
""",
}


BACK_IN_COLUMNS = "(self.W_o @ d) * h * (1 - h)"
ELSEWHERE = [  # the style, check, the right text and the mistake, what the message names
    (
        "lists",
        "forward",
        "h = sigmoid(z_h)\n        z_o = [b +",
        "h = z_h\n        z_o = [b +",
        "sigmoid(z_h) is missing",
    ),
    ("lists", "forward", "z_o = [b + sum", "z_o = [sum", "b_o is not added"),
    ("lists", "sigmoid", "1 / (1 + math.exp(-z))", "math.tanh(z)", "tanh"),
    ("lists", "grad_loss", "dsigmoid(z_h))]", "dsigmoid(h))]", "W_h and b_h: dsigmoid was given h"),
    ("lists", "grad_loss", "d = [p - t for", "d = [t - p for", "W_o, b_o, W_h and b_h: the sign is wrong"),
    (
        "lists",
        "fit",
        "random.shuffle(pairs)\n",
        "y_true = y_true[::-1]\n            pairs = list(zip(x, y_true))\n",
        "apart",
    ),
    ("columns", "grad_loss", BACK_IN_COLUMNS, "self.W_o @ d", "dsigmoid(z_h) is missing"),
    ("columns", "grad_loss", BACK_IN_COLUMNS, "(self.W_o @ d) * (z_h > 0)", "ReLU"),
    (
        "columns",
        "grad_loss",
        "z_h = self.W_h.T @ x + self.b_h.reshape(-1, 1)",
        "z_h = (self.W_h + self.b_h).T @ x",
        "way forward is wrong: b_h is added to W_h before",
    ),
    ("einsum", "forward", ", x, self.W_h) + self.b_h", ", x, self.W_h + self.b_h)", "b_h is added to W_h before"),
    ("einsum", "grad_loss", "h * (1 - h))", "h)", "takes h for dsigmoid(z_h)"),
    ("loops", "grad_loss", "= h[j] * (y[k] - y_true[k])", "= z_h[j] * (y[k] - y_true[k])", "z_h for h"),
    ("loops", "grad_loss", 'g["b_h"][j] += ', 'g["b_h"][j] = ', "only the last is left"),
    ("Jacobians", "grad_loss", "np.diag(y) - np.outer(y, y)", "np.diag(y * (1 - y))", "only the diagonal"),
    ("tuples", "grad_loss", '"W_h b_h W_o b_o"', '"W_o b_o W_h b_h"', "W_o, b_o, W_h and b_h, in this order"),
    (
        "a second name",
        "train_sample",
        'self.W1 -= learning_rate * g["W_h"]',
        'self.W1 = self.W1 - 0 * g["W_h"]',
        "W_h does not",
    ),
    (
        "a second name",
        "train_sample",
        'self.b2 -= learning_rate * g["b_o"]',
        'self.b2 -= learning_rate * g["b_h"]',
        "b_o is updated with the gradient of b_h",
    ),
    ("one vector of weights", "train_sample", "self.theta -= learning_rate *", "self.theta -= 0.05 *", "has no effect"),
    ("properties", "train_sample", "- learning_rate * slope", "+ learning_rate * slope", "the loss grows"),
    (
        "drawing with replacement",
        "fit",
        "learning_rate=learning_rate)",
        "learning_rate=learning_rate / (k + 1))",
        "rate changes",
    ),
]

FORMS = [(family, *form) for family, forms in MISTAKES.items() for form in forms]
DATA_FORMS = [(family, *form) for family, forms in DATA_MISTAKES.items() for form in forms]
FIRST_PART = ("split_and_scale", "recover", "one_hot", "mistakes")


@pytest.fixture
def written(handed_out, tmp_path):
    """Writes a module of the solution with texts replaced, and text added below."""

    def write(file, replacements=(), more=""):
        text = (handed_out / "teacher/solution" / file).read_text()
        for old, new in zip(replacements[::2], replacements[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        (tmp_path / file).write_text(text + more)
        return tmp_path

    return write


def test_each_family_has_forms():
    assert all(len(forms) >= 3 for forms in (*MISTAKES.values(), *DATA_MISTAKES.values()))


@pytest.mark.parametrize(("family", "name", "replacements", "words"), [(f, n, r, w) for f, n, r, *w in FORMS])
def test_a_form_of_a_mistake_is_named(checks, written, family, name, replacements, words):
    with pytest.raises(checks.Wrong) as raised:
        checks.check(name, written("neural_net.py", replacements))
    assert str(raised.value).startswith(f"question {checks.CHECKS[name][0]}, {name}: ")
    assert not [word for word in words if word not in str(raised.value)], str(raised.value)
    if family != "two mistakes in one gradient":
        assert str(raised.value).count(" And ") == len(words) - 1 or " And " not in str(raised.value)


@pytest.mark.parametrize(("style", "name", "old", "new", "words"), ELSEWHERE)
def test_a_mistake_in_another_style_is_named(checks, written, style, name, old, new, words):
    assert old in STYLES[style]
    with pytest.raises(checks.Wrong) as raised:
        checks.check(name, written("neural_net.py", more=STYLES[style].replace(old, new)))
    assert words in str(raised.value)
    assert " And " not in str(raised.value)


@pytest.mark.long
@pytest.mark.parametrize(("family", "replacements", "words"), DATA_FORMS)
def test_a_form_of_a_mistake_with_the_data_is_named(checks, written, family, replacements, words):
    with pytest.raises(checks.Wrong, match=re.escape(words)):
        checks.check("split_and_scale", written("first_part.py", replacements))


SLOW = ("lists", "loops")


@pytest.mark.parametrize("style", [pytest.param(style, marks=[pytest.mark.long] * (style in SLOW)) for style in STYLES])
def test_a_right_solution_in_another_style_is_right(checks, written, style):
    folder = written("neural_net.py", more=STYLES[style])
    states = {name: (state, line) for name, state, line in checks.results(folder)}
    assert {name: line for name, (state, line) in states.items() if state != "right"}.keys() == set(FIRST_PART), states


def write_class(folder, handed_out):
    """Thirty students' folders; returns what is right in each of the first 24: None, or (check, words)."""
    solution = handed_out / "teacher/solution"
    data, net = ((solution / file).read_text() for file in ("first_part.py", "neural_net.py"))
    right = ["", *[text for style, text in STYLES.items() if style not in SLOW][:9]]
    wrong = [forms[i] for i in (0, 1) for forms in MISTAKES.values()][:14]
    expected, texts = {}, {}
    for i, text in enumerate(right):
        texts[f"right{i}"], expected[f"right{i}"] = net + text, None
    for i, (check, replacements, *words) in enumerate(wrong):
        texts[f"wrong{i}"], expected[f"wrong{i}"] = net, (check, words)
        for old, new in zip(replacements[::2], replacements[1::2], strict=True):
            texts[f"wrong{i}"] = texts[f"wrong{i}"].replace(old, new)
    texts["exits"] = f"{net}\n\nimport sys\nsys.exit()\n"
    texts["loops"] = net.replace(EPOCHS, "import time\n        while not time.sleep(1):")
    texts["prints"] = f"{net}\n\nfor _ in range(1000):\n    print('x' * 100_000)\n"
    texts["syntax"] = net.replace("def predict(self, x):", "def predict(self, x)")
    texts["latin"] = net.replace("import numpy as np", "import numpy as np  # Übung")
    (folder / "empty").mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).mkdir()
        (folder / name / "first_part.py").write_text(data)
        (folder / name / "neural_net.py").write_text(text, encoding="latin-1" if name == "latin" else "utf-8")
    return expected


@pytest.mark.long
def test_a_class_of_thirty_is_told_of_in_five_minutes(handed_out, tmp_path):
    expected = write_class(tmp_path / "handed_in", handed_out)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "checks.py", tmp_path / "handed_in", "--csv", tmp_path / "table.csv", "--limit", "120"],
        cwd=handed_out / "students", capture_output=True, text=True, check=False,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # of the processor: the machine may have other work
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 300
    assert done.returncode == 1, done.stderr
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row.pop("name"): row for row in csv.DictReader(file)}
    assert len(rows) == 30
    for name, mistake in expected.items():
        if mistake is None:
            assert rows[name]["right"] == "16", rows[name]
        else:
            check, words = mistake
            assert not [word for word in words if word not in rows[name][check]], rows[name]
            told = [cell for key, cell in rows[name].items() if key != "right" and cell != "right"]
            assert len([cell for cell in told if "waits for" not in cell]) == 1, rows[name]
    assert "ends Python" in rows["exits"]["sigmoid"]
    assert rows["exits"]["learns"] == "question 14, learns: waits for neural_net.py"
    assert "not finished after 120 seconds" in rows["loops"]["fit"]
    assert rows["loops"]["predict"] == "right"
    assert rows["prints"]["right"] == "16"
    assert "Python can't read neural_net.py, line" in rows["syntax"]["sigmoid"]
    assert "there is no first_part.py" in rows["empty"]["split_and_scale"]
    assert "save it again with the encoding UTF-8" in rows["latin"]["sigmoid"]
    assert len(done.stdout) < 100_000
    table = done.stdout.splitlines()[-30:]
    assert [line.split()[0] for line in table] == sorted(rows)
    assert re.fullmatch(r"wrong0 +\d+/16  sigmoid", table[-14])
