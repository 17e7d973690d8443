"""Question 4: loss and accuracy against the width of the hidden layer, at a fixed and at a tuned rate."""

from itertools import pairwise

from matplotlib.figure import Figure

from study.chance import grouped, mean_curve, rises, summary
from study.drawing import KERAS, LEVELS, NUMPY, WIDE, over_seeds, panels, plain
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "keras": Sweep("train_keras", "practical/width", curves=("train_loss",)),
    "numpy": Sweep("train_numpy", "practical/width", curves=("train_loss",)),
    "rates": Sweep("train_numpy", "practical/width_and_rate"),
    "two units": Sweep("train_numpy", "practical/seeds", ("+experiment=two_units",)),
    "rate by width": Experiment("rate_by_width"),
}
COMMITTED = 0.15  # learning rate of the numpy network
FOLLOWED = (2, 10, 100, 500)  # widths whose training is drawn epoch by epoch
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def measure(found: dict) -> Figures:
    figures: Figures = {}
    for net in ("keras", "numpy"):
        fixed = {figure: grouped(found[net], "n_hidden", figure) for figure in FIGURES}
        curves = {str(width): mean_curve(found[net], "train_loss", n_hidden=width) for width in FOLLOWED}
        figures[net] = {"fixed": fixed, "curves": curves}
    figures["tuned"] = tuned(found["rates"], figures["numpy"]["fixed"])
    figures["rates"] = sorted({*found["rates"]["learning_rate"], COMMITTED})
    figures["two_units"] = {figure: summary(found["two units"][figure]) for figure in FIGURES}
    figures["rate_by_width"] = {
        width: {"rate": of_width["rate"], "train_loss": summary(of_width["train_loss"])}
        for width, of_width in found["rate by width"].items()
    }
    return figures


def tuned(table: dict, fixed: dict) -> dict:
    """For each width the rate with the smallest mean validation loss, the committed one among them."""
    best = {}
    for width in sorted(set(table["n_hidden"])):
        rates = sorted(set(table["learning_rate"]))
        candidates = {f"{COMMITTED:g}": {figure: fixed[figure][str(width)] for figure in FIGURES}}
        for rate in rates:
            candidates[f"{rate:g}"] = {
                figure: grouped(table, "n_hidden", figure, n_hidden=width, learning_rate=rate)[str(width)]
                for figure in FIGURES
            }
        rate = min(candidates, key=lambda name: candidates[name]["val_loss"]["mean"])
        best[str(width)] = {"rate": rate, **candidates[rate]}
    return best


def draw(figures: Figures) -> dict[str, Figure]:
    return {"width": against_width(figures), "width_curves": by_epoch(figures)}


def against_width(figures: Figures) -> Figure:
    figure, (loss, accuracy) = panels(2, height=3.4)
    for net, color in (("numpy", NUMPY), ("keras", KERAS)):
        fixed = figures[net]["fixed"]
        look = WIDE if net == "numpy" else {}
        for axes, kind in ((loss, "loss"), (accuracy, "accuracy")):
            over_seeds(axes, fixed[f"train_{kind}"], color, f"{net}, training", **look)
            over_seeds(axes, fixed[f"val_{kind}"], color, f"{net}, validation", ":")
    shown = {"ls": "none", "marker": "x", "color": "k", "ms": 6, "mew": 1.5}
    for axes, figure_of in ((loss, "val_loss"), (accuracy, "val_accuracy")):
        best = {float(width): group[figure_of]["mean"] for width, group in figures["tuned"].items()}
        axes.plot(list(best), list(best.values()), label="numpy, best rate, validation", **shown)
    loss.set(yscale="log", ylabel="loss")
    accuracy.set(ylabel="accuracy", ylim=(0.3, 1.02))
    for axes in (loss, accuracy):
        axes.set(xscale="log", xlabel="hidden units")
        plain(axes, "x", (2, 5, 10, 20, 50, 100, 200, 500))
        axes.tick_params(axis="x", labelsize=8)
        axes.legend(fontsize=8)
    return figure


def by_epoch(figures: Figures) -> Figure:
    figure, both = panels(2, height=2.8, sharey=True)
    for axes, net in zip(both, ("keras", "numpy"), strict=True):
        for color, (width, curve) in zip(LEVELS, figures[net]["curves"].items(), strict=False):
            axes.plot(range(1, len(curve) + 1), curve, color=color, label=f"{width} units")
        axes.set(yscale="log", title=net, xlabel="epoch")
    both[0].set_ylabel("training loss")
    both[1].legend(fontsize=8)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    fixed = {net: figures[net]["fixed"] for net in ("keras", "numpy")}
    two = figures["two_units"]
    val = {net: {w: group["mean"] for w, group in fixed[net]["val_loss"].items()} for net in fixed}
    return {
        "two units fail in both networks": all(fixed[net]["train_accuracy"]["2"]["mean"] < 0.75 for net in fixed),
        "from 10 units on both learn nearly every training digit": all(
            fixed[net]["train_accuracy"][w]["mean"] > 0.99 for net in fixed for w in ("10", "20", "50", "100", "500")
        )
        and all(fixed[net]["train_accuracy"]["5"]["mean"] < 0.99 for net in fixed),
        "the training loss falls with the width": all(
            fixed[net]["train_loss"]["100"]["mean"] < 0.5 * fixed[net]["train_loss"]["10"]["mean"] for net in fixed
        ),
        "every wider layer has a lower training loss": all(
            wider["mean"] < 0.9 * narrower["mean"]
            for net in fixed
            for narrower, wider in pairwise(fixed[net]["train_loss"].values())
        ),
        "Keras' widest layer is ahead at first, and later both jump": (
            figures["keras"]["curves"]["500"][0] < 0.9 * figures["keras"]["curves"]["100"][0]
            and all(rises(figures[net]["curves"]["500"]) > rises(figures[net]["curves"]["100"]) for net in fixed)
        ),
        "the fixed rate spoils the wide layers": (
            val["numpy"]["500"] > 3 * figures["tuned"]["500"]["val_loss"]["mean"]
            and figures["tuned"]["500"]["val_loss"]["mean"] < 1.3 * figures["tuned"]["100"]["val_loss"]["mean"]
        ),
        "numpy's widest layer is behind a narrower one at first": (
            figures["numpy"]["curves"]["500"][0] > 1.5 * figures["numpy"]["curves"]["100"][0]
            and figures["numpy"]["curves"]["500"][-1] < figures["numpy"]["curves"]["100"][-1]
        ),
        "the widest are not the best on validation data": all(
            val[net]["500"] > 1.1 * max(val[net]["100"], min(val[net].values())) for net in fixed
        ),
        "no best rate is the end of its scale": all(
            figures["rates"][0] < float(group["rate"]) < figures["rates"][-1] for group in figures["tuned"].values()
        ),
        "for two units a small rate and more epochs do far better": (
            two["train_accuracy"]["mean"] > fixed["numpy"]["train_accuracy"]["2"]["mean"] + 0.1
        ),
        "steps as small as a narrower layer's leave the widest a higher training loss": (
            figures["rate_by_width"]["500"]["train_loss"]["min"] > 2 * fixed["numpy"]["train_loss"]["100"]["mean"]
            and figures["rate_by_width"]["200"]["train_loss"]["min"] > 1.5 * fixed["numpy"]["train_loss"]["100"]["mean"]
        ),
    }
