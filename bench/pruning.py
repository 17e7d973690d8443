"""What it saves to end poor trials early: the same search with and without a pruner, in a fresh clone each.

`python bench/pruning.py [STAGE [TRIALS]]`, by default train_numpy and 40. It prints the trials and seconds in all, and
how many it took until one came within 1 % of the best that the search without a pruner found.
"""

import sys
import time

from sweeps import Clone

SPACE = {
    "train_numpy": ["train_numpy.learning_rate=tag(log,interval(0.001,1))", "train_numpy.n_hidden=range(10,200,10)"],
    "train_keras": [
        "train_keras.optimizer.learning_rate=tag(log,interval(0.0001,1))", "train_keras.n_hidden=range(10,200,10)"
    ],
}  # fmt: skip
WITHIN = 1.01


def searched(stage: str, n: int, pruner: str) -> tuple[float, list[tuple[float, float]]]:
    """The seconds of a search, and for each trial, in order, the seconds until its end and its validation loss:
    infinite if it was ended early."""
    from mlflow import MlflowClient

    clone = Clone()
    command = ["python", "-m", f"pipeline.{stage}", "-m", "hydra/sweeper=optuna", f"hydra.sweeper.n_trials={n}"]
    began = time.time()
    process = clone.start(*command, *SPACE[stage], f"hydra.sweeper.pruner={pruner}")
    process.communicate()
    assert process.returncode == 0
    seconds = time.time() - began
    store = MlflowClient(f"sqlite:///{clone.path}/mlflow.db")
    found = [run for run in store.search_runs(["1"]) if "job" in run.data.tags]
    ended = sorted(found, key=lambda run: run.info.end_time)
    losses = [run.data.metrics["val_loss"] if run.info.status == "FINISHED" else float("inf") for run in ended]
    return seconds, [(run.info.end_time / 1000 - began, loss) for run, loss in zip(ended, losses, strict=True)]


def main(stage: str, n: int) -> None:
    whole = {pruner: searched(stage, n, pruner) for pruner in ("null", "median")}
    goal = WITHIN * min(loss for _, loss in whole["null"][1])
    for pruner, (seconds, trials) in whole.items():
        losses = [loss for _, loss in trials]
        number, until = next(
            ((number, end) for number, (end, loss) in enumerate(trials, 1) if loss <= goal), (0, float("nan"))
        )
        early = losses.count(float("inf"))
        reached = f"within 1 % at trial {number}, {until:.0f} s" if number else f"not within 1 % ({min(losses):.4f})"
        print(f"{stage}, pruner {pruner}: {n} trials in {seconds:.0f} s, {early} ended early, best {min(losses):.4f}, "
              f"{reached}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "train_numpy", int(sys.argv[2]) if len(sys.argv) > 2 else 40)
