"""The store: opened, asked and written to, by MLflow's client; which processes its runs belong to.

MLflow reads these when it is imported, and Python runs this file before any module of this room. Whatever imports
MLflow elsewhere is imported after it.
"""

import os
import warnings

os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")  # an unreachable server is said at once
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"  # a server's address with the password in it
warnings.filterwarnings("ignore", category=UserWarning, module="mlflow")
