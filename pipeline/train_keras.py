"""Train the Keras network: data/ -> models/keras.npz, reports/train_keras/."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import active_children, get_context, parent_process, set_start_method
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import Any

from digitrack import arrays, config, interrupts, progress, run_pages
from digitrack.arrays import Samples, Scaler
from digitrack.scores import Curves
from pipeline.stage import Stage, start


def train_net(
    settings: config.TrainKeras,
    seed: int,
    train: Samples,
    validation: Samples,
    report: Callable[[int, dict[str, float]], None] = lambda epoch, values: None,
) -> tuple[Any, Curves]:
    """The trained Keras model and its curves; calls `report(epoch, values)` after each epoch, from 1."""
    from digitrack import keras_net

    curves = Curves()

    def on_epoch(epoch: int, predict: Callable) -> bool:
        values = curves.add((predict(train.x), train.y), (predict(validation.x), validation.y))
        report(epoch + 1, values)
        return curves.diverged()

    return keras_net.fit(settings, seed, train, int(train.y.max()) + 1, on_epoch), curves


def train_weights(*args: Any) -> tuple[list, Curves]:
    """`train_net` in a process of its own: the weights instead of the model."""
    model, curves = train_net(*args)
    return model.get_weights(), curves


def end_with_parent() -> None:
    """End this process when the one that started it has died."""

    def wait() -> None:
        parent_process().join()  # type: ignore[union-attr]
        os._exit(1)

    Thread(target=wait, daemon=True).start()


@cache
def trainer() -> ProcessPoolExecutor:
    """A process for a sweep's trainings, renewed now and then: TensorFlow keeps 4 MiB of every one."""
    set_start_method("spawn", force=True)  # joblib's processes have one of their own, which this one can't use
    executor = ProcessPoolExecutor(1, get_context("spawn"), initializer=end_with_parent, max_tasks_per_child=25)
    Finalize(None, executor.shutdown, exitpriority=100)  # joblib's processes would wait for it for ever when they end
    return executor


def in_trainer(work: Callable, *args: Any) -> Any:
    """What `work` returns there."""
    with interrupts.kept_from_children():
        result = trainer().submit(work, *args)
    try:
        return result.result()
    except KeyboardInterrupt:
        for process in active_children():  # else the training would be waited for
            process.kill()
        raise


def run(stage: Stage, train: Samples, validation: Samples, scaler: Scaler) -> float:
    """Train, write, log. Returns the validation loss, infinite if the training diverged."""
    settings = stage.cfg.train_keras
    with stage.track("train_keras", net="keras") as tracked:
        tracked.params({"seed": stage.cfg.seed, **run_pages.training(stage.settings["train_keras"])})
        started = perf_counter()
        if stage.job:
            trained, curves = in_trainer(train_weights, settings, stage.cfg.seed, train, validation)
        else:
            model, curves = train_net(
                settings,
                stage.cfg.seed,
                train,
                validation,
                lambda epoch, values: progress.report("keras", epoch, settings.epochs, values),
            )
            trained = model.get_weights()
        seconds = perf_counter() - started

        weights = stage.out / "models/keras.npz"
        arrays.save(weights, dict(zip(arrays.WEIGHTS, trained, strict=True)))
        curves.write(stage.out / "reports/train_keras")
        tracked.curves(curves.NAMES, curves.rows)
        tracked.metrics({"training_seconds": seconds})
        tracked.trained(arrays.md5(weights), arrays.digest(train), curves.diverged())
        if stage.job:
            return curves.objective()
        tracked.curves_on_parent("keras", curves.NAMES, curves.rows)
        tracked.best_on_parent()
        from digitrack import keras_net

        tracked.dataset("train", train.raw, train.y, "train")
        example = train.raw[:2].reshape(2, -1)
        servable = keras_net.on_raw_pixels(model, scaler)
        package = Path(keras_net.__file__).parent
        with TemporaryDirectory() as folder:
            file = Path(folder) / "model.keras"
            servable.save(file)
            tracked.model(
                package / "keras_model.py",
                {"model": file},
                [package / "pixels.py", package / "quiet_keras.py"],
                example,
                servable.predict_on_batch(example),
                float(train.raw.max()),
                ["keras", "tensorflow"],
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
    from pipeline import train_keras  # by its own name, under which other processes find its functions

    start("train_keras", train_keras.from_files, train_keras.in_memory)
