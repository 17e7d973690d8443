"""Train the Keras network: data/ -> models/keras.npz, reports/train_keras/."""

from time import perf_counter

from digitrack import arrays, progress
from digitrack.arrays import Samples, Scaler
from digitrack.scores import Curves
from pipeline.stage import Stage, start


def run(stage: Stage, train: Samples, validation: Samples, scaler: Scaler) -> float:
    """Train, write, log. Returns the validation loss."""
    from digitrack import keras_net

    settings = stage.cfg.train_keras
    curves = Curves()
    with stage.track("train_keras", net="keras") as tracked:
        params = {"seed": stage.cfg.seed, **stage.settings["train_keras"]}
        learning_rate = settings.optimizer.get("learning_rate")
        tracked.params(params if learning_rate is None else {**params, "learning_rate": learning_rate})
        started = perf_counter()

        def on_epoch(epoch, predict) -> None:
            values = curves.add((predict(train.x), train.y), (predict(validation.x), validation.y))
            progress.report("keras", epoch + 1, settings.epochs, values)

        model = keras_net.fit(settings, stage.cfg.seed, train, int(train.y.max()) + 1, on_epoch)
        seconds = perf_counter() - started

        weights = stage.out / "models/keras.npz"
        arrays.save(weights, dict(zip(arrays.WEIGHTS, model.get_weights(), strict=True)))
        curves.write(stage.out / "reports/train_keras")
        tracked.curves(curves.NAMES, curves.rows)
        tracked.metrics({"training_seconds": seconds})
        tracked.trained(arrays.md5(weights), arrays.digest(train))
        tracked.dataset("train", train.raw, train.y, "train")
        example = train.raw[:2].reshape(2, -1)
        servable = keras_net.on_raw_pixels(model, scaler)
        tracked.keras_model(servable, example, servable.predict_on_batch(example))
    return curves.last()["val_loss"]


def from_files(stage: Stage) -> None:
    train, validation = (arrays.load_samples(stage.out / f"data/{name}.npz") for name in ("train", "validation"))
    run(stage, train, validation, arrays.load_scaler(stage.out / "data/scaler.npz"))


def in_memory(stage: Stage) -> float:
    from pipeline import split

    data = split.compute(stage.cfg)
    return run(stage, data.train, data.validation, data.scaler)


if __name__ == "__main__":
    start(from_files, in_memory)
