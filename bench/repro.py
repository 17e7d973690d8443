"""Time `dvc repro` against the same job as one script, in fresh clones: `python bench/repro.py [REPEATS]`.

Alternates them and prints medians: cold, after a change of one numpy setting, and with nothing to do.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import repository


def timed(*command: str, cwd: Path) -> float:
    """Seconds that a command takes. Raises CalledProcessError when it fails."""
    started = perf_counter()
    repository.run(cwd, *command)
    return perf_counter() - started


def once(folder: Path) -> dict[str, float]:
    """Seconds of the script and of the three cases of `dvc repro`, in a clone of HEAD."""
    clone = repository.clone(folder / "clone")
    (clone / "script").mkdir()
    seconds = {"script": timed("python", "bench/one_script.py", "script", cwd=clone)}
    seconds["cold"] = timed("dvc", "repro", cwd=clone)
    conf = clone / "conf/config.yaml"
    before = conf.read_text()
    conf.write_text(before.replace("  n_hidden: 100\n  learning_rate", "  n_hidden: 90\n  learning_rate"))
    assert conf.read_text() != before
    seconds["numpy setting"] = timed("dvc", "repro", cwd=clone)
    seconds["nothing to do"] = timed("dvc", "repro", cwd=clone)
    return seconds


def main() -> None:
    rows = []
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        folder = Path(tempfile.mkdtemp())
        rows.append(once(folder))
        shutil.rmtree(folder)
    script = statistics.median(row["script"] for row in rows)
    for name in rows[0]:
        median = statistics.median(row[name] for row in rows)
        print(f"{name:14} {median:6.2f} s  {median / script:5.2f} x script  ({len(rows)} repeats)")


if __name__ == "__main__":
    main()
