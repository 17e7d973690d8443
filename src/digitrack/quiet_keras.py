"""Imports Keras, and with it TensorFlow, without their start-up messages. Goes with the logged Keras model."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

# Before TensorFlow starts: no log lines of its own, no GPU, the same bits in every run.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


@contextmanager
def _stderr_of_c_code_closed() -> Iterator[None]:
    """TensorFlow's C++ side writes to the file descriptor before its log level counts."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


with _stderr_of_c_code_closed():
    import keras
    import tensorflow

__all__ = ["keras", "tensorflow"]
