"""Commands of whoever looks after the runs: browsing, serving, moving, backing up and removing them."""

from tracked import store as store  # its settings of MLflow come before MLflow is imported
