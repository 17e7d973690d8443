"""What editors, systems and tools leave beside files is no code, no settings and no data."""

import sys
from pathlib import PurePosixPath

import pytest
import yaml

from tracked import strays

FILES = {  # as they lie beside a file, with what is in them
    **dict.fromkeys((".x.yaml.swp", ".x.yaml.swo", ".x.py.kate-swp", "x.py~", "x.yaml~"), b"b0VIM"),
    **dict.fromkeys(("#x.yaml#", "#x.py#", "x.py___jb_tmp___", "x.yaml___jb_old___"), b"seed: 5\n"),
    **dict.fromkeys((".~lock.x.csv#", "~$x.xlsx", ".nfs000000000123", ".fuse_hidden0001"), b"ann,host\n"),
    **dict.fromkeys((".DS_Store", "._x.yaml", "._x.py", "Thumbs.db", ".directory"), b"\0\5\x16\7\xff"),
    **dict.fromkeys(("__pycache__/x.pyc", ".ipynb_checkpoints/x-checkpoint.py", "x.egg-info/PKG-INFO"), b"x"),
    **dict.fromkeys((".mypy_cache/x.json", ".pytest_cache/README.md", ".ruff_cache/x", ".Trash-1000/x.py"), b"x"),
}
LINKS = (".#x.yaml", ".#x.py")  # of Emacs, to nothing
REAL = (
    *("4913", "x.py", ".x.py", "#x.py", "x#", ".hidden.yaml", "x.sw", "x.swp", ".x.swx", "_x.py", "~x", "$x", "x.db"),
    *("cache/x", "thumbs.py", "DS_Store", "pycache/x", "x.lock", ".env.yaml", "x~1.py", "lock.x.csv", "egg-info.py"),
)
CODE = "from tracked.dvc import declared; print(declared.code(['make', 'train']), declared.hashes(['make']))"
DIFFERENCE = """
from tracked.secrets.provenance import tags
from tracked.secrets.uncommitted import uncommitted
print(uncommitted(), tags()["git_dirty"])
"""


def leave_in(folder):
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for name in LINKS:
        (folder / name).symlink_to("ann@host.1234:5678")


@pytest.fixture
def joined(points):
    """A project that `tracked init` has joined, with folders of code and of data, all stages run and all committed."""
    graph = yaml.safe_load((points.path / "dvc.yaml").read_text())
    graph["stages"]["make"]["deps"] += ["lib", "inputs"]
    (points.path / "dvc.yaml").write_text(yaml.safe_dump(graph))
    for name in ("lib/code.py", "inputs/x.csv"):
        (points.path / name).parent.mkdir()
        (points.path / name).write_text("x = 1\n")
    points.init()
    points.run("tracked", "init", "--write")
    points.run("dvc", "repro", "-q")
    points.run("git", "add", "-A")
    points.run("git", "commit", "-qm", "all")
    return points


@pytest.mark.parametrize("name", [*FILES, *LINKS])
def test_what_is_left_is_known_by_its_name(name):
    assert strays.is_stray(PurePosixPath("src", name))


@pytest.mark.parametrize("name", REAL)
def test_a_name_that_code_or_data_may_have_is_not(name):
    assert not strays.is_stray(PurePosixPath("src", name))


@pytest.mark.long
def test_nothing_runs_again_and_no_settings_are_refused_for_it(joined):
    sweep = ("tracked", "run", "train", "-m", "train.rate=1,2")
    assert "2 done" in joined.run(*sweep).stdout
    before = joined.python(CODE).stdout
    for folder in ("conf", "lib", "inputs", "."):
        leave_in(joined.path / folder)
    assert joined.run("dvc", "status").stdout == "Data and pipelines are up to date.\n"
    assert joined.python(CODE).stdout == before
    assert "2 skipped" in joined.run(*sweep).stdout
    joined.run("tracked", "compose")
    (joined.path / "lib/more.py").write_text("y = 2\n")
    assert "lib" in joined.run("dvc", "status").stdout
    assert joined.python(CODE).stdout != before


@pytest.mark.long
def test_it_is_no_difference_to_the_commit(joined):
    joined.run("git", "config", "core.excludesFile", "/dev/null")
    (joined.path / ".gitignore").write_text("/.dvc/tmp\n/mlflow.db*\n/mlartifacts/\n/data\n/models\n")
    (joined.path / "conf/.DS_Store").write_bytes(b"tracked")
    joined.run("git", "add", "-f", ".")
    joined.run("git", "commit", "-qm", "more")
    (joined.path / "notes").mkdir()
    for folder in ("conf", "lib", "notes", "."):
        leave_in(joined.path / folder)
    assert joined.python(DIFFERENCE).stdout == "Uncommitted(diff=b'', left_out=()) false\n"
    (joined.path / "notes/x.csv").write_text("1\n")
    (joined.path / "conf/real.yaml").write_text("x: 1\n")
    told = joined.python(DIFFERENCE).stdout
    assert "real.yaml" in told
    assert "notes/x.csv" in told
    assert not [name for name in (*FILES, *LINKS) if f"/{name}" in told]


def test_it_does_not_go_with_a_models_code(tiny):
    leave_in(tiny.path / "src/tinylib")
    copy = (
        "from pathlib import Path; from tracked.runs import served_code as s; s.copy(Path('src/tinylib'), Path('to'))"
    )
    for _ in range(2):
        tiny.run(sys.executable, "-c", copy.replace("Path('src", "Path.cwd() / Path('src"))
        found = {file.name for file in (tiny.path / "to").rglob("*") if file.is_file() or file.is_symlink()}
        assert found == {"__init__.py", "serving.py"}
        (tiny.path / ".git").rename(tiny.path.parent / "elsewhere") if (tiny.path / ".git").exists() else None
