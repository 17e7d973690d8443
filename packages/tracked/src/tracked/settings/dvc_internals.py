"""What leans on DVC's private side: the only place to look when a new DVC breaks something.

DVC has no public way to compose Hydra as `dvc exp run` does, nor to tell a folder's hash in dvc.lock.
"""

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tracked.errors import UserError


def composition(conf: Path) -> bytes:
    """What conf/ says now, byte for byte as `dvc exp run` would write it. Raises UserError when Hydra refuses it."""
    from dvc.utils.hydra import compose_and_dump  # imports much of DVC

    with TemporaryDirectory() as folder:
        file = Path(folder) / "params.yaml"
        try:
            compose_and_dump(str(file), str(conf.resolve()), None, "config", "", [])
        except Exception as error:  # what Hydra raises for odd settings shares no base class
            raise UserError(f"conf/: {' '.join(str(error).split())}") from None
        return file.read_bytes()


def md5_of_folder(folder: Path) -> str:
    """A folder's hash in dvc.lock: of the JSON list of its files' hashes and names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    rows = [{"md5": md5(p.read_bytes()), "relpath": p.relative_to(folder).as_posix()} for p in files]
    rows.sort(key=lambda row: row["relpath"])
    return md5(json.dumps(rows, sort_keys=True).encode()) + ".dir"


def md5(content: bytes) -> str:
    """The hash by which DVC knows a file."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
