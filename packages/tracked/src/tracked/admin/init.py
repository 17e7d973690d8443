"""Join a DVC project to this library: `tracked init [--write]`.

Its stages, settings and names stay as they are. Added are a table in pyproject.toml, which marks the project, the
module that it names, and what git and DVC are to leave alone.
"""

import argparse
import subprocess
import tomllib
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

from tracked import strays
from tracked.dvc import commands, graph
from tracked.errors import UserError
from tracked.project import MARK, Where, find

TABLE = '[tool.tracked]\nproject = "{}:PROJECT"\n'
PATHS = "paths = [{}]\n"
MODULE = "from tracked import Project\n\nPROJECT = Project({})\n"
NAMES = ("project", "tracked_project", "tracked_project_2")  # of the module: the first that nothing has
STORE = ("mlflow.db*", "mlartifacts/")
FOLDERS = {  # of results, and how what is in them is called
    "multirun": ("20*/", "2026-01-01/x"),  # Hydra's, by the day
    "outputs": ("20*/", "2026-01-01/x"),
}
WEIGHTS = {  # how files end that may be models
    *(".bin", ".bst", ".cbm", ".ckpt", ".h5", ".joblib", ".keras", ".onnx", ".pickle", ".pkl", ".pt", ".pth"),
    *(".safetensors", ".skops", ".tflite", ".ubj"),
}


def additions(folder: Path) -> dict[str, str]:
    """What is to be added to each file of a DVC project, by name; nothing where all is there. Raises UserError."""
    found: dict[str, str] = {}
    if (table := _table(folder)) is None:
        name = next(name for name in NAMES if not any((home / name).is_dir() or (home / f"{name}.py").exists()
                                                      for home in (folder, folder / "src")))  # fmt: skip
        started, folders = _modules(folder)
        found[MARK] = TABLE.format(name) + PATHS.format(", ".join(map(_text, folders))) * bool(folders)
        found[f"{name}.py"] = MODULE.format(_arguments(folder, started))
    else:
        find(folder)  # or it says what is wrong with the table
        started, _ = _modules(folder)
        home, _, _ = table["project"].partition(":")
        path = Path(*home.split(".")).with_suffix(".py")
        if not any((place / path).exists() for place in (folder, folder / "src")):
            found[str(path)] = MODULE.format(_arguments(folder, started))
    if lines := _ignored(folder):
        found[".gitignore"] = "".join(f"{line}\n" for line in lines)
    if lines := _not_data(folder):
        found[".dvcignore"] = "".join(f"{line}\n" for line in lines)
    return found


def _table(folder: Path) -> dict[str, Any] | None:
    """[tool.tracked] of pyproject.toml, if it is there. Raises UserError when the file can't be read."""
    return _toml(folder).get("tool", {}).get("tracked")


def _toml(folder: Path) -> dict[str, Any]:
    file = folder / MARK
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not readable TOML: {error}") from None


def _arguments(folder: Path, started: dict[str, str]) -> str:
    """What the project says of itself: its name, and which model and modules it has, where these do not go without
    saying."""
    name = _toml(folder).get("project", {}).get("name") or folder.resolve().name
    said = [_text(name)]
    packages = Counter(module.rpartition(".")[0] for stage, module in started.items() if _last(module) == stage)
    if package := max(packages, key=lambda one: packages[one], default=""):
        said.append(f"package={_text(package)}")
    if others := {stage: module for stage, module in started.items() if module != f"{package}.{stage}".lstrip(".")}:
        said.append(f"modules={_texts(others)}")
    if model := _model(folder):
        said.append(f"models={_texts({PurePosixPath(model).stem: model})}")
    return ", ".join(said)


def _model(folder: Path) -> str:
    """The one output that looks like a model, of those that a stage with metrics reads; "" where outputs are called
    as models are, or several look like one."""
    stages = graph.read(folder)
    made = [path for stage in stages.values() for path in stage.products if PurePosixPath(path).suffix in WEIGHTS]
    tested = {path for stage in stages.values() if stage.metrics for path in made if path in stage.deps}
    return tested.pop() if len(tested) == 1 and not graph.models(folder) else ""


def _last(module: str) -> str:
    return module.rpartition(".")[2]


