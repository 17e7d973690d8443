"""Time one update of stochastic gradient descent, ours and others': `python bench/updates.py [REPEATS]`.

One process, one thread for everybody, medians of alternating repeats. PyTorch and JAX take part when they are
installed: `uv pip install --group bench`. Writes a table into docs/neural_net_speed.md, docs/images/updates.png, and
all that was measured into bench/results/updates.json.
"""

import os
import sys
import warnings

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import itertools
from collections import Counter
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from document import ROOT, machine, save, table, write
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from digitrack.keras_net.quiet import keras
from digitrack.keras_net.quiet import tensorflow as tf
from digitrack.neural_net import NeuralNet, fast_loop, one_hot
from digitrack.neural_net import rows as reading

RATE, N_HIDDEN, EPOCHS, DTYPES = 0.05, 100, 12, ("float64", "float32")
DIGITS = load_digits()
X, Y = StandardScaler().fit_transform(DIGITS.data), one_hot(DIGITS.target, 10)


def ours(dtype: str, fast: bool = True) -> Callable[[], object]:
    """An epoch over the digits, batch size 1, through the public `fit`."""
    net = NeuralNet(64, N_HIDDEN, 10, seed=0, dtype=dtype)
    return lambda: net.fit(X, Y, learning_rate=RATE, epochs=1, seed=0, fast=fast)


def textbook(dtype: str) -> Callable[[], object]:
    x, y = X.astype(dtype), Y.astype(dtype)
    net = NeuralNet(64, N_HIDDEN, 10, seed=0, dtype=dtype)
    rng, rate = np.random.default_rng(0), np.dtype(dtype).type(RATE)
    W_h, b_h, W_o, b_o = (weight.copy() for weight in (net.W_h, net.b_h, net.W_o, net.b_o))

    def epoch():
        nonlocal W_h, b_h, W_o, b_o
        losses = []
        for i in rng.permutation(len(x)):
            h = 1 / (1 + np.exp(-(x[i] @ W_h + b_h)))
            e = np.exp(h @ W_o + b_o)
            p = e / e.sum()
            losses.append(-np.log(p @ y[i] + 1e-10))
            d_o = p - y[i]
            d_h = (W_o @ d_o) * h * (1 - h)
            W_h -= rate * np.outer(x[i], d_h)
            b_h -= rate * d_h
            W_o -= rate * np.outer(h, d_o)
            b_o -= rate * d_o
        return losses

    return epoch


def scikit_learn(dtype: str) -> Callable[[], object]:
    x = X.astype(dtype)
    settings = {"solver": "sgd", "momentum": 0, "batch_size": 1, "learning_rate_init": RATE, "max_iter": 1, "alpha": 0}
    net = MLPClassifier([N_HIDDEN], activation="logistic", warm_start=True, **settings)
    return lambda: net.fit(x, DIGITS.target)


def keras_fit(dtype: str) -> Callable[[], object]:
    x, y = X.astype(dtype), Y.astype(dtype)
    sizes = (N_HIDDEN, "sigmoid"), (10, "softmax")
    layers = [keras.layers.Dense(size, activation=activation, dtype=dtype) for size, activation in sizes]
    net = keras.Sequential([keras.Input((64,), dtype=dtype), *layers])
    net.compile(keras.optimizers.SGD(RATE), "categorical_crossentropy")
    return lambda: net.fit(x, y, batch_size=1, verbose=0)


def pytorch(dtype: str) -> Callable[[], object]:
    import torch

    torch.set_num_threads(1)
    x, y = torch.tensor(X, dtype=getattr(torch, dtype)), torch.tensor(DIGITS.target)
    layers = [torch.nn.Linear(64, N_HIDDEN), torch.nn.Sigmoid(), torch.nn.Linear(N_HIDDEN, 10)]
    net = torch.nn.Sequential(*layers).to(x.dtype)
    optimizer, loss_of = torch.optim.SGD(net.parameters(), RATE), torch.nn.CrossEntropyLoss()

    def epoch():
        for i in torch.randperm(len(x)).tolist():
            optimizer.zero_grad()
            loss_of(net(x[i]), y[i]).backward()
            optimizer.step()

    return epoch


def jax_compiled(dtype: str) -> Callable[[], object]:
    import jax

    jax.config.update("jax_enable_x64", True)
    x, y, rng = jax.numpy.asarray(X, dtype), jax.numpy.asarray(Y, dtype), np.random.default_rng(0)
    net = NeuralNet(64, N_HIDDEN, 10, seed=0, dtype=dtype)
    weights = tuple(map(jax.numpy.asarray, (net.W_h, net.b_h, net.W_o, net.b_o)))

    def loss_of(weights, x, y):
        W_h, b_h, W_o, b_o = weights
        return -y @ jax.nn.log_softmax(jax.nn.sigmoid(x @ W_h + b_h) @ W_o + b_o)

    def update(weights, i):
        loss, gradient = jax.value_and_grad(loss_of)(weights, x[i], y[i])
        return tuple(w - np.dtype(dtype).type(RATE) * g for w, g in zip(weights, gradient, strict=True)), loss

    scan = jax.jit(lambda weights, order: jax.lax.scan(update, weights, order))

    def epoch():
        nonlocal weights
        weights, losses = scan(weights, rng.permutation(len(X)))
        return losses.block_until_ready()

    return epoch


