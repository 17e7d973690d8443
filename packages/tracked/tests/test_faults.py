"""Errors of a project's own code: a line that names the place, the traceback kept, and both on the run that failed."""

import errno
import pickle
from pathlib import Path

import pytest

from tracked import faults
from tracked.errors import UserError

FITTING = "tiny/fitting.py"
BUG = 'float("one http://ann:pw@host")'
LINE = "ValueError: could not convert string to float: 'one http://***@host' (tiny/fitting.py:{})"


def broken(tiny, code=BUG):
    """Have both fits fail in their own code. The line of it."""
    file = tiny.path / FITTING
    lines = file.read_text().splitlines()
    place = lines.index("    slope, rows = 0.0, []")
    lines.insert(place, f"    {code}")
    file.write_text("\n".join(lines))
    return place + 1


def failed(tiny):
    """The runs that failed, but for those that stand for several: tags, and the traceback among the artifacts."""
    client = tiny.client()
    found = []
    for run in tiny.runs():
        if run["status"] == "FAILED" and "stage" in run["tags"]:
            names = [file.path for file in client.list_artifacts(run["id"])]
            trace = Path(client.download_artifacts(run["id"], "error.log")).read_text() if "error.log" in names else ""
            found.append((run["tags"]["stage"], run["tags"].get("error"), trace))
    return sorted(found)


def check_trace(text, number):
    assert text.startswith("Traceback (most recent call last):")
    assert f'fitting.py", line {number}, in fit' in text
    assert text.rstrip().endswith("ValueError: could not convert string to float: 'one http://***@host'")
    assert "pw@" not in text


def test_on_the_command_line(tiny):
    number = broken(tiny)
    done = tiny.run("tracked", "run", "fit_slow", ok=False)
    assert done.returncode == 1
    assert done.stderr == f"error: {LINE.format(number)}; traceback: outputs/run/error.log\n"
    check_trace((tiny.path / "outputs/run/error.log").read_text(), number)
    ((stage, line, trace),) = failed(tiny)
    assert (stage, line) == ("fit_slow", LINE.format(number))
    check_trace(trace, number)

    tiny.run("git", "checkout", FITTING)
    tiny.run("tracked", "run", "fit_slow")
    assert not (tiny.path / "outputs/run/error.log").exists()


@pytest.mark.long
def test_the_whole_pipeline_on_the_command_line(tiny):
    number = broken(tiny)
    done = tiny.run("tracked", "run", ok=False)
    assert done.stderr == f"error: {LINE.format(number)}; traceback: outputs/run/error.log\n"
    assert [(stage, line) for stage, line, _ in failed(tiny)] == [("fit_slow", LINE.format(number))]


def test_under_dvc(tiny):
    tiny.run("dvc", "init", "-q")
    number = broken(tiny)
    before = {path.name for path in tiny.path.iterdir()}
    done = tiny.run("dvc", "repro", "fit_slow", ok=False)
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("error: "))
    assert line.startswith(f"error: {LINE.format(number)}; traceback: .dvc/tmp/errors/fit_slow.log (`dvc checkout` ")
    check_trace((tiny.path / ".dvc/tmp/errors/fit_slow.log").read_text(), number)
    assert "Traceback" not in done.stderr
    ((stage, _, trace),) = failed(tiny)
    assert stage == "fit_slow"
    check_trace(trace, number)
    made = {path.name for path in tiny.path.iterdir()} - before
    assert made <= {"data", "dvc.lock", "mlflow.db", "mlflow.db.lock", "mlartifacts"}


@pytest.mark.long
def test_printed_in_full_when_the_user_asks_for_it(tiny):
    number = broken(tiny)
    done = tiny.run("tracked", "run", "fit_slow", ok=False, HYDRA_FULL_ERROR="1")
    trace, _, line = done.stderr.rstrip().rpartition("\n")
    check_trace(trace, number)
    assert line.startswith("error: ValueError: ")


@pytest.mark.parametrize("launcher", ["in process", pytest.param("joblib", marks=pytest.mark.long)])
def test_jobs_of_a_sweep(tiny, launcher):
    number = broken(tiny)
    how = ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"] if launcher == "joblib" else []
    command = ("tracked", "run", "fit_slow", "-m", "fit_slow.rate=0.02,0.03", f"hydra.sweep.dir={tiny.path}/swept")
    done = tiny.run(*command, *how, ok=False)
    assert "Traceback" not in done.stderr
    for job, rate in enumerate((0.02, 0.03)):
        said = f"failed: rate={rate}: {LINE.format(number)}; traceback: swept/{job}/error.log\n"
        assert said in done.stderr
        check_trace((tiny.path / f"swept/{job}/error.log").read_text(), number)
    runs = failed(tiny)
    assert [(stage, line) for stage, line, _ in runs] == [("fit_slow", LINE.format(number))] * 2
    for *_, trace in runs:
        check_trace(trace, number)

    again = tiny.run(*command, *how, ok=False, HYDRA_FULL_ERROR="1")
    assert again.stderr.count("Traceback (most recent call last):") == 2


