"""Question 8: initial weights from zero to far too large."""

import numpy as np
from matplotlib.figure import Figure

from study.chance import grouped, summary
from study.drawing import KERAS, NUMPY, SERIES, WIDE, image, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "keras": Sweep("train_keras", "practical/stddev"),
    "numpy": Sweep("train_numpy", "practical/stddev"),
    "one unit": Sweep("train_numpy", "practical/one_unit"),
    "inside": Experiment("initial_weights"),
    "shared": Experiment("shared_initializer"),
    "zero": Experiment("zero_weights"),
}
TRAINED, EPOCHS = 1077, 10  # digits, and what the experiment goes through them
SOON = 150  # updates, after which a good start shows
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def measure(found: dict) -> Figures:
    nets = {net: {figure: grouped(found[net], "stddev", figure) for figure in FIGURES} for net in ("numpy", "keras")}
    one = {figure: grouped(found["one unit"], "stddev", figure) for figure in FIGURES}
    inside = found["inside"]
    starts = {
        stddev: {layer: summary(followed[f"start_{layer}"]) for layer in ("W_h", "W_o")}
        for stddev, followed in inside["by_stddev"].items()
    }
    look = int(np.searchsorted(inside["updates"], SOON))
    slow = {"look": look} | {stddev: inside["by_stddev"][stddev]["loss"][look] for stddev in ("0", "0.001", "0.15")}
    relative = {
        stddev: summary(followed["relative_start_W_h"])
        for stddev, followed in inside["by_stddev"].items()
        if followed["relative_start_W_h"] is not None
    }
    slow["as_zero"] = as_from_zero(inside)
    shared = {**found["shared"], **{key: summary(found["shared"][key]) for key in ("own", "shared", "moved")}}
    shared["difference"] = summary(np.subtract(found["shared"]["shared"], found["shared"]["own"]))
    zero = {way: {"accuracy": summary(own["accuracy"]), "groups": own["groups"]} for way, own in found["zero"].items()}
    return {
        **nets, "zero": zero, "one_unit": one, "inside": inside, "starts": starts, "slow": slow, "relative": relative,
        "shared": shared, "n_trained": TRAINED, "epochs": EPOCHS,
    }  # fmt: skip


def as_from_zero(inside: dict) -> int:
    """The updates through which the loss from 0.001 stays within 1 % of that from zero."""
    small, zero = (np.array(inside["by_stddev"][stddev]["loss"]) for stddev in ("0.001", "0"))
    apart = np.flatnonzero(np.abs(small / zero - 1) > 0.01)
    return inside["updates"][int(apart[0]) - 1]


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
                look = WIDE if net == "numpy" else {}
                axes.plot(
                    [float(v) for v in groups],
                    means,
                    style,
                    marker="o",
                    ms=3,
                    color=color,
                    label=f"{net}, {shown}",
                    **look,
                )
    for axes in (loss, accuracy):
        axes.set(xscale="log", xlabel="standard deviation of the initial weights")
        axes.set_xticks([1e-4, 1e-3, 1e-2, 0.15, 1, 10], ["0", "0.001", "0.01", "0.15", "1", "10"], minor=False)
        axes.minorticks_off()
    loss.set(yscale="log", title="loss after 30 epochs")
    accuracy.set(title="accuracy after 30 epochs")
    loss.legend(fontsize=8)
    return figure


def moved(stddev: str) -> str:
    """Zero has no place on a logarithmic axis: it stands at 0.0001."""
    return "0.0001" if float(stddev) == 0 else stddev


def slopes(inside: dict) -> Figure:
    figure, (histogram, hidden, output) = panels(3, width=8.5, height=3.4)
    middles = np.array(inside["bins"]) - 0.5  # each is one wide, the lowest, of all smaller slopes, drawn so
    for color, (stddev, followed) in zip(SERIES, inside["by_stddev"].items(), strict=False):
        histogram.step(
            middles, none_at_zero(followed["slopes_before"]), where="mid", color=color, label=stddev, **look(stddev)
        )
        updates = np.array(inside["updates"]) + 1
        hidden.plot(updates, none_at_zero(followed["W_h"]), color=color, **look(stddev))
        output.plot(updates, followed["W_o"], color=color, **look(stddev))
    histogram.set(
        yscale="log",
        xlabel="$\\log_{10}$ of $h(1-h)$; left: all below $-12$",
        title="slopes before, share",
    )
    figure.legend(*histogram.get_legend_handles_labels(), loc="outside lower center", ncols=5,
                  title="standard deviation of the initial weights")  # fmt: skip
    histogram.set_ylim(bottom=1e-7)
    hidden.set(title="gradient of $W_h$, norm")
    output.set(title="gradient of $W_o$, norm")
    for axes in (hidden, output):
        axes.set(xscale="log", yscale="log", xlabel="updates + 1")
    return figure


