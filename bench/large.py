"""Memory and time of every stage with many samples of 28x28: `python bench/large.py [SAMPLES...]`, 70,000 and 280,000.

The samples are noise around a picture a class, so that there is something to learn; both networks train for two epochs.
Prints the peak of a stage's memory, its time, and how large data/ is beside the pixels.
"""

import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import psutil
import repository

STAGES = ("compose", "split", "train_keras", "train_numpy", "evaluate")
EDITS = (
    ("  - data: digits", "  - data: arrays"),
    ("seed: 0", "seed: 0\n\ndata:\n  path: inputs/large"),
    ("  epochs: 30", "  epochs: 2"),
    ("  learning_rate: 0.15", "  learning_rate: 0.05"),
    ("  batch_size: 1\n", "  batch_size: 8\n"),
)


def write(folder: Path, n: int) -> int:
    """X.npy (n, 28, 28), uint8, and y.npy; returns the bytes of the pixels."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    centres, y = rng.integers(0, 200, (10, 28, 28)), np.arange(n) % 10
    X = np.lib.format.open_memmap(folder / "X.npy", "w+", np.uint8, (n, 28, 28))
    for i in range(0, n, 10_000):
        X[i : i + 10_000] = centres[y[i : i + 10_000]] + rng.integers(0, 56, (len(y[i : i + 10_000]), 28, 28))
    np.save(folder / "y.npy", y)
    return X.nbytes


def peak(clone: Path, stage: str) -> tuple[float, float]:
    """Megabytes, of the process that records and the one that computes together, and seconds of a stage as DVC runs it.

    Raises CalledProcessError when it fails.
    """
    started, most = perf_counter(), 0
    command = (str(Path(sys.executable).parent / "tracked"), *(["compose"] if stage == "compose" else ["run", stage]))
    variables = repository.environment(clone, DVC_STAGE=stage)
    with subprocess.Popen(command, cwd=clone, env=variables, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, together(process.pid))
            sleep(0.02)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return most / 2**20, perf_counter() - started


def together(pid: int) -> int:
    """The bytes in memory of a process and all below it; on Linux what they share is counted once."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        for each in (top := psutil.Process(pid), *top.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                memory = each.memory_full_info()
                total += getattr(memory, "pss", memory.rss)
    return total


def main() -> None:
    for n in map(int, sys.argv[1:] or ("70000", "280000")):
        with tempfile.TemporaryDirectory() as folder:
            clone = repository.clone(Path(folder) / "clone")
            pixels = write(clone / "inputs/large", n)
            config = (clone / "conf/config.yaml").read_text()
            for old, new in EDITS:
                assert old in config, old
                config = config.replace(old, new)
            (clone / "conf/config.yaml").write_text(config)
            for stage in STAGES:
                megabytes, seconds = peak(clone, stage)
                print(f"{n:7} {stage:12} {megabytes:6.0f} MB {seconds:6.1f} s", flush=True)
            written = sum(file.stat().st_size for file in (clone / "data").rglob("*"))
            print(f"{n:7} data/ {written / 1e6:.1f} MB, {written / pixels:.3f} times the pixels", flush=True)


if __name__ == "__main__":
    main()
