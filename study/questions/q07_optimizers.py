"""Question 7: Keras' optimizers, how they end and how large their steps are."""

from typing import Any

from matplotlib.figure import Figure

from study.chance import grouped, mean_curve, summary
from study.drawing import SERIES, WIDE, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "optimizers": Sweep("train_keras", "practical/optimizers", curves=("train_loss",)),
    "adadelta default": Sweep(
        "train_keras", "practical/seeds", ("+experiment=adadelta_default",), curves=("train_loss",)
    ),
    "steps": Experiment("steps"),
}
ON_IT: dict[str, Any] = {"ls": "--"}
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
RATES = {
    "sgd": "0.5", "momentum": "0.1, momentum 0.9", "nesterov": "0.1, momentum 0.9", "rmsprop": "0.003",
    "adagrad": "0.1", "adadelta": "1", "adam": "0.01", "nadam": "0.01",
}  # fmt: skip


def measure(found: dict) -> Figures:
    table, trap = found["optimizers"], found["adadelta default"]
    by_name = {
        name: {"rate": RATES[name], **{figure: grouped(table, "optimizer", figure)[name] for figure in FIGURES}}
        for name in RATES
    }
    by_name["adadelta, Keras' default"] = {"rate": "0.001", **{figure: summary(trap[figure]) for figure in FIGURES}}
    curves = {name: mean_curve(table, "train_loss", optimizer=name) for name in RATES}
    curves["adadelta, Keras' default"] = mean_curve(trap, "train_loss")
    return {"by_name": by_name, "curves": curves, "steps": found["steps"]}


def draw(figures: Figures) -> dict[str, Figure]:
    figure, (left, right) = panels(2, width=8.5, height=4.4)
    looks = {"momentum": WIDE, "nesterov": ON_IT, "adam": WIDE, "nadam": ON_IT}
    for name, color in zip(figures["curves"], (*SERIES[:7], "#f0e442", "#661100"), strict=True):
        curve = figures["curves"][name]
        left.plot(range(1, len(curve) + 1), curve, color=color, label=name, **looks.get(name, {}))
    left.set(yscale="log", xlabel="epoch", title="training loss, mean of ten seeds")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize=8)
    for color, (name, sizes) in zip(SERIES, figures["steps"]["rms"].items(), strict=False):
        right.plot(figures["steps"]["updates"], sizes, color=color, label=name)
    right.set(xscale="log", yscale="log", xlabel="update", title="root mean square of the step of $W_h$")
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize=8)
    return {"optimizers": figure}


def claims(figures: Figures) -> dict[str, bool]:
    by_name, steps = figures["by_name"], figures["steps"]["rms"]
    trap = by_name["adadelta, Keras' default"]
    loss = {name: found["train_loss"]["mean"] for name, found in by_name.items() if found is not trap}
    accuracy = [found["val_accuracy"]["mean"] for found in by_name.values() if found is not trap]
    adaptive = max(loss[name] for name in ("adam", "nadam", "rmsprop"))
    return {
        "with a rate that suits it every optimizer fits": max(loss.values()) < 0.15,
        "validation accuracy hardly tells them apart": max(accuracy) - min(accuracy) < 0.02,
        "Adam, Nadam and RMSprop end lowest": 2 * adaptive < min(loss[n] for n in ("sgd", "adagrad", "adadelta")),
        "Adadelta at Keras' default has hardly moved": trap["train_loss"]["mean"] > 2
        and trap["train_accuracy"]["mean"] < 0.45,
        "Adam's first step is about its rate": 0.7 < steps["Adam 0.01"][0] / 0.01 < 1.1,
        "at 0.001 its steps are a thousand times smaller": 500
        < steps["Adadelta 1.0"][0] / steps["Adadelta 0.001"][0]
        < 2000,
        "Adam's steps shrink as it arrives": steps["Adam 0.01"][-1] < steps["Adam 0.01"][0] / 10,
    }
