"""What leans on DVC's private side: the only place to look when a new DVC breaks something.

DVC has no public way to compose Hydra as `dvc exp run` does.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tracked.errors import UserError
from tracked.messages import one_line


def composition(conf: Path) -> bytes:
    """What conf/ says now, byte for byte as `dvc exp run` would write it. Raises UserError when Hydra refuses it."""
    from dvc.utils.hydra import compose_and_dump  # imports much of DVC

    with TemporaryDirectory() as folder:
        file = Path(folder) / "params.yaml"
        try:
            compose_and_dump(str(file), str(conf.resolve()), None, "config", "", [])
        except Exception as error:  # what Hydra raises for odd settings shares no base class
            raise UserError(f"conf/: {one_line(error)}") from None
        return file.read_bytes()
