"""Runs stages that are commands: they read and write files by paths that dvc.yaml declares, without `tracked`.

A sweep runs each job in a folder of its own: there the command finds what it would find at the root, and the job's
settings in params.yaml.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracked import strays
from tracked.dvc import commands, graph
from tracked.errors import CommandFailed, UserError
from tracked.messages import one_line
from tracked.outcome import Outcome, Report
from tracked.settings.comparing import flat
from tracked.stages import ends_with_us

if TYPE_CHECKING:
    from tracked.project import Where

LARGEST = 10 * 2**20  # bytes of a metrics or plots file that is kept with a run
TRACE = 20_000  # bytes of what a command that failed said last
PLAIN = re.compile(r"[\w./@%+,:= -]+")  # a command that means the same without a shell
SECONDS = 5  # that an interrupted command has to end


def run(where: "Where", models: Mapping[str, str], name: str, settings: Any, folder: Path, report: Report) -> Outcome:
    """Run a stage's commands in a folder, and return what its files say of it.

    Raises CommandFailed for one that ends with another exit code than 0, and UserError when it has not written what
    dvc.yaml declares.
    """
    stage, here = graph.read(where.code)[name], folder.resolve()
    is_home = here == where.code.resolve()
    with nullcontext(dict(os.environ)) if is_home else _away(where, name, settings, here) as env:
        for line in commands.lines(where, name):
            if not is_home:  # where DVC says it itself
                print(f"{name}: > {line}", flush=True)
            _call(line, here / stage.wdir, env)
        if absent := [path for path in stage.outs if "://" not in path and not (here / path).exists()]:
            raise UserError(f"{name}: its command has not written {', '.join(absent)} below {here}")
    return outcome(where, models, name, settings, folder)


def outcome(where: "Where", models: Mapping[str, str], name: str, _settings: Any, folder: Path) -> Outcome:
    """What the metrics files of a stage say, which are kept with the run as plots are.

    If the stage reads one model, and trains none, they are about that.
    """
    stage = graph.read(where.code)[name]
    metrics = {key: value for path in stage.metrics for key, value in _metrics(folder, path).items()}
    found = [file for path in (*stage.metrics, *stage.plots) for file in _files(folder / path)]
    files = [file for file in dict.fromkeys(found) if file.stat().st_size <= LARGEST]
    trains = any(path in stage.outs for path in models.values())
    evaluated = [model for model, path in models.items() if any(graph.overlap(path, dep) for dep in stage.deps)]
    if metrics and len(evaluated) == 1 and not trains:
        return Outcome(evaluated={evaluated[0]: metrics}, files=files)
    return Outcome(metrics, files=files)


def _metrics(folder: Path, path: str) -> dict[str, float]:
    """The numbers in a file of metrics, by dotted key. Raises UserError when it can't be read."""
    from tracked.dvc import internals  # slow to import

    found = internals.metrics(folder, path)
    numbers = flat(found).items() if isinstance(found, dict) else ()
    return {key: float(value) for key, value in numbers if type(value) in (int, float)}


def _files(path: Path) -> list[Path]:
    found = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [file for file in found if file.is_file() and not strays.is_stray(file.relative_to(path))]


@contextmanager
def _away(where: "Where", name: str, settings: Any, folder: Path) -> Iterator[dict[str, str]]:
    """Have a folder look like the project's to a stage's commands; gives their environment. What was put there goes
    when the block ends well."""
    stage = graph.read(where.code)[name]
    placed = [path for path in commands.read(where, name) if _place(where.code / path, folder / path)]
    for path in (graph.PARAMS, "dvc.yaml", ".dvc"):  # the last two for `dvc.api.params_show` and the like
        if not (folder / path).exists():
            placed.append(path)
    (folder / graph.PARAMS).write_text(yaml_of(settings), encoding="utf-8")
    shutil.copyfile(where.code / "dvc.yaml", folder / "dvc.yaml")
    (folder / ".dvc").mkdir(exist_ok=True)
    for path in (".", *stage.outs):  # a clone has these folders: DVC keeps a .gitignore in each
        (folder / stage.wdir / path if path == "." else (folder / path).parent).mkdir(parents=True, exist_ok=True)
    places = [*where.paths, *(str((where.code / path).parent) for path in placed if path.endswith(".py"))]
    others = filter(None, [os.environ.get("PYTHONPATH")])
    yield os.environ | {"PYTHONPATH": os.pathsep.join([*dict.fromkeys(places), *others])}
    for path in placed:
        _remove(folder / path)


def _place(source: Path, target: Path) -> bool:
    """Copy code, and link other files, where there is nothing yet. Whether something was placed.

    A module finds the root by its own path, which it may resolve first: behind a link it would write there.
    """
    if target.is_symlink() or target.exists() or not source.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file() and source.suffix == ".py":
        shutil.copyfile(source, target)
    elif source.is_dir() and any(source.glob("*.py")):
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*strays.NAMES))
    else:
        target.symlink_to(source)
    return True


def _remove(path: Path) -> None:
    """Remove what was placed, and the folder around it if it is empty then."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()


def yaml_of(settings: Any) -> str:
    """Settings as the text of params.yaml, whether they are plain or as the project's schema has them."""
    from omegaconf import OmegaConf
    from pydantic import TypeAdapter

    if OmegaConf.is_config(settings):
        return OmegaConf.to_yaml(settings)
    return OmegaConf.to_yaml(OmegaConf.create(TypeAdapter(type(settings)).dump_python(settings, mode="json")))


def _call(line: str, folder: Path, env: Mapping[str, str]) -> None:
    """Run a command in a folder, as DVC does. Raises CommandFailed when it ends with another exit code than 0."""
    last = b""
    plain = PLAIN.fullmatch(line) and shutil.which(line.split()[0], path=env.get("PATH"))
    with subprocess.Popen(  # a shell would stay between, and hide from the command that this process has died
        line.split() if plain else line, shell=not plain, cwd=folder, env=env, stderr=subprocess.PIPE, bufsize=0,
        preexec_fn=ends_with_us.begin, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr
        try:
            while said := os.read(process.stderr.fileno(), 65_536):  # a progress bar ends no line
                sys.stderr.buffer.write(said)
                sys.stderr.buffer.flush()
                last = (last + said)[-TRACE:]
            code = process.wait()
        except BaseException:
            _end(process)
            raise
    if code:
        trace = last.decode(errors="replace")
        why = next((line for line in reversed(trace.splitlines()) if line.strip()), "")
        raise CommandFailed(f"`{line}` ended with exit code {code}: {one_line(why)}".rstrip(": "), trace)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a command and all that it has started, as Ctrl-C does; what goes on is killed."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS)
            return
