"""Test the networks, the only stage that reads the test data: reports/evaluate/, a folder a network, and metrics/."""

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack import Refused
from digitrack.data.about import read_about
from digitrack.data.blocks import in_blocks
from digitrack.data.samples import Samples, read_samples
from digitrack.evaluation.errors import Tested, test, wrong_by_all
from digitrack.evaluation.tables import write
from digitrack.training.curves import Curves
from pipeline.networks import NETWORKS
from tracked import Outcome, main

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from tracked.outcome import Report


def run(settings: "Settings", folder: Path, report: "Report") -> Outcome:
    """Test every network; write its figures, its errors, and what all networks get wrong."""
    out, (data, names, results) = folder / "reports/evaluate", tested(folder)
    curves = {network: Curves.read(folder / f"reports/train_{network}") for network in NETWORKS}
    for network, result in results.items():
        write(out / network / "classes.csv", result.by_class, list(result.by_class[0]))
        write(out / network / "confusion.csv", result.pairs, ["actual", "predicted"])
        write(out / network / "errors.csv", result.errors, ["index", "true", "predicted", "probability"])
    write(out / "wrong_by_all.csv", wrong_by_all(results.values(), data, names), ["index", "true"])
    (folder / "metrics").mkdir(exist_ok=True)
    for network, result in results.items():  # a file each, under the same names: `dvc metrics show` makes rows of them
        tested_on = {name: result.figures[name] for name in ("test_accuracy", "test_loss")}  # few: a row is 115 wide
        figures = {**tested_on, "errors": len(result.wrong), **Curves.kept(curves[network])}
        known = {name: value if math.isfinite(value) else None for name, value in figures.items()}  # JSON has no NaN
        (folder / f"metrics/{network}.json").write_text(json.dumps(known, indent=2, allow_nan=False) + "\n")
    shown = {network: data.raw[result.wrong[: settings.evaluate.n_errors]] for network, result in results.items()}
    return outcome(settings, folder, partial(draw, out, names, results, shown, curves))


def outcome(settings: "Settings", folder: Path, pictures: Callable[[], None] | None = None) -> Outcome:
    """What the test comes to by the networks and the data in the folder, whoever brought them."""
    from digitrack.figures.captions import captioned

    (data, names, results), most = tested(folder), settings.evaluate.n_errors
    # By the slash in their names, MLflow's page begins with them.
    wrong = {f"errors/{name}": captioned(data.raw, each.wrong[:most], each.errors) for name, each in results.items()}
    return Outcome(
        figures={"wrong_by_all": len(wrong_by_all(results.values(), data, names))},
        params={"n_test": len(data.y)},
        files=files(folder / "reports/evaluate"),
        datasets={"test": (data.raw, data.y)},
        images=wrong,
        about={network: result.figures for network, result in results.items()},
        pictures=pictures,
    )


def tested(folder: Path) -> tuple[Samples, tuple[str, ...], dict[str, Tested]]:
    """The test samples, the names of their classes, and what every network makes of them."""
    data, names = read_samples(folder / "data", "test"), read_about(folder / "data/about.json").class_names
    return data, names, {name: test(answers(name, folder, data, len(names)), data, names) for name in NETWORKS}


def answers(network: str, folder: Path, data: Samples, n_classes: int) -> np.ndarray:
    """The network's probabilities (n, n_classes). Raises Refused when it was made for other data."""
    file = folder / f"models/{network}.npz"
    predict = NETWORKS[network](file)
    try:
        found = in_blocks(predict, data.x)
        if found.shape != (len(data.y), n_classes):
            raise ValueError(f"it tells {found.shape[-1]} classes apart, not {n_classes}")
    except ValueError as error:
        raise Refused(f"{file} does not fit the test data: {error}") from None
    return found


def files(out: Path) -> list[Path]:
    """What is worth keeping with the run: all tables and pictures."""
    names = ("classes.csv", "confusion.csv", "errors.csv", "errors.png")
    of_networks = [out / network / name for network in NETWORKS for name in names]
    return [*of_networks, out / "wrong_by_all.csv", out / "confusion.png", out / "curves.png"]


def draw(out: Path, names: tuple[str, ...], results: dict[str, Tested], shown: dict, tables: dict) -> None:
    """The pictures: the errors of each network, the confusion matrices and the curves of all."""
    from digitrack.figures import confusion, curves, errors

    for network, samples in shown.items():
        errors.errors(out / network / "errors.png", network, results[network].errors[: len(samples)], samples)
    curves.curves(out / "curves.png", tables)
    counts = {network: result.confusion for network, result in results.items()}
    confusion.confusion(out / "confusion.png", counts, names)


if __name__ == "__main__":
    main(run)
