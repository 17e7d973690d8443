"""Question 14: both networks from the same start, then one difference at a time, then as they are committed."""

import numpy as np
from matplotlib.figure import Figure

from study.chance import mean_curve, summary
from study.drawing import GRAY, KERAS, NUMPY, WIDE, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

CURVES = ("train_loss", "val_loss")
EVIDENCE = {
    "same start": Experiment("same_start"),
    "numpy": Sweep("train_numpy", "practical/seeds", curves=CURVES),
    "keras, same": Sweep("train_keras", "practical/same", ("+experiment=same",), CURVES),
    "batch": Sweep("train_keras", "practical/batch", ("+experiment=same",), CURVES),
    "factors": Sweep("train_keras", "practical/factors", curves=CURVES),
    "returned": Experiment("fit_losses"),
    "tracked": Sweep("", "seeds"),
    "five seeds": Experiment("sureness"),
    "nearby": Experiment("nearby"),
}
LOOKS: dict[str, dict] = {
    "numpy": {"color": NUMPY, **WIDE},
    "keras, as numpy": {"color": "black"},
    "keras, batch 32": {"color": "#009e73"},
    "keras, batch 32, rate 0.5": {"color": "#cc79a7"},
    "keras, batch 32, Adam 0.01": {"color": "#e69f00", **WIDE},
    "keras, batch 32, Adam 0.01, Glorot": {"color": KERAS},
}
FIGURES = ("train_loss", "val_loss", "val_accuracy")
LADDER: dict[str, tuple[str, dict]] = {  # a setting changed from rung to rung: the sweep, and its rows
    "numpy": ("numpy", {}),
    "keras, as numpy": ("keras, same", {}),
    "keras, batch 32": ("batch", {"learning_rate": 0.15}),
    "keras, batch 32, rate 0.5": ("batch", {"learning_rate": 0.5}),
    "keras, batch 32, Adam 0.01": ("factors", {"kernel_initializer": "normal_0.15"}),
    "keras, batch 32, Adam 0.01, Glorot": ("factors", {"kernel_initializer": "glorot_uniform"}),
}


def measure(found: dict) -> Figures:
    ladder = {}
    for name, (evidence, where) in LADDER.items():
        table = found[evidence]
        rows = [i for i in range(len(table["seed"])) if all(table[key][i] == value for key, value in where.items())]
        ladder[name] = {
            **{figure: summary([table[figure][i] for i in rows]) for figure in FIGURES},
            "curves": {figure: mean_curve(table, figure, **where) for figure in CURVES},
        }
    tracked = found["tracked"]
    differences = {
        figure: summary(np.subtract(tracked[f"keras.test_{figure}"], tracked[f"numpy.test_{figure}"]))
        for figure in ("accuracy", "loss")
    }
    returned = found["returned"]
    five = {figure: five_seeds(found["five seeds"][figure]) for figure in CURVES}
    return {
        "same_start": found["same start"], "ladder": ladder, "differences": differences, "returned": returned,
        "five": five, "nearby": found["nearby"],
    }  # fmt: skip


def five_seeds(by_seed: list[list[float]]) -> Figures:
    """Mean and range of numpy's first seeds, epoch by epoch: those that Keras has with batches of 1."""
    curves = np.array(by_seed)[:, 1:]  # without the start
    ends = {"mean": curves.mean(axis=0), "min": curves.min(axis=0), "max": curves.max(axis=0)}
    return {name: [float(f"{value:.6g}") for value in curve] for name, curve in ends.items()}


def draw(figures: Figures) -> dict[str, Figure]:
    return {
        "same_start": same_start(figures["same_start"], figures["nearby"]),
        "ladder": ladder(figures["ladder"], figures["five"]),
        "learning": learning(figures),
    }


def learning(figures: Figures) -> Figure:
    """What `fit` returned; and L, the sum over the training digits, for both networks as they are committed."""
    figure, (left, right) = panels(2)
    returned, ladder = figures["returned"], figures["ladder"]
    left.fill_between(
        returned["updates"], returned["shares"]["0.5"], returned["max"], color=NUMPY, alpha=0.15, lw=0,
        label="from the median to the largest",
    )  # fmt: skip
    left.plot(returned["updates"], returned["mean"], color=NUMPY, lw=1.2, label="mean")
    left.set(yscale="log", xlabel="update", ylabel="loss of one sample", title="losses that fit returns, numpy")
    left.legend(fontsize=8)
    for color, name, shown in ((NUMPY, "numpy", "numpy"), (KERAS, list(ladder)[-1], "keras")):
        curve = returned["n_samples"] * np.array(ladder[name]["curves"]["train_loss"])
        right.plot(range(1, len(curve) + 1), curve, color=color, label=shown)
    right.set(yscale="log", xlabel="epoch", ylabel="$L$", title="after each epoch")
    right.legend()
    return figure


