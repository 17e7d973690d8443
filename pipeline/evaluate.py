"""Evaluate both networks on the test data, the only stage that reads them: reports/evaluate/."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from digitrack import arrays, interrupts, run_pages, scores
from digitrack.errors import UserError
from digitrack.neural_net import NeuralNet
from pipeline.stage import Stage, start

if TYPE_CHECKING:
    from mlflow.entities import Run

    from digitrack.tracking import Tracked

NETS = ("keras", "numpy")


def load_net(path: Path, n_features: int) -> NeuralNet:
    """Read a network. Raises UserError when it is damaged or made for other data."""
    weights = arrays.load(path, arrays.WEIGHTS)
    try:
        net = NeuralNet.from_arrays(**weights)
    except ValueError as error:
        raise UserError(f"{path}: {error}") from None
    if len(net.W_h) != n_features:
        raise UserError(f"{path} takes {len(net.W_h)} features, but the test data have {n_features}")
    return net


def table(rows: list[dict]) -> str:
    """Rows as CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0] if rows else ["index"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def draw(out: Path, errors: dict[str, tuple[list[dict], np.ndarray]], confusions: dict, curves: dict) -> None:
    """The pictures of both networks."""
    from digitrack import figures

    for net, (rows, images) in errors.items():
        figures.errors(out / f"errors_{net}.png", net, rows, images)
    figures.curves(out / "curves.png", curves)
    figures.confusion(out / "confusion.png", confusions)


@contextmanager
def meanwhile(work: Callable, *args: Any) -> Iterator[BaseProcess]:
    """A process that does some work beside the import of MLflow, which takes longer; it ends with this block."""
    process = get_context("spawn").Process(target=work, args=args)
    with interrupts.kept_from_children():
        process.start()
    try:
        yield process
    finally:
        process.kill()


def run(stage: Stage) -> None:
    """Evaluate what lies in models/ on data/test.npz; write, log, print."""
    out = stage.out / "reports/evaluate"
    out.mkdir(parents=True, exist_ok=True)
    test = arrays.load_samples(stage.out / "data/test.npz")
    metrics: dict[str, dict[str, float]] = {}
    confusions, wrong, errors = {}, {}, {}
    for net in NETS:
        y = load_net(stage.out / f"models/{net}.npz", test.x.shape[1]).forward(test.x)
        loss, accuracy = scores.loss_and_accuracy(y, test.y)
        predicted = y.argmax(-1)
        low, high = scores.wilson_interval(int((predicted == test.y).sum()), len(test.y))
        metrics[net] = {
            "test_accuracy": accuracy,
            "test_loss": loss,
            "test_accuracy_low": low,
            "test_accuracy_high": high,
        }

        confusions[net] = np.zeros((y.shape[1], y.shape[1]), int)
        np.add.at(confusions[net], (test.y, predicted), 1)
        (out / f"classes_{net}.csv").write_text(table(scores.by_class(confusions[net])))
        wrong[net] = np.flatnonzero(predicted != test.y)
        worst = wrong[net][np.argsort(-y[wrong[net], predicted[wrong[net]]], kind="stable")]
        rows = [
            {
                "index": int(test.ids[i]),
                "true": int(test.y[i]),
                "predicted": int(predicted[i]),
                "probability": round(float(y[i, predicted[i]]), 6),
            }
            for i in worst
        ]
        (out / f"errors_{net}.csv").write_text(table(rows))
        pairs = [{"actual": int(a), "predicted": int(p)} for a, p in zip(test.y, predicted, strict=True)]
        (out / f"confusion_{net}.csv").write_text(table(pairs))
        n = stage.cfg.evaluate.n_errors
        errors[net] = rows[:n], test.raw[worst[:n]]
    both = np.intersect1d(wrong["keras"], wrong["numpy"])
    (out / "metrics.json").write_text(json.dumps({**metrics, "both_wrong": len(both)}, indent=2) + "\n")
    both_rows = [{"index": int(test.ids[i]), "true": int(test.y[i])} for i in both]
    (out / "both_wrong.csv").write_text(table(both_rows))
    curves = {net: scores.Curves.read(stage.out / f"reports/train_{net}") for net in NETS}
    with (
        nullcontext() if stage.job else meanwhile(draw, out, errors, confusions, curves) as drawing,
        stage.track("evaluate") as tracked,
    ):
        trainings = {}
        for net in NETS:
            md5 = arrays.md5(stage.out / f"models/{net}.npz")
            trainings[net] = tracked.store.search(f"tags.model_md5 = '{md5}' and attributes.status = 'FINISHED'")
            for training in trainings[net]:
                tracked.metrics(metrics[net], training.info.run_id)
        flat = {f"{net}.{k}": v for net, figs in metrics.items() for k, v in figs.items()}
        shown = {name: value for name, value in flat.items() if not name.endswith(("_low", "_high"))}
        tracked.metrics({**shown, "both_wrong": len(both)})
        if drawing is None:
            tracked.metrics(flat, tracked.parent_id)
            return
        for net, (_, images) in errors.items():
            for step, image in enumerate(images):
                pixels = np.kron(image / max(test.raw.max(), 1) * 255, np.ones((16, 16)))
                tracked.image(f"errors_{net}", step, (255 - pixels).astype(np.uint8))
        show(stage, tracked, metrics, curves, trainings)
        tracked.dataset("test", test.raw, test.y, "test")
        drawing.join()
        if drawing.exitcode:
            raise RuntimeError("the pictures could not be drawn")
        for file in sorted((*out.glob("*.png"), *out.glob("*.csv"))):
            tracked.file(file)
            if file.suffix == ".png":
                tracked.file(file, tracked.parent_id)
        link = tracked.store.link()

    print(f"\n{'net':6} {'test accuracy':>14} {'95 % interval':>16} {'loss':>7} {'errors':>7} {'training':>9}")
    for net, figs in metrics.items():
        found = trainings[net]
        seconds = found[0].data.metrics.get("training_seconds") if found else None
        time = "-" if seconds is None else f"{seconds:.1f} s"
        interval = f"{figs['test_accuracy_low']:.3f} to {figs['test_accuracy_high']:.3f}"
        line = f"{net:6} {figs['test_accuracy']:14.4f} {interval:>16} {figs['test_loss']:7.4f}"
        print(f"{line} {len(wrong[net]):7} {time:>9}")
    print(f"{len(both)} of {len(test.y)} test digits fool both. The runs, after `make ui`: {link}")


def show(
    stage: Stage,
    tracked: "Tracked",
    metrics: dict[str, dict[str, float]],
    curves: dict[str, np.ndarray],
    trainings: dict[str, list["Run"]],
) -> None:
    """Put both networks on the page of their configuration, and their models into the registry."""
    from digitrack import registry, tracking

    names = scores.Curves.NAMES
    figures = {net: {**metrics[net], **{name: float(curves[net][name][-1]) for name in names}} for net in NETS}
    for net in NETS:
        tracked.curves_on_parent(net, names, [[float(row[name]) for name in names] for row in curves[net]])
    best = metrics[tracked.best_on_parent()]
    tracked.metrics({name: best[name] for name in ("test_accuracy", "test_loss")}, tracked.parent_id)
    tracked.describe_parent(run_pages.results(figures, stage.settings))
    for net, found in trainings.items():  # none where DVC's cache gave the model, but this store never saw it trained
        for training in [run for run in found if tracking.models(run)][:1]:  # the jobs of a sweep log no models
            tracked.inputs_on_parent(training)
            registry.register(tracked.store, training, figures[net])
            registry.crown(tracked.store, training.data.tags["data_md5"])


def in_memory(stage: Stage) -> float:
    """The whole pipeline in this process. Returns the mean validation loss of the two networks."""
    from pipeline import split, train_keras, train_numpy

    data = split.run(stage)
    losses = [net.run(stage, data.train, data.validation, data.scaler) for net in (train_keras, train_numpy)]
    run(stage)
    return sum(losses) / len(losses)


if __name__ == "__main__":
    start("evaluate", run, in_memory)
