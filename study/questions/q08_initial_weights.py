"""Question 8: initial weights from zero to far too large."""

import numpy as np
from matplotlib.figure import Figure

from study import solution
from study.chance import grouped, summary
from study.drawing import GRAY, KERAS, NUMPY, WIDE, image, panels
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
    "small": Experiment("small_weights"),
    "pasted": Experiment("pasted", solution.FILES),
}
COLORS = {"0": "#56b4e9", "0.001": "#e69f00", "0.15": "#009e73", "1": "#cc79a7", "10": "black"}  # by spread
TRAINED, EPOCHS = 1077, 10  # digits, and what the experiment goes through them
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def measure(found: dict) -> Figures:
    nets = {net: {figure: grouped(found[net], "stddev", figure) for figure in FIGURES} for net in ("numpy", "keras")}
    one = {figure: grouped(found["one unit"], "stddev", figure) for figure in FIGURES}
    inside = found["inside"]
    starts = {
        stddev: {layer: summary(followed[f"start_{layer}"]) for layer in ("W_h", "W_o")}
        for stddev, followed in inside["by_stddev"].items()
    }
    slow = {"learned": found["small"]["learned"]}
    slow["updates"] = {stddev: float(np.mean(updates)) for stddev, updates in found["small"]["updates"].items()}
    relative = {
        stddev: summary(followed["relative_start_W_h"])
        for stddev, followed in inside["by_stddev"].items()
        if followed["relative_start_W_h"] is not None
    }
    shared = {**found["shared"], **{key: summary(found["shared"][key]) for key in ("own", "shared", "moved")}}
    shared["difference"] = summary(np.subtract(found["shared"]["shared"], found["shared"]["own"]))
    zero = {way: {"accuracy": summary(own["accuracy"]), "groups": own["groups"]} for way, own in found["zero"].items()}
    return {
        **nets, "zero": zero, "one_unit": one, "inside": inside, "starts": starts, "slow": slow, "relative": relative,
        "shared": shared, "n_trained": TRAINED, "epochs": EPOCHS, "pasted": found["pasted"]["units_differ_by"],
    }  # fmt: skip


def draw(figures: Figures) -> dict[str, Figure]:
    return {"stddev": results(figures), "slopes": slopes(figures["inside"]), "units": units(figures["inside"])}


def results(figures: Figures) -> Figure:
    figure, axes = panels(2, width=8.5, height=3.3)
    for net, color in (("numpy", NUMPY), ("keras", KERAS)):
        for ax, kind in zip(axes, ("loss", "accuracy"), strict=True):
            for part, style in (("train", "-"), ("val", ":")):
                groups = {float(stddev): group for stddev, group in figures[net][f"{part}_{kind}"].items()}
                line = WIDE if net == "numpy" else {}
                shown = f"{net}, {'training' if part == 'train' else 'validation'}"
                # Zero is apart: a line across the gap would show a passage that nobody has measured.
                for x in ([stddev for stddev in groups if stddev], [0.0]):
                    means, places = [groups[stddev]["mean"] for stddev in x], [place(stddev) for stddev in x]
                    ax.plot(places, means, style, marker="o", ms=3, color=color, label=shown if x[0] else None, **line)
                    if part == "val":  # bands for these alone keep the picture readable
                        low, high = ([groups[stddev][end] for stddev in x] for end in ("min", "max"))
                        if x[0]:
                            ax.fill_between(places, low, high, color=color, alpha=0.15, lw=0)
                        else:
                            ax.vlines(places, low, high, color=color, alpha=0.3, lw=4)
    ticks = (0.0, 0.001, 0.01, 0.05, 0.15, 0.5, 1.0, 3.0, 10.0)
    for ax, kind in zip(axes, ("loss", "accuracy"), strict=True):
        ax.set(xscale="log", xlabel="standard deviation of the initial weights", ylabel=f"{kind} after 30 epochs")
        ax.set_xticks([place(stddev) for stddev in ticks], [f"{stddev:g}" for stddev in ticks], fontsize=7.5)
        ax.minorticks_off()
        ax.axvline(place(0.0) * 2.5, color=GRAY, ls=":", lw=1)
    axes[1].plot(place(0.0), figures["zero"]["plain"]["accuracy"]["mean"], "x", color=NUMPY, ms=6, mew=2)
    axes[0].set_yscale("log")
    axes[0].legend(fontsize=8)
    return figure


def place(stddev: float) -> float:
    """Zero has no place on a logarithmic axis: it stands at 0.0002."""
    return stddev or 0.0002


