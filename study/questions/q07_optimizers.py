"""Question 7: Keras' optimizers, how they end and how large their steps are."""

from typing import Any

from matplotlib.figure import Figure

from study.chance import grouped, mean_curve, summary
from study.drawing import WIDE, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "optimizers": Sweep("train_keras", "practical/optimizers", curves=("train_loss",)),
    "adadelta default": Sweep(
        "train_keras", "practical/seeds", ("+experiment=adadelta_default",), curves=("train_loss",)
    ),
    "steps": Experiment("steps"),
    "rates": Experiment("optimizer_rates"),
}
LOOKS: dict[str, dict[str, Any]] = {  # nesterov lies on momentum, nadam on adam
    "sgd": {"color": "black"},
    "momentum": {"color": "#e69f00", **WIDE},
    "nesterov": {"color": "black", "ls": "--", "lw": 1},
    "rmsprop": {"color": "#cc79a7"},
    "adagrad": {"color": "#777777"},
    "adadelta": {"color": "#009e73"},
    "adam": {"color": "#56b4e9", **WIDE},
    "nadam": {"color": "black", "ls": ":", "lw": 1.5},
    "adadelta, Keras' default": {"color": "#009e73", "ls": "-."},
}
STEPS = {
    "SGD 0.5": "sgd", "Adam 0.01": "adam", "Adadelta 1.0": "adadelta", "Adadelta 0.001": "adadelta, Keras' default",
}  # fmt: skip
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
    return {"by_name": by_name, "curves": curves, "steps": found["steps"], "rates": found["rates"]}


def draw(figures: Figures) -> dict[str, Figure]:
    figure, (left, middle, right) = panels(3, width=9.5, height=4.2)
    for name, curve in figures["curves"].items():
        left.plot(range(1, len(curve) + 1), curve, label=name, **LOOKS[name])
    left.set(yscale="log", xlabel="epoch", ylabel="training loss", title="by epoch")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    for name, ends in figures["rates"]["by_optimizer"].items():
        rates, losses = [end["rate"] for end in ends], [end["train_loss"] for end in ends]
        middle.plot(rates, losses, **LOOKS[name])
        own = closest(rates, name)
        middle.plot(rates[own], losses[own], "o", ms=6, color=LOOKS[name]["color"])
    middle.set(xscale="log", yscale="log", xlabel="rate", ylabel="training loss", title="after 30 epochs, by rate")
    for name, sizes in figures["steps"]["rms"].items():
        right.plot(figures["steps"]["updates"], sizes, **LOOKS[STEPS[name]])
    right.set(xscale="log", yscale="log", xlabel="update", ylabel="root mean square", title="steps of $W_h$")
    return {"optimizers": figure}


def closest(rates: list[float], name: str) -> int:
    """Where the page's rate of this optimizer stands among those tried."""
    own = float(RATES[name].split(",")[0])
    return min(range(len(rates)), key=lambda i: abs(rates[i] - own))


def claims(figures: Figures) -> dict[str, bool]:
    by_name, steps = figures["by_name"], figures["steps"]["rms"]
    trap = by_name["adadelta, Keras' default"]
    loss = {name: found["train_loss"]["mean"] for name, found in by_name.items() if found is not trap}
    accuracy = [found["val_accuracy"]["mean"] for found in by_name.values() if found is not trap]
    curves = figures["curves"]
    adaptive = max(loss[name] for name in ("adam", "nadam", "rmsprop"))
    found = figures["rates"]["by_optimizer"]
    at_rate = {name: ends[closest([end["rate"] for end in ends], name)]["train_loss"] for name, ends in found.items()}
    accurate = [own["train_accuracy"]["mean"] for own in by_name.values() if own is not trap]
    of_seeds = [own["val_accuracy"]["max"] - own["val_accuracy"]["min"] for own in by_name.values()]
    first = figures["rates"]["first_step_of_adadelta"]
    return {
        "with a rate that suits it every optimizer fits": max(loss.values()) < 0.15 and min(accurate) > 0.99,
        "Nesterov lies on momentum, Nadam on Adam": all(
            1 / 1.5 < a / b < 1.5
            for one, other in (("momentum", "nesterov"), ("adam", "nadam"))
            for a, b in zip(curves[one], curves[other], strict=True)
        ),
        "validation accuracies differ less than their seeds do": max(accuracy) - min(accuracy) < 0.7 * min(of_seeds),
        "numpy's optimizers end as Keras' do": all(0.8 < at_rate[name] / loss[name] < 1.25 for name in at_rate),
        "at ten times the rate all six end lower": len(found) == 6
        and all(
            0.95 < ends[-1]["rate"] / (10 * float(RATES[name].split(",")[0])) < 1.05
            and ends[-1]["train_loss"] < at_rate[name] / 4
            and ends[-1]["train_loss"] < 0.003
            for name, ends in found.items()
        )
        and (at_rate["adam"] < 0.5 * at_rate["momentum"])
        and (found["momentum"][-1]["train_loss"] < 0.5 * found["adam"][-1]["train_loss"]),
        "epsilon alone sets Adadelta's first step": 0.7 * first < steps["Adadelta 1.0"][0] <= first,
        "Adadelta's steps stay as small": all(first / 4 < size < 1.2 * first for size in steps["Adadelta 1.0"][:-1]),
        "Adam, Nadam and RMSprop end lowest": 2 * adaptive < min(loss[n] for n in ("sgd", "adagrad", "adadelta")),
        "Adadelta at Keras' default has hardly moved": trap["train_loss"]["mean"] > 2
        and trap["train_accuracy"]["mean"] < 0.45,
        "Adam's first step is about its rate": 0.7 < steps["Adam 0.01"][0] / 0.01 < 1.1,
        "at 0.001 its steps are a thousand times smaller": 500
        < steps["Adadelta 1.0"][0] / steps["Adadelta 0.001"][0]
        < 2000,
        "Adam's steps shrink as it arrives": steps["Adam 0.01"][-1] < steps["Adam 0.01"][0] / 10,
    }
