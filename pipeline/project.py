"""What this project says to `tracked`. No stage reads it: a word here retrains nothing."""

import math

from tracked import Goal, Project

PROJECT = Project(
    name="digitrack",
    about="""Handwritten digits, learned by a network in Keras and in numpy. *Views* (top right) brings the columns.

A row is a configuration; unfold it for its stages: `split`, `train_keras`, `train_numpy`, `evaluate`.
All trainings have `train_loss`, `train_accuracy`, `val_loss`, `val_accuracy` (a point an epoch), and, once
`evaluate` has run, `test_accuracy` and `test_loss`: select them and press *Compare* to overlay the curves.
The misclassified digits are images of `evaluate`, most confident error first: move the step slider.
""",
    settings="pipeline.settings:Settings",
    check="pipeline.settings:check",
    refusals="digitrack:Refused",
    pages="pipeline.pages:DigitPages",
    columns={
        "attributes.`Run Name`": 245,
        "runDateAndNestInfo": 145,
        "duration": 75,
        "metrics.`test_accuracy`": 105,
        "metrics.`val_accuracy`": 100,
        "tags.`n_hidden`": 80,
        "tags.`optimizer`": 95,
        "tags.`learning_rate`": 105,
        "tags.`epochs`": 65,
        "tags.`batch_size`": 85,
        "tags.`model`": 75,
        "tags.`best_model`": 75,
    },
    pictures="digitrack.figures.sweep:draw",
    served="digitrack",
    sources=("conf", "pipeline", "src"),
    reads="pipeline.settings:reads",
    goals=[Goal("val_accuracy", "max", (0, 1)), Goal("val_loss", "min", (0, math.inf))],
    registered="digits",
    about_registered="""Networks that read handwritten digits.

64 pixels in, from 0 (paper) to 16 (ink); ten probabilities out.

`champion` is the best on validation data among the models of the newest data version.
`python -m pipeline.predict IMAGE` asks it, and
`mlflow models serve -m models:/digits@champion --env-manager local` serves it.
""",
)
