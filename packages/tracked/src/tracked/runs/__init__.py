"""Runs in MLflow. With `tracked.serving.wrapper`, the only room that imports it.

MLflow reads these when it is imported, and Python runs this file before any module of this room.
"""

import os
import warnings

REPRO = "dvc repro"  # the command of what the repository's own pipeline has made, or DVC has brought
REGISTER = "register"  # the tag of a trial whose user has asked to have its models registered

os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")  # an unreachable server is said at once
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"  # a server's address with the password in it
warnings.filterwarnings("ignore", category=UserWarning, module="mlflow")