def _texts(values: dict[str, str]) -> str:
    return f"{{{', '.join(f'{_text(key)}: {_text(value)}' for key, value in values.items())}}}"


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _modules(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The module of each stage that starts Python once, and the folders besides src/ and the root that such modules are
    in: a script finds those beside it first, and so it does as a module."""
    where, found, folders = Where(folder, folder, "", folder), {}, []
    homes = [Path(home).resolve() for home in where.paths]
    files: dict[str, Path] = {}
    for stage in graph.read(folder):
        started = commands.code(where, stage)
        if len(started) != 1:
            continue
        ((module, place),) = started.items()
        place = place.resolve()
        home = next((home for home in homes if place.is_relative_to(home)), None)
        if home is None:
            continue
        if (place / "__init__.py").exists():
            module = ".".join([*place.relative_to(home).parts, module])
        if files.setdefault(module, place) == place:  # or it would be another stage's
            found[graph.split(stage)[0]] = module
            if place not in homes and not (place / "__init__.py").exists():
                folders.append(place.relative_to(folder.resolve()).as_posix())
    return found, list(dict.fromkeys(folders))


def _ignored(folder: Path) -> list[str]:
    """The lines that .gitignore lacks; none where no git keeps the folder."""
    written = [path for stage in graph.read(folder).values() for path in (*stage.outs, *stage.deps)]
    found = {f"/{line}": line.replace("*", "").replace("/", "/x") for line in STORE}  # with a file that it is about
    for name, (pattern, example) in FOLDERS.items():
        own = (folder / name).exists() or any(graph.overlap(name, path) for path in written)
        found[f"/{name}/{pattern}" if own else f"/{name}/"] = f"{name}/{example}"
    found["__pycache__/"] = "__pycache__/x"
    return [line for line, path in found.items() if _is_seen(folder, path)]


def _not_data(folder: Path) -> list[str]:
    """The lines that .dvcignore lacks, so that what editors and systems leave in a folder runs no stage again."""
    file = folder / ".dvcignore"
    there = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line for line in strays.lines() if line not in there]


def _is_seen(folder: Path, path: str) -> bool:
    """Whether git would show a file of this path as a new one."""
    ask = ["git", "check-ignore", "-q", "--no-index", path]
    return subprocess.run(ask, cwd=folder, check=False, capture_output=True).returncode == 1  # 128 without git


def write(folder: Path, found: dict[str, str]) -> None:
    """Add it, at the end of files that are there. Raises UserError, and writes nothing, where pyproject.toml has a form
    that nothing can be added to."""
    texts = {}
    for name, text in found.items():
        before = (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else ""
        gap = "\n" if before and name == MARK else ""
        texts[name] = f"{before}{'' if not before or before.endswith(chr(10)) else chr(10)}{gap}{text}"
    try:
        tomllib.loads(texts.get(MARK, ""))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{folder / MARK}: add the table by hand: at its end it gives an error ({error})") from None
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def place(start: Path) -> Path:
    """The folder of the nearest dvc.yaml upwards, in a repository of DVC. Raises UserError where there is none."""
    folder = next((folder for folder in (start, *start.parents) if (folder / "dvc.yaml").is_file()), None)
    if folder is None:
        raise UserError(f"no dvc.yaml in {start} or above it: run this in the folder of a DVC project")
    if not any((above / ".dvc").is_dir() for above in (folder, *folder.parents)):
        raise UserError(f"{folder} has a dvc.yaml, but is not in a DVC repository: run `dvc init` there first")
    return folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="add it; without this, it is printed")


def run(given: argparse.Namespace) -> None:
    folder = place(Path.cwd())
    stages, found = graph.read(folder), additions(folder)
    if not found:
        print(f"{folder}: nothing to add, the project is set up")
        return
    for name, text in found.items():
        print(f"{name}{', added at its end' if (folder / name).exists() else ', new'}:\n")
        print("".join(f"    {line}".rstrip() + "\n" for line in text.splitlines()))
    if not given.write:
        print(f"Nothing is written yet: `tracked init --write` adds it to {folder}")
        return
    write(folder, found)
    print(f"Written. No stage was changed ({', '.join(stages)}).")
    print("`tracked ui` shows what dvc.lock has; `tracked run -m SECTION.KEY=1,2` tries values of a setting.")