@pytest.mark.long
def test_a_job_that_is_the_whole_pipeline(tiny):
    number = broken(tiny)
    tiny.run("tracked", "run", "-m", "seed=1,2", ok=False)
    runs = failed(tiny)
    assert [stage for stage, *_ in runs] == ["fit_slow", "fit_slow", "pipeline", "pipeline"]
    assert {line for _, line, _ in runs} == {LINE.format(number)}
    for *_, trace in runs:
        check_trace(trace, number)


@pytest.mark.long
def test_a_refusal_is_a_reason_without_a_traceback(tiny):
    done = tiny.run("tracked", "run", "fit_slow", "fit_slow.rate=-1", ok=False)
    assert done.stderr == "error: a rate below 0\n"
    assert failed(tiny) == [("fit_slow", "a rate below 0", "")]
    assert not (tiny.path / "outputs/run/error.log").exists()
    tiny.run("tracked", "run", "fit_slow", "-m", "fit_slow.rate=-1,-2", ok=False)
    assert failed(tiny) == [("fit_slow", "a rate below 0", "")] * 3


@pytest.mark.long
def test_a_file_that_the_code_itself_misses_is_its_error(tiny):
    number = broken(tiny, 'open("nowhere.txt")')
    done = tiny.run("tracked", "run", "fit_slow", ok=False)
    said = "FileNotFoundError: [Errno 2] No such file or directory: 'nowhere.txt'"
    assert done.stderr.startswith(f"error: {said} (tiny/fitting.py:{number}); traceback: ")


def test_a_drawing_that_fails_in_a_process_of_its_own_names_its_place(tiny):
    file = tiny.path / "tiny/judge.py"
    file.write_text(file.read_text().replace("    Image.new", "    1 / 0\n    Image.new"))
    graph = tiny.path / "dvc.yaml"
    graph.write_text(graph.read_text().replace("- reports/judge\n", "- reports/judge/errors.png\n"))
    number = file.read_text().splitlines().index("    1 / 0") + 1
    done = tiny.run("tracked", "run", "judge", ok=False)
    assert done.stderr.startswith(f"error: ZeroDivisionError: division by zero (tiny/judge.py:{number}); traceback: ")
    ((_, _, trace),) = failed(tiny)
    assert f'judge.py", line {number}, in draw' in trace


@pytest.mark.long
def test_a_module_that_is_no_python_names_its_place(tiny):
    (tiny.path / "tiny/make.py").write_text("x = 1\nx = = 2\n")
    done = tiny.run("tracked", "run", "make", ok=False)
    assert done.stderr.startswith("error: SyntaxError: invalid syntax (make.py, line 2) (tiny/make.py:2); traceback: ")


def test_an_error_of_this_library_keeps_its_traceback(tiny):
    script = """
import sys
from tracked import command
from tracked.runs import sync
sync.sync = lambda: 1 / 0
sys.argv = ["tracked", "sync"]
command.main()
"""
    done = tiny.python(script, ok=False)
    assert done.stderr.startswith("error: ZeroDivisionError: division by zero (tracked/runs/sync.py:")
    assert done.stderr.endswith("; traceback: .dvc/tmp/errors/sync.log\n")
    assert (tiny.path / ".dvc/tmp/errors/sync.log").read_text().startswith("Traceback")


def test_outside_a_project_there_is_one_line(tiny):
    (tiny.path / "pyproject.toml").unlink()
    done = tiny.run("tracked", "sync", ok=False)
    assert done.stderr.startswith("error: no project found in ")
    assert len(done.stderr.splitlines()) == 1


def test_what_the_user_can_put_right():
    full = OSError(errno.ENOSPC, "No space left", "a")
    assert faults.of(full) == faults.Failure("[Errno 28] No space left: 'a': make room, and start again")
    for error in (UserError("no"), PermissionError(errno.EACCES, "denied", "mlflow.db")):
        assert faults.is_for_the_user(error)
    for error in (ValueError("no"), ConnectionRefusedError(errno.ECONNREFUSED, "refused")):
        assert not faults.is_for_the_user(error)


def test_a_long_message_keeps_its_place():
    failure = faults.Failure("x" * 5000, "a.py:1", "Traceback")
    assert failure.line(300) == f"{'x' * 300}... (a.py:1)"


def test_an_error_survives_the_way_between_processes():
    class Odd(Exception):
        def __init__(self, one, two):
            super().__init__(f"{one}\ud800\0{two}")

    def fail():
        raise Odd(1, 2)

    with pytest.raises(faults.Fault) as raised:
        faults.carry(fail)
    failure = faults.of(pickle.loads(pickle.dumps(raised.value)))  # noqa: S301, its own
    assert failure.message == r"Odd: 1\ud800\x002"
    assert "in fail" in failure.trace
    failure.trace.encode()
