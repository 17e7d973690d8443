"""What the rows and pages of runs in MLflow say: names, parameters, descriptions. No stage reads it."""

from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

from pipeline.project import PROJECT

ABOUT = {
    "split": "Splits the data set.",
    "train": "Trains the network. **Model metrics** has a point an epoch.",
    "evaluate": "Tests each network. **Artifacts** has the confusion matrices.",
    "pipeline": "All stages with the settings of one job of a sweep.",
    "configuration": "One configuration; its stages are its child runs.",
    "sweep": "A training for each of several settings; they are its child runs. The comparison is report.html among "
    "the **Artifacts**.",
}


def params(stage: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a stage's run."""
    return flat(settings) if stage == "pipeline" else {"seed": str(settings["seed"]), **flat(settings.get(stage, {}))}


def columns(settings: Mapping[str, Any], stages: Collection[str] | None = None) -> dict[str, str]:
    """What tells trainings apart in the list of runs: all values of a setting where networks differ in it."""
    chosen = PROJECT.networks.values() if stages is None else stages
    each = [flat(settings[stage]) for stage in PROJECT.networks.values() if stage in chosen]
    shown = {key: dict.fromkeys(values[key] for values in each if key in values) for key in chain(*each)}
    return {key: ", ".join(values) for key, values in shown.items()}


def results(figures: Mapping[str, Mapping[str, float]], settings: Mapping[str, Any]) -> str:
    """Markdown on the page of a configuration: a row a network."""
    measured = ("val_accuracy", "test_accuracy", "test_loss")
    rows = [("net", *measured), ("---",) * (1 + len(measured))]
    for network, values in figures.items():
        rows.append((network, *(f"{values[key]:.4f}" if key in values else "-" for key in measured)))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def summary(figures: Mapping[str, Mapping[str, float]], others: Mapping[str, float]) -> str:
    """What `evaluate` ends with on the terminal."""
    lines = [
        f"{network}: test accuracy {found['test_accuracy']:.4f}, loss {found['test_loss']:.4f}"
        for network, found in figures.items()
    ]
    return "\n".join(["", *lines, f"on {others['n_test']} samples."])


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Settings by dotted name: {"a": {"b": 1}} gives a.b = 1."""
    found: dict[str, str] = {}
    for key, value in settings.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: str(value)}
    return found
