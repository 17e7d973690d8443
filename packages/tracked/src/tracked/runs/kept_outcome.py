"""What became of a stage, as files: to be logged later, by a process that knows nothing of it. Nothing is pickled."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tracked.outcome import Outcome, Served
from tracked.project import project
from tracked.runs import trained

ARRAYS = "arrays.npz"


def write(outcome: Outcome, folder: Path, to: Path) -> dict[str, Any]:
    """Copy the files of an outcome of `folder` to a folder of their own. The rest of it, for JSON."""
    arrays: dict[str, np.ndarray] = {}

    def put(array: Any) -> str:
        arrays[name := str(len(arrays))] = np.asarray(array)
        return name

    needed = [trained.model(folder, network) for network in outcome.about]
    needed += [trained.curves_file(folder, network) for network in outcome.about]
    for file in {*outcome.files, *needed, outcome.model, outcome.data}:
        if file and file.exists():
            _copy(file, to / file.relative_to(folder))
    kept = {
        "figures": outcome.figures,
        "params": outcome.params,
        "about": outcome.about,
        "files": [_below(file, folder) for file in outcome.files],
        "model": outcome.model and _below(outcome.model, folder),
        "data": outcome.data and _below(outcome.data, folder),
        "datasets": {name: [put(x), put(y)] for name, (x, y) in outcome.datasets.items()},
        "images": {key: [put(image) for image in images] for key, images in outcome.images.items()},
        "served": None,
    }
    if outcome.served:
        with TemporaryDirectory() as spare:
            served = outcome.served(Path(spare))
            for key, file in served.files.items():
                _copy(file, to / "served" / key / file.name)
        kept["served"] = {
            "load": served.load,
            "files": {key: f"served/{key}/{file.name}" for key, file in served.files.items()},
            "example": put(served.example),
            "outputs": put(served.outputs),
            "requirements": served.requirements,
        }
    np.savez_compressed(to / ARRAYS, **arrays)  # type: ignore[arg-type]
    return kept


def read(kept: dict[str, Any], folder: Path) -> Outcome:
    """The outcome that was written to a folder. Raises ValueError for one that is not as it was written."""
    with np.load(folder / ARRAYS, allow_pickle=False) as file:
        arrays = dict(file)
    served = kept["served"]
    if served and served["load"].partition(".")[0] != project().served:
        raise ValueError(f"{served['load']} is no function of {project().served}")
    return Outcome(
        figures=kept["figures"],
        params=kept["params"],
        about=kept["about"],
        files=[_within(folder, file) for file in kept["files"]],
        model=kept["model"] and _within(folder, kept["model"]),
        data=kept["data"] and _within(folder, kept["data"]),
        datasets={name: (arrays[x], arrays[y]) for name, (x, y) in kept["datasets"].items()},
        images={key: [arrays[name] for name in names] for key, names in kept["images"].items()},
        served=served and (lambda spare: _served(served, arrays, folder)),
    )


def _served(served: dict[str, Any], arrays: dict[str, np.ndarray], folder: Path) -> Served:
    return Served(
        served["load"],
        {key: _within(folder, file) for key, file in served["files"].items()},
        arrays[served["example"]],
        arrays[served["outputs"]],
        served["requirements"],
    )


def _within(folder: Path, name: str) -> Path:
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):  # it would be uploaded
        raise ValueError(f"{name} is no file of it")
    return file


def _below(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)
