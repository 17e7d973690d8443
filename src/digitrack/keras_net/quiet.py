"""Keras and TensorFlow, imported with as few messages as they can be told to print, and with settings of this project's
alone: what ~/.keras/keras.json and the environment say would change results."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory, TemporaryFile
from unittest.mock import patch

# Read when TensorFlow starts: no log lines, no GPU, and the same bits whatever oneDNN would choose for a processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_ENABLE_ONEDNN_OPTS": "0"}
# Read when Keras and TensorFlow are imported: the backend, another kind of variables, ends of a training that Keras has
# for debugging, and compilers that round differently.
os.environ["KERAS_BACKEND"] = "tensorflow"
for name in ("KERAS_NNX_ENABLED", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "TF_XLA_FLAGS", "XLA_FLAGS"):
    os.environ.pop(name, None)

SAID = re.compile(rb"All log messages before absl::InitializeLog|Could not find cuda drivers")


@contextmanager
def unsaid() -> Iterator[None]:
    """Keeps from the terminal what TensorFlow says of a missing GPU whatever its log level (tensorflow #100442).

    Its C++ writes to the descriptor, which Python can't filter. All else is printed, in the end.
    """
    with TemporaryFile() as told:
        terminal = os.dup(2)
        os.dup2(told.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            told.seek(0)
            os.write(2, b"".join(line for line in told if not SAID.search(line)))


with unsaid(), TemporaryDirectory() as home, patch.dict(os.environ, KERAS_HOME=home):  # where keras.json is looked for
    import keras
    import tensorflow

tensorflow.get_logger().setLevel("ERROR")  # each model of a sweep is traced anew, which TensorFlow warns of

__all__ = ["keras", "tensorflow"]
