"""`tracked init` adds to a DVC project what marks it, and changes nothing that stands there."""

import tomllib

import pytest
import yaml

from tracked import strays

GRAPH = {
    "stages": {
        "clean": {"cmd": "python src/clean.py raw.csv tidy.csv", "deps": ["raw.csv"], "outs": ["tidy.csv"]},
        "fit": {"cmd": "python src/fit_forest.py tidy.csv forest.pkl", "deps": ["tidy.csv"], "outs": ["forest.pkl"]},
        "judge": {"cmd": "bash judge.sh", "deps": ["forest.pkl"], "metrics": [{"m.json": {"cache": False}}]},
    }
}
FILES = {
    "dvc.yaml": yaml.safe_dump(GRAPH, sort_keys=False),
    "src/clean.py": "raise SystemExit('it was imported')\n",
    "src/fit_forest.py": "",
    ".gitignore": "__pycache__/\nmlflow.db*",
}
TABLE = '[tool.tracked]\nproject = "project:PROJECT"\n'
PROJECT = """from tracked import Project

PROJECT = Project("mine", modules={"fit": "fit_forest"}, models={"forest": "forest.pkl"})
"""


@pytest.fixture
def old(of_files):
    """A project of DVC, with more files."""
    return lambda **files: of_files(FILES | {name.replace("__", "/"): text for name, text in files.items()})


def content(project):
    return {
        file.relative_to(project.path).as_posix(): file.read_text()
        for file in project.path.rglob("*")
        if file.is_file() and not {".git", ".dvc", "__pycache__"} & set(file.parts)
    }


def test_it_prints_what_it_would_add_and_adds_that_alone(old):
    project = old()
    before = content(project)
    printed = project.run("tracked", "init").stdout
    assert content(project) == before
    for line in (*TABLE.splitlines(), *PROJECT.splitlines(), "/mlartifacts/", "/multirun/", "/outputs/"):
        assert line.strip() in printed
    assert "Nothing is written yet: `tracked init --write` adds it to " in printed

    project.run("env", "-C", str(project.path / "src"), "tracked", "init", "--write")
    ignored = "__pycache__/\nmlflow.db*\n/mlartifacts/\n/multirun/\n/outputs/\n"
    not_data = before[".dvcignore"] + "".join(f"{line}\n" for line in strays.lines())
    added = {"pyproject.toml": TABLE, "project.py": PROJECT, ".gitignore": ignored, ".dvcignore": not_data}
    assert content(project) == before | added
    assert project.run("tracked", "init").stdout == f"{project.path}: nothing to add, the project is set up\n"
    assert project.run("tracked", "runs").stdout == "no runs\n"
    changed = project.run("git", "status", "--short").stdout.splitlines()
    assert changed == [" M .dvcignore", " M .gitignore", "?? project.py", "?? pyproject.toml"]


def test_a_pyproject_keeps_what_it_has(old):
    had = '# Ours.\n[project]\nname = "pump-watch"  # as on the index\n\n[tool.ruff]\nline-length = 100'
    project = old(**{"pyproject.toml": had})
    project.run("tracked", "init", "--write")
    text = (project.path / "pyproject.toml").read_text()
    assert text == f"{had}\n\n{TABLE}"
    assert tomllib.loads(text)["tool"]["tracked"] == {"project": "project:PROJECT"}
    assert 'Project("pump-watch", ' in (project.path / "project.py").read_text()


def test_names_that_are_taken_are_left_alone(old):
    graph = {"stages": {"fit": {"cmd": "python -m forest.fit", "outs": ["models/a.bin", "outputs/told.json"]},
                        "judge": {"cmd": "python -m forest.test"}}}  # fmt: skip
    project = old(**{"src/project.py": "", "src/forest/fit.py": "", "src/forest/test.py": "",
                                      "dvc.yaml": yaml.safe_dump(graph)})  # fmt: skip
    project.run("tracked", "init", "--write")
    assert 'project = "tracked_project:PROJECT"' in (project.path / "pyproject.toml").read_text()
    told = (project.path / "tracked_project.py").read_text()
    assert told.endswith('PROJECT = Project("mine", package="forest", modules={"judge": "forest.test"})\n')
    assert "/outputs/20*/\n" in (project.path / ".gitignore").read_text()


@pytest.mark.long
def test_scripts_in_a_folder_of_their_own_are_found_as_python_finds_them(old):
    """Also where the folder is called as a module of Python's own, and a script imports one beside it."""
    graph = {"stages": {"fit": {"cmd": "python code/fit.py", "deps": ["code/fit.py"], "outs": ["model.txt"]}}}
    project = old(**{"dvc.yaml": yaml.safe_dump(graph), "code/fit.py": "", "code/beside.py": "WORD = 'found'\n"})
    project.run("tracked", "init", "--write")
    assert tomllib.loads((project.path / "pyproject.toml").read_text())["tool"]["tracked"]["paths"] == ["code"]
    assert 'Project("mine")' in (project.path / "project.py").read_text()
    (project.path / "code/fit.py").write_text(
        "from beside import WORD\nfrom tracked import Outcome\n\n\n"
        "def run(settings, folder, report):\n    (folder / 'model.txt').write_text(WORD)\n    return Outcome()\n"
    )
    graph["stages"]["fit"]["cmd"] = "tracked run fit"
    (project.path / "dvc.yaml").write_text(yaml.safe_dump(graph))
    project.run("dvc", "repro", "-q")
    assert (project.path / "model.txt").read_text() == "found"
    assert "code/beside.py" in project.run("tracked", "deps", ok=False).stdout
    (project.path / "pyproject.toml").write_text(f'{TABLE}paths = "code"\n')
    assert "must be a list of folders" in project.run("tracked", "runs", ok=False).stderr


def test_where_nothing_can_be_joined_it_says_so_in_one_line(old, tmp_path):
    project = old(**{"pyproject.toml": "tool = {}\n"})
    told = project.run("tracked", "init", "--write", ok=False).stderr
    assert told.startswith(f"error: {project.path}/pyproject.toml: add the table by hand: ")
    assert (project.path / "pyproject.toml").read_text() == "tool = {}\n"
    assert not (project.path / "project.py").exists()
    (project.path / "pyproject.toml").write_text("[tool")
    assert "is not readable TOML" in project.run("tracked", "init", ok=False).stderr
    (project.path / "pyproject.toml").write_text("[tool.tracked]\n")
    assert "must name the project" in project.run("tracked", "init", ok=False).stderr

    project.path = tmp_path
    assert project.run("tracked", "init", ok=False).stderr == (
        f"error: no dvc.yaml in {tmp_path} or above it: run this in the folder of a DVC project\n"
    )
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    assert "is not in a DVC repository: run `dvc init`" in project.run("tracked", "init", ok=False).stderr