def same_start(same: dict, nearby: dict) -> Figure:
    figure, (left, right) = panels(2, width=8.5, height=3.4)
    left.plot(same["updates"], same["losses"]["numpy, float64"], color=NUMPY, lw=4, alpha=0.35, label="numpy, float64")
    left.plot(same["updates"], same["losses"]["Keras"], color=KERAS, lw=1, label="keras, float32")
    left.set(yscale="log", xlabel="update", ylabel="training loss", title="both networks")
    left.legend()
    difference = np.maximum(same["loss_difference"]["float64"], 1e-10)
    right.plot(same["updates"], difference, color=NUMPY, label="loss: keras and numpy")
    right.plot(same["updates"], same["apart"]["float64"], color=KERAS, label="weights: keras and numpy")
    right.plot(nearby["updates"], nearby["apart"], "--", color=GRAY, label="weights: two numpy networks")
    right.set(yscale="log", xlabel="update", ylabel="absolute difference", title="between two networks")
    right.set_ylim(top=0.1)  # room for the legend
    right.legend(fontsize=8, loc="upper left")
    return figure


def ladder(rungs: dict, five: dict) -> Figure:
    figure, axes = panels(2, width=8.5, height=4.0)
    for ax, (figure_name, title) in zip(
        axes, (("train_loss", "training loss"), ("val_loss", "validation loss")), strict=True
    ):
        for name, rung in rungs.items():
            curve = five[figure_name]["mean"] if name == "numpy" else rung["curves"][figure_name]
            ax.plot(range(1, len(curve) + 1), curve, label=name, **LOOKS[name])
        ax.set(yscale="log", xlabel="epoch", ylabel=title)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    same, rungs, differences = figures["same_start"], figures["ladder"], figures["differences"]
    loss, returned = np.array(same["losses"]["Keras"]), figures["returned"]
    apart = np.array(same["loss_difference"]["float64"])
    val = {name: rung["val_loss"]["mean"] for name, rung in rungs.items()}
    train = {name: rung["train_loss"]["mean"] for name, rung in rungs.items()}
    five = {figure: figures["five"][figure]["mean"] for figure in CURVES}
    as_numpy = rungs["keras, as numpy"]["curves"]["train_loss"]
    away = np.array(as_numpy) / np.array(five["train_loss"])
    shown = [five["val_loss"], *(rung["curves"]["val_loss"] for name, rung in rungs.items() if name != "numpy")]
    rise = [curve[-1] / min(curve) for curve in shown]
    spread = np.array(figures["five"]["train_loss"]["max"]) / np.array(figures["five"]["train_loss"]["min"])
    jump = [same["updates"].index(update) for update in (1900, 2450)]
    parting = (same["apart"]["float64"], figures["nearby"]["apart"])
    return {
        "the same updates give the same curve": bool((apart < 1e-3 * loss).all()),
        "set as numpy Keras ends where numpy does": abs(val["keras, as numpy"] / five["val_loss"][-1] - 1) < 0.3
        and abs(away[-1] - 1) < 0.2,
        "in between Keras lies lower, then higher, where single seeds jump": bool(
            max(away[1:5], default=1) < 0.85
            and 1.3 < max(away[5:9], default=0) < 3
            and min(away[5:9], default=0) > 1.1
            and max(spread[5:9], default=0) > 3
        ),
        "no validation loss rises much from its lowest": max(rise) < 1.1,
        "two numpy networks part in the same updates": all(
            np.log(apart[jump[1]] / apart[jump[0]]) > 0.4 * np.log(apart[-1] / apart[0]) for apart in parting
        ),
        "fewer updates leave a larger training loss": train["keras, batch 32"] > 20 * train["numpy"],
        "the higher rate makes up for a part": train["keras, batch 32, rate 0.5"] < train["keras, batch 32"] / 2,
        "single losses scatter while their mean falls": (
            returned["mean"][-1] < returned["mean"][0] / 100 and returned["max"][0] > 5 * returned["mean"][0]
        ),
        "Adam makes up for it": train["keras, batch 32, Adam 0.01"] < train["keras, batch 32, rate 0.5"] / 2,
        "on test digits neither is surely better": all(
            found["low"] < 0 < found["high"] for found in differences.values()
        ),
        "the interval of the accuracy's difference is small": max(
            map(abs, (differences["accuracy"]["low"], differences["accuracy"]["high"]))
        )
        < 0.01,
    }
