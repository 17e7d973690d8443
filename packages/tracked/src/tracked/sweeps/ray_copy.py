"""What a worker of a Ray cluster runs first, and what it is sent: `tracked` as the driver has it.

This file goes with the copy, as its `__init__.py`. A worker may have another version of `tracked`, or none, so at the
top nothing of it may be imported.
"""

import os
import sys
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

NAME = "tracked_of_driver"  # one folder for all: what is left out of the project by its path is not left out below it


def enter() -> None:
    """Use the driver's `tracked`, and work for the copy of the project: Ray starts a worker in that."""
    folder = str(Path(__file__).parent)
    sys.path.insert(0, folder)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))  # of its children
    from tracked import project

    project.enter(project.find(Path.cwd()))


def write(parent: Path) -> Path:
    """Write the package below `parent`: the modules of `tracked`, its sweepers and its version."""
    from tracked import strays

    made = parent / NAME
    copytree(Path(_file("tracked")).parent, made / "tracked", ignore=ignore_patterns(*strays.NAMES))
    (made / "hydra_plugins").mkdir()
    copy(_file("hydra_plugins.tracked_sweepers"), made / "hydra_plugins")
    metadata = next(Path(str(file.locate())) for file in distribution("tracked").files or () if file.name == "METADATA")
    copytree(metadata.parent, made / metadata.parent.name)
    copy(__file__, made / "__init__.py")
    return made


def _file(module: str) -> str:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return spec.origin
