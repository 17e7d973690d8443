"""Question 6: the learning rate of plain gradient descent, too low and too high."""

import math
from typing import Any

from matplotlib.figure import Figure

from study.chance import grouped, mean_curve, rises
from study.drawing import GRAY, panels
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
    return {"rate_curves": all_rates(figures["nets"]), "rate": against_rate(figures["nets"])}


STYLES = (
    ("numpy, batch 1", "-", "o"), ("keras, batch 1", "--", "s"),
    ("numpy, batch 32", "-.", "^"), ("keras, batch 32", ":", "D"),
)  # fmt: skip
RATES = ("0.0001", "0.001", "0.01", "0.03", "0.1", "0.3", "1", "3", "10", "100")


def color_of(rate: str) -> Any:
    """The same for a rate in all panels."""
    from matplotlib import colormaps

    bright = colormaps["turbo"](0.05 + 0.9 * RATES.index(rate) / (len(RATES) - 1))
    return tuple(0.85 * part for part in bright[:3])  # so that green and yellow can be seen on white


def all_rates(nets: dict) -> Figure:
    """The course of the loss at every rate."""
    figure = Figure(figsize=(8, 5.4), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True, sharey=True)
    lines = {}
    for ax, (name, _, _) in zip(axes.ravel(), STYLES, strict=True):
        for rate, curve in nets[name]["curves"].items():
            (lines[rate],) = ax.plot(
                range(1, len(curve) + 1), curve, ("-", "--")[RATES.index(rate) % 2], color=color_of(rate), lw=1.4
            )
        ax.axhline(math.log(10), color=GRAY, lw=0.8)
        ax.set(yscale="log", title=name)
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    for ax in axes[:, 0]:
        ax.set_ylabel("training loss")
    shown = [rate for rate in RATES[::-1] if rate in lines]
    figure.legend([lines[rate] for rate in shown], shown, title="rate", loc="outside right center")
    return figure


def against_rate(nets: dict) -> Figure:
    figure, (final, by_update) = panels(2, width=8, height=3.6)
    for name, style, marker in STYLES:
        groups = nets[name]["train_loss"]
        x, y = [float(rate) for rate in groups], [group["mean"] for group in groups.values()]
        away = [[abs(group["mean"] - group[end]) for group in groups.values()] for end in ("min", "max")]
        final.errorbar(x, y, away, fmt=style, color=GRAY, lw=1, elinewidth=0.8, zorder=1)
        final.scatter(x, y, c=[color_of(f"{rate:g}") for rate in x], marker=marker, s=26, zorder=2)
        final.plot([], [], style, marker=marker, color=GRAY, ms=5, label=name)
        curve = nets[name]["curves"]["0.1"]
        updates = [nets[name]["updates_an_epoch"] * (i + 1) for i in range(len(curve))]
        net, batch = name.split(", ")
        look = {"lw": 5, "alpha": 0.6, "color": color_of("0.1")} if net == "numpy" else {"ls": "--", "color": "black"}
        by_update.plot(updates, curve, **look, label=net if batch == "batch 1" else None)
        if net == "numpy":
            at = min(5, len(curve) - 1)
            by_update.annotate(batch, (updates[at], curve[at]), (8, 8), textcoords="offset points")
    final.axhline(math.log(10), color=GRAY, lw=0.8)
    final.set(xlabel="learning rate", xscale="log", yscale="log", title="training loss after 30 epochs")
    final.legend(fontsize=8)
    by_update.set(xlabel="update", yscale="log", xscale="log", title="training loss at rate 0.1")
    by_update.legend()
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    mean = {
        net: {figure: {rate: group["mean"] for rate, group in found[figure].items()} for figure in FIGURES}
        for net, found in figures["nets"].items()
    }
    one, many, keras = mean["numpy, batch 1"], mean["numpy, batch 32"], mean["keras, batch 32"]
    flat, bounds = figures["curvature"]["flat"], figures["bounds"]
    good = (("numpy, batch 1", "0.1"), ("numpy, batch 32", "1.0"), ("keras, batch 32", "1.0"))
    val = {
        name: {rate: group["mean"] for rate, group in net["val_loss"].items()} for name, net in figures["nets"].items()
    }
    return {
        "good rates learn all and keep the validation loss low": all(
            figures["nets"][name]["train_accuracy"][rate]["mean"] > 0.9995
            and val[name][rate] < 1.2 * min(val[name].values())
            for name, rate in good
        ),
        "too high a rate makes the loss jump": all(
            rises(figures["nets"][f"numpy, batch {batch}"]["curves"][rate]) >= least
            for batch, rate, least in ((1, "1", 3), (1, "10", 3), (1, "100", 3), (32, "100", 3))
        )
        and all(rises(figures["nets"][name]["curves"][f"{float(rate):g}"]) <= 1 for name, rate in good),
        "at 0.1 Keras stays near numpy": all(
            1 / 1.5 < of_keras / of_numpy < 1.5
            for batch in (1, 32)
            for of_numpy, of_keras in zip(
                *(figures["nets"][f"{net}, batch {batch}"]["curves"]["0.1"] for net in ("numpy", "keras")), strict=True
            )
        ),
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
    }
