"""Imports Keras, and with it TensorFlow, quickly and without messages. Goes with the logged Keras model."""

import os
import sys
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


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Libraries that can't be imported here, as if they were not installed."""
    new = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(new))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in new:
            del sys.modules[name]


# Keras imports them if it can, for wrappers and galleries that nothing here uses: a third of the time that it takes.
with _stderr_of_c_code_closed(), _hidden("matplotlib", "pandas", "sklearn"):
    import keras
    import tensorflow

__all__ = ["keras", "tensorflow"]
