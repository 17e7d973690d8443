"""Question 6: the learning rate of plain gradient descent, too low and too high."""

import math

from matplotlib.figure import Figure

from study.chance import grouped, mean_curve, rises
from study.drawing import GRAY, KERAS, NUMPY, panels
from study.experiment import Experiment
from study.places import ROOT
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "keras": Sweep("train_keras", "practical/rate", curves=("train_loss",)),
    "keras, batch 1": Sweep("train_keras", "practical/rate_batch_1", curves=("train_loss",)),
    "numpy": Sweep("train_numpy", "practical/rate", curves=("train_loss",)),
    "width": Sweep("train_numpy", "practical/width", curves=("train_loss",)),
    "curvature": Experiment("curvature"),
    "course": Experiment("rate_course", reads=(ROOT / "study/experiments/curvature.py",)),
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
    standard = {figure: grouped(found["width"], "n_hidden", figure)["100"] for figure in FIGURES}
    return {
        "nets": figures, "curvature": curved, "bounds": bounds, "course": found["course"], "standard": standard,
    }  # fmt: skip


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


NETS = ("numpy, batch 1", "keras, batch 1", "numpy, batch 32", "keras, batch 32")
COLORS = {
    "0.0001": "#30123b", "0.001": "#4662d7", "0.01": "#1ba3e0", "0.03": "#0f8f7a", "0.1": "#2ca02c",
    "0.3": "#a8b400", "1": "#e6a000", "3": "#e8590c", "10": "#d6006e", "100": "#6b0f1a",
}  # fmt: skip


def all_rates(nets: dict) -> Figure:
    """The course of the loss at every rate."""
    figure = Figure(figsize=(8, 5.4), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True, sharey=True)
    lines = {}
    for ax, name in zip(axes.ravel(), NETS, strict=True):
        for rate, curve in nets[name]["curves"].items():
            style = ("-", "--")[list(COLORS).index(rate) % 2]
            (lines[rate],) = ax.plot(range(1, len(curve) + 1), curve, style, color=COLORS[rate], lw=1.4)
        ax.axhline(math.log(10), color=GRAY, lw=0.8)
        n = next(iter(nets[name]["train_loss"].values()))["n"]
        ax.set(yscale="log", title=f"{name} ({n} seeds)")
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    for ax in axes[:, 0]:
        ax.set_ylabel("training loss")
    shown = [rate for rate in list(COLORS)[::-1] if rate in lines]
    figure.legend([lines[rate] for rate in shown], shown, title="rate", loc="outside right center")
    return figure