def look(stddev: str) -> dict[str, float]:
    """Zero is wide and pale, as another one lies on it."""
    return {"lw": 4, "alpha": 0.4} if stddev == "0" else {"lw": 1.5}


def none_at_zero(values: list) -> np.ndarray:
    """Zeros, which have no place on a logarithmic axis, are not drawn."""
    return np.where(np.array(values) > 0, values, np.nan)


def units(inside: dict) -> Figure:
    """A row for the weights before, a row for those after, for three spreads side by side."""
    shown = ("0", "0.15", "10")
    figure = Figure(figsize=(8.5, 2.9), layout="constrained")
    for part, stddev in zip(figure.subfigures(1, len(shown), squeeze=False)[0], shown, strict=True):
        part.suptitle(f"from {stddev}: before, after", fontsize=10)
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
    far, near = (figures["inside"]["by_stddev"][stddev] for stddev in ("10", "0.15"))
    return {
        "from zero neither network gets far": max(train["numpy"][0], train["keras"][0]) < 0.75,
        "a hundred equal units do better than one": figures["zero"]["plain"]["accuracy"]["mean"]
        > 1.3 * one_accuracy[0],
        "units that start from zero stay equal": (
            figures["inside"]["by_stddev"]["0"]["units_differ_by"] == 0
            and all(len(sizes) == 1 for sizes in figures["zero"]["plain"]["groups"])
        ),
        "rounding parts units that start from zero": all(
            figures["zero"][net]["accuracy"]["mean"] > figures["zero"]["plain"]["accuracy"]["mean"] + 0.1
            and max(len(sizes) for sizes in figures["zero"][net]["groups"]) > 1
            for net in ("numpy", "keras")
        ),
        "from 0.001 training starts slowly": (
            min(figures["slow"]["0"], figures["slow"]["0.001"]) > 1.5 * figures["slow"]["0.15"]
        ),
        "from 0.001 training begins as from zero": figures["slow"]["as_zero"] >= 30,
        "from 10 Keras does not even fit the training digits": train["keras"][10] < 0.93 < 0.98 < train["numpy"][10],
        "from 0.001 all is learned": train["numpy"][0.001] > 0.99,
        "at 0.001 the gradient of W_h starts far smaller": grad["0.001", "W_h"] < grad["0.15", "W_h"] / 30,
        "at 10 the gradient of W_h starts larger": grad["10", "W_h"] > 1.5 * grad["0.15", "W_h"],
        "at 10 most slopes are next to nothing": figures["inside"]["by_stddev"]["10"]["median_slope"] < 1e-10,
        "at 10 every unit is steep for some samples": far["steep_samples"][0] > 0,
        "at 10 it is small beside the weights": (
            figures["relative"]["10"]["high"] < figures["relative"]["0.15"]["low"] / 10
        ),
        "at 10 no unit is idle": (
            far["least_moved_unit"] > 1
            and far["moved_W_h"] > 2 * near["moved_W_h"]
            and far["moved_W_h"] < 0.4 * far["size_W_h"]
        ),
        "one initializer for both layers draws the same numbers": (
            figures["shared"]["equal_shared"]
            and not figures["shared"]["equal_own"]
            and abs(figures["shared"]["difference"]["mean"]) < 0.05
        ),
        "Adam moves weights of 10 by a small part": figures["shared"]["moved"]["mean"] < 0.3,
        "at 1 the validation loss is larger": val[1.0] > 1.2 * val[0.15],
        "at 10 both are bad": numpy["val_accuracy"]["10.0"]["mean"] < 0.92
        and keras["val_accuracy"]["10.0"]["mean"] < 0.85,
    }
