"""What `tracked` is told about this project."""

from tracked import Project

PROJECT = Project(
    name="tiny",
    about="Lines through made-up numbers.",
    package="tiny",
    settings="tiny.settings:Settings",
    check="tiny.settings:check",
    refusals="tinylib:Refused",
    stages={"make": (), "fit_slow": ("make",), "fit_fast": ("make",), "judge": ("fit_slow", "fit_fast")},
    networks={"slow": "fit_slow", "fast": "fit_fast"},
    pages="tiny.pages",
    columns={"attributes.`Run Name`": 200, "metrics.`test_accuracy`": 100, "tags.`net`": 80},
    pictures="tiny.pages:draw",
    served="tinylib",
    sources=("conf", "src", "tiny"),
    registered="lines",
)
