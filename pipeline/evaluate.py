"""Evaluate both networks on the test data, the only stage that reads them: reports/evaluate/."""

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from digitrack import arrays, run_pages, scores
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


def run(stage: Stage) -> None:
    """Evaluate what lies in models/ on data/test.npz; write, log, print."""
    from digitrack import figures

    out = stage.out / "reports/evaluate"
    out.mkdir(parents=True, exist_ok=True)
    test = arrays.load_samples(stage.out / "data/test.npz")
    with stage.track("evaluate") as tracked:
        metrics: dict[str, dict[str, float]] = {}
        confusions, wrong, trainings, summary = {}, {}, {}, []
        for net in NETS:
            path = stage.out / f"models/{net}.npz"
            y = load_net(path, test.x.shape[1]).forward(test.x)
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
            if not stage.job:
                figures.errors(out / f"errors_{net}.png", net, rows[:n], test.raw[worst[:n]])
            for step, i in enumerate([] if stage.job else worst[:n]):
                pixels = np.kron(test.raw[i] / max(test.raw.max(), 1) * 255, np.ones((16, 16)))
                tracked.image(f"errors_{net}", step, (255 - pixels).astype(np.uint8))

            trained = tracked.store.search(f"tags.model_md5 = '{arrays.md5(path)}' and attributes.status = 'FINISHED'")
            trainings[net] = trained
            for training in trained:
                tracked.metrics(metrics[net], training.info.run_id)
            seconds = trained[0].data.metrics.get("training_seconds") if trained else None
            summary.append((net, accuracy, low, high, loss, len(worst), seconds))

        if not stage.job:
            curves = {net: scores.Curves.read(stage.out / f"reports/train_{net}") for net in NETS}
            figures.curves(out / "curves.png", curves)
            figures.confusion(out / "confusion.png", confusions)
        both = np.intersect1d(wrong["keras"], wrong["numpy"])
        flat = {f"{net}.{k}": v for net, figs in metrics.items() for k, v in figs.items()}
        (out / "metrics.json").write_text(json.dumps({**metrics, "both_wrong": len(both)}, indent=2) + "\n")
        both_rows = [{"index": int(test.ids[i]), "true": int(test.y[i])} for i in both]
        (out / "both_wrong.csv").write_text(table(both_rows))
        shown = {name: value for name, value in flat.items() if not name.endswith(("_low", "_high"))}
        tracked.metrics({**shown, "both_wrong": len(both)})
        if stage.job:
            tracked.metrics(flat, tracked.parent_id)
            return
        show(stage, tracked, metrics, curves, trainings)
        tracked.dataset("test", test.raw, test.y, "test")
        for file in sorted((*out.glob("*.png"), *out.glob("*.csv"))):
            tracked.file(file)
            if file.suffix == ".png":
                tracked.file(file, tracked.parent_id)
        link = tracked.store.link()

    print(f"\n{'net':6} {'test accuracy':>14} {'95 % interval':>16} {'loss':>7} {'errors':>7} {'training':>9}")
    for net, accuracy, low, high, loss, n_wrong, seconds in summary:
        time = "-" if seconds is None else f"{seconds:.1f} s"
        print(f"{net:6} {accuracy:14.4f} {f'{low:.3f} to {high:.3f}':>16} {loss:7.4f} {n_wrong:7} {time:>9}")
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
