"""Import Keras and TensorFlow with as few messages as possible, and with this project's settings alone.

Those in ~/.keras/keras.json and in the environment would change results.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory, TemporaryFile
from unittest.mock import patch

# Read when TensorFlow starts: no log lines, no GPU, and the same bits whatever oneDNN would choose for a processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_ENABLE_ONEDNN_OPTS": "0"}
# Read when Keras and TensorFlow are imported: the backend, another kind of variables, limits to the length of
# trainings (for debugging), and compilers that round differently.
os.environ["KERAS_BACKEND"] = "tensorflow"
for name in ("KERAS_NNX_ENABLED", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "TF_XLA_FLAGS", "XLA_FLAGS"):
    os.environ.pop(name, None)

SAID = re.compile(rb"All log messages before absl::InitializeLog|Could not find cuda drivers")


@contextmanager
def unsaid() -> Iterator[None]:
    """Hide what TensorFlow prints about a missing GPU at any log level (tensorflow #100442).

    Its C++ code writes to the file descriptor, where Python can't filter. All else is printed at the end.
    """
    with TemporaryFile() as output:
        terminal = os.dup(2)
        os.dup2(output.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            output.seek(0)
            os.write(2, b"".join(line for line in output if not SAID.search(line)))


with unsaid(), TemporaryDirectory() as home, patch.dict(os.environ, KERAS_HOME=home):  # for ~/.keras
    import keras
    import tensorflow

tensorflow.get_logger().setLevel("ERROR")  # no warnings that each model of a sweep is traced anew

__all__ = ["keras", "tensorflow"]
