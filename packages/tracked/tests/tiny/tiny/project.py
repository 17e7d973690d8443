"""What this project says to `tracked`."""

import math

from tracked import Goal, Project

PROJECT = Project(
    name="tiny",
    description="Lines through made-up numbers.",
    settings="tiny.settings:Settings",
    refusals="tinylib:Refused",
    pages="tiny.pages:Words",
    columns={"attributes.`Run Name`": 200, "metrics.`test_accuracy`": 100, "tags.`model`": 80},
    pictures="tiny.pages:draw",
    served="tinylib",
    registered="lines",
    goals=[Goal("val_loss", "min", (0, math.inf)), Goal("val_accuracy", "max", (0, 1))],
)
