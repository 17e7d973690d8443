"""Train the numpy network: data/ -> models/numpy.npz, reports/train_numpy/."""

from pathlib import Path
from time import perf_counter

from digitrack import arrays, neural_net, progress, run_pages
from digitrack.arrays import Samples, Scaler
from digitrack.scores import Curves
from pipeline.stage import Stage, start


def run(stage: Stage, train: Samples, validation: Samples, scaler: Scaler) -> float:
    """Train, write, log. Returns the validation loss, infinite if the training diverged."""
    settings = stage.cfg.train_numpy
    n_classes = int(train.y.max()) + 1
    curves = Curves()
    with stage.track("train_numpy", net="numpy") as tracked:
        tracked.params({"seed": stage.cfg.seed, **run_pages.training(stage.settings["train_numpy"])})
        net = neural_net.NeuralNet(
            train.x.shape[1],
            settings.n_hidden,
            n_classes,
            initializer=settings.kernel_initializer.name,
            stddev=settings.kernel_initializer.stddev,
            seed=stage.cfg.seed,
        )

        def on_epoch(epoch: int, *_) -> bool:
            values = curves.add((net.forward(train.x), train.y), (net.forward(validation.x), validation.y))
            if not stage.job:
                progress.report("numpy", epoch + 1, settings.epochs, values)
            return curves.diverged()

        started = perf_counter()
        net.fit(
            train.x,
            neural_net.one_hot(train.y, n_classes),
            learning_rate=settings.learning_rate,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            seed=stage.cfg.seed,
            on_epoch=on_epoch,
        )
        seconds = perf_counter() - started

        weights = stage.out / "models/numpy.npz"
        net.save(weights)
        curves.write(stage.out / "reports/train_numpy")
        tracked.curves(curves.NAMES, curves.rows)
        tracked.metrics({"training_seconds": seconds})
        tracked.trained(arrays.md5(weights), arrays.digest(train), curves.diverged())
        if stage.job:
            return curves.objective()
        tracked.curves_on_parent("numpy", curves.NAMES, curves.rows)
        tracked.best_on_parent()
        tracked.dataset("train", train.raw, train.y, "train")
        package = Path(neural_net.__file__).parent
        scaling = stage.out / "data/scaler.npz"
        if not scaling.exists():
            arrays.save(scaling, scaler._asdict())
        tracked.model(
            package.parent / "numpy_model.py",
            {"weights": weights, "scaler": scaling},
            [package, package.parent / "pixels.py"],
            train.raw[:2].reshape(2, -1),
            net.forward(train.x[:2]),
            float(train.raw.max()),
            [],
        )
    return curves.objective()


def from_files(stage: Stage) -> None:
    train, validation = (arrays.load_samples(stage.out / f"data/{name}.npz") for name in ("train", "validation"))
    run(stage, train, validation, arrays.load_scaler(stage.out / "data/scaler.npz"))


def in_memory(stage: Stage) -> float:
    from pipeline import split

    data = split.compute(stage.cfg)
    return run(stage, data.train, data.validation, data.scaler)


if __name__ == "__main__":
    start("train_numpy", from_files, in_memory)
