"""Compose conf/ into params.yaml, unless params.yaml was edited by hand."""

from tracked import interrupts
from tracked.settings.composing import compose
from tracked.stages.lines import errors_in_one_line

if __name__ == "__main__":
    interrupts.install()
    with errors_in_one_line():
        compose()
