"""Question 4: loss, accuracy and time against the width of the hidden layer, at a fixed and at a tuned rate."""

from matplotlib.figure import Figure

from study import times
from study.chance import grouped, summary
from study.drawing import KERAS, NUMPY, over_seeds, panels, plain
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "keras": Sweep("train_keras", "practical/width"),
    "numpy": Sweep("train_numpy", "practical/width"),
    "keras rates": Sweep("train_keras", "practical/width_and_rate"),
    "numpy rates": Sweep("train_numpy", "practical/width_and_rate"),
    "two units": Sweep("train_numpy", "practical/seeds", ("+experiment=two_units",)),
}
COMMITTED = {"keras": 0.01, "numpy": 0.15}  # learning rates
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def measure(found: dict) -> Figures:
    figures: Figures = {}
    for net in ("keras", "numpy"):
        fixed = {figure: grouped(found[net], "n_hidden", figure) for figure in FIGURES}
        seconds = grouped(found[net], "n_hidden", "training_seconds")
        figures[net] = {"fixed": fixed, "tuned": tuned(found[f"{net} rates"], fixed)}
        figures[net]["rates"] = sorted({*found[f"{net} rates"]["learning_rate"], COMMITTED[net]})
        figures[net]["seconds"] = {width: group["mean"] for width, group in seconds.items()}
    figures["two_units"] = {figure: summary(found["two units"][figure]) for figure in FIGURES}
    return times.kept("q04_width", figures, ("keras", "seconds"), ("numpy", "seconds"))


def tuned(table: dict, fixed: dict) -> dict:
    """For each width the rate with the smallest mean validation loss, the committed one among them."""
    best = {}
    for width in sorted(set(table["n_hidden"])):
        rates = sorted(set(table["learning_rate"]))
        candidates = {"committed": {figure: fixed[figure][str(width)] for figure in FIGURES}}
        for rate in rates:
            candidates[f"{rate:g}"] = {
                figure: grouped(table, "n_hidden", figure, n_hidden=width, learning_rate=rate)[str(width)]
                for figure in FIGURES
            }
        rate = min(candidates, key=lambda name: candidates[name]["val_loss"]["mean"])
        best[str(width)] = {"rate": rate, **candidates[rate]}
    return best


def draw(figures: Figures) -> dict[str, Figure]:
    figure, (loss, accuracy, time) = panels(3, width=9.5)
    for net, color in (("numpy", NUMPY), ("keras", KERAS)):
        fixed, best = figures[net]["fixed"], figures[net]["tuned"]
        over_seeds(loss, fixed["train_loss"], color, f"{net}, training")
        over_seeds(loss, fixed["val_loss"], color, f"{net}, validation", ":")
        over_seeds(accuracy, fixed["val_accuracy"], color, f"{net}, fixed rate")
        over_seeds(accuracy, {w: group["val_accuracy"] for w, group in best.items()}, color, f"{net}, tuned", "--")
        seconds = figures[net]["seconds"]
        time.plot([float(w) for w in seconds], list(seconds.values()), "o-", color=color, ms=3, label=net)
    loss.set(yscale="log", title="loss, fixed rate")
    accuracy.set(title="validation accuracy", ylim=(0.15, 1.02))
    time.set(title="seconds of training", yscale="log")
    plain(time, "y", (0.25, 0.5, 1, 2, 4))
    for axes in (loss, accuracy, time):
        axes.set(xscale="log", xlabel="hidden units")
        plain(axes, "x", (2, 5, 10, 20, 50, 100, 200, 500))
        axes.tick_params(axis="x", labelsize=7)
        axes.legend(fontsize=7)
    return {"width": figure}


def claims(figures: Figures) -> dict[str, bool]:
    fixed = {net: figures[net]["fixed"] for net in ("keras", "numpy")}
    two = figures["two_units"]
    val = {net: {w: group["mean"] for w, group in fixed[net]["val_loss"].items()} for net in fixed}
    return {
        "two units fail in both networks": all(fixed[net]["train_accuracy"]["2"]["mean"] < 0.75 for net in fixed),
        "from 20 units on both learn nearly every training digit": all(
            fixed[net]["train_accuracy"][w]["mean"] > 0.99 for net in fixed for w in ("20", "50", "100")
        ),
        "the training loss falls with the width": all(
            fixed[net]["train_loss"]["100"]["mean"] < 0.5 * fixed[net]["train_loss"]["10"]["mean"] for net in fixed
        ),
        "the widest are not the best on validation data": all(
            val[net]["500"] > 1.1 * min(val[net].values()) for net in fixed
        ),
        "for two units a small rate and more epochs do far better": (
            two["train_accuracy"]["mean"] > fixed["numpy"]["train_accuracy"]["2"]["mean"] + 0.1
        ),
        "with its own rate no numpy width from 20 on is left behind": (
            min(figures["numpy"]["tuned"][w]["val_accuracy"]["mean"] for w in ("20", "50", "100", "200", "500")) > 0.95
        ),
    }
