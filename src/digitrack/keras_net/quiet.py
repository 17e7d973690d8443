"""Keras and TensorFlow, imported with as few messages as they can be told to print."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

# Read when TensorFlow starts: no log lines, no GPU, and the same bits whatever oneDNN would choose for a processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

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


with unsaid():
    import keras
    import tensorflow

tensorflow.get_logger().setLevel("ERROR")  # each model of a sweep is traced anew, which TensorFlow warns of

__all__ = ["keras", "tensorflow"]
