"""Question 14: both networks from the same start, then one difference at a time, then as they are committed."""

import numpy as np
from matplotlib.figure import Figure

from study.chance import mean_curve, summary
from study.drawing import KERAS, NUMPY, SERIES, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

CURVES = ("train_loss", "val_loss")
EVIDENCE = {
    "same start": Experiment("same_start"),
    "numpy": Sweep("train_numpy", "practical/seeds", curves=CURVES),
    "keras, same": Sweep("train_keras", "practical/same", ("+experiment=same",), CURVES),
    "factors": Sweep("train_keras", "practical/factors", curves=CURVES),
    "tracked": Sweep("", "seeds"),
}
FIGURES = ("train_loss", "val_loss", "val_accuracy")
LADDER = {
    "keras, batch 32, SGD 0.5": {"optimizer": "sgd", "kernel_initializer": "normal_0.15"},
    "keras, batch 32, Adam": {"optimizer": "adam", "kernel_initializer": "normal_0.15"},
    "keras, batch 32, Adam, Glorot": {"optimizer": "adam", "kernel_initializer": "glorot_uniform"},
}


def measure(found: dict) -> Figures:
    rungs: dict[str, tuple[dict, dict]] = {"numpy": (found["numpy"], {}), "keras, as numpy": (found["keras, same"], {})}
    rungs |= {name: (found["factors"], where) for name, where in LADDER.items()}
    ladder = {}
    for name, (table, where) in rungs.items():
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
    return {"same_start": found["same start"], "ladder": ladder, "differences": differences}


def draw(figures: Figures) -> dict[str, Figure]:
    return {"same_start": same_start(figures["same_start"]), "ladder": ladder(figures["ladder"])}


def same_start(same: dict) -> Figure:
    figure, (left, right) = panels(2)
    left.plot(same["updates"], same["losses"]["numpy, float64"], color=NUMPY, lw=4, alpha=0.35, label="numpy, float64")
    left.plot(same["updates"], same["losses"]["Keras"], color=KERAS, lw=1, label="Keras, float32")
    left.set(yscale="log", xlabel="update", title="training loss, both networks")
    left.legend()
    for color, kind in ((NUMPY, "float64"), ("#009e73", "float32")):
        difference = np.maximum(same["loss_difference"][kind], 1e-10)
        right.plot(same["updates"], difference, color=color, label=f"loss, numpy in {kind}")
        right.plot(same["updates"], np.maximum(same["apart"][kind], 1e-10), ":", color=color, label=f"weights, {kind}")
    right.set(yscale="log", xlabel="update", title="|Keras - numpy|, largest for weights")
    right.legend(fontsize=7)
    return figure


def ladder(rungs: dict) -> Figure:
    figure, axes = panels(2, width=9, height=3.4)
    for ax, (figure_name, title) in zip(
        axes, (("train_loss", "training loss"), ("val_loss", "validation loss")), strict=True
    ):
        for color, (name, rung) in zip(SERIES, rungs.items(), strict=False):
            curve = rung["curves"][figure_name]
            ax.plot(range(1, len(curve) + 1), curve, color=color, label=name)
        ax.set(yscale="log", xlabel="epoch", title=f"{title}, mean of the seeds")
    axes[0].legend(fontsize=7)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    same, rungs, differences = figures["same_start"], figures["ladder"], figures["differences"]
    loss = np.array(same["losses"]["Keras"])
    apart = np.array(same["loss_difference"]["float64"])
    val = {name: rung["val_loss"]["mean"] for name, rung in rungs.items()}
    train = {name: rung["train_loss"]["mean"] for name, rung in rungs.items()}
    return {
        "the same updates give the same curve": bool((apart < 1e-3 * loss).all()),
        "set as numpy Keras ends where numpy does": abs(val["keras, as numpy"] / val["numpy"] - 1) < 0.3,
        "fewer updates leave a larger training loss": train["keras, batch 32, SGD 0.5"] > 2 * train["numpy"],
        "Adam makes up for it": train["keras, batch 32, Adam"] < train["keras, batch 32, SGD 0.5"] / 2,
        "the interval of the accuracy's difference is small": max(
            map(abs, (differences["accuracy"]["low"], differences["accuracy"]["high"]))
        )
        < 0.01,
    }
