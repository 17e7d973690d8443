"""Question 8: initial weights from zero to far too large."""

import numpy as np
from matplotlib.figure import Figure

from study.chance import grouped, summary
from study.drawing import KERAS, NUMPY, SERIES, image, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "keras": Sweep("train_keras", "practical/stddev"),
    "numpy": Sweep("train_numpy", "practical/stddev"),
    "one unit": Sweep("train_numpy", "practical/one_unit"),
    "glorot": Sweep("train_keras", "practical/width"),
    "inside": Experiment("initial_weights"),
}
SOON = 150  # updates, after which a good start shows
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def measure(found: dict) -> Figures:
    nets = {net: {figure: grouped(found[net], "stddev", figure) for figure in FIGURES} for net in ("numpy", "keras")}
    one = {figure: grouped(found["one unit"], "stddev", figure) for figure in FIGURES}
    glorot = {figure: grouped(found["glorot"], "n_hidden", figure)["100"] for figure in FIGURES}
    inside = found["inside"]
    starts = {
        stddev: {layer: summary(followed[f"start_{layer}"]) for layer in ("W_h", "W_o")}
        for stddev, followed in inside["by_stddev"].items()
    }
    look = int(np.searchsorted(inside["updates"], SOON))
    slow = {"look": look} | {stddev: inside["by_stddev"][stddev]["loss"][look] for stddev in ("0", "0.001", "0.15")}
    return {**nets, "one_unit": one, "glorot": glorot, "inside": inside, "starts": starts, "slow": slow}


def draw(figures: Figures) -> dict[str, Figure]:
    return {"stddev": results(figures), "slopes": slopes(figures["inside"]), "units": units(figures["inside"])}


def results(figures: Figures) -> Figure:
    figure, (loss, accuracy) = panels(2)
    for net, color in (("numpy", NUMPY), ("keras", KERAS)):
        for axes, kind in ((loss, "loss"), (accuracy, "accuracy")):
            for part, style in (("train", "-"), ("val", ":")):
                groups = {moved(stddev): group for stddev, group in figures[net][f"{part}_{kind}"].items()}
                shown = {"train": "training", "val": "validation"}[part]
                # A band for the validation data alone keeps the picture readable.
                if part == "val":
                    for_band = groups
                    x = [float(value) for value in for_band]
                    ends = [[group[end] for group in for_band.values()] for end in ("min", "max")]
                    axes.fill_between(x, *ends, color=color, alpha=0.15, lw=0)
                means = [group["mean"] for group in groups.values()]
                axes.plot(
                    [float(v) for v in groups], means, style, marker="o", ms=3, color=color, label=f"{net}, {shown}"
                )
    for axes in (loss, accuracy):
        axes.set(xscale="log", xlabel="standard deviation of the initial weights")
        axes.set_xticks([1e-4, 1e-3, 1e-2, 0.15, 1, 10], ["0", "0.001", "0.01", "0.15", "1", "10"], minor=False)
        axes.minorticks_off()
    loss.set(yscale="log", title="loss after 30 epochs")
    accuracy.set(title="accuracy after 30 epochs")
    loss.legend(fontsize=7)
    return figure


def moved(stddev: str) -> str:
    """Zero has no place on a logarithmic axis: it stands at 0.0001."""
    return "0.0001" if float(stddev) == 0 else stddev


def slopes(inside: dict) -> Figure:
    figure, (histogram, hidden, output) = panels(3, width=9.5, height=3.3)
    bins = inside["bins"]
    for color, (stddev, followed) in zip(SERIES, inside["by_stddev"].items(), strict=False):
        histogram.step(
            bins, none_at_zero(followed["slopes_before"]), where="mid", color=color, label=f"sd {stddev}",
            lw=3 if stddev == "0" else 1.5, alpha=0.4 if stddev == "0" else 1,
        )  # fmt: skip
        updates = np.array(inside["updates"]) + 1
        hidden.plot(updates, none_at_zero(followed["W_h"]), color=color)
        output.plot(updates, followed["W_o"], color=color)
    histogram.set(
        yscale="log",
        xlabel="$\\log_{10}$ of $h(1-h)$, below $-12$ at the left end",
        title="slopes before training, share",
    )
    histogram.legend(fontsize=7, loc="lower center", ncols=2)
    histogram.set_ylim(bottom=1e-7)
    hidden.set(title="norm of the gradient of $W_h$")
    output.set(title="norm of the gradient of $W_o$")
    for axes in (hidden, output):
        axes.set(xscale="log", yscale="log", xlabel="updates + 1")
    return figure


def none_at_zero(values: list) -> np.ndarray:
    """Zeros, which have no place on a logarithmic axis, are not drawn."""
    return np.where(np.array(values) > 0, values, np.nan)


def units(inside: dict) -> Figure:
    """A row for the weights before, a row for those after, for three spreads side by side."""
    shown = ("0", "0.15", "10")
    figure = Figure(figsize=(9.5, 2.9), layout="constrained")
    for part, stddev in zip(figure.subfigures(1, len(shown), squeeze=False)[0], shown, strict=True):
        part.suptitle(f"sd {stddev}: before, after", fontsize=9)
        axes = part.subplots(4, 4)
        both = [*inside["by_stddev"][stddev]["images_before"], *inside["by_stddev"][stddev]["images_after"]]
        for ax, unit in zip(axes.ravel(), both, strict=True):
            extreme = max(float(np.abs(unit).max()), 1e-9)
            image(ax, unit, cmap="RdBu_r", vmin=-extreme, vmax=extreme)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    numpy, keras, one, starts = figures["numpy"], figures["keras"], figures["one_unit"], figures["starts"]
    train = {
        net: {float(s): group["mean"] for s, group in figures[net]["train_accuracy"].items()}
        for net in ("numpy", "keras")
    }
    val = {float(s): group["mean"] for s, group in numpy["val_loss"].items()}
    grad = {(s, layer): found[layer]["mean"] for s, found in starts.items() for layer in ("W_h", "W_o")}
    one_accuracy = {float(s): group["mean"] for s, group in one["train_accuracy"].items()}
    after = figures["inside"]["by_stddev"]["0"]["images_after"]
    return {
        "from zero neither network gets far": max(train["numpy"][0], train["keras"][0]) < 0.75,
        "a hundred units from zero do better than one unit": train["numpy"][0] > 1.3 * max(one_accuracy.values()),
        "units that start from zero stay equal": float(np.ptp(np.array(after), axis=0).max()) < 1e-6,
        "from 0.001 training starts slowly": (
            min(figures["slow"]["0"], figures["slow"]["0.001"]) > 1.5 * figures["slow"]["0.15"]
        ),
        "from 10 Keras does not even fit the training digits": train["keras"][10] < 0.93 < 0.98 < train["numpy"][10],
        "from 0.001 all is learned": train["numpy"][0.001] > 0.99,
        "at 0.001 the gradient of W_h starts far smaller": grad["0.001", "W_h"] < grad["0.15", "W_h"] / 30,
        "at 10 the gradient of W_h starts larger": grad["10", "W_h"] > 1.5 * grad["0.15", "W_h"],
        "at 10 most slopes are next to nothing": figures["inside"]["by_stddev"]["10"]["median_slope"] < 1e-10,
        "at 1 the validation loss is larger": val[1.0] > 1.2 * val[0.15],
        "at 10 both are bad": numpy["val_accuracy"]["10.0"]["mean"] < 0.92
        and keras["val_accuracy"]["10.0"]["mean"] < 0.85,
    }