def slopes(inside: dict) -> Figure:
    figure, (histogram, hidden, loss) = panels(3, width=8.5, height=3.4)
    middles = np.array(inside["bins"]) - 0.5  # each is one wide, the lowest, of all smaller slopes, drawn so
    updates = np.array(inside["updates"]) + 1
    for stddev, followed in inside["by_stddev"].items():
        color = COLORS[stddev]
        if stddev not in ("0", "0.001"):
            shares = none_at_zero(followed["slopes_before"])
            histogram.step(middles, shares, where="mid", color=color, **look(stddev))
        hidden.plot(updates, none_at_zero(followed["W_h"]), color=color, label=stddev, **look(stddev))
        loss.plot(updates, followed["loss"], color=color, **look(stddev))
    histogram.set(
        yscale="log",
        xlabel="$\\log_{10}$ of $h(1-h)$; left: all below $-12$",
        ylabel="share",
        title="slopes before training",
    )
    histogram.set_ylim(bottom=5e-6)
    hidden.set(ylabel="norm", title="gradient of $W_h$")
    loss.set(title="training loss")
    figure.legend(*hidden.get_legend_handles_labels(), loc="outside lower center", ncols=5,
                  title="standard deviation of the initial weights")  # fmt: skip
    for axes in (hidden, loss):
        axes.set(xscale="log", yscale="log", xlabel="updates + 1")
    return figure


def look(stddev: str) -> dict[str, float]:
    """Zero is wide and pale, as another one lies on it."""
    return {"lw": 4, "alpha": 0.6} if stddev == "0" else {"lw": 1.5}


def none_at_zero(values: list) -> np.ndarray:
    """Zeros, which have no place on a logarithmic axis, are not drawn."""
    return np.where(np.array(values) > 0, values, np.nan)


def units(inside: dict) -> Figure:
    """The weights before in one row, those after below them, for three spreads one below the other."""
    shown = ("0", "0.15", "10")
    figure = Figure(figsize=(8.5, 5.4), layout="constrained")
    for part, stddev in zip(figure.subfigures(len(shown), 1, squeeze=False)[:, 0], shown, strict=True):
        part.suptitle(f"from {stddev}", fontsize=10)
        both = np.array([inside["by_stddev"][stddev][f"images_{when}"] for when in ("before", "after")])
        extreme, axes = float(np.abs(both).max()), part.subplots(*both.shape[:2])
        for row, images, when in zip(axes, both, ("before", "after"), strict=True):
            row[0].set_ylabel(when)
            for ax, unit in zip(row, images, strict=True):
                bar = image(ax, unit, cmap="RdBu_r", vmin=-extreme, vmax=extreme)
        part.colorbar(bar, ax=axes, shrink=0.8)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    numpy, keras, one, starts = figures["numpy"], figures["keras"], figures["one_unit"], figures["starts"]
    train = {
        net: {float(s): group["mean"] for s, group in figures[net]["train_accuracy"].items()}
        for net in ("numpy", "keras")
    }
    val, loss = ({float(s): group["mean"] for s, group in numpy[f"{part}_loss"].items()} for part in ("val", "train"))
    slow = figures["slow"]["updates"]
    grad = {(s, layer): found[layer]["mean"] for s, found in starts.items() for layer in ("W_h", "W_o")}
    one_accuracy = {float(s): group["mean"] for s, group in one["train_accuracy"].items()}
    far, near = (figures["inside"]["by_stddev"][stddev] for stddev in ("10", "0.15"))
    return {
        "from zero neither network gets far": max(train["numpy"][0], train["keras"][0]) < 0.75,
        "a hundred equal units do better than one": figures["zero"]["plain"]["accuracy"]["mean"]
        > 1.3 * one_accuracy[0],
        "units that start from zero stay equal": (
            figures["inside"]["by_stddev"]["0"]["units_differ_by"] == 0
            and figures["pasted"] == 0
            and all(len(sizes) == 1 for sizes in figures["zero"]["plain"]["groups"])
        ),
        "rounding parts units that start from zero": all(
            figures["zero"][net]["accuracy"]["mean"] > figures["zero"]["plain"]["accuracy"]["mean"] + 0.1
            and all(sizes == [96, 4] for sizes in figures["zero"][net]["groups"])
            for net in ("numpy", "keras")
        ),
        "small weights delay the start": 1.2 * slow["0.15"] < slow["0.001"] < slow["1e-09"] < 10 * slow["0.15"],
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
        "Adam moves weights of 10 by a small part": figures["shared"]["moved"]["mean"] < 0.3,
        "at 1 the validation loss is larger": val[1.0] > 1.2 * val[0.15],
        "above 0.15 numpy's training loss is lower": all(
            mean < 0.9 * loss[0.15] for stddev, mean in loss.items() if stddev > 0.15
        ),
        "at 10 both are bad": numpy["val_accuracy"]["10.0"]["mean"] < 0.92
        and keras["val_accuracy"]["10.0"]["mean"] < 0.85,
    }
