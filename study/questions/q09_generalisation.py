"""Question 9: test digits."""

import numpy as np
from matplotlib.figure import Figure

from digitrack.scores.measures import wilson_interval
from study.chance import summary
from study.drawing import GRAY, KERAS, NUMPY, image, panels
from study.experiment import Experiment
from study.questions import Figures
from study.sweep import Sweep

EVIDENCE = {
    "tested": Experiment("generalisation"), "tracked": Sweep("", "seeds"), "writers": Experiment("writers"),
}  # fmt: skip
NETS = ("numpy", "keras")


def measure(found: dict) -> Figures:
    tested, tracked = found["tested"], found["tracked"]
    figures: Figures = {"edges": tested["edges"], "writers": of_writers(found["writers"])}
    for net in NETS:
        own = tested[net]
        of_stage = [float(f"{value:.6g}") for value in tracked[f"{net}.test_accuracy"]]
        figures[net] = {
            **{name: summary(values) for name, values in own["by_seed"].items()},
            **{key: own[key] for key in ("reliability", "confusion", "n_tested", "mistakes")},
            "surplus": summary(np.subtract(own["by_seed"]["test_confidence"], own["by_seed"]["test_accuracy"])),
            "wrong": int(own["n_tested"] - np.trace(np.array(own["confusion"]))),
            "largest_difference_to_evaluate": max(
                abs(a - b) for a, b in zip(own["by_seed"]["test_accuracy"], of_stage, strict=True)
            ),
        }
    return figures


def of_writers(found: dict) -> Figures:
    shares = {
        f"right_of_{kind}": {
            method: float(f"{100 * (1 - wrong / found['n']):.1f}")
            for method, wrong in found[f"wrong_of_{kind}"].items()
        }
        for kind in ("drawn", "contiguous")
    }
    return {**found, **shares, "splits": {method: summary(right) for method, right in found["splits"].items()}}


def draw(figures: Figures) -> dict[str, Figure]:
    return {"reliability": reliability(figures), "mistakes": mistakes(figures)}


def reliability(figures: Figures) -> Figure:
    figure, (left, right) = panels(2, width=8.5, height=3.7)
    left.plot([0.3, 1], [0.3, 1], color=GRAY, lw=0.8, label="share = probability")
    for net, color, style in (("numpy", NUMPY, "o-"), ("keras", KERAS, "s--")):
        own = figures[net]["reliability"]
        bins = [i for i, n in enumerate(own["n"]) if n >= 10]
        x, share = [own["confidence"][i] for i in bins], [own["right"][i] / own["n"][i] for i in bins]
        ends = np.array([wilson_interval(own["right"][i], own["n"][i]) for i in bins]).T
        away = np.maximum(np.abs(ends - np.array(share)), 0)
        left.errorbar(x, share, away, fmt=style, ms=4, lw=1, capsize=2, color=color, label=net)
    left.set(
        xlabel="probability of the answer, mean of a bin",
        ylabel="share of right answers",
        title="test digits of ten splits",
    )
    left.legend()
    counts = np.array(figures["numpy"]["confusion"]) + np.array(figures["keras"]["confusion"])
    wrong = counts - np.diag(np.diag(counts))
    right.imshow(np.where(wrong, wrong, np.nan), cmap="Blues")
    for (true, taken), count in np.ndenumerate(wrong):
        if count:
            right.text(taken, true, count, ha="center", va="center", fontsize=8,
                       color="white" if count > wrong.max() / 2 else "black")  # fmt: skip
    right.set(
        xlabel="taken for", ylabel="true class", xticks=range(10), yticks=range(10), title="mistakes of both networks"
    )
    right.grid(False)
    return figure


def mistakes(figures: Figures) -> Figure:
    """The most confident first, seed 0."""
    n = min(9, *(len(figures[net]["mistakes"]) for net in NETS))
    figure = Figure(figsize=(8.5, 3.0), layout="constrained")
    for row, net in zip(figure.subfigures(2, 1, squeeze=False)[:, 0], NETS, strict=True):
        row.suptitle(net, fontsize=9, x=0.01, ha="left")
        for ax, found in zip(np.ravel(row.subplots(1, n)), figures[net]["mistakes"], strict=False):
            image(ax, found["image"], cmap="gray_r")
            ax.set_title(f"{found['true']} as {found['predicted']}\n{found['probability']:.2f}", fontsize=8)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    of = {net: figures[net] for net in NETS}
    numpy, keras = of["numpy"]["surplus"], of["keras"]["surplus"]
    return {
        "both are right on about 97 of 100 test digits": all(
            0.96 < of[n]["test_accuracy"]["mean"] < 0.985 for n in NETS
        ),
        "both know every training digit": all(of[n]["train_accuracy"]["min"] > 0.999 for n in NETS),
        "the test loss is more than ten times the training loss": all(
            of[n]["test_loss"]["mean"] > 10 * of[n]["train_loss"]["mean"] for n in NETS
        ),
        "numpy is surer than right": 0 < numpy["low"] < numpy["high"] < 0.02,
        "Keras is as sure as right, within a percentage point": abs(keras["mean"]) < 0.01,
        "mistakes are often confident": all(of[n]["reliability"]["confidence_of_wrong"] > 0.6 for n in NETS),
        "numpy's output weights grow more than Keras'": (
            of["numpy"]["grown_W_o"]["low"] > of["keras"]["grown_W_o"]["high"]
        ),
        "a new writer's digits are wrong far more often": all(
            figures["writers"]["wrong_of_contiguous"][method] > least * figures["writers"]["wrong_of_drawn"][method]
            for method, least in {"numpy": 1.5, **dict.fromkeys(figures["writers"]["splits"], 1.2)}.items()
        ),
        "support vectors and the nearest neighbour do better on unscaled pixels": all(
            of["numpy"]["test_accuracy"]["mean"] + 0.005 < figures["writers"]["splits"][f"{method}, unscaled"]["mean"]
            and figures["writers"]["splits"][method]["mean"] + 0.005
            < figures["writers"]["splits"][f"{method}, unscaled"]["mean"]
            for method in ("support vectors", "nearest neighbour")
        ),
        "`evaluate` finds the same": all(of[n]["largest_difference_to_evaluate"] < 0.006 for n in NETS),
    }