def against_rate(nets: dict) -> Figure:
    """Training and validation loss and training accuracy; filled and whole: batches of 1, hollow and dashed: of 32."""
    figure, row = panels(3, width=8.5, height=3.3)
    looks = (("train_loss", "training loss"), ("val_loss", "validation loss"), ("train_accuracy", "training accuracy"))
    for axes, (kind, label) in zip(row, looks, strict=True):
        for name in NETS:
            net, batch = name.split(", ")
            groups, color = nets[name][kind], NUMPY if net == "numpy" else KERAS
            x, y = [float(rate) for rate in groups], [group["mean"] for group in groups.values()]
            away = [[abs(group["mean"] - group[end]) for group in groups.values()] for end in ("min", "max")]
            # Few points, some of them where all networks end: on top.
            top = {"zorder": 4} if name == "keras, batch 1" else {}
            wide = {"lw": 3.5, "ms": 7, "alpha": 0.5} if net == "numpy" else {"lw": 1.2, "ms": 4}
            line, marker = ("-", "o") if batch == "batch 1" else ("--", "s")
            axes.errorbar(x, y, away, fmt="none", ecolor=color, elinewidth=0.8)
            axes.plot(
                x,
                y,
                line,
                marker=marker,
                mfc=color if batch == "batch 1" else "white",
                color=color,
                label=name,
                **wide,
                **top,
            )
        axes.set(xscale="log", xlabel="learning rate", ylabel=label)
    for axes in row[:2]:
        axes.axhline(math.log(10), color=GRAY, lw=0.8)
        axes.set(yscale="log")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    mean = {
        net: {figure: {rate: group["mean"] for rate, group in found[figure].items()} for figure in FIGURES}
        for net, found in figures["nets"].items()
    }
    one, many, keras = mean["numpy, batch 1"], mean["numpy, batch 32"], mean["keras, batch 32"]
    flat, bounds, course = figures["curvature"]["flat"], figures["bounds"], figures["course"]
    losses, later = course["losses"], list(course["bounds"].values())
    failing = [("numpy, batch 1", rate) for rate in ("1.0", "3.0", "10.0", "100.0")] + [("numpy, batch 32", "100.0")]
    standard = {figure: group["mean"] for figure, group in figures["standard"].items()}
    good = (
        ("numpy, batch 1", "0.1"), ("keras, batch 1", "0.1"), ("numpy, batch 32", "1.0"), ("keras, batch 32", "1.0"),
    )  # fmt: skip
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
        "at 0.0001 batches of 1 learn something, batches of 32 nothing": (
            0.6 < one["train_accuracy"]["0.0001"] < 0.9
            and 0.8 < one["train_loss"]["0.0001"] < 2.2
            and min(many["train_loss"]["0.0001"], keras["train_loss"]["0.0001"]) > math.log(10)
        ),
        "at 0.1 numpy has learned every digit": one["train_accuracy"]["0.1"] > 0.995,
        "from 1 on batches of 1 do not recover": (
            min(one["train_loss"][rate] for rate in ("1.0", "3.0", "10.0", "100.0")) > 20 * one["train_loss"]["0.1"]
        ),
        "where the loss is high most answers are right, and the wrong ones make the loss": all(
            mean[name]["train_loss"][rate] > 0.2
            and 0.8 < mean[name]["train_accuracy"][rate] < 0.99
            and mean[name]["train_loss"][rate] > 10 * (1 - mean[name]["train_accuracy"][rate])
            for name, rate in failing
        )
        and min(course["of_wrong"].values()) > 0.97
        and all(one["train_accuracy"]["100.0"] <= mean[name]["train_accuracy"][rate] for name, rate in failing)
        and all(one["train_accuracy"]["1.0"] >= mean[name]["train_accuracy"][rate] for name, rate in failing),
        "the first steps are too large, and lead to where the loss is flatter": (
            later[0] < 0.5 * course["rate"]
            and later[-1] > 5 * course["rate"]
            and later == sorted(later)
            and max(losses[:10]) > 1.15 * losses[0]
            and losses[-1] < 0.3 * losses[0]
        ),
        "the standard rate has less training loss and more validation loss than 0.1": (
            standard["train_loss"] < 0.7 * one["train_loss"]["0.1"] and standard["val_loss"] > one["val_loss"]["0.1"]
        ),
        "the bound of a single sample lies where batches of 1 break": 0.03 < bounds["single_max"] < 0.3
        and (bounds["single_max"] < bounds["single_median"] < bounds["mean_loss"] < 1),
        "where training breaks the hidden units are flat": (
            flat["1"]["1"] > 0.8 and flat["32"]["100"] > 0.9 and flat["32"]["1"] < 0.1 and flat["1"]["0.1"] < 0.1
        ),
        "batch 32 bears a higher rate": (
            many["train_loss"]["10.0"] < 0.5 * many["train_loss"]["1.0"] < 0.1 * one["train_loss"]["10.0"]
            and many["train_loss"]["100.0"] > 0.2
            and keras["train_loss"]["10.0"] < 0.5 * keras["train_loss"]["1.0"]
            and all(net["val_loss"]["10.0"] > 2 * min(net["val_loss"].values()) for net in (many, keras))
        ),
    }
