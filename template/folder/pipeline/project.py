"""What this project says to `tracked`. No stage reads it: a word here retrains nothing."""

import math

from tracked import Goal, Project

PROJECT = Project(
    name="NAME",
    about="""Benign tumours told from malignant ones by a network. *Views* (top right) brings the columns.

A row is a configuration; unfold it for its stages. Select trainings and press *Compare* to overlay their curves.
""",
    settings="pipeline.settings:Settings",
    check="pipeline.settings:check",
    refusals="NAME:Refused",
    pages="pipeline.pages:Words",
    columns={
        "attributes.`Run Name`": 245,
        "runDateAndNestInfo": 145,
        "duration": 75,
        "metrics.`test_accuracy`": 105,
        "metrics.`val_accuracy`": 100,
        "tags.`n_hidden`": 80,
        "tags.`learning_rate`": 105,
        "tags.`epochs`": 65,
        "tags.`batch_size`": 85,
    },
    pictures="NAME.pictures:sweep",
    served="NAME",
    goals=[Goal("val_accuracy", "max", (0, 1)), Goal("val_loss", "min", (0, math.inf))],
    registered="NAME",
    about_registered="30 measurements of a tumour in, the probabilities of malignant and benign out. "
    "`champion` is the best on validation data among the models of the newest data version.",
)
