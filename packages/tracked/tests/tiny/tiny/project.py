"""What `tracked` is told about this project."""

from tracked import Project

PROJECT = Project(
    name="tiny",
    about="Lines through made-up numbers.",
    settings="tiny.settings:Settings",
    refusals="tinylib:Refused",
    pages="tiny.pages:Words",
    columns={"attributes.`Run Name`": 200, "metrics.`test_accuracy`": 100, "tags.`net`": 80},
    pictures="tiny.pages:draw",
    served="tinylib",
    registered="lines",
)
