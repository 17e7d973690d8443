"""Names, parameters and descriptions of runs in MLflow. No stage imports this module."""

from collections.abc import Collection, Mapping
from typing import Any

from pipeline.networks import NETWORKS
from tracked import Pages

ABOUT = {
    "split": "Splits the data set and scales it by the training part. The picture shows a sample of each class.",
    "train_keras": "Trains the network in Keras. **Model metrics** has one point per epoch.",
    "train_numpy": "Trains the network in numpy. **Model metrics** has one point per epoch.",
    "evaluate": "Tests the networks. **Model metrics** has the misclassified samples, the most confident error first: "
    "move the step slider. **Artifacts** has the confusion matrices, the metrics by class, and draw.html, a page to "
    "draw on.",
    "configuration": "One configuration; its stages are its child runs. **Model metrics** has the curves of all "
    "networks side by side, **Artifacts** the pictures, and draw.html, a page to draw on. Metrics without a network's "
    "name are those of `best_model`, the best on validation data.",
    "study": "An experiment for docs/practical.md; **Artifacts** has its results.",
    "sweep": "One training for each of several settings; they are the child runs. report.html, in **Artifacts**, "
    "compares them; it needs no server. In **Model metrics**, `jobs` has the last metrics of each job, in the same "
    "order; the other curves are those of the best job.",
}
# What distinguishes trainings: columns of the run list, after the seed.
SET_APART = ("n_hidden", "optimizer", "learning_rate", "epochs", "batch_size")


class DigitPages(Pages):
    """What differs from the pages that `tracked` writes for every project."""

    def description(self, page: str) -> str:
        return ABOUT.get(page) or super().description(page)

    def params(self, stage: str, settings: Mapping[str, Any]) -> dict[str, str]:
        own = {stage: training(settings[stage])} if stage.startswith("train_") else {}
        return super().params(stage, {**settings, **own})

    def columns(self, settings: Mapping[str, Any], stages: Collection[str] | None = None) -> dict[str, str]:
        """Return a run's columns of SET_APART, with all distinct values of the trainings in `stages`, or of all."""
        trainings = [f"train_{network}" for network in NETWORKS]
        each = [self._set_apart(settings[stage]) for stage in trainings if stages is None or stage in stages]
        shown = {name: dict.fromkeys(values[name] for values in each if name in values) for name in SET_APART}
        seed = {"seed": str(settings["seed"])} if "seed" in settings else {}
        return seed | {name: ", ".join(values) for name, values in shown.items() if values}

    def results(self, metrics: Mapping[str, Mapping[str, float]], settings: Mapping[str, Any]) -> str:
        """Return a table in Markdown with one row per network, and spaces between columns, as MLflow adds none.

        With more columns, a window 1280 wide would not show the right side of the page.
        """
        settings_shown, measured = ("n_hidden", "optimizer", "learning_rate"), ("val_accuracy", "test_accuracy")
        rows = [["model", *settings_shown, *measured]]
        for network, values in metrics.items():
            used = self._set_apart(settings[f"train_{network}"])
            cells = [used.get(key, "-") for key in settings_shown]
            rows.append([network, *cells, *(f"{values[key]:.4f}" if key in values else "-" for key in measured)])
        head, *body = [f"| {'&emsp; | '.join(row)} |" for row in rows]
        return "\n".join([head, f"|{' --- |' * len(rows[0])}", *body])

    def summary(self, metrics: Mapping[str, Mapping[str, float]], others: Mapping[str, float]) -> str:
        """Return what `evaluate` prints at the end: one row per network, and how many samples all get wrong."""
        n, lines = int(others["n_test"]), [""]
        width = max(6, *map(len, metrics))
        lines.append(
            f"{'net':{width}} {'test accuracy':>14} {'95 % interval':>16} {'loss':>7} {'errors':>7} {'training':>9}"
        )
        for network, values in metrics.items():
            interval = f"{values['test_accuracy_low']:.3f} to {values['test_accuracy_high']:.3f}"
            seconds = values.get("training_seconds")
            line = f"{network:{width}} {values['test_accuracy']:14.4f} {interval:>16} {values['test_loss']:7.4f}"
            errors = round(n * (1 - values["test_accuracy"]))
            lines.append(f"{line} {errors:7} {'-' if seconds is None else f'{seconds:.1f} s':>9}")
        lines.append(f"{int(others['wrong_by_all'])} of {n} test samples fool {_all_of(len(metrics))}.")
        return "\n".join(lines)

    def flat(self, settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
        """Return settings by dotted name, and code by the last part of its name.

        {"optimizer": {"_target_": "keras.optimizers.Adam", "beta": 1}} gives optimizer = Adam and optimizer.beta = 1.
        digitrack.data.sources.csv.load gives csv.
        """
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
        """Return what distinguishes a training; a learning rate that is not set is the optimizer's "default"."""
        values = self.flat(training(section))
        defaults = {"learning_rate": "default"} if "optimizer" in values else {}
        return {name: value for name, value in (defaults | values).items() if name in SET_APART}


def _all_of(n: int) -> str:
    return {1: "it", 2: "both", 3: "all three", 4: "all four"}.get(n, f"all {n}")


def training(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return a training's settings under the same names for all networks.

    A network with a learning rate, but no optimizer, is trained by plain SGD.
    """
    if "optimizer" not in section and "learning_rate" not in section:
        return dict(section)
    optimizer = dict(section.get("optimizer", {"name": "SGD"}))
    rate = optimizer.pop("learning_rate", section.get("learning_rate"))
    return {**section, "optimizer": optimizer} | ({} if rate is None else {"learning_rate": rate})
