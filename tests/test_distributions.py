"""What `uv build` makes of the two libraries."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tracked import strays

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("name", "folder", "packages"),
    [("digitrack", ROOT, {"digitrack"}), ("tracked", ROOT / "packages/tracked", {"tracked", "hydra_plugins"})],
)
def test_the_wheel_has_the_library_and_nothing_else(name, folder, packages, tmp_path):
    build = ["uv", "build", "-q", "--offline", "--no-build-isolation", "--python", sys.executable, "-o", tmp_path]
    subprocess.run([*build, folder], check=True)
    (wheel,), (source,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as file:
        inside = set(file.namelist())
    info = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    code = [path.relative_to(folder / "src") for path in (folder / "src").rglob("*.py")]
    code = {path.as_posix() for path in code if not strays.is_stray(path)}
    assert {path for path in inside if path.endswith(".py")} == code
    assert {path.partition("/")[0] for path in inside} == packages | {info}
    assert {f"{name}/py.typed", f"{info}/licenses/LICENSE", f"{info}/METADATA"} < inside
    with tarfile.open(source) as file:
        top = {path.split("/")[1] for path in file.getnames()}
    assert top == {"src", "tests", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore"}
