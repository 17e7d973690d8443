"""What `tracked` needs to know about this project. No stage reads it: an edit here retrains nothing."""

import math

from tracked import Goal, Project

PROJECT = Project(
    name="digitrack",
    description="""Handwritten digits, learned by a network in Keras and in numpy. *Views* (top right) chooses columns.

Each row is a configuration; unfold it to see its stages: `split`, `train_keras`, `train_numpy`, `evaluate`.
All trainings have `train_loss`, `train_accuracy`, `val_loss` and `val_accuracy`, one point per epoch, and, once
`evaluate` has run, `test_accuracy` and `test_loss`. Select trainings and press *Compare* to overlay their curves.
The misclassified digits are images of `evaluate`, the most confident error first: move the step slider.
""",
    settings="pipeline.settings:Settings",
    check="pipeline.settings:check",
    refusals="digitrack:Refused",
    pages="pipeline.pages:DigitPages",
    columns={  # widths: in a window of 1280, the columns up to the model are visible
        "attributes.`Run Name`": 228,
        "runDateAndNestInfo": 135,
        "metrics.`test_accuracy`": 105,
        "metrics.`val_accuracy`": 100,
        "tags.`n_hidden`": 78,
        "tags.`optimizer`": 90,
        "tags.`learning_rate`": 100,
        "tags.`seed`": 55,
        "tags.`model`": 62,
        "tags.`best_model`": 85,
        "tags.`epochs`": 65,
        "tags.`batch_size`": 85,
        "duration": 70,
    },
    pictures="digitrack.plots.sweep:draw",
    served="digitrack",
    sources=("conf", "pipeline", "src"),
    reads="pipeline.settings:reads",
    goals=[Goal("val_accuracy", "max", (0, 1)), Goal("val_loss", "min", (0, math.inf))],
    registered="digits",
    description_registered="""Networks that read handwritten digits.

64 pixels in, from 0 (paper) to 16 (ink); ten probabilities out.

`champion` is the best on validation data among the models of the newest data version.
`python -m pipeline.predict IMAGE` asks it, and
`mlflow models serve -m models:/digits@champion --env-manager local --port 5001` serves it.
""",
)