def bare(x: np.ndarray, n_hidden: int, batch: int) -> Callable[[], object]:
    """An epoch of nothing but the products and the subtractions that the updates need."""
    rng = np.random.default_rng(0)

    def made(*shape):
        return rng.normal(0, 0.01, shape).astype(x.dtype)

    W_h, W_o, G_h, G_o = made(x.shape[1], n_hidden), made(n_hidden, 10), made(x.shape[1], n_hidden), made(n_hidden, 10)
    h, d_h, z_o, d_o = made(batch, n_hidden), made(batch, n_hidden), made(batch, 10), made(batch, 10)
    z_h = made(batch, n_hidden)

    def epoch():
        for x_batch in x.reshape(-1, batch, x.shape[1]):
            np.dot(x_batch, W_h, out=z_h)
            np.dot(h, W_o, out=z_o)
            np.dot(d_o, W_o.T, out=z_h)
            np.dot(x_batch.T, d_h, out=G_h)
            np.dot(h.T, d_o, out=G_o)
            np.subtract(W_h, G_h, out=W_h)
            np.subtract(W_o, G_o, out=W_o)

    return epoch


def seconds(epochs: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Times of each epoch, alternating, after one run that does not count (Keras and JAX compile in it)."""
    times: dict[str, list[float]] = {name: [] for name in epochs}
    for repeat in range(repeats + 1):
        for name, epoch in epochs.items():
            started = perf_counter()
            epoch()
            if repeat:
                times[name].append(perf_counter() - started)
    return times


def competitors(dtype: str) -> dict[str, Callable[[], object]]:
    nets = {
        "digitrack `fit`": ours,
        "digitrack `fit(fast=False)`": partial(ours, fast=False),
        "textbook numpy": textbook,
        "scikit-learn `MLPClassifier`": scikit_learn,
        "Keras `fit`": keras_fit,
        "PyTorch": pytorch,
        "JAX, compiled loop": jax_compiled,
    }
    made = {}
    for name, make in nets.items():
        try:
            made[name] = make(dtype)
        except ModuleNotFoundError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return made


def exponentials(dtype: str, n: int, n_hidden: int, batch: int) -> Callable[[], object]:
    """An epoch of nothing but the exponential of every hidden activation, which the sigmoid needs."""
    z, e = np.random.default_rng(0).normal(size=(batch, n_hidden)).astype(dtype), np.empty((batch, n_hidden), dtype)
    return lambda: [np.exp(z, out=e) for _ in range(n // batch)]


def growth(repeats: int) -> list[dict]:
    """Our time an update against that of the bare products and of the exponentials, by size."""
    rows = []
    for dtype, n_features, n_hidden, batch in itertools.product(DTYPES, (64, 784), (10, 100, 1000), (1, 8, 32, 256)):
        rng, n = np.random.default_rng(0), max(256, 8 * batch)
        x, y = rng.normal(size=(n, n_features)).astype(dtype), one_hot(rng.integers(10, size=n), 10)
        net = NeuralNet(n_features, n_hidden, 10, seed=0, dtype=dtype)
        products, exp = bare(x, n_hidden, batch), exponentials(dtype, n, n_hidden, batch)
        epochs = {
            "update_us": partial(net.fit, x, y, learning_rate=0.01, epochs=EPOCHS, batch_size=batch, seed=0),
            "bare_us": lambda products=products: [products() for _ in range(EPOCHS)],
            "exp_us": lambda exp=exp: [exp() for _ in range(EPOCHS)],
        }
        times = {name: median(t) / EPOCHS / (n // batch) * 1e6 for name, t in seconds(epochs, repeats).items()}
        sizes = {"dtype": dtype, "n_features": n_features, "n_hidden": n_hidden, "batch_size": batch}
        rows.append(sizes | times)
    return rows


class Timed:
    """A part of numpy that adds the time of every call of a function to `seconds`, by the function's name."""

    def __init__(self, part: Any, name: str, seconds: Counter[str]) -> None:
        self._part, self._name, self._seconds = part, name, seconds

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        if callable(value) and not isinstance(value, type):
            value = Timed(value, f"{self._name}.{name}".lstrip("."), self._seconds)
        setattr(self, name, value)  # found without this function from now on
        return value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        started = perf_counter()
        result = self._part(*args, **kwargs)
        self._seconds[self._name] += perf_counter() - started
        return result


def operations(repeats: int) -> list[dict]:
    """Where the time of an update goes, by size: µs by kind of numpy call in `fit`, the fastest of the repeats."""
    kinds = {"products": ["dot", "matmul"], "exp": ["exp"], "arithmetic": ["add", "subtract", "multiply", "divide"]}
    kinds |= {"softmax": ["maximum.reduce", "logaddexp.reduce", "log"]}
    imported = {name: value for name, value in vars(fast_loop).items() if value is getattr(np, name, None)}
    cross_entropy = fast_loop.cross_entropy
    rows = []
    for dtype, n_hidden, batch in itertools.product(DTYPES, (10, 100, 1000), (1, 32, 256)):
        rng, n = np.random.default_rng(0), max(256, 8 * batch)
        x, y = rng.normal(size=(n, 64)).astype(dtype), one_hot(rng.integers(10, size=n), 10)
        net, found = NeuralNet(64, n_hidden, 10, seed=0, dtype=dtype), []
        for _ in range(repeats):
            calls: Counter[str] = Counter()
            timed = Timed(np, "", calls)
            for name in imported:
                setattr(fast_loop, name, getattr(timed, name))
            fast_loop.np, reading.np = timed, timed
            fast_loop.cross_entropy = Timed(cross_entropy, "cross_entropy", calls)
            started = perf_counter()
            net.fit(x, y, learning_rate=0.01, epochs=EPOCHS, batch_size=batch, seed=0)
            total = perf_counter() - started
            vars(fast_loop).update(imported, np=np, cross_entropy=cross_entropy)
            reading.np = np
            times = {kind: sum(calls[name] for name in names) for kind, names in kinds.items()}
            others = sum(calls.values()) - sum(times.values())
            found.append({**times, "data and losses": others, "Python": total - sum(calls.values())})
        best = min(found, key=lambda times: sum(times.values()))
        sizes = {"dtype": dtype, "n_features": 64, "n_hidden": n_hidden, "batch_size": batch}
        rows.append({**sizes, **{kind: time / EPOCHS / (n // batch) * 1e6 for kind, time in best.items()}})
    return rows


def plot(micros: dict[str, dict[str, float]], grown: list[dict]) -> None:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
    names = list(micros["float64"])
    for offset, (dtype, values) in zip((0.2, -0.2), micros.items(), strict=True):
        bars = left.barh(np.arange(len(names)) - offset, [values[name] for name in names], 0.4, label=dtype)
        left.bar_label(bars, fmt=" {:.1f}")
    left.set(xscale="log", xlabel="µs an update", title="64 features, 100 hidden units, batch size 1")
    left.set_yticks(range(len(names)), [name.replace("`", "") for name in names])
    left.invert_yaxis()
    left.margins(x=0.2)
    left.legend()
    for (n_features, batch), colour in zip(
        itertools.product((64, 784), (1, 32, 256)), plt.cm.tab10.colors, strict=False
    ):
        rows = [r for r in grown if (r["dtype"], r["n_features"], r["batch_size"]) == ("float64", n_features, batch)]
        widths = [r["n_hidden"] for r in rows]
        right.loglog(
            widths, [r["update_us"] for r in rows], "o-", color=colour, label=f"{n_features} features, batch {batch}"
        )
        right.loglog(widths, [r["bare_us"] for r in rows], ":", color=colour)
    right.set(xlabel="hidden units", ylabel="µs an update", title="float64; dotted: the bare matrix products")
    right.legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))  # beside the lines, not on them
    figure.savefig(ROOT / "docs/images/updates.png", dpi=100)


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    warnings.filterwarnings("ignore", module="sklearn")  # one epoch does not converge
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    times = {dtype: seconds(competitors(dtype), repeats) for dtype in DTYPES}
    micros = {d: {name: median(t) / len(X) * 1e6 for name, t in of_dtype.items()} for d, of_dtype in times.items()}
    grown, parts = growth(repeats), operations(repeats)

    own, *_ = micros["float64"].values()
    rows = [["one update", "µs", "µs / ours"]]
    rows += [[name, f"{time:.1f}", f"{time / own:.1f}"] for name, time in micros["float64"].items()]
    by_size = [["features", "hidden", "batch", "µs", "/ bare"]]
    for cell in grown:
        if cell["dtype"] == "float64" and cell["batch_size"] in (1, 32):
            update, products = cell["update_us"], cell["bare_us"]
            sizes = [str(cell[key]) for key in ("n_features", "n_hidden", "batch_size")]
            by_size.append([*sizes, f"{update:.1f}", f"{update / products:.2f}"])
    on = machine("numpy", "scikit-learn", "keras", "tensorflow")
    how = f"Medians of {repeats} alternating repeats, one thread;\n{on}."
    values = {"machine": on, "repeats": repeats, "update_us": micros, "by_size": grown, "by_part": parts}
    print(table(rows))
    write("by_size", f"{table(by_size)}\n\n{how}", page="neural_net_speed")
    save("updates", values)
    plot(micros, grown)


if __name__ == "__main__":
    main()
