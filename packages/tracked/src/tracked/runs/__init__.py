"""Runs in MLflow, from begin to end: configurations, evaluations, the registry, models, the queue, `sync`."""

from tracked import store as store  # its settings of MLflow come before MLflow is imported

REPRO = "dvc repro"  # the command of what the repository's own pipeline has made, or DVC has brought
REGISTER = "register"  # the tag of a trial whose user has asked to have its models registered
PRUNED_AT = "pruned_at"  # the tag of a job that a search has ended early: the step at which it did
MEAN_OF = "mean_of"  # the tag of a job that is the whole pipeline: the models whose mean its own metrics are
