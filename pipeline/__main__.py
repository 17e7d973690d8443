"""All stages in one process: `python -m pipeline`."""

from pipeline import evaluate, stage

if __name__ == "__main__":
    stage.start("all", evaluate.in_memory, evaluate.in_memory)
