"""All stages in one process: `python -m pipeline`."""

from tracked.project import WHOLE
from tracked.stages.main import start

if __name__ == "__main__":
    start(WHOLE)
