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
    "sureness": Experiment("sureness"),
}  # fmt: skip
NETS = ("numpy", "keras")


def measure(found: dict) -> Figures:
    tested, tracked = found["tested"], found["tracked"]
    figures: Figures = {"edges": tested["edges"], "writers": of_writers(found["writers"])}
    figures |= {"order": found["sureness"]["order"], "sureness": of_sureness(found["sureness"])}
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


def of_sureness(found: dict) -> Figures:
    """Means over seeds: from when every training digit is right and stays so, in the end, and with smaller z_o."""
    first = [min(last_but_zeros(wrong) + 1, len(wrong) - 1) for wrong in found["train_wrong"]]
    figures: Figures = {"first": [min(first), max(first)], "n": len(first)}
    for name in ("train_loss", "test_loss", "test_accuracy", "wrong_probability"):
        at_first = [curve[epoch] for curve, epoch in zip(found[name], first, strict=True)]
        figures[name] = {"first": summary(at_first)["mean"], "end": summary([c[-1] for c in found[name]])["mean"]}
    by_scale = np.mean(found["test_loss_by_scale"], axis=0)
    best = int(by_scale.argmin())
    return {**figures, "scale": found["scales"][best], "scaled_test_loss": float(f"{by_scale[best]:.6g}")}


def last_but_zeros(values: list[float]) -> int:
    """Where the last value stands that is not 0."""
    return max(i for i, value in enumerate(values) if value)


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
        title="right answers",
    )
    left.legend(loc="lower right")
    left.set_ylim(0.15, 1.05)
    left.grid(False, axis="x")
    for edge in figures["edges"][1:-1]:
        left.axvline(edge, color=GRAY, lw=0.6, alpha=0.5)
    counts = np.array(figures["numpy"]["confusion"]) + np.array(figures["keras"]["confusion"])
    wrong = counts - np.diag(np.diag(counts))
    right.imshow(np.where(wrong, wrong, np.nan), cmap="Blues")
    for (true, taken), count in np.ndenumerate(wrong):
        if count:
            right.text(taken, true, count, ha="center", va="center", fontsize=8,
                       color="white" if count > wrong.max() / 2 else "black")  # fmt: skip
    right.set(xlabel="taken for", ylabel="true class", xticks=range(10), yticks=range(10), title="mistakes")
    right.grid(False)
    return figure


def mistakes(figures: Figures) -> Figure:
    """The most confident first, seed 0."""
    n = min(9, *(len(figures[net]["mistakes"]) for net in NETS))
    figure = Figure(figsize=(8.5, 3.0), layout="constrained")
    for row, net in zip(figure.subfigures(2, 1, squeeze=False)[:, 0], NETS, strict=True):
        row.suptitle(f"{net}: {n} of {len(figures[net]['mistakes'])}", fontsize=9, x=0.01, ha="left")
        for ax, found in zip(np.ravel(row.subplots(1, n)), figures[net]["mistakes"], strict=False):
            image(ax, found["image"], cmap="gray_r")
            ax.set_title(f"{found['true']} as {found['predicted']}\n{found['probability']:.2f}", fontsize=8)
    return figure


def claims(figures: Figures) -> dict[str, bool]:
    of = {net: figures[net] for net in NETS}
    numpy, keras = of["numpy"]["surplus"], of["keras"]["surplus"]
    sure, least = figures["sureness"], of["numpy"]["reliability"]
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
        "numpy's least sure answers are right more often": wilson_interval(least["right"][0], least["n"][0])[0]
        > least["confidence"][0],
        "training on hardly moves the test loss": abs(sure["test_loss"]["end"] / sure["test_loss"]["first"] - 1) < 0.1
        and sure["train_loss"]["end"] < sure["train_loss"]["first"] / 3,
        "meanwhile wrong answers get surer and more are right": (
            sure["wrong_probability"]["end"] > sure["wrong_probability"]["first"] + 0.02
            and sure["test_accuracy"]["end"] > sure["test_accuracy"]["first"]
        ),
        "less sure answers have a lower test loss": sure["scale"] < 0.9
        and sure["scaled_test_loss"] < 0.95 * sure["test_loss"]["end"],
        "neighbours in the file are alike": figures["order"]["neighbour_in_same"] > 3 * figures["order"]["by_chance"],
        "each part has digits of every thirteenth": figures["order"]["least_of_a_thirteenth_in_a_part"] >= 5,
        "a new writer's digits are wrong far more often": all(
            figures["writers"]["wrong_of_contiguous"][method] > least * figures["writers"]["wrong_of_drawn"][method]
            for method, least in {"numpy": 1.5, **dict.fromkeys(figures["writers"]["splits"], 1.2)}.items()
        ),
        "`evaluate` finds the same": all(of[n]["largest_difference_to_evaluate"] < 0.006 for n in NETS),
    }
