"""What a run's row and page in the MLflow UI say: its name, its parameters, its description."""

from collections.abc import Mapping
from typing import Any


def nets(settings: Mapping[str, Any]) -> list[str]:
    """The networks that a configuration trains."""
    return [key.removeprefix("train_") for key in settings if key.startswith("train_")]


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Settings by dotted name, a choice by its own: {"optimizer": {"_target_": "keras.optimizers.Adam", "beta": 1}}
    gives optimizer = Adam and optimizer.beta = 1."""
    out: dict[str, str] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            out |= flat(value, f"{prefix}{key}.")
        elif key in ("_target_", "name") and prefix:
            out[prefix[:-1]] = str(value).rpartition(".")[2]
        else:
            out[prefix + key] = str(value)
    return out


def training(section: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a training under the same names for both networks: the numpy one is trained by plain SGD."""
    optimizer = dict(section.get("optimizer", {"name": "SGD"}))
    rate = optimizer.pop("learning_rate", section.get("learning_rate"))
    return {**section, "optimizer": optimizer} | ({} if rate is None else {"learning_rate": rate})


def columns(settings: Mapping[str, Any]) -> dict[str, str]:
    """A configuration's entries in the columns of its trainings: both values where they differ."""
    each = [flat(training(settings[f"train_{net}"])) for net in nets(settings)]
    names = ("n_hidden", "optimizer", "learning_rate")
    return {name: ", ".join(dict.fromkeys(values.get(name, "default") for values in each)) for name in names}


def name(stage: str, settings: Mapping[str, Any]) -> str:
    """A training with what sets it apart, "train_keras 100 Adam 0.01"; another stage by its name."""
    if not stage.startswith("train_"):
        return stage
    values = flat(training(settings[stage]))
    return " ".join([stage, *(values[key] for key in ("n_hidden", "optimizer", "learning_rate") if key in values)])


def title(settings: Mapping[str, Any]) -> str:
    """A configuration by both its networks: "keras 100 Adam 0.01, numpy 100 SGD 0.15"."""
    return ", ".join(name(f"train_{net}", settings).removeprefix("train_") for net in nets(settings))


ABOUT = {
    "split": "Splits the digits and scales them by the training part. The picture shows a digit of each class.",
    "train_keras": "Trains the network in Keras. **Model metrics** has a point an epoch.",
    "train_numpy": "Trains the network in numpy. **Model metrics** has a point an epoch.",
    "evaluate": "Tests both networks. **Model metrics** has the misclassified digits, most confident first: "
    "move the step slider. **Artifacts** has the confusion matrices and the figures by class.",
    "pipeline": "All stages with the settings of one job of a sweep.",
    "configuration": "One configuration; its stages are its child runs. **Model metrics** has the curves of both "
    "networks side by side, **Artifacts** the pictures. The figures without a network's name are those of "
    "`best_net`, the better on validation data.",
    "sweep": "A training for each of several settings; they are its child runs. **Artifacts** has report.html, "
    "the comparison of all in one file that needs no server.",
}


def description(tags: Mapping[str, str], uncommitted: bool) -> str:
    """Markdown: what ran, and what makes it again."""
    about = ABOUT.get(tags.get("stage", "sweep" if "sweep" in tags else "configuration"), "")
    if "command" not in tags:
        return about
    lines = [tags["command"]]
    if uncommitted:
        lines.insert(0, "git apply uncommitted.diff")
    if commit := tags.get("git_commit"):
        lines.insert(0, f"git checkout {commit}")
    changes = " The tree had changes that no commit has: `uncommitted.diff` among the artifacts." if uncommitted else ""
    return "\n".join([about, "", f"To make it again:{changes}", "", "```", *lines, "```"])


def results(figures: Mapping[str, Mapping[str, float]], settings: Mapping[str, Any]) -> str:
    """Markdown: a table, a row a network."""
    names = ("n_hidden", "optimizer", "learning_rate")
    measured = ("val_accuracy", "test_accuracy", "test_loss")
    rows = [["net", *names, *measured], ["---"] * 7]
    for net, values in figures.items():
        used = flat(training(settings[f"train_{net}"]))
        rows.append([net, *(used.get(key, "default") for key in names), *(f"{values[key]:.4f}" for key in measured)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
