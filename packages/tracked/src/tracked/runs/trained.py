"""What a training leaves in the folder of the stages, by its hashes: which model, made of which data."""

import json
from pathlib import Path, PurePosixPath

from tracked import remembered
from tracked.dvc import declared
from tracked.hashes import md5, md5_of_content, md5_of_folder
from tracked.project import here, project

MODEL, DATA = "model_md5", "data_md5"  # the tags


def tags(folder: Path, stage: str, evaluates: bool) -> dict[str, str]:
    """The hashes of the model that a stage trained and of the data that it trained or evaluated on, as tags."""
    model = project().model(stage)
    data = {DATA: data_hash(folder, stage)} if model or evaluates else {}
    return {MODEL: model_hash(folder, model), **data} if model else data


def model_hash(folder: Path, model: str) -> str:
    """The hash of a model, as dvc.lock has it: of a file its MD5, of a folder that of the list of its files.

    Raises FileNotFoundError.
    """
    path = folder / project().models[model]
    return md5_of_folder(path) if path.is_dir() else md5(path)


def data_hash(folder: Path, stage: str) -> str:
    """A hash of the data that a stage reads: what stages that train nothing wrote, and the project's own data.

    The project's code is no data, nor are models and what their trainings wrote beside them.
    """
    makers, trainings = declared.makers(), project().trainings
    own = {path: folder / path for path in declared.inputs(stage) if makers[path] not in trainings}
    own |= {path: here().code / path for path in declared.deps(stage) if path not in makers and _is_data(path)}
    found = {
        f"{path}/{file.relative_to(place).as_posix()}": file
        for path, place in own.items()
        for file in declared.files(place)
    }
    known = remembered.md5s(found.values())
    files = {path: known[file] for path, file in found.items()}
    return md5_of_content(json.dumps(files, sort_keys=True).encode())


def _is_data(path: str) -> bool:
    return any(PurePosixPath(path).is_relative_to(folder) for folder in project().data)
