"""Keras and TensorFlow, imported with as few messages as they can be told to print."""

import os

# Read when TensorFlow starts: no log lines, no GPU, and the same bits whatever oneDNN would choose for a processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import tensorflow

tensorflow.get_logger().setLevel("ERROR")  # each model of a sweep is traced anew, which TensorFlow warns of

__all__ = ["keras", "tensorflow"]
