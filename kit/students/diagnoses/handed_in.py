"""What many students handed in: a process for each folder, as it may end Python, loop, or print without end."""

import csv
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from .tell import plain

FILES = ("first_part.py", "neural_net.py")
STATES = ("right", "wrong", "blank", "unreadable", "waits")
CHILD = [sys.executable, "-m", "diagnoses.one_folder"]
HOME = Path(__file__).resolve().parents[1]


def report(patterns, checks, table=None, limit=60):
    """Print what holds in each folder, and a table; with `table`, write it as a CSV file. Whether all is right."""
    try:
        students = folders(patterns)
    except ValueError as error:
        sys.exit(str(error))
    rows = {}
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        found = {name: pool.submit(examined, folder, checks, limit) for name, folder in students.items()}
        for name, future in found.items():
            rows[name] = future.result()
            print(f"{plain(name)}")
            for state, line in rows[name].values():
                if state != "waits":
                    print(f"  {line}")
            print(f"  {summary(rows[name])}\n", flush=True)
    print_table(rows)
    if table:
        write(table, rows, checks)
    return all(state == "right" for row in rows.values() for state, _ in row.values())


def folders(patterns):
    """Students' folders by name. Raises ValueError for a pattern that fits none."""
    found = []
    if not patterns:
        raise ValueError("say whose: a student's folder, or a folder of them")
    for pattern in patterns:
        # Windows leaves patterns to the program; quotes and a closing slash may stay, too.
        fitting = [pattern] if Path(pattern).is_dir() else sorted(glob.glob(pattern.strip("\"'")))
        fitting = [Path(path) for path in fitting if Path(path).is_dir() and not is_hidden(Path(path))]
        if not fitting:
            raise ValueError(f"{pattern}: there is no such folder, nor any that fits it")
        for folder in fitting:
            found += students_in(folder) if len(fitting) == 1 else [folder]
    top = Path(os.path.commonpath([folder.resolve().parent for folder in found]))
    return {folder.resolve().relative_to(top).as_posix(): with_files(folder) for folder in found}


def students_in(folder):
    """The folder itself, if it has a student's files, or no folders; else the folders in it."""
    inner = sorted(each for each in folder.iterdir() if each.is_dir() and not is_hidden(each))
    return [folder] if holds_files(folder) or not inner else inner


def with_files(folder):
    """Where the files are: systems that hand in pack a folder into another."""
    inner = sorted(each for each in folder.iterdir() if each.is_dir() and not is_hidden(each))
    return next((each for each in (folder, *inner) if holds_files(each)), folder)


def holds_files(folder):
    return any((folder / file).exists() for file in FILES) or any(folder.glob("*.ipynb"))


def is_hidden(folder):
    return folder.name.startswith((".", "__"))


def examined(folder, checks, limit):
    """What became of each check of a folder, and its line: {name: (state, line)}, in the order of `checks`."""
    with tempfile.TemporaryDirectory() as spare:
        file = Path(spare) / "results"
        file.touch()
        while True:
            ended = run(folder, file, limit)
            now = read(file, checks)
            if len(now) == len(checks):
                return {name: now[name] for name in checks}
            # What was going on when it ended. A file that ended it when it was loaded is not loaded again.
            name = next(name for name in checks if name not in now)
            state = "unreadable" if loading(file) == checks[name][1] else "wrong"
            where = (
                f"when {checks[name][1]} is loaded" if state == "unreadable" else f"question {checks[name][0]}, {name}"
            )
            with file.open("a", encoding="utf-8") as lines:
                lines.write("\n" + json.dumps({"check": name, "state": state, "line": f"{where}: {ended}"}) + "\n")


def run(folder, file, limit):
    """Run the checks that are left. How the process ended, in words."""
    # Nothing of what students print is kept: it may be anything, without an end.
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # as several folders run at a time
    env = os.environ | alone | {"PYTHONPATH": str(HOME), "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "agg"}
    command = [*CHILD, str(folder.resolve()), str(file)]
    process = subprocess.Popen(command, cwd=HOME, env=env, start_new_session=True, **quiet)
    size, since = 0, time.monotonic()
    try:
        while process.poll() is None:
            if file.stat().st_size != size:
                size, since = file.stat().st_size, time.monotonic()
            if time.monotonic() - since > limit:
                return f"not finished after {limit:g} seconds: does a loop never end?"
            time.sleep(0.05)
    finally:
        end(process)
    return "Python ended (os._exit(), or a crash): leave out what ends it."


def end(process):
    """End a process, and what it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def entries(file):
    """The lines that a folder's process wrote: a student's code may have written there, too."""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def read(file, checks):
    found = {}
    for entry in entries(file):
        if entry.get("check") in checks and entry.get("state") in STATES:
            found.setdefault(entry["check"], (entry["state"], plain(entry.get("line"))))
    return found


def loading(file):
    """The file that was being loaded last, if that never ended."""
    last = None
    for entry in entries(file):
        last = entry.get("loading") if "loading" in entry else None
    return last


def summary(row):
    states = [state for state, _ in row.values()]
    text = f"{states.count('right')} of {len(row)} right"
    if waiting := [name for name, (state, _) in row.items() if state == "waits"]:
        text += f"; waiting for what is wrong or missing: {', '.join(waiting)}"
    return text


def print_table(rows):
    width = max(map(len, map(plain, rows)), default=4)
    print(f"{'':{width}}  right  wrong")
    for name, row in rows.items():
        wrong = [check for check, (state, _) in row.items() if state == "wrong"]
        wrong += [line.split(":")[0] for state, line in row.values() if state == "unreadable"]
        blank = [check for check, (state, _) in row.items() if state == "blank"]
        told = ", ".join(wrong) + ("; " if wrong and blank else "") + (f"to write: {', '.join(blank)}" if blank else "")
        states = [state for state, _ in row.values()]
        print(f"{plain(name):{width}}  {states.count('right'):>2}/{len(row)}  {told}".rstrip())


def write(file, rows, checks):
    """The table as a CSV file: one row per student, one column per check, with what is wrong."""
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as opened:  # Excel looks for the mark
            table = csv.writer(opened)
            table.writerow(["name", "right", *checks])
            for name, row in rows.items():
                right = sum(state == "right" for state, _ in row.values())
                cells = [state if state == "right" else line for state, line in row.values()]
                table.writerow([harmless(name), right, *map(harmless, cells)])
    except OSError as error:
        sys.exit(f"--csv {file}: {error.strerror}")


def harmless(text):
    """A text that no table program takes for a formula."""
    text = plain(text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
