"""What the rows and pages of runs in MLflow say: names, parameters, descriptions. No stage reads it."""

from collections.abc import Collection, Mapping
from typing import Any

from pipeline.networks import NETWORKS
from tracked import Pages

ABOUT = {
    "split": "Splits the data set and scales it by the training part. The picture shows a sample of each class.",
    "train_keras": "Trains the network in Keras. **Model metrics** has a point an epoch.",
    "train_numpy": "Trains the network in numpy. **Model metrics** has a point an epoch.",
    "evaluate": "Tests the networks. **Model metrics** has the misclassified samples, most confident first: "
    "move the step slider. **Artifacts** has the confusion matrices and the figures by class.",
    "configuration": "One configuration; its stages are its child runs. **Model metrics** has the curves of all "
    "networks side by side, **Artifacts** the pictures. The figures without a network's name are those of "
    "`best_model`, the best on validation data.",
    "study": "An experiment for docs/practical.md; **Artifacts** has what it found.",
    "sweep": "A training for each of several settings; they are its child runs. The comparison is report.html among "
    "the **Artifacts**, one file that needs no server. **Model metrics** has, below `jobs`, what the jobs ended with, "
    "in the same order; the other curves are those of the best job.",
}
SET_APART = ("n_hidden", "optimizer", "learning_rate", "epochs", "batch_size")  # what tells trainings apart: columns


class DigitPages(Pages):
    """What differs from the pages that `tracked` writes for every project."""

    def about(self, page: str) -> str:
        return ABOUT.get(page) or super().about(page)

    def params(self, stage: str, settings: Mapping[str, Any]) -> dict[str, str]:
        own = {stage: training(settings[stage])} if stage.startswith("train_") else {}
        return super().params(stage, {**settings, **own})

    def columns(self, settings: Mapping[str, Any], stages: Collection[str] | None = None) -> dict[str, str]:
        """A run's entries in the columns of trainings, those of `stages` or all: all values where they differ."""
        trainings = [f"train_{network}" for network in NETWORKS]
        each = [self._set_apart(settings[stage]) for stage in trainings if stages is None or stage in stages]
        shown = {name: dict.fromkeys(values[name] for values in each if name in values) for name in SET_APART}
        return {name: ", ".join(values) for name, values in shown.items() if values}

    def results(self, figures: Mapping[str, Mapping[str, float]], settings: Mapping[str, Any]) -> str:
        """Markdown: a table with one row per network, and spaces between columns, as MLflow shows it without any.

        In a window 1280 wide more columns would push what stands at the right out of it.
        """
        settings_shown, measured = ("n_hidden", "optimizer", "learning_rate"), ("val_accuracy", "test_accuracy")
        rows = [["model", *settings_shown, *measured]]
        for network, values in figures.items():
            used = self._set_apart(settings[f"train_{network}"])
            cells = [used.get(key, "-") for key in settings_shown]
            rows.append([network, *cells, *(f"{values[key]:.4f}" if key in values else "-" for key in measured)])
        head, *body = [f"| {'&emsp; | '.join(row)} |" for row in rows]
        return "\n".join([head, f"|{' --- |' * len(rows[0])}", *body])

    def summary(self, figures: Mapping[str, Mapping[str, float]], others: Mapping[str, float]) -> str:
        """What `evaluate` ends with: one row per network (`training_seconds` where known), and what all get wrong."""
        n, lines = int(others["n_test"]), [""]
        width = max(6, *map(len, figures))
        lines.append(
            f"{'net':{width}} {'test accuracy':>14} {'95 % interval':>16} {'loss':>7} {'errors':>7} {'training':>9}"
        )
        for network, values in figures.items():
            interval = f"{values['test_accuracy_low']:.3f} to {values['test_accuracy_high']:.3f}"
            seconds = values.get("training_seconds")
            line = f"{network:{width}} {values['test_accuracy']:14.4f} {interval:>16} {values['test_loss']:7.4f}"
            errors = round(n * (1 - values["test_accuracy"]))
            lines.append(f"{line} {errors:7} {'-' if seconds is None else f'{seconds:.1f} s':>9}")
        lines.append(f"{int(others['wrong_by_all'])} of {n} test samples fool {_all_of(len(figures))}.")
        return "\n".join(lines)

    def flat(self, settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
        """Settings by dotted name, a choice by its own: {"optimizer": {"_target_": "keras.optimizers.Adam", "beta": 1}}
        gives optimizer = Adam and optimizer.beta = 1; of digitrack's sources, csv.load is csv."""
        out: dict[str, str] = {}
        for key, value in settings.items():
            if isinstance(value, Mapping):
                out |= self.flat(value, f"{prefix}{key}.")
            elif key in ("_target_", "name") and prefix:
                out[prefix[:-1]] = str(value).removesuffix(".load").rpartition(".")[2]
            else:
                out[prefix + key] = str(value)
        return out

    def _set_apart(self, section: Mapping[str, Any]) -> dict[str, str]:
        """What tells a training from another; an optimizer's own choice is its "default"."""
        values = self.flat(training(section))
        defaults = {"learning_rate": "default"} if "optimizer" in values else {}
        return {name: value for name, value in (defaults | values).items() if name in SET_APART}


def _all_of(n: int) -> str:
    return {1: "it", 2: "both", 3: "all three", 4: "all four"}.get(n, f"all {n}")


def training(section: Mapping[str, Any]) -> dict[str, Any]:
    """A training's settings under the same names for all networks: one that names no optimizer but a learning rate is
    trained by plain SGD."""
    if "optimizer" not in section and "learning_rate" not in section:
        return dict(section)
    optimizer = dict(section.get("optimizer", {"name": "SGD"}))
    rate = optimizer.pop("learning_rate", section.get("learning_rate"))
    return {**section, "optimizer": optimizer} | ({} if rate is None else {"learning_rate": rate})
