"""All stages in one process: `python -m tiny`."""

from tracked.project import WHOLE
from tracked.stages.main import start

if __name__ == "__main__":
    start(WHOLE)
