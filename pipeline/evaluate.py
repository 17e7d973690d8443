"""Test the networks, on data that no training sees: reports/evaluate/, one folder per network, and metrics/."""

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack import Refused
from digitrack.data.blocks import in_blocks
from digitrack.data.sample_info import read_sample_info
from digitrack.data.samples import Samples, read_samples, read_scaler
from digitrack.evaluation import draw_page
from digitrack.evaluation.draw_page import Fooled
from digitrack.evaluation.errors import Tested, test, wrong_by_all
from digitrack.evaluation.tables import write
from digitrack.neural_net import NeuralNet
from digitrack.training.curves import Curves
from pipeline.networks import NETWORKS, four_arrays
from tracked import Outcome, Report, main

if TYPE_CHECKING:
    from pipeline.settings import Settings


def run(settings: "Settings", folder: Path, report: Report) -> Outcome:
    """Test every network; write its metrics, its errors, and what all networks get wrong."""
    out, (data, names, results) = folder / "reports/evaluate", tested(folder)
    curves = {network: Curves.read(folder / f"reports/train_{network}") for network in NETWORKS}
    for network, result in results.items():
        write(out / network / "classes.csv", result.by_class, list(result.by_class[0]))
        write(out / network / "confusion.csv", result.pairs, ["actual", "predicted"])
        write(out / network / "errors.csv", result.errors, ["index", "true", "predicted", "probability"])
    missed = wrong_by_all(results.values(), data, names)
    write(out / "wrong_by_all.csv", missed, ["index", "true"])
    (folder / "metrics").mkdir(exist_ok=True)
    for network, result in results.items():  # one file each, with the same names: a row each in `dvc metrics show`
        tested_on = {name: result.metrics[name] for name in ("test_accuracy", "test_loss")}  # few: a row is 115 wide
        metrics = {**tested_on, "errors": len(result.wrong), **Curves.of_best_epoch(curves[network])}
        known = {name: value if math.isfinite(value) else None for name, value in metrics.items()}  # JSON has no NaN
        (folder / f"metrics/{network}.json").write_text(json.dumps(known, indent=2, allow_nan=False) + "\n")
    most = settings.evaluate.n_errors
    shown = {network: data.raw[result.wrong[:most]] for network, result in results.items()}
    places = np.flatnonzero(np.isin(data.ids, [row["index"] for row in missed[:most]]))  # in the order of `missed`
    fooled = Fooled(len(missed), missed[:most], data.raw[places])
    # `outcome` tests them once more: it knows the files alone, as it also describes those that DVC has put there.
    return outcome(settings, folder, partial(draw, folder, names, results, shown, curves, fooled))


def outcome(settings: "Settings", folder: Path, pictures: Callable[[], None] | None = None) -> Outcome:
    """Return the results of the networks and the data in the folder, which a stage or DVC has put there."""
    from digitrack.plots.captions import captioned

    (data, names, results), most = tested(folder), settings.evaluate.n_errors
    # As their names have a slash, MLflow's page shows them first.
    wrong = {f"errors/{name}": captioned(data.raw, each.wrong[:most], each.errors) for name, each in results.items()}
    return Outcome(
        metrics={"wrong_by_all": len(wrong_by_all(results.values(), data, names))},
        params={"n_test": len(data.y)},
        files=files(folder / "reports/evaluate"),
        datasets={"test": (data.raw, data.y)},
        images=wrong,
        evaluated={network: result.metrics for network, result in results.items()},
        pictures=pictures,
    )


def tested(folder: Path) -> tuple[Samples, tuple[str, ...], dict[str, Tested]]:
    """Return the test samples, the names of their classes, and the results of every network."""
    data, names = read_samples(folder / "data", "test"), read_sample_info(folder / "data/about.json").class_names
    return data, names, {name: test(answers(name, folder, data, len(names)), data, names) for name in NETWORKS}


def answers(network: str, folder: Path, data: Samples, n_classes: int) -> np.ndarray:
    """Return the network's logits (n, n_classes). Raises Refused when it does not fit the test data."""
    file = folder / f"models/{network}.npz"
    predict = NETWORKS[network](file)
    try:
        found = in_blocks(predict, data.x)
        if found.shape != (len(data.y), n_classes):
            raise ValueError(f"it has {found.shape[-1]} classes, not {n_classes}")
    except ValueError as error:
        raise Refused(f"{file} does not fit the test data: {error}") from None
    return found


def files(out: Path) -> list[Path]:
    """Return the files to log with the run: tables, pictures, and the page to draw on."""
    names = ("classes.csv", "confusion.csv", "errors.csv", "errors.png")
    of_networks = [out / network / name for network in NETWORKS for name in names]
    return [*of_networks, *(out / name for name in ("wrong_by_all.csv", "confusion.png", "curves.png", "draw.html"))]


def draw(
    folder: Path, names: tuple[str, ...], results: dict[str, Tested], shown: dict, tables: dict, fooled: Fooled
) -> None:
    """Draw the errors of each network, the confusion matrices and the curves of all; write the page to draw on."""
    from digitrack.plots import confusion, curves, errors

    out = folder / "reports/evaluate"
    for network, samples in shown.items():
        errors.errors(out / network / "errors.png", network, results[network].errors[: len(samples)], samples)
    curves.curves(out / "curves.png", tables)
    counts = {network: result.confusion for network, result in results.items()}
    confusion.confusion(out / "confusion.png", counts, names)
    networks = {name: NeuralNet.load(folder / f"models/{name}.npz") if read is four_arrays else None
                for name, read in NETWORKS.items()}  # fmt: skip
    info, scaler = read_sample_info(folder / "data/about.json"), read_scaler(folder / "data/scaler.npz")
    draw_page.write(out / "draw.html", info, scaler, networks, fooled)


if __name__ == "__main__":
    main(run)
