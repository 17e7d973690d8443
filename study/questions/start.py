"""The start: why `+experiment=unsatisfactory` fails, and which change mends most."""

from itertools import pairwise

from matplotlib.figure import Figure

from study.chance import summary
from study.drawing import GRAY, panels
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {"grid": Sweep("train_keras", "practical/start", ("+experiment=unsatisfactory",), ("train_loss",))}
SETTINGS = {"n_hidden": (10, 100), "learning_rate": (0.01, 0.5), "stddev": (1.0, 0.05)}
CHANGES = {
    "as it is": (0, 0, 0), "wider": (1, 0, 0), "higher rate": (0, 1, 0), "smaller weights": (0, 0, 1),
    "all three": (1, 1, 1),
}  # fmt: skip
SHOWN = {"wider": "100 units", "higher rate": "rate 0.5", "smaller weights": "std 0.05"}


def measure(found: dict) -> Figures:
    table, by_change = found["grid"], {}
    for name, changes in CHANGES.items():
        wanted = {key: values[i] for (key, values), i in zip(SETTINGS.items(), changes, strict=True)}
        rows = [i for i in range(len(table["seed"])) if all(table[key][i] == value for key, value in wanted.items())]
        by_change[name] = {
            "curves": [table["train_loss by epoch"][i] for i in rows],
            **{f: summary([table[f][i] for i in rows]) for f in ("train_loss", "train_accuracy", "val_accuracy")},
        }
    return {"by_change": by_change}


def draw(figures: Figures) -> dict[str, Figure]:
    figure, (left, right) = panels(2)
    colors = (GRAY, "#e69f00", "#cc79a7", "#56b4e9", "#009e73")
    for color, (name, found) in zip(colors, figures["by_change"].items(), strict=True):
        for i, curve in enumerate(found["curves"]):
            left.plot(
                range(1, len(curve) + 1), curve, color=color, lw=1.2, label=SHOWN.get(name, name) if i == 0 else None
            )
    left.set(yscale="log", xlabel="epoch", ylabel="training loss", title="one curve per seed")
    left.legend(fontsize=8, ncols=2, loc="upper right")
    left.set_ylim(top=60)
    names = list(figures["by_change"])
    values = [figures["by_change"][name]["train_accuracy"]["mean"] for name in names]
    bars = right.barh([SHOWN.get(name, name) for name in names[::-1]], values[::-1], color=colors[::-1])
    right.bar_label(bars, fmt="%.3f", padding=3)
    right.set(xlim=(0, 1.16), xlabel="training accuracy after the last epoch")
    return {"start": figure}


def claims(figures: Figures) -> dict[str, bool]:
    loss = {name: found["train_loss"]["mean"] for name, found in figures["by_change"].items()}
    accuracy = {name: found["train_accuracy"]["mean"] for name, found in figures["by_change"].items()}
    return {
        "the start is far from fitting even the training digits": loss["as it is"] > 0.5 and accuracy["as it is"] < 0.9,
        "the rate alone mends most": min(loss["wider"], loss["smaller weights"]) > 1.3 * loss["higher rate"],
        "at the low rate the losses still fall": all(
            after < before
            for name in ("as it is", "wider", "smaller weights")
            for curve in figures["by_change"][name]["curves"]
            for before, after in pairwise(curve[-5:])
        ),
        "more units alone help": (
            loss["wider"] < 0.8 * loss["as it is"] and accuracy["wider"] > accuracy["as it is"] + 0.15
        ),
        "ten times the units move z_o about eight times as far": all(
            7 < (100 * square + 1) / (10 * square + 1) < 9
            for square in (1 / 4, 1 / 2)  # the mean of h^2, where h is 1/2, or 0 and 1 equally often
        ),
        "smaller weights alone leave a larger loss and a better accuracy": (
            loss["smaller weights"] > loss["as it is"] and accuracy["smaller weights"] > accuracy["as it is"] + 0.1
        ),
        "all three together fit the training digits": loss["all three"] < 0.1 and accuracy["all three"] > 0.98,
    }
