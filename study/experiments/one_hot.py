"""Question 2: targets as classes and as one-hot rows, and the two losses of Keras that take them."""

from typing import Any

import numpy as np

from digitrack.data.split import draw
from digitrack.keras_net.quiet import keras
from pipeline.objects import source
from study.experiments.setting import N_CLASSES, dataset, numpy_net, settings


def run() -> dict[str, Any]:
    train = dataset(0).train
    data, shares = source(settings().data), settings().split
    places = draw(data.y, shares.train, shares.validation, shares.test, 0, data.class_names)[0]
    shown = data.y[places[:4]]  # as question 1's code has them
    probabilities = numpy_net(0).forward(train.x).astype(np.float32)
    rows = keras.utils.to_categorical(train.y, N_CLASSES)
    of_rows = float(keras.ops.mean(keras.losses.categorical_crossentropy(rows, probabilities)))
    of_classes = float(keras.ops.mean(keras.losses.sparse_categorical_crossentropy(train.y, probabilities)))
    return {
        "classes": shown.tolist(),
        "rows": [[int(entry) for entry in row] for row in keras.utils.to_categorical(shown, N_CLASSES)],
        "loss_of_rows": float(f"{of_rows:.6g}"),
        "loss_of_classes": float(f"{of_classes:.6g}"),
        "difference": abs(of_rows - of_classes),
    }
