"""Which models may run here: those that this project has registered, and those that this machine has logged itself.

Whoever has a login can write anything on a server, so that nothing there proves where a model comes from. What each
model consists of is noted before it goes there: in a record of this machine when it is logged, and when it becomes a
registered version, in models.lock, which is committed. A file's line there is its SHA-256 and its place in the model;
a model's line is the SHA-256 of all of these, then [NAME MD5] as dvc.lock has the model's MD5. Lines are only added:
older versions still run, and git can merge two branches' lines as a union.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tracked.errors import UserError
from tracked.messages import one_line
from tracked.project import MODELS_LOCK, here

HEAD = "# The models that this project has registered, and their files, by SHA-256: no others run unasked. Commit it."
RECORDS = ".dvc/tmp/logged_models"
MLMODEL = "MLmodel"
# What MLflow writes anew on each machine, and nothing reads that loads a model: it is removed before that.
REMOVED = ("conda.yaml", "python_env.yaml", "registered_model_meta")
# What MLmodel says of the logging, not of what is loaded.
OF_LOGGING = (
    "artifact_path",
    "mlflow_version",
    "model_id",
    "model_size_bytes",
    "model_uuid",
    "run_id",
    "utc_time_created",
)
SHOWN = 3  # files that a message names


def record(model_id: str, folder: Path) -> None:
    """Note what the model with this id consists of, which this machine is about to log."""
    found = _files(folder)
    place = here().root / RECORDS
    place.mkdir(parents=True, exist_ok=True)
    _write(place / f"{_plain(model_id)}.{_sum(found)}", json.dumps(found, indent=0))


def is_recorded(model_id: str) -> bool:
    """Whether this machine has logged the model with this id."""
    return bool(_recorded(model_id))


def _recorded(model_id: str) -> list[Path]:
    return list((here().root / RECORDS).glob(f"{_plain(model_id)}.*"))


def add(model_id: str, name: str, md5: str) -> None:
    """Note in models.lock what a model that was registered consists of, if this machine has logged it. `md5` is the
    hash by which dvc.lock knows it."""
    for file in _recorded(model_id):
        found = json.loads(file.read_text())
        known = _lines()
        new = {*(_line(sha, path) for path, sha in found.items()), f"{_sum(found)}  [{one_line(name)} {md5}]"}
        if not known.issuperset(new):
            lines = sorted(known | new, key=lambda line: line.split(maxsplit=1)[::-1])
            _write(here().root / MODELS_LOCK, "\n".join([HEAD, *lines, ""]))


def has(md5: str) -> bool:
    """Whether models.lock has a model, by the hash by which dvc.lock knows it."""
    return any(line.endswith(f" {md5}]") for line in _lines())


def check(folder: Path, uri: str) -> None:
    """Raises UserError when a model that was downloaded into a folder is no model that may run here."""
    found, known = _files(folder), _lines()
    if any(line.startswith(f"{_sum(found)}  [") for line in known):
        return
    if any((here().root / RECORDS).glob(f"*.{_sum(found)}")):
        return
    other = [path for path, sha in found.items() if _line(sha, path) not in known]
    if not known:
        why = f"there is no {MODELS_LOCK}, which says what this project has registered"
    elif other:
        more = f" and {len(other) - SHOWN} more" if len(other) > SHOWN else ""
        why = f"this project has not registered it: {', '.join(other[:SHOWN])}{more} as in no model of {MODELS_LOCK}"
    else:
        why = f"this project has not registered it: a file is missing, or they are of several models of {MODELS_LOCK}"
    bring = f"`git pull` brings the {MODELS_LOCK} of who registered it, `dvc repro -f` registers anew"
    raise UserError(one_line(f"{uri} does not run: {why}; {bring}, --trust runs it all the same"))


def remove_unread(folder: Path) -> None:
    """Remove what is no part of a model from the folder that it is loaded from."""
    for path in [path for path in folder.rglob("*") if _is_unread(path.relative_to(folder))]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _files(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a model, by its path. Raises UserError for a link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise UserError(one_line(f"{below.as_posix()} in a model is a link or no file"))
        if path.is_file() and not _is_unread(below):
            found[below.as_posix()] = _sha256(path) if below.as_posix() != MLMODEL else _sha256_of_mlmodel(path)
    return found


def _is_unread(below: Path) -> bool:
    return "__pycache__" in below.parts or below.as_posix() in REMOVED


def _sha256(file: Path) -> str:
    with file.open("rb") as content:  # it may be larger than memory
        return hashlib.file_digest(content, "sha256").hexdigest()


def _sha256_of_mlmodel(file: Path) -> str:
    """Of what it says about loading the model, which is the same whenever and wherever the same model is logged."""
    try:
        with file.open() as text:  # as MLflow opens it
            told = yaml.safe_load(text)
        decides = {key: value for key, value in told.items() if key not in OF_LOGGING}
        _drop_machine(decides["flavors"]["python_function"])
        return hashlib.sha256(json.dumps(decides, sort_keys=True, default=repr).encode()).hexdigest()
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return _sha256(file)  # MLflow can't load it either


def _drop_machine(flavor: dict[str, Any]) -> None:
    """Leave out versions, of which MLflow only warns, and the folders that code and artifacts were copied from."""
    for key in ("python_version", "cloudpickle_version"):
        flavor.pop(key, None)
    if "model_code_path" in flavor:  # MLflow looks for a file of that name in the model
        flavor["model_code_path"] = os.path.basename(flavor["model_code_path"])
    for artifact in (flavor.get("artifacts") or {}).values():
        artifact.pop("uri", None)


def _sum(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _line(sha: str, path: str) -> str:
    return f"{sha}  {one_line(path)}"


def _lines() -> set[str]:
    """The lines of models.lock, without what a merge may have left."""
    file = here().root / MODELS_LOCK
    lines = file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
    return {line for line in lines if len(line.partition("  ")[0]) == 64}


def _write(file: Path, text: str) -> None:
    """All of it or nothing."""
    spare = here().root / ".dvc/tmp" / f"{MODELS_LOCK}.{os.getpid()}"
    spare.write_text(text, "utf-8")
    spare.replace(file)


def _plain(model_id: str) -> str:
    """As a file's name: a server made it."""
    return "".join(character if character.isalnum() or character == "-" else "_" for character in model_id)
