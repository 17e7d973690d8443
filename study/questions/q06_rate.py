"""Question 6: the learning rate of plain gradient descent, too low and too high."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.chance import grouped, mean_curve
from study.drawing import GRAY, KERAS, NUMPY, over_seeds, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "keras": Sweep("train_keras", "practical/rate", curves=("train_loss",)),
    "keras, batch 1": Sweep("train_keras", "practical/rate_batch_1", curves=("train_loss",)),
    "numpy": Sweep("train_numpy", "practical/rate", curves=("train_loss",)),
    "curvature": Experiment("curvature"),
}
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
TRAINED = 1077  # digits


def measure(found: dict) -> Figures:
    nets = {
        "numpy, batch 1": (found["numpy"], 1),
        "numpy, batch 32": (found["numpy"], 32),
        "keras, batch 1": (found["keras, batch 1"], 1),
        "keras, batch 32": (found["keras"], 32),
    }
    curved = found["curvature"]
    bounds = {name: float(f"{2 / curved[name]:.6g}") for name in ("mean_loss", "single_median", "single_max")}
    figures = {name: of_net(table, batch) for name, (table, batch) in nets.items()}
    return {"nets": figures, "curvature": curved, "bounds": bounds}


def of_net(table: dict, batch: int) -> dict:
    only = {"batch_size": batch} if "batch_size" in table else {}
    curves = {
        f"{rate:g}": mean_curve(table, "train_loss", learning_rate=rate, **only)
        for rate in sorted(set(table["learning_rate"]))
    }
    final = {figure: grouped(table, "learning_rate", figure, **only) for figure in FIGURES}
    return {"updates_an_epoch": math.ceil(TRAINED / batch), "curves": curves, **final}


def draw(figures: Figures) -> dict[str, Figure]:
    nets = figures["nets"]
    figure, (by_epoch, by_update, final) = panels(3, width=9.5, height=3.3)
    for name, style, color in STYLES:
        over_seeds(final, nets[name]["train_loss"], color, name, style)
        for axes in (by_epoch, by_update):
            curves(axes, nets[name], color, style, axes is by_update)
    by_epoch.set(xlabel="epoch", yscale="log", title="training loss, rate 0.1")
    by_update.set(xlabel="update", yscale="log", xscale="log", title="the same by update")
    final.axhline(math.log(10), color=GRAY, lw=0.8)
    final.text(3e-3, 1.1 * math.log(10), "guessing", color=GRAY, fontsize=7, va="bottom")
    final.set(xlabel="learning rate", xscale="log", yscale="log", title="training loss after 30 epochs")
    final.legend(fontsize=7)
    return {"rate": figure, "rate_curves": all_rates(nets)}


STYLES = (
    ("numpy, batch 1", "-", NUMPY), ("numpy, batch 32", "--", NUMPY),
    ("keras, batch 1", "-", KERAS), ("keras, batch 32", "--", KERAS),
)  # fmt: skip


def curves(axes: Axes, net: dict, color: str, style: str, by_update: bool) -> None:
    curve = net["curves"]["0.1"]
    step = net["updates_an_epoch"] if by_update else 1
    axes.plot([step * (i + 1) for i in range(len(curve))], curve, style, color=color)


def all_rates(nets: dict) -> Figure:
    """The course of the loss at every rate, for the two that have one, each batch its own network."""
    from matplotlib import colormaps

    figure, axes = panels(2, width=9, height=3.2, sharey=True)
    for ax, name in zip(axes, ("numpy, batch 1", "keras, batch 32"), strict=True):
        for i, (rate, curve) in enumerate(nets[name]["curves"].items()):
            color = colormaps["viridis"](0.95 * i / (len(nets[name]["curves"]) - 1))
            ax.plot(range(1, len(curve) + 1), curve, color=color, label=rate)
        ax.set(xlabel="epoch", yscale="log", title=name)
        ax.legend(title="rate", fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5), handlelength=1.5)
    axes[0].set_ylabel("training loss, mean of the seeds")
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    mean = {
        net: {figure: {rate: group["mean"] for rate, group in found[figure].items()} for figure in FIGURES}
        for net, found in figures["nets"].items()
    }
    one, many, keras = mean["numpy, batch 1"], mean["numpy, batch 32"], mean["keras, batch 32"]
    flat, bounds = figures["curvature"]["flat"], figures["bounds"]
    return {
        "at 0.0001 Keras stays at guessing": keras["train_loss"]["0.0001"] > 2,
        "at 0.0001 numpy is slow": 0.8 < one["train_loss"]["0.0001"] < 2.2,
        "at 0.1 numpy has learned every digit": one["train_accuracy"]["0.1"] > 0.995,
        "from 1 on batches of 1 do not recover": (
            min(one["train_loss"][rate] for rate in ("1.0", "3.0", "10.0", "100.0")) > 20 * one["train_loss"]["0.1"]
        ),
        "the bound of a single sample lies where batches of 1 break": 0.03 < bounds["single_max"] < 0.3
        and (bounds["single_max"] < bounds["single_median"] < bounds["mean_loss"] < 1),
        "where training breaks the hidden units are flat": (
            flat["1"]["1"] > 0.8 and flat["32"]["100"] > 0.9 and flat["32"]["1"] < 0.1 and flat["1"]["0.1"] < 0.1
        ),
        "at 10 and 100 numpy breaks": min(one["val_loss"]["10.0"], one["val_loss"]["100.0"]) > 1,
        "batch 32 bears a higher rate": (
            many["train_loss"]["10.0"] < 0.5 * many["train_loss"]["1.0"] < 0.1 * one["train_loss"]["10.0"]
            and many["train_loss"]["100.0"] > 0.2
        ),
        "Keras and numpy agree at batch 32": all(
            abs(math.log(keras["train_loss"][rate] / many["train_loss"][rate])) < 0.35 for rate in ("0.01", "0.1")
        ),
    }
